#include "renderers/kustomize/strategic_merge.h"

#include "renderers/kustomize/list_merge.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_directive_key = "$patch";

enum class Directive : std::uint8_t { merge, replace, remove };

Result<Directive> directive_named(std::string_view name) {
  if (name == "delete") return Directive::remove;
  if (name == "replace") return Directive::replace;
  if (name == "merge") return Directive::merge;
  return fail_render("unknown patch strategy '" + std::string(name) + "'");
}

class Merge {
 public:
  Merge(NodeArena& arena, const Schema& schema, ListGrowth growth)
      : m_arena(arena), m_schema(schema), m_growth(growth) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the documents
  Result<Node*> walk(Node* target, Node* patch, SchemaPlace place) {
    if (!m_arena.budget().step()) return fail(m_arena.budget_error());
    const Node* first = !is_missing(target) ? target : !is_missing(patch) ? patch : nullptr;
    if (first == nullptr) return walk_map(target, patch, place);
    TRY(expect_kind(target, first->kind));
    TRY(expect_kind(patch, first->kind));
    if (first->is_scalar()) return patch != nullptr ? patch : target;
    if (!place.known()) place = find_place(target, patch);
    if (first->is_map()) return walk_map(target, patch, place);
    if (place.keys().merges) return walk_list(target, patch, place);
    take_style(target, patch);
    return patch != nullptr ? patch : target;
  }

 private:
  /// Of an object that says what it is, wherever it stands.
  SchemaPlace find_place(const Node* target, const Node* patch) const {
    for (const Node* node : {target, patch}) {
      if (is_missing(node) || !node->is_map()) continue;
      const Node* kind = find(node, "kind");
      const Node* version = find(node, "apiVersion");
      if (is_empty(kind) || is_empty(version) || kind->text().empty() || version->text().empty()) continue;
      if (const auto place = m_schema.find(gvk_of(version->text(), kind->text())); place.known()) return place;
    }
    return {};
  }
  static void take_style(Node* target, const Node* patch) {
    if (target != nullptr && patch != nullptr && !target->is_scalar() && target->size == 0)
      target->style = patch->style;
  }

  /// What a patch says about itself; the directive is taken out of it.
  Result<Directive> take_directive(Node* patch) {
    if (patch == nullptr) return Directive::merge;
    if (patch->is_map()) {
      const Node* value = find(patch, k_directive_key);
      if (value == nullptr) return Directive::merge;
      TRY_ASSIGN(const Directive directive, directive_named(value->text()));
      TRY(clear_field(patch, k_directive_key));
      return directive;
    }
    if (!patch->is_list()) return fail_render("no implemented strategic merge patch strategy for a scalar");
    for (const Node* item : patch->content()) {
      const Node* value = find(item, k_directive_key);
      if (value == nullptr) continue;
      if (item->size > 2) return Directive::merge;
      const std::string_view name = value->text();
      TRY_ASSIGN(const Directive directive, directive_named(name));
      TRY(put_item(m_arena, patch, {k_directive_key}, {name}, nullptr));
      return directive;
    }
    return Directive::merge;
  }

  /// Which of the two maps the result is built in; null: the result is nothing.
  Result<Node*> choose_map(Node* target, Node* patch) {
    take_style(target, patch);
    if (is_missing(target)) {
      const auto directive = take_directive(patch);
      if (directive && *directive == Directive::remove) return nullptr;
      if (patch == nullptr && target != nullptr && !target->text().empty()) {
        Node* null = m_arena.scalar(target->text(), Tag::null);
        null->kept_null = true;
        return null;
      }
      return patch;
    }
    if (patch != nullptr && patch->is_null()) return nullptr;
    TRY_ASSIGN(const Directive directive, take_directive(patch));
    if (directive == Directive::remove) return nullptr;
    return directive == Directive::replace ? patch : target;
  }
  Result<Node*> choose_list(Node* target, Node* patch) {
    take_style(target, patch);
    if (is_missing(target)) return patch;
    if (patch != nullptr && patch->is_null()) return nullptr;
    TRY_ASSIGN(const Directive directive, take_directive(patch));
    if (directive == Directive::remove) return nullptr;
    return directive == Directive::replace ? patch : target;
  }

  static Node* find_key(const Node* map, std::string_view key) {
    if (map == nullptr || !map->is_map()) return nullptr;
    for (std::uint32_t i = 0; i < map->size; i += 2) {
      if (map->children[i]->text() == key) return map->children[i];
    }
    return nullptr;
  }

  Result<Node*> walk_map(Node* target, Node* patch, SchemaPlace place) {
    TRY_ASSIGN(Node * result, choose_map(target, patch));
    if (result == nullptr || !result->is_map()) return result;
    std::set<std::string_view> keys;
    for (const Node* map : {static_cast<const Node*>(result), static_cast<const Node*>(patch)}) {
      if (map == nullptr || !map->is_map()) continue;
      for (std::uint32_t i = 0; i < map->size; i += 2) keys.insert(map->children[i]->text());
    }
    for (const auto key : keys) {
      Node* theirs = find(patch, key);
      Node* ours = find(result, key);
      if (theirs == nullptr && ours != nullptr && is_settled(*ours)) continue;
      TRY_ASSIGN(Node * value, walk(ours, theirs, place.field(key)));
      const Node* their_key = value != nullptr && value == theirs ? find_key(patch, key) : nullptr;
      TRY(set_field(m_arena, result, key, value, their_key == nullptr ? style::k_plain : their_key->style));
    }
    return result;
  }
  /// A scalar that no patch touches is set to itself, which may quote it.
  static bool is_settled(const Node& node) { return node.is_scalar() && !node.may_be_string() && !node.is_null(); }

  Result<Node*> walk_list(Node* target, Node* patch, SchemaPlace place) {
    TRY_ASSIGN(Node * result, choose_list(target, patch));
    if (result == nullptr) return nullptr;
    ItemKeys keys;
    for (const auto name : place.keys().names) {
      if (!name.empty()) keys.push_back(name);
    }
    const bool patch_first = m_growth == ListGrowth::prepend;
    const Node* first = patch_first ? patch : result;
    const Node* second = patch_first ? result : patch;
    std::vector<ItemValues> values;
    if (keys.empty()) {
      keys.emplace_back();
      values = collect_texts(first, second);
    } else {
      values = collect_values(first, second, keys);
    }
    return merge_items(result, patch, place, keys, std::move(values));
  }

  Result<Node*> merge_items(Node* result, Node* patch, SchemaPlace place, const ItemKeys& keys,
                            std::vector<ItemValues> all) {
    if (all.empty()) return is_missing(result) ? nullptr : result;
    if (!m_arena.budget().step(all.size() * all.size() / 64 + 1)) return fail(m_arena.budget_error());
    if (keys.size() > 1) complete_values(all);
    Node* added = m_arena.make(Kind::sequence);
    ValidKeys valid;
    for (const auto& values : all) {
      if (values.empty()) continue;
      valid = keep_valid_keys(all, values, keys);
      const ValidKeys own = keep_valid_keys(std::span(&valid.values, 1), valid.values, valid.keys);
      TRY_ASSIGN(Node * item,
                 walk(find_item(result, own.keys, own.values), find_item(patch, own.keys, own.values), place.items()));
      if (is_missing(item) || (item->is_map() && item->size == 0)) {
        TRY(put_item(m_arena, result, valid.keys, valid.values, nullptr));
        continue;
      }
      for (std::size_t i = 0; i < valid.keys.size(); ++i) {
        if (find(item, valid.keys[i]) != nullptr || i >= valid.values.size() || valid.values[i].empty()) continue;
        Node* text = m_arena.scalar(valid.values[i]);
        if (valid.keys[i].empty()) {
          TRY(set_scalar(item, text));
        } else {
          TRY(set_field(m_arena, item, valid.keys[i], text));
        }
      }
      TRY(put_item(m_arena, added, valid.keys, valid.values, item));
    }
    Node* into = m_growth == ListGrowth::prepend ? added : result;
    TRY(put_items(m_arena, into, m_growth == ListGrowth::prepend ? result : added, valid.keys));
    return into;
  }

  NodeArena& m_arena;
  const Schema& m_schema;
  ListGrowth m_growth;
};

}  // namespace

Result<Node*> merge_strategically(NodeArena& arena, const Schema& schema, Node* target, Node* patch,
                                  ListGrowth growth) {
  return Merge(arena, schema, growth).walk(target, patch, {});
}

}  // namespace reconciled::kustomize
