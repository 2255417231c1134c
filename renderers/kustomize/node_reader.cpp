#include "renderers/kustomize/node_reader.h"

#include "base/go_text.h"
#include "base/go_yaml_resolve.h"
#include "base/yaml_events.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <map>

namespace reconciled::kustomize {
namespace {

using EventKind = YamlEvent::Kind;

constexpr std::string_view k_tag_prefix = "tag:yaml.org,2002:";

Tag tag_named(std::string_view name) {
  constexpr std::pair<std::string_view, Tag> k_tags[] = {
      {"str", Tag::string},    {"int", Tag::integer}, {"float", Tag::number}, {"bool", Tag::boolean},
      {"null", Tag::null},     {"map", Tag::map},     {"seq", Tag::list},     {"timestamp", Tag::timestamp},
      {"binary", Tag::binary}, {"merge", Tag::merge}};
  for (const auto& [text, tag] : k_tags) {
    if (text == name) return tag;
  }
  return Tag::other;
}

Tag tag_of_plain(std::string_view text) {
  switch (resolve_go_yaml(text, GoYaml::v3).type) {
    case GoYamlScalar::Type::null: return Tag::null;
    case GoYamlScalar::Type::boolean: return Tag::boolean;
    case GoYamlScalar::Type::integer:
    case GoYamlScalar::Type::unsigned_integer: return Tag::integer;
    case GoYamlScalar::Type::number: return Tag::number;
    case GoYamlScalar::Type::timestamp: return Tag::timestamp;
    case GoYamlScalar::Type::string: break;
  }
  return Tag::string;
}

std::uint8_t style_of(YamlStyle written) {
  switch (written) {
    case YamlStyle::single_quoted: return style::k_single_quoted;
    case YamlStyle::double_quoted: return style::k_double_quoted;
    case YamlStyle::literal: return style::k_literal;
    case YamlStyle::folded: return style::k_folded;
    case YamlStyle::flow: return style::k_flow;
    case YamlStyle::any:
    case YamlStyle::plain:
    case YamlStyle::block: break;
  }
  return style::k_plain;
}

/// Builds the nodes of one document.
class DocumentReader {
 public:
  DocumentReader(NodeArena& arena, std::string_view text)
      : m_arena(arena), m_events(text, "", arena.budget(), YamlRules::go) {}

  Result<Node*> read() {
    for (;;) {
      TRY_ASSIGN(const YamlEvent* event, advance());
      if (event->kind == EventKind::stream_end) return nullptr;
      if (event->kind == EventKind::stream_start || event->kind == EventKind::document_start) continue;
      TRY_ASSIGN(Node * node, read_node(*event));
      TRY(advance());  // the end of the document, which may be malformed
      if (!m_arena.within_budget()) return fail(m_arena.budget_error());
      return node;
    }
  }

 private:
  Result<const YamlEvent*> advance() {
    const YamlEvent* event = m_events.advance();
    if (event == nullptr) return fail(malformed(m_events.error()));
    return event;
  }
  Error malformed(Error error) const {
    if (error.kind != ErrorKind::render) return error;
    error.message = "MalformedYAMLError: yaml: " + m_events.go_error(GoYaml::v3);
    error.where = {};
    error.hint.clear();
    return error;
  }
  void set_tag(Node& node, std::string_view tag) {
    if (tag.empty() || tag == "!") return;
    node.style |= style::k_tagged;
    node.tag = tag.starts_with(k_tag_prefix) ? tag_named(tag.substr(k_tag_prefix.size())) : Tag::other;
    if (node.tag != Tag::other) return;
    node.other_tag = m_arena.add_tag(tag.starts_with(k_tag_prefix) ? "!!" + std::string(tag.substr(k_tag_prefix.size()))
                                                                   : std::string(tag));
  }
  Node* read_scalar(const YamlEvent& event) {
    const std::uint8_t written = style_of(event.style);
    const Tag tag = written != style::k_plain ? Tag::string : event.text == "<<" ? Tag::merge : Tag::none;
    Node* node = m_arena.scalar(event.text, tag, written);
    if (event.tag.empty() && tag == Tag::none) node->tag = tag_of_plain(node->text());
    set_tag(*node, event.tag);
    return node;
  }
  Result<Node*> read_node(const YamlEvent& event) {
    if (event.kind == EventKind::alias) return read_alias(event.text);
    const std::string anchor(event.anchor);
    if (event.kind == EventKind::scalar) {
      Node* node = read_scalar(event);
      if (!anchor.empty()) m_anchors[anchor] = {node, true};
      return node;
    }
    const bool is_map = event.kind == EventKind::mapping_start;
    Node* node = m_arena.make(is_map ? Kind::mapping : Kind::sequence, is_map ? Tag::map : Tag::list);
    node->style = style_of(event.style);
    set_tag(*node, event.tag);
    if (!anchor.empty()) m_anchors[anchor] = {node, false};
    std::size_t merges = 0;
    for (;;) {
      TRY_ASSIGN(const YamlEvent* next, advance());
      if (next->kind == EventKind::mapping_end || next->kind == EventKind::sequence_end) break;
      const bool is_value = is_map && node->size % 2 == 1;
      if (is_value && node->children[node->size - 1]->tag == Tag::merge) {
        ++merges;
        TRY(check_merge_value(*next));
      }
      TRY_ASSIGN(Node * child, read_node(*next));
      m_arena.append(*node, child);
    }
    if (merges > 1) return fail_render("duplicate merge key");
    if (merges == 1) TRY(merge(*node));
    if (!anchor.empty()) m_anchors[anchor].complete = true;
    return node;
  }
  Result<Node*> read_alias(std::string_view name) {
    const auto it = m_anchors.find(std::string(name));
    if (it == m_anchors.end())
      return fail_render("MalformedYAMLError: yaml: unknown anchor '" + std::string(name) + "' referenced");
    if (!it->second.complete) return fail_render("anchor '" + std::string(name) + "' value contains itself");
    Node* copied = m_arena.clone(it->second.node);
    if (!m_arena.within_budget()) return fail(m_arena.budget_error());
    return copied;
  }
  Status check_merge_value(const YamlEvent& event) const {
    if (event.kind == EventKind::alias) {
      const auto it = m_anchors.find(std::string(event.text));
      if (it != m_anchors.end() && !it->second.node->is_map())
        return fail_render("invalid map merge: received alias for a non-map value");
    }
    return {};
  }
  /// What "<<" names goes behind the map's own keys; own keys win, and of several maps the first.
  Status merge(Node& map) {
    Node* value = nullptr;
    for (std::uint32_t i = 0; i < map.size; i += 2) {
      if (map.children[i]->tag == Tag::merge) value = map.children[i + 1];
    }
    std::vector<Node*> sources;
    if (value->is_map()) {
      sources.push_back(value);
    } else if (value->is_list()) {
      for (Node* item : value->content()) {
        if (item->is_list()) return fail_render("invalid map merge: received a nested sequence");
        if (!item->is_map()) return fail_render("map merge requires map or sequence of maps as the value");
        sources.push_back(item);
      }
    } else {
      return fail_render("map merge requires map or sequence of maps as the value");
    }
    TRY(clear_field(&map, "<<"));
    std::vector<std::pair<Node*, Node*>> added;
    for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
      const auto content = (*source)->content();
      for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
        if (find(&map, content[i]->text()) != nullptr) continue;
        const auto known = std::find_if(added.begin(), added.end(),
                                        [&](const auto& entry) { return entry.first->text() == content[i]->text(); });
        if (known != added.end()) {
          *known = {content[i], content[i + 1]};
        } else {
          added.emplace_back(content[i], content[i + 1]);
        }
      }
    }
    for (const auto& [key, entry] : added) m_arena.append(map, key, entry);
    return {};
  }

  struct Anchor {
    Node* node = nullptr;
    bool complete = false;
  };
  NodeArena& m_arena;
  YamlEventReader m_events;
  std::map<std::string, Anchor> m_anchors;
};

/// Cuts at "\n---...\n"; what follows the dashes on their line may only be a comment.
Result<std::vector<std::string_view>> split_documents(std::string_view text) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  std::size_t begin = 0;
  std::size_t at = 0;
  while ((at = text.find("\n---", at)) != std::string_view::npos) {
    const auto end = text.find('\n', at + 4);
    if (end == std::string_view::npos) break;
    const auto rest = trim_space_left(text.substr(at + 4, end - at - 4));
    if (!rest.empty() && rest.front() != '#')
      return fail_render("invalid document separator: " + std::string(trim_space(text.substr(at, end - at))));
    parts.push_back(text.substr(begin, at + 1 - begin));  // with its line break
    begin = at = end + 1;  // the next separator needs a line break of its own: this one is used up
  }
  parts.push_back(text.substr(begin));
  return parts;
}

bool is_list_to_unwrap(const Node& node) {
  const auto kind = find_text(&node, "kind");
  return (kind == "List" || kind == "ResourceList") &&
         (find(&node, "items") != nullptr || find(&node, "functionConfig") != nullptr);
}

}  // namespace

Result<Node*> read_document(NodeArena& arena, std::string_view text) {
  return DocumentReader(arena, text).read();
}

Result<std::vector<Node*>> read_documents(NodeArena& arena, std::string_view text) {
  std::string without_returns;
  if (text.find("\r\n") != std::string_view::npos) {
    without_returns.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') without_returns += text[i];
    }
    text = without_returns;
  }
  TRY_ASSIGN(const auto parts, split_documents(text));
  std::vector<Node*> nodes;
  for (const auto part : parts) {
    TRY_ASSIGN(Node * node, read_document(arena, part));
    if (is_missing(node)) continue;
    if (parts.size() == 1 && is_list_to_unwrap(*node)) {
      if (const Node* items = find(node, "items"))
        nodes.insert(nodes.end(), items->content().begin(), items->content().end());
      continue;
    }
    nodes.push_back(node);
  }
  return nodes;
}

}  // namespace reconciled::kustomize
