#include "renderers/kustomize/node_value.h"

#include "base/go_float.h"
#include "base/go_yaml_time.h"
#include "renderers/kustomize/node_edit.h"

#include <cmath>

namespace reconciled::kustomize {
namespace {

using Type = GoYamlScalar::Type;

Tag tag_of(Type type) {
  switch (type) {
    case Type::null: return Tag::null;
    case Type::boolean: return Tag::boolean;
    case Type::integer:
    case Type::unsigned_integer: return Tag::integer;
    case Type::number: return Tag::number;
    case Type::timestamp: return Tag::timestamp;
    case Type::string: break;
  }
  return Tag::string;
}

ScalarMeaning string_of(std::string_view text) {
  return {GoYamlScalar{}, text, {}};
}

}  // namespace

std::string timestamp_text(std::string_view text) {
  const auto time = parse_yaml_timestamp(text);
  return time ? format_yaml_timestamp(*time) : std::string(text);
}

Result<ScalarMeaning> meaning_of(const NodeArena& arena, const Node& node, Surroundings around) {
  const std::string_view text = node.text();
  const bool quoted = (node.style & style::k_text) != 0 || text.find('\n') != std::string_view::npos;
  bool tagged = node.tag != Tag::none && (node.style & style::k_tagged) != 0;
  if (node.tag == Tag::string) return string_of(text);
  ScalarMeaning meaning{resolve_go_yaml(text, GoYaml::v3), text, {}};
  if (node.tag != Tag::none && !tagged) tagged = tag_of(meaning.scalar.type) != node.tag;
  if (!tagged) {
    // In flow style the writer quotes what is empty or has a colon, and it reads back as a string.
    const bool quoted_in_flow =
        around == Surroundings::flow && (text.empty() || text.find(':') != std::string_view::npos);
    if (quoted || quoted_in_flow) return string_of(text);
    return meaning;
  }
  const std::string_view tag = arena.tag_text(node);
  if (node.tag == Tag::binary) {
    TRY_ASSIGN(meaning.decoded, decode_yaml_binary(text));
    meaning.scalar = {};
    return meaning;
  }
  auto resolved = resolve_go_yaml_tagged(text, tag, GoYaml::v3);
  if (!resolved) return fail(wrap(std::move(resolved.error()), "yaml"));
  meaning.scalar = *resolved;
  return meaning;
}

Result<std::string_view> key_text(const NodeArena& arena, const Node& key, Surroundings around) {
  if (key.kind == Kind::scalar) {
    if (key.tag == Tag::string || key.text().empty()) return key.text();
    TRY_ASSIGN(const auto meaning, meaning_of(arena, key, around));
    if (meaning.scalar.type == Type::string) return key.text();
  }
  return fail_render("json: unsupported type: map[interface {}]interface {}");
}

namespace {

class ValueMaker {
 public:
  explicit ValueMaker(const NodeArena& arena) : m_arena(arena) {}

  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Result<Value> make(const Node& node, Surroundings around, std::uint32_t depth) {
    if (depth == 0 || !m_arena.budget().step()) return fail(m_arena.budget_error());
    if ((node.style & style::k_flow) != 0) around = Surroundings::flow;
    if (node.kind == Kind::none) return Value();
    if (node.is_scalar()) return scalar(node, around);
    if (node.is_list()) {
      std::vector<Value> items;
      items.reserve(node.size);
      for (const Node* item : node.content()) {
        TRY_ASSIGN(auto value, make(*item, around, depth - 1));
        items.push_back(std::move(value));
      }
      return Value::list(std::move(items));
    }
    Value map = Value::map();
    const auto content = node.content();
    for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
      TRY_ASSIGN(const auto key, key_text(m_arena, *content[i], around));
      if (map.find(key) != nullptr)
        return fail_render("yaml: unmarshal errors:\n  mapping key \"" + std::string(key) + "\" already defined");
      TRY_ASSIGN(auto value, make(*content[i + 1], around, depth - 1));
      map.set(key, std::move(value));
    }
    return map;
  }

 private:
  Result<Value> scalar(const Node& node, Surroundings around) {
    TRY_ASSIGN(const auto meaning, meaning_of(m_arena, node, around));
    switch (meaning.scalar.type) {
      case Type::null: return Value();
      case Type::boolean: return Value(meaning.scalar.boolean);
      case Type::integer: return Value(meaning.scalar.integer);
      case Type::unsigned_integer: return Value(static_cast<double>(meaning.scalar.unsigned_integer));
      case Type::number:
        if (!std::isfinite(meaning.scalar.number))
          return fail_render("json: unsupported value: " + format_go_float(meaning.scalar.number, 'g', -1));
        return Value(meaning.scalar.number);
      case Type::timestamp: return Value(timestamp_text(meaning.text()));
      case Type::string: break;
    }
    return Value(meaning.text());
  }

  const NodeArena& m_arena;
};

Node* string_node(NodeArena& arena, std::string_view text) {
  std::uint8_t written = style::k_plain;
  if (text.find('\n') != std::string_view::npos) {
    written = style::k_literal;
  } else if (resolve_go_yaml(text, GoYaml::v3).type != Type::string || is_more_than_text(text)) {
    written = style::k_double_quoted;
  }
  return arena.scalar(text, Tag::string, written);
}

Node* number_node(NodeArena& arena, double number) {
  const std::string text = format_go_float(number, 'g', -1);
  return arena.scalar(text, tag_of(resolve_go_yaml(text, GoYaml::v3).type));
}

// NOLINTNEXTLINE(misc-no-recursion): depth is bounded
Node* make_node(NodeArena& arena, const Value& value, std::uint32_t depth) {
  if (depth == 0 || !arena.budget().step()) {
    arena.overspend();
    return arena.make(Kind::scalar, Tag::null);
  }
  switch (value.kind()) {
    case Value::Kind::null: return arena.scalar("null", Tag::null);
    case Value::Kind::boolean: return arena.scalar(value.as_bool() ? "true" : "false", Tag::boolean);
    case Value::Kind::integer: return number_node(arena, static_cast<double>(value.as_integer()));
    case Value::Kind::number: return number_node(arena, value.as_double());
    case Value::Kind::string: return string_node(arena, value.as_string());
    case Value::Kind::list:
    case Value::Kind::map: break;
  }
  const bool is_map = value.is_map();
  Node* node = arena.make(is_map ? Kind::mapping : Kind::sequence, is_map ? Tag::map : Tag::list);
  if (value.size() == 0) node->style = style::k_flow;
  for (const auto& item : value.items()) arena.append(*node, make_node(arena, item, depth - 1));
  for (const auto& [key, item] : value.entries())
    arena.append(*node, string_node(arena, key.as_string()), make_node(arena, item, depth - 1));
  return node;
}

}  // namespace

Result<Value> value_of(const NodeArena& arena, const Node& node) {
  return ValueMaker(arena).make(node, Surroundings::block, arena.budget().max_depth() * 2);
}

Node* node_of(NodeArena& arena, const Value& value) {
  return make_node(arena, value, arena.budget().max_depth() * 2);
}

}  // namespace reconciled::kustomize
