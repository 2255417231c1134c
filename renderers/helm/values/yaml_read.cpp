#include "renderers/helm/values/yaml_read.h"

#include "base/go_float.h"
#include "base/go_yaml_resolve.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/yaml_aliases.h"
#include "base/yaml_events.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/map_builder.h"
#include "renderers/helm/values/yaml.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace reconciled::helm {
namespace {

using Kind = YamlEvent::Kind;
using Type = GoYamlScalar::Type;

/// A value of its own: what templates set in a copy is not seen in the original.
GoValue copy_of(GoValue value, Arena& arena) {
  if (value.is_map()) {
    GoMap* map = value.as_map()->clone();
    for (const auto& [key, item] : value.as_map()->entries()) map->set_shared(key, copy_of(item, arena));
    return GoValue::map(map);
  }
  if (!value.is_list()) return value;
  const auto items = value.items();
  GoValue* own = make_items(arena, items.size());
  std::ranges::transform(items, own, [&](GoValue item) { return copy_of(item, arena); });
  return GoValue::list(arena.make<GoList>(GoList{own, static_cast<std::uint32_t>(items.size())}));
}

std::string float_key(double number) {
  std::string text = format_go_float(number, 'g', -1, FloatSize::float32);
  if (text == "+Inf") return ".inf";
  if (text == "-Inf") return "-.inf";
  return text == "NaN" ? ".nan" : text;
}

/// Builds the values of the first document in one pass. go-yaml parses all of it before it decodes anything, decodes
/// all of it before keys become text, and writes JSON last: of several errors the one of the earliest stage is told. So
/// only a syntax error ends the pass; the others are kept for its end.
class DocumentReader {
 public:
  DocumentReader(std::string_view text, YamlNumbers numbers, Arena& arena)
      : m_text(text),
        m_numbers(numbers),
        m_arena(arena),
        m_reader(text, "", arena.budget(), YamlRules::go),
        m_builder(arena) {}

  Result<GoValue> read() {
    GoValue value = GoValue::nil();
    if (!read_document(value)) return fail(syntax_error());
    for (std::optional<Error>* error : {&m_decode_error, &m_key_error, &m_json_error}) {
      if (*error) return fail(std::move(**error));
    }
    return value;
  }

 private:
  enum class Shape : std::uint8_t { scalar, list, map };
  struct Node {
    GoValue value;
    Shape shape = Shape::scalar;
  };
  struct Anchor {
    GoValue value;
    std::uint64_t nodes = 0;
    Shape shape = Shape::scalar;
    bool complete = false;
  };
  /// A key as go-yaml decodes it; text when JSON can have it.
  struct Key {
    std::string_view text;
    bool is_merge = false;
    bool is_usable = true;
  };

  bool next() {
    m_event = m_reader.advance();
    return m_event != nullptr;
  }
  Error syntax_error() const {
    if (m_decode_limit) return *m_decode_limit;
    const std::string why = m_reader.go_error(GoYaml::v2);
    return why.empty() ? m_reader.error() : Error(ErrorKind::render, "yaml: " + why);
  }
  static void keep(std::optional<Error>& slot, std::string why) {
    if (!slot) slot = Error(ErrorKind::render, std::move(why));
  }
  bool exceed(Error error) {
    m_decode_limit = std::move(error);
    return false;
  }

  bool read_document(GoValue& value) {
    if (!next() || !next()) return false;
    if (m_event->kind == Kind::stream_end) return true;
    m_nodes = 1;
    Node node;
    if (!next() || !read_node(node) || !next()) return false;
    value = node.value;
    return true;
  }

  bool read_node(Node& node) {
    if (m_event->kind == Kind::alias) return follow(node);
    if (m_event->anchor.empty()) return read_content(node);
    const std::uint64_t before = m_nodes;
    const std::size_t anchor = open_anchor();
    if (!read_content(node)) return false;
    m_anchors[anchor] = {node.value, m_nodes - before, node.shape, true};
    return true;
  }

  bool read_content(Node& node) {
    ++m_nodes;
    switch (m_event->kind) {
      case Kind::mapping_start: node.shape = Shape::map; return read_map(node.value);
      case Kind::sequence_start: node.shape = Shape::list; return read_list(node.value);
      default: node.shape = Shape::scalar; return read_scalar(node.value);
    }
  }

  std::size_t open_anchor() {
    m_anchors.emplace_back();
    if (m_event->kind == Kind::mapping_start) m_anchors.back().shape = Shape::map;
    if (m_event->kind == Kind::sequence_start) m_anchors.back().shape = Shape::list;
    m_anchor_numbers[std::string(m_event->anchor)] = m_anchors.size() - 1;
    return m_anchors.size() - 1;
  }

  bool follow(Node& node) {
    const std::string name(m_event->text);
    const auto found = m_anchor_numbers.find(name);
    if (found == m_anchor_numbers.end())
      return exceed(Error(ErrorKind::render, "yaml: unknown anchor '" + name + "' referenced"));
    const Anchor& anchor = m_anchors[found->second];
    node.shape = anchor.shape;
    node.value = GoValue::nil();
    ++m_nodes;
    if (!anchor.complete) {
      keep(m_decode_error, "yaml: anchor '" + name + "' value contains itself");
      return true;
    }
    m_nodes += anchor.nodes;
    m_from_aliases += anchor.nodes;
    if (is_excessive_aliasing(m_from_aliases, m_nodes)) {
      keep(m_decode_error, "yaml: document contains excessive aliasing");
      return true;
    }
    if (!m_arena.budget().step(anchor.nodes)) return exceed(m_arena.budget().error("following YAML aliases"));
    node.value = copy_of(anchor.value, m_arena);
    return m_arena.within_budget() || exceed(m_arena.budget().error("following YAML aliases"));
  }

  // --- scalars

  bool is_text() const {
    return m_event->tag.empty() && (!m_event->implicit || is_plainly_text(m_event->text, GoYaml::v2));
  }

  std::optional<GoYamlScalar> resolve() {
    if (m_event->tag.empty()) return resolve_go_yaml(m_event->text, GoYaml::v2);
    auto scalar = resolve_go_yaml_tagged(m_event->text, m_event->tag, GoYaml::v2);
    if (scalar) return *scalar;
    keep(m_decode_error, "yaml: " + scalar.error().message);
    return std::nullopt;
  }

  /// The text of a string, in the arena; JSON has only UTF-8.
  std::string_view text_of_event() {
    if (m_event->tag != "tag:yaml.org,2002:binary") return m_arena.copy(m_event->text);
    const auto bytes = decode_yaml_binary(m_event->text);
    if (!bytes) {
      keep(m_decode_error, "yaml: " + bytes.error().message);
      return {};
    }
    if (is_utf8(*bytes)) return m_arena.copy(*bytes);
    std::string text;
    for (std::size_t i = 0; i < bytes->size();) {
      const CodePoint point = first_code_point(std::string_view(*bytes).substr(i));
      append_utf8(text, point.length == 0 ? 0xFFFD : point.value);
      i += point.length == 0 ? 1 : point.length;
    }
    return m_arena.copy(text);
  }

  GoValue number_of(const GoYamlScalar& scalar) {
    const bool typed = m_numbers == YamlNumbers::typed;
    if (scalar.type == Type::integer)
      return typed ? GoValue::integer(scalar.integer) : GoValue::number(static_cast<double>(scalar.integer));
    if (scalar.type == Type::unsigned_integer)
      return typed ? GoValue::unsigned_integer(scalar.unsigned_integer, GoType::uint64)
                   : GoValue::number(static_cast<double>(scalar.unsigned_integer));
    if (!std::isfinite(scalar.number))
      keep(m_json_error, "json: unsupported value: " + format_go_float(scalar.number, 'g', -1));
    return GoValue::number(scalar.number);
  }

  bool read_scalar(GoValue& value) {
    if (is_text()) {
      value = GoValue::string(m_arena.copy(m_event->text));
      return true;
    }
    value = GoValue::nil();
    const auto scalar = resolve();
    if (!scalar) return true;
    switch (scalar->type) {
      case Type::null: break;
      case Type::boolean: value = GoValue::boolean(scalar->boolean); break;
      case Type::integer:
      case Type::unsigned_integer:
      case Type::number: value = number_of(*scalar); break;
      case Type::string:
      case Type::timestamp: value = GoValue::string(text_of_event()); break;
    }
    return true;
  }

  // --- keys

  bool read_key(Key& key) {
    if (m_event->kind == Kind::scalar) {
      key.is_merge = m_event->text == "<<" && (m_event->implicit || m_event->tag == "tag:yaml.org,2002:merge");
      if (key.is_merge) return true;
      if (!m_event->anchor.empty()) {
        const std::size_t anchor = open_anchor();
        read_scalar_key(key, m_anchors[anchor].value);
        m_anchors[anchor].nodes = 1;
        m_anchors[anchor].complete = true;
        return true;
      }
      GoValue value;
      read_scalar_key(key, value);
      return true;
    }
    Node node;
    if (!read_node(node)) return false;
    if (node.shape == Shape::scalar) {
      key_of(node.value, key);
      return true;
    }
    key.is_usable = false;
    keep(m_decode_error, "yaml: invalid map key: " + dump(node.value));
    return true;
  }

  void read_scalar_key(Key& key, GoValue& value) {
    ++m_nodes;
    if (is_text()) {
      key.text = m_arena.copy(m_event->text);
      value = GoValue::string(key.text);
      return;
    }
    const auto scalar = resolve();
    if (!scalar) {
      key.is_usable = false;
      return;
    }
    switch (scalar->type) {
      case Type::null: value = GoValue::nil(); break;
      case Type::boolean: value = GoValue::boolean(scalar->boolean); break;
      case Type::integer: value = GoValue::integer(scalar->integer); break;
      case Type::unsigned_integer: value = GoValue::unsigned_integer(scalar->unsigned_integer, GoType::uint64); break;
      case Type::number: value = GoValue::number(scalar->number); break;
      case Type::string:
      case Type::timestamp: value = GoValue::string(text_of_event()); break;
    }
    key_of(value, key);
    if (m_numbers == YamlNumbers::float64 && value.type() == GoType::int_)
      value = GoValue::number(static_cast<double>(value.as_int()));
  }

  void key_of(GoValue value, Key& key) {
    switch (value.type()) {
      case GoType::string: key.text = value.as_text(); return;
      case GoType::boolean: key.text = value.as_bool() ? "true" : "false"; return;
      case GoType::int_: key.text = m_arena.copy(std::to_string(value.as_int())); return;
      case GoType::float64: key.text = m_arena.copy(float_key(value.as_double())); return;
      default: key.is_usable = false; m_bad_key = value;
    }
  }

  /// Go's syntax of a value, whose maps have keys of any type.
  std::string dump(GoValue value) {
    constexpr std::string_view k_ours = "map[string]interface {}{";
    constexpr std::string_view k_theirs = "map[interface {}]interface {}{";
    std::string text;
    if (!append_printf(text, "%#v", {&value, 1}, m_arena)) return "";
    for (std::size_t at = 0; (at = text.find(k_ours, at)) != std::string::npos; at += k_theirs.size())
      text.replace(at, k_ours.size(), k_theirs);
    return text;
  }

  void refuse_key(GoValue value) {
    if (m_key_error) return;
    const bool null = m_bad_key.is_nil();
    std::string key = null ? "<nil>" : "";
    if (!null && !append_printf(key, "%#v", {&m_bad_key, 1}, m_arena)) key.clear();
    keep(m_key_error, "unsupported map key of type: " + std::string(null ? "%!s(<nil>)" : "uint64") + ", key: " + key +
                          ", value: " + dump(value));
  }

  // --- lists and maps

  bool read_list(GoValue& value) {
    const std::size_t mark = m_builder.mark();
    while (true) {
      if (!next()) return false;
      if (m_event->kind == Kind::sequence_end) break;
      Node item;
      if (!read_node(item)) return false;
      m_builder.add(item.value);
    }
    value = m_builder.close_list(mark);
    return within_budget();
  }

  bool read_map(GoValue& value) {
    const std::size_t mark = m_builder.mark();
    while (true) {
      if (!next()) return false;
      if (m_event->kind == Kind::mapping_end) break;
      Key key;
      if (!read_key(key) || !next()) return false;
      if (key.is_merge) {
        if (!read_merge()) return false;
        continue;
      }
      Node item;
      if (!read_node(item)) return false;
      if (key.is_usable)
        m_builder.add(key.text, item.value);
      else
        refuse_key(item.value);
    }
    value = GoValue::map(m_builder.close_map(mark));
    return within_budget();
  }

  bool within_budget() { return m_arena.within_budget() || exceed(m_arena.budget().error("reading YAML")); }

  /// The value of "<<": a map, an alias of one, or a list of these, of which earlier ones win. An entry that stands
  /// before the merge loses to it.
  bool read_merge() {
    if (m_event->kind != Kind::sequence_start) return read_merged_map();
    std::vector<GoValue> maps;
    if (!m_event->anchor.empty()) open_anchor();
    while (true) {
      if (!next()) return false;
      if (m_event->kind == Kind::sequence_end) break;
      Node node;
      if (!read_node(node)) return false;
      if (check_merged(node)) maps.push_back(node.value);
    }
    for (auto map = maps.rbegin(); map != maps.rend(); ++map) add_entries(*map);
    return true;
  }
  bool read_merged_map() {
    if (m_event->kind == Kind::scalar) refuse_merge();  // before its own text may be refused
    Node node;
    if (!read_node(node)) return false;
    if (check_merged(node)) add_entries(node.value);
    return true;
  }
  bool check_merged(const Node& node) {
    if (node.shape != Shape::map) keep(m_decode_error, "yaml: map merge requires map or sequence of maps as the value");
    return node.value.is_map();
  }
  void refuse_merge() { keep(m_decode_error, "yaml: map merge requires map or sequence of maps as the value"); }
  void add_entries(GoValue map) {
    for (const auto& [key, item] : map.as_map()->entries()) m_builder.add(key, item);
  }

  std::string_view m_text;
  YamlNumbers m_numbers;
  Arena& m_arena;
  YamlEventReader m_reader;
  const YamlEvent* m_event = nullptr;
  MapBuilder m_builder;
  std::uint64_t m_nodes = 0;  // that go-yaml has decoded, aliases followed
  std::uint64_t m_from_aliases = 0;
  std::vector<Anchor> m_anchors;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> m_anchor_numbers;
  GoValue m_bad_key;
  std::optional<Error> m_decode_limit;  // what ends the pass, and is no syntax error
  std::optional<Error> m_decode_error;
  std::optional<Error> m_key_error;
  std::optional<Error> m_json_error;
};

Error wrapped(Error error, std::string_view doing) {
  if (error.kind == ErrorKind::render) error.message = std::string(doing) + error.message;
  return error;
}

std::string_view json_kind_of(GoValue value) {
  if (value.is_map()) return "object";
  if (value.is_list()) return "array";
  if (value.is_string()) return "string";
  return value.type() == GoType::boolean ? "bool" : "number";
}

}  // namespace

Result<GoValue> read_yaml_document(std::string_view text, YamlNumbers numbers, Arena& arena) {
  return DocumentReader(text, numbers, arena).read();
}

Result<GoValue> from_yaml(std::string_view text, YamlTarget target, Arena& arena) {
  auto value = read_yaml_document(text, YamlNumbers::float64, arena);
  if (!value && value.error().message.starts_with("unsupported map key")) {
    auto typed = read_yaml_document(text, YamlNumbers::typed, arena);  // the error tells values as they were
    if (!typed) return fail(wrapped(std::move(typed).error(), "error converting YAML to JSON: "));
  }
  if (!value) return fail(wrapped(std::move(value).error(), "error converting YAML to JSON: "));
  if (target == YamlTarget::any) return *value;
  const bool map = target == YamlTarget::map;
  if (value->is_nil()) return map ? GoValue::map(make_map(arena)) : make_list(arena, {});  // left as it was
  if (map ? value->is_map() : value->is_list()) return *value;
  return fail(ErrorKind::render, "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal " +
                                     std::string(json_kind_of(*value)) + " into Go value of type " +
                                     (map ? "map[string]interface {}" : "[]interface {}"));
}

}  // namespace reconciled::helm
