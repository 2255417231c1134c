#include "base/go_text.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_text.h"
#include "renderers/kustomize/pattern.h"
#include "renderers/kustomize/selector.h"
#include "renderers/kustomize/transformers.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_default_path = "metadata.name";

/// The current id, then the former ones.
std::vector<ResourceId> all_ids(const Resource& resource) {
  const ResourceId now = resource.current_id();
  std::vector<ResourceId> ids{{now.gvk, now.name, now.name_space, false}};
  const auto formers = resource.former_ids();
  ids.insert(ids.end(), formers.begin(), formers.end());
  return ids;
}

std::string format_options(const std::optional<FieldOptions>& options) {
  if (!options || (options->delimiter.empty() && !options->create)) return {};
  return options->delimiter + "(" + std::to_string(options->index) +
         "), create=" + (options->create ? "true" : "false");
}

std::string format_source(const ReplacementSource& source) {
  std::string text = format_id(source.id.view());
  if (!source.field_path.empty()) text += ":" + source.field_path;
  if (const auto options = format_options(source.options); !options.empty()) text += ":" + options;
  return text;
}

std::vector<std::string> split_by(std::string_view text, std::string_view delimiter) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(delimiter);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + delimiter.size());
  }
}

std::string_view text_of(const Node* node) {
  return is_missing(node) ? std::string_view() : node->text();
}

Result<Resource*> select_source(const ResourceMap& map, const ReplacementSource& source) {
  const ResourceId wanted = source.id.view();
  Resource* found = nullptr;
  for (Resource* resource : map.all()) {
    const auto ids = all_ids(*resource);
    if (std::none_of(ids.begin(), ids.end(), [&](const auto& id) { return id.selected_by(wanted); })) continue;
    if (found != nullptr) return fail_render("multiple matches for selector " + format_source(source));
    found = resource;
  }
  if (found == nullptr) return fail_render("nothing selected by " + format_source(source));
  return found;
}

/// Finds what a path of a target means: brackets select items by a pattern over their text, "*" takes all.
class TargetFinder {
 public:
  TargetFinder(NodeArena& arena, Create create) : m_arena(arena), m_create(create) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the path
  Status find_all(Node* node, std::span<const std::string> path, std::vector<Node*>& found) {
    if (!m_arena.budget().step()) return fail(m_arena.budget_error());
    if (path.empty()) {
      found.push_back(node);
      return {};
    }
    const auto& part = path.front();
    const auto rest = path.subspan(1);
    long index = 0;
    if (is_whole_number(part, index) && index >= 0) return find_index(node, index, rest, found);
    if (is_list_index(part)) return find_matching(node, part, rest, found);
    if (part == "*") {
      TRY(expect_kind(node, Kind::sequence));
      for (Node* item : node->content()) TRY(find_all(item, rest, found));
      return {};
    }
    return find_field(node, part, rest, found);
  }

 private:
  [[nodiscard]] Node* make_for(std::span<const std::string> rest) {
    return m_arena.make(
        kind_for_step(rest.empty() ? std::string_view() : std::string_view(rest.front()), kind_of(m_create)));
  }
  Status find_index(Node* node, long index, std::span<const std::string> rest, std::vector<Node*>& found) {
    TRY(expect_kind(node, Kind::sequence));
    if (static_cast<long>(node->content().size()) == index && m_create != Create::nothing)
      m_arena.append(*node, make_for(rest));
    if (static_cast<long>(node->content().size()) <= index)
      return fail_render("index " + std::to_string(index) + " specified but only " +
                         std::to_string(node->content().size()) + " elements found");
    return find_all(node->content()[static_cast<std::size_t>(index)], rest, found);
  }
  Status find_matching(Node* node, const std::string& part, std::span<const std::string> rest,
                       std::vector<Node*>& found) {
    TRY_ASSIGN(const auto index, split_index(part));
    const auto& [name, wanted] = index;
    const std::size_t before = found.size();
    TRY(match_items(node, name, wanted, rest, found));
    if (found.size() != before || m_create == Create::nothing) return {};
    Node* made = m_arena.scalar(wanted);
    if (!name.empty()) {
      Node* map = m_arena.make(Kind::mapping);
      m_arena.append(*map, m_arena.scalar(name), made);
      made = map;
    }
    TRY(expect_kind(node, Kind::sequence));
    m_arena.append(*node, made);
    TRY(match_items(node, name, wanted, rest, found));
    if (found.size() == before) return fail_render("failed to create element for \"" + part + "\"");
    return {};
  }
  Status match_items(Node* node, std::string_view name, std::string_view wanted, std::span<const std::string> rest,
                     std::vector<Node*>& found) {
    TRY(expect_kind(node, Kind::sequence));
    TRY_ASSIGN(const auto pattern, Pattern::make(std::string(wanted)));
    const std::vector<Node*> items(node->content().begin(), node->content().end());
    for (Node* item : items) {
      const Node* value = name.empty() ? item : find(item, name);
      if (value == nullptr || !pattern.matches(trimmed_text(*value))) continue;
      if (name.empty()) {
        found.push_back(item);
      } else {
        TRY(find_all(item, rest, found));
      }
    }
    return {};
  }
  static std::string trimmed_text(const Node& node) {
    const std::string text = format_node(node);
    return std::string(trim_space(text));
  }
  Status find_field(Node* node, const std::string& name, std::span<const std::string> rest, std::vector<Node*>& found) {
    TRY_ASSIGN(Node * field, get(node, name));
    if (field == nullptr) {
      if (m_create == Create::nothing) return {};
      field = make_for(rest);
      TRY(set_field(m_arena, node, name, field));
    }
    return find_all(field, rest, found);
  }

  NodeArena& m_arena;
  Create m_create;
};

class Replacer {
 public:
  Replacer(NodeArena& arena, ResourceMap& map) : m_arena(arena), m_map(map) {}

  Status replace(const Replacement& replacement) {
    if ((!replacement.source && !replacement.source_value) || !replacement.targets)
      return fail_render("replacements must specify a source and at least one target");
    TRY_ASSIGN(Node * value, source_value(replacement));
    for (const auto& target : *replacement.targets) TRY(replace_in(target, value));
    return {};
  }

 private:
  Result<Node*> source_value(const Replacement& replacement) {
    if (replacement.source_value && replacement.source)
      return fail_render("value and resource selectors are mutually exclusive");
    if (replacement.source_value) return m_arena.scalar(*replacement.source_value);
    const ReplacementSource& source = *replacement.source;
    TRY_ASSIGN(Resource * resource, select_source(m_map, source));
    const std::string path = source.field_path.empty() ? std::string(k_default_path) : source.field_path;
    const auto parts = split_bracket_path(path, '.');
    const std::vector<std::string_view> steps(parts.begin(), parts.end());
    auto found = lookup(m_arena, resource->root, steps);
    if (!found) return fail(wrap(std::move(found.error()), "error looking up replacement source"));
    if (is_empty(*found))
      return fail_render("fieldPath `" + path + "` is missing for replacement source " + format_id(source.id.view()));
    return refine(source.options, *found);
  }
  Result<Node*> refine(const std::optional<FieldOptions>& options, Node* node) {
    if (!options || options->delimiter.empty()) return node;
    if (!node->is_scalar()) return fail_render("delimiter option can only be used with scalar nodes");
    const auto parts = split_by(text_of(node), options->delimiter);
    if (options->index < 0 || options->index >= static_cast<std::int64_t>(parts.size()))
      return fail_render("options.index " + std::to_string(options->index) + " is out of bounds for value " +
                         std::string(text_of(node)));
    Node* part = m_arena.clone(node);
    m_arena.set_text(*part, m_arena.copy(parts[static_cast<std::size_t>(options->index)]));
    return part;
  }
  Status replace_in(const ReplacementTarget& target, Node* value) {
    if (!target.select) return fail_render("target must specify resources to select");
    const ResourceId wanted = target.select->id.view();
    for (Resource* resource : m_map.all()) {
      const auto ids = all_ids(*resource);
      TRY_ASSIGN(const bool taken, takes(target, *resource));
      if (!taken) continue;
      if (std::none_of(ids.begin(), ids.end(), [&](const auto& id) { return id.selected_by(wanted); })) continue;
      if (!is_rejected(target, ids)) TRY(copy_to(target, resource->root, value));
    }
    return {};
  }
  static Result<bool> takes(const ReplacementTarget& target, const Resource& resource) {
    TRY_ASSIGN(const bool selected, matches_labels(resource, *target.select));
    if (!selected) return false;
    for (const auto& reject : target.reject) {
      if (reject.annotation_selector.empty() && reject.label_selector.empty()) continue;
      TRY_ASSIGN(const bool rejected, matches_labels(resource, reject));
      if (rejected) return false;
    }
    return true;
  }
  static bool is_rejected(const ReplacementTarget& target, const std::vector<ResourceId>& ids) {
    return std::any_of(target.reject.begin(), target.reject.end(), [&](const Selector& reject) {
      const ResourceId unwanted = reject.id.view();
      return !unwanted.empty() &&
             std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return id.selected_by(unwanted); });
    });
  }
  Status copy_to(const ReplacementTarget& target, Node* root, Node* value) {
    const bool creates = target.options && target.options->create;
    const Texts paths = target.field_paths.empty() ? Texts{std::string(k_default_path)} : target.field_paths;
    for (const auto& path : paths) {
      const std::string problem = std::string("unable to find ") + (creates ? "or create " : "") + "field \"" + path +
                                  "\" in replacement target";
      const auto parts = split_bracket_path(path, '.');
      std::vector<Node*> found;
      auto done =
          TargetFinder(m_arena, creates ? create_of(value->kind) : Create::nothing).find_all(root, parts, found);
      if (!done) return fail(wrap(std::move(done.error()), problem));
      if (found.empty()) return fail_render(problem);
      for (Node* field : found) TRY(set_value(target.options, *field, value));
      if (!m_arena.within_budget()) return fail(m_arena.budget_error());
    }
    return {};
  }
  Status set_value(const std::optional<FieldOptions>& options, Node& field, const Node* value) {
    Node* copied = m_arena.clone(value);
    if (options && !options->delimiter.empty()) {
      if (!field.is_scalar()) return fail_render("delimiter option can only be used with scalar nodes");
      auto parts = split_by(field.text(), options->delimiter);
      const std::string text(text_of(value));
      if (options->index < 0) {
        parts.insert(parts.begin(), text);
      } else if (options->index >= static_cast<std::int64_t>(parts.size())) {
        parts.push_back(text);
      } else {
        parts[static_cast<std::size_t>(options->index)] = text;
      }
      std::string joined;
      for (std::size_t i = 0; i < parts.size(); ++i) joined += (i == 0 ? "" : options->delimiter) + parts[i];
      if (copied->is_scalar()) m_arena.set_text(*copied, m_arena.copy(joined));
    }
    if (field.is_scalar()) {
      m_arena.set_text(field, copied->text());
    } else {
      field = *copied;
    }
    return {};
  }

  NodeArena& m_arena;
  ResourceMap& m_map;
};

}  // namespace

Status transform_replacements(Context& context, ResourceMap& map, std::span<const Replacement> replacements) {
  Replacer replacer(context.arena(), map);
  for (const auto& replacement : replacements) TRY(replacer.replace(replacement));
  return {};
}

}  // namespace reconciled::kustomize
