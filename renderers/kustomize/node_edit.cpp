#include "renderers/kustomize/node_edit.h"

#include "base/go_text.h"
#include "base/go_yaml_resolve.h"
#include "base/yaml_events.h"
#include "renderers/kustomize/node_text.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::array<std::string_view, 4> k_kind_names{"", "ScalarNode", "SequenceNode", "MappingNode"};

Status expect_list(const Node* node) {
  return expect_kind(node, Kind::sequence);
}

Result<Node*> step_to_item(const Node* node, long index) {
  TRY(expect_list(node));
  const auto items = node->content();
  if (index < 0) return items.empty() ? nullptr : items.back();
  return static_cast<std::size_t>(index) < items.size() ? items[static_cast<std::size_t>(index)] : nullptr;
}

/// The item that has a field of a value (or, without a name, is that value), appended when it may be created.
Result<Node*> step_to_match(NodeArena& arena, Node* node, std::string_view part, Create create) {
  TRY_ASSIGN(const auto index, split_index(part));
  const auto& [name, value] = index;
  TRY(expect_list(node));
  for (Node* item : node->content()) {
    if (name.empty()) {
      if (item->text() == value) return item;
    } else if (item->is_map()) {
      const Node* field = find(item, name);
      if (field != nullptr && field->text() == value) return item;
    }
  }
  if (create == Create::nothing) return nullptr;
  Node* made = arena.scalar(value);
  if (!name.empty()) {
    Node* map = arena.make(Kind::mapping);
    arena.append(*map, arena.scalar(name), made);
    made = map;
  }
  arena.append(*node, made);
  return made;
}

Result<Node*> step_to_field(NodeArena& arena, Node* node, std::string_view key, Kind created) {
  TRY_ASSIGN(Node * found, get(node, key));
  if (found != nullptr || created == Kind::none || is_missing(node)) return found;
  return set_field(arena, node, key, arena.make(created));
}

}  // namespace

Node* find(const Node* node, std::string_view key) {
  if (node == nullptr || !node->is_map()) return nullptr;
  const auto content = node->content();
  for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
    if (content[i]->text() == key) return content[i + 1];
  }
  return nullptr;
}

Status expect_kind(const Node* node, Kind kind) {
  if (is_missing(node) || node->kind == kind) return {};
  return fail_render("wrong node kind: expected " + std::string(k_kind_names[static_cast<std::size_t>(kind)]) +
                     " but got " + std::string(k_kind_names[static_cast<std::size_t>(node->kind)]) +
                     ": node contents:\n" + format_node(*node));
}

Result<Node*> get(const Node* node, std::string_view key) {
  if (is_missing(node)) return nullptr;
  TRY(expect_kind(node, Kind::mapping));
  return find(node, key);
}

Kind kind_for_step(std::string_view next, Kind last) {
  long number = 0;
  if (next.empty()) return last;
  return is_list_index(next) || (is_whole_number(next, number) && number >= 0) ? Kind::sequence : Kind::mapping;
}

Result<Node*> lookup(NodeArena& arena, Node* node, std::span<const std::string_view> path, Create create) {
  std::vector<std::string_view> steps;
  for (const auto part : path) {
    if (const auto clean = trim_space(part); !clean.empty()) steps.push_back(clean);
  }
  for (std::size_t i = 0; i < steps.size() && node != nullptr; ++i) {
    const auto part = steps[i];
    long number = 0;
    if (is_whole_number(part, number)) {
      if (number < 0) return fail_render("array index " + std::to_string(number) + " cannot be negative");
      TRY_ASSIGN(node, step_to_item(node, number));
    } else if (part == "-") {
      TRY_ASSIGN(node, step_to_item(node, -1));
    } else if (part == "*") {
      return fail_render("wildcard is not supported in PathGetter");
    } else if (is_list_index(part)) {
      TRY_ASSIGN(node, step_to_match(arena, node, part, create));
    } else {
      const Kind made = create == Create::nothing
                            ? Kind::none
                            : kind_for_step(i + 1 < steps.size() ? steps[i + 1] : std::string_view(), kind_of(create));
      TRY_ASSIGN(node, step_to_field(arena, node, part, made));
    }
  }
  return node;
}

Result<Node*> set_field(NodeArena& arena, Node* node, std::string_view key, Node* value, std::uint8_t new_key_style) {
  if (value != nullptr && value->may_be_string() && value->style == style::k_plain && is_more_than_text(value->text()))
    value->style = style::k_double_quoted;
  if (value == nullptr || (value->is_null() && !value->kept_null)) {
    TRY(clear_field(node, key));
    return nullptr;
  }
  TRY_ASSIGN(Node * field, get(node, key));
  if (field != nullptr) {
    value->style = field->style;
    if (field != value) {
      *field = *value;
      field->capacity = field->size;
    }
    return field;
  }
  if (node->is_map()) arena.append(*node, arena.scalar(key, Tag::none, new_key_style), value);
  return value;
}

Status set_scalar(Node* node, Node* value) {
  if (value->may_be_string() && value->style == style::k_plain && is_more_than_text(value->text()))
    value->style = style::k_double_quoted;
  TRY(expect_kind(node, Kind::scalar));
  if (is_missing(value)) return {};
  value->style = node->style;
  if (node != value) *node = *value;
  return {};
}

Status clear_field(Node* node, std::string_view key) {
  TRY(expect_kind(node, Kind::mapping));
  if (node == nullptr || !node->is_map()) return {};
  const auto content = node->content();
  for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
    if (content[i]->text() != key) continue;
    std::copy(content.begin() + static_cast<std::ptrdiff_t>(i) + 2, content.end(),
              content.begin() + static_cast<std::ptrdiff_t>(i));
    node->size -= 2;
    return {};
  }
  return {};
}

TextMap text_entries(const Node* map) {
  TextMap entries;
  if (map == nullptr || !map->is_map()) return entries;
  const auto content = map->content();
  entries.reserve(content.size() / 2);
  for (std::size_t i = 0; i + 1 < content.size(); i += 2) set_in(entries, content[i]->text(), content[i + 1]->text());
  return entries;
}

std::string_view find_in(const TextMap& map, std::string_view key, std::string_view fallback) {
  for (const auto& [name, value] : map) {
    if (name == key) return value;
  }
  return fallback;
}

void set_in(TextMap& map, std::string_view key, std::string_view value) {
  for (auto& [name, old] : map) {
    if (name == key) {
      old = value;
      return;
    }
  }
  map.emplace_back(key, value);
}

bool erase_in(TextMap& map, std::string_view key) {
  return std::erase_if(map, [&](const auto& entry) { return entry.first == key; }) != 0;
}

bool is_more_than_text(std::string_view text) {
  if (text.empty() || text.find('\n') != std::string_view::npos) return false;
  const bool marks = text.find_first_of(":#,[]{}&*!|>'\"%@`?") != std::string_view::npos || text.front() == '-' ||
                     text.front() == ' ' || text.back() == ' ' || text.find('\t') != std::string_view::npos;
  const auto is_other = [](std::string_view plain) {
    using Type = GoYamlScalar::Type;
    const auto type = resolve_go_yaml(plain, GoYaml::v2).type;
    return type != Type::string && type != Type::timestamp;
  };
  if (!marks) return is_other(text);
  Budget budget;
  YamlEventReader reader(text, "", budget, YamlRules::go);
  const YamlEvent* event = nullptr;
  bool other = true;  // a document without content is null
  bool seen = false;
  while ((event = reader.advance()) != nullptr && event->kind != YamlEvent::Kind::stream_end) {
    using EventKind = YamlEvent::Kind;
    if (event->kind == EventKind::alias) return false;
    if (seen || event->kind == EventKind::stream_start || event->kind == EventKind::document_start) continue;
    seen = true;
    if (event->kind != EventKind::scalar) continue;
    if (!event->tag.empty()) {
      const auto resolved = resolve_go_yaml_tagged(event->text, event->tag, GoYaml::v2);
      if (!resolved) return false;
      other = resolved->type != GoYamlScalar::Type::string;
    } else {
      other = event->implicit && event->style == YamlStyle::plain && is_other(event->text);
    }
  }
  return event != nullptr && other;
}

std::vector<std::string> split_path(std::string_view path, char separator) {
  std::vector<std::string> parts;
  bool first = true;
  std::size_t at = 0;
  if (path.starts_with(separator)) at = 1;
  for (;;) {
    const auto end = path.find(separator, at);
    const auto piece = path.substr(at, end == std::string_view::npos ? end : end - at);
    if (!first && parts.back().ends_with('\\')) {
      parts.back().back() = separator;
      parts.back() += piece;
    } else {
      parts.emplace_back(piece);
    }
    first = false;
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

std::vector<std::string> split_bracket_path(std::string_view path, char separator) {
  const auto pieces = split_path(path, separator);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].starts_with('[') || pieces[i].ends_with(']')) {
      parts.push_back(pieces[i]);
      continue;
    }
    std::string joined = pieces[i];
    while (i + 1 < pieces.size()) {
      joined += separator + pieces[++i];
      if (pieces[i].ends_with(']')) break;
    }
    if (joined.find('=') == std::string::npos) {
      const auto first = joined.find_first_not_of("[]");
      joined = first == std::string::npos ? "" : joined.substr(first, joined.find_last_not_of("[]") - first + 1);
    }
    parts.push_back(std::move(joined));
  }
  return parts;
}

Result<std::pair<std::string_view, std::string_view>> split_index(std::string_view part) {
  if (part.ends_with(']')) part.remove_suffix(1);
  if (part.starts_with('[')) part.remove_prefix(1);
  const auto equals = part.find('=');
  if (equals == std::string_view::npos)
    return fail_render("list path element must contain fieldName=fieldValue for element to match");
  return std::pair(part.substr(0, equals), part.substr(equals + 1));
}

bool is_whole_number(std::string_view part, long& number) {
  const auto parsed = parse_integer(part);
  number = parsed.value_or(number);
  return parsed.has_value();
}

Error wrap(Error error, std::string_view prefix) {
  error.message = std::string(prefix) + ": " + error.message;
  return error;
}

}  // namespace reconciled::kustomize
