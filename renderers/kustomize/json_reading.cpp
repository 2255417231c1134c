#include "renderers/kustomize/json_reading.h"

#include "base/json.h"
#include "base/yaml_events.h"
#include "base/yaml_resolve.h"

#include <map>
#include <string>
#include <vector>

namespace reconciled::kustomize {
namespace {

using EventKind = YamlEvent::Kind;

class JsonReader {
 public:
  JsonReader(std::string_view text, Budget& budget) : m_budget(budget), m_events(text, "", budget, YamlRules::go) {}

  Result<Value> read() {
    for (;;) {
      TRY_ASSIGN(const YamlEvent* event, advance());
      if (event->kind == EventKind::stream_end) return Value();
      if (event->kind == EventKind::stream_start || event->kind == EventKind::document_start) continue;
      TRY_ASSIGN(Value value, read_value(*event));
      TRY(advance());
      return value;
    }
  }

 private:
  Result<const YamlEvent*> advance() {
    const YamlEvent* event = m_events.advance();
    if (event != nullptr) return event;
    Error error = m_events.error();
    if (error.kind == ErrorKind::render) error = Error(ErrorKind::render, "yaml: " + m_events.go_error(GoYaml::v2));
    return fail(std::move(error));
  }
  Result<Value> read_value(const YamlEvent& event) {
    const std::string anchor(event.anchor);
    Value value;
    switch (event.kind) {
      case EventKind::alias: {
        const auto it = m_anchors.find(std::string(event.text));
        if (it == m_anchors.end())
          return fail(ErrorKind::render, "yaml: unknown anchor '" + std::string(event.text) + "' referenced");
        // Sharing costs nothing, but whoever walks the value pays for what was copied: count it.
        if (!m_budget.step(1 + it->second.size())) return fail(m_budget.error("reading YAML"));
        return it->second;
      }
      case EventKind::scalar: {
        TRY_ASSIGN(const auto scalar, resolve_yaml_scalar(event));
        TRY_ASSIGN(value, json_value_of(scalar));
        break;
      }
      case EventKind::sequence_start: {
        TRY_ASSIGN(value, read_list());
        break;
      }
      default: {
        TRY_ASSIGN(value, read_map());
        break;
      }
    }
    if (!anchor.empty()) m_anchors[anchor] = value;
    return value;
  }
  Result<Value> read_list() {
    Value list = Value::list();
    for (;;) {
      TRY_ASSIGN(const YamlEvent* event, advance());
      if (event->kind == EventKind::sequence_end) return list;
      TRY_ASSIGN(Value item, read_value(*event));
      list.append(std::move(item));
    }
  }
  Result<Value> read_map() {
    Value map = Value::map();
    std::vector<Value> merged;
    for (;;) {
      TRY_ASSIGN(const YamlEvent* event, advance());
      if (event->kind == EventKind::mapping_end) break;
      if (event->kind != EventKind::scalar && event->kind != EventKind::alias)
        return fail(ErrorKind::render, "yaml: invalid map key");
      std::string key;
      if (event->kind == EventKind::alias) {
        TRY_ASSIGN(const Value named, read_value(*event));
        key = named.as_string();
      } else {
        TRY_ASSIGN(const auto scalar, resolve_yaml_scalar(*event));
        if (scalar.type == YamlScalar::Type::merge) {
          TRY_ASSIGN(const YamlEvent* next, advance());
          TRY_ASSIGN(Value source, read_value(*next));
          merged.push_back(std::move(source));
          continue;
        }
        TRY_ASSIGN(key, json_key_of(scalar));
      }
      TRY_ASSIGN(const YamlEvent* next, advance());
      TRY_ASSIGN(Value value, read_value(*next));
      map.set(key, std::move(value));
    }
    for (const auto& source : merged) TRY(merge(map, source));
    return map;
  }
  static Status merge(Value& map, const Value& source) {
    if (source.is_list()) {
      for (const auto& item : source.items()) {
        if (item.is_list())
          return fail(ErrorKind::render, "yaml: map merge requires map or sequence of maps as the value");
        TRY(merge(map, item));
      }
      return {};
    }
    if (!source.is_map())
      return fail(ErrorKind::render, "yaml: map merge requires map or sequence of maps as the value");
    for (const auto& [key, value] : source.entries()) {
      if (map.find(key.as_string()) == nullptr) map.set(key.as_string(), value);
    }
    return {};
  }

  Budget& m_budget;
  YamlEventReader m_events;
  std::map<std::string, Value> m_anchors;
};

}  // namespace

Result<Value> read_yaml_as_json(std::string_view text, Budget& budget) {
  return JsonReader(text, budget).read();
}

Result<Value> read_json_or_yaml(std::string_view text, Budget& budget) {
  return text.starts_with('{') ? parse_json(text, budget) : read_yaml_as_json(text, budget);
}

}  // namespace reconciled::kustomize
