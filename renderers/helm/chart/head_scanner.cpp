#include "renderers/helm/chart/head_scanner.h"

#include "base/go_yaml_resolve.h"
#include "base/number.h"
#include "base/yaml_events.h"
#include "renderers/helm/chart/struct_decoder.h"

namespace reconciled::helm {
namespace {

using Kind = YamlEvent::Kind;

class HeadScanner {
 public:
  HeadScanner(std::string_view document, Budget& budget) : m_reader(document, "", budget) {}

  std::optional<ManifestHead> scan() {
    if (!expect(Kind::stream_start) || !next()) return std::nullopt;
    if (m_event->kind == Kind::stream_end) return std::move(m_head);
    if (m_event->kind != Kind::document_start || !next() || !root() || !expect(Kind::document_end)) return std::nullopt;
    return std::move(m_head);
  }

 private:
  bool next() { return (m_event = m_reader.advance()) != nullptr; }
  bool expect(Kind kind) { return next() && m_event->kind == kind; }

  /// Whether the event is one that needs no second thought.
  [[nodiscard]] bool is_simple() const {
    if (m_event->kind == Kind::alias || !m_event->tag.empty() || !m_event->anchor.empty()) return false;
    if (m_event->kind != Kind::scalar || m_event->style != YamlStyle::plain) return true;
    const auto first = m_event->text.empty() ? 'x' : m_event->text.front();
    return first != '.' && first != '+' && first != '-' ? true
                                                        : m_event->text.find_first_of("iInN") == m_event->text.npos;
  }
  [[nodiscard]] bool is_merge() const { return m_event->style == YamlStyle::plain && m_event->text == "<<"; }
  /// A key that is text as it stands.
  [[nodiscard]] bool is_key() const {
    if (m_event->kind != Kind::scalar || !is_simple() || is_merge()) return false;
    return m_event->style != YamlStyle::plain ||
           resolve_go_yaml(m_event->text, GoYaml::v2).type == GoYamlScalar::Type::string;
  }

  /// A key of which nothing is asked but that Go's conversion to JSON takes it.
  [[nodiscard]] bool is_any_key() const {
    if (m_event->kind != Kind::scalar || !is_simple() || is_merge()) return false;
    if (m_event->style != YamlStyle::plain) return true;
    const auto type = resolve_go_yaml(m_event->text, GoYaml::v2).type;
    return type == GoYamlScalar::Type::string || type == GoYamlScalar::Type::integer ||
           type == GoYamlScalar::Type::boolean;
  }

  bool root() {
    if (!is_simple()) return false;
    if (m_event->kind == Kind::scalar) return is_null();
    if (m_event->kind != Kind::mapping_start) return false;
    return map([this](std::string_view key) {
      if (key == "apiVersion") return text(m_head.api_version);
      if (key == "kind") return text(m_head.kind);
      if (key == "metadata") return metadata();
      return !is_odd(key, {"apiVersion", "kind", "metadata"}) && skip();
    });
  }

  bool metadata() {
    if (m_event->kind == Kind::scalar) return is_null();
    if (m_event->kind != Kind::mapping_start) return false;
    return map([this](std::string_view key) {
      if (key == "name") return text(m_head.name);
      if (key == "annotations") return annotations();
      return !is_odd(key, {"name", "annotations"}) && skip();
    });
  }

  bool annotations() {
    if (m_event->kind == Kind::scalar) return is_null();
    if (m_event->kind != Kind::mapping_start) return false;
    return map([this](std::string_view key) {
      std::string name(key);
      std::string value;
      if (!text(value)) return false;
      std::erase_if(m_head.annotations, [&](const auto& entry) { return entry.first == name; });
      m_head.annotations.emplace_back(std::move(name), std::move(value));
      return true;
    });
  }

  /// Reads up to the end of the map; `entry` is called with the event of each value.
  template <class Entry>
  bool map(const Entry& entry) {
    for (;;) {
      if (!next()) return false;
      if (m_event->kind == Kind::mapping_end) return true;
      if (!is_key()) return false;
      m_key = m_event->text;
      if (!next() || !is_simple() || !entry(std::string_view(m_key))) return false;
    }
  }

  /// A key that means a field although it is written in another way.
  static bool is_odd(std::string_view key, std::initializer_list<std::string_view> fields) {
    for (const auto field : fields) {
      if (equal_fold(key, field)) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_null() const {
    return m_event->style == YamlStyle::plain &&
           resolve_go_yaml(m_event->text, GoYaml::v2).type == GoYamlScalar::Type::null;
  }

  bool text(std::string& out) {
    if (m_event->kind != Kind::scalar) return false;
    out = m_event->text;
    if (m_event->style != YamlStyle::plain) return true;
    const auto scalar = resolve_go_yaml(m_event->text, GoYaml::v2);
    switch (scalar.type) {
      case GoYamlScalar::Type::null: out.clear(); return true;
      case GoYamlScalar::Type::boolean: out = scalar.boolean ? "true" : "false"; return true;
      case GoYamlScalar::Type::integer: out = std::to_string(scalar.integer); return true;
      case GoYamlScalar::Type::unsigned_integer: out = std::to_string(scalar.unsigned_integer); return true;
      case GoYamlScalar::Type::number: out = format_float_key(scalar.number); return true;
      case GoYamlScalar::Type::string:
      case GoYamlScalar::Type::timestamp: return true;
    }
    return false;
  }

  /// Reads to the end of the value that the event begins.
  bool skip() {
    if (m_event->kind == Kind::scalar) return true;
    std::vector<bool> open{m_event->kind == Kind::mapping_start};  // of each level: whether it is a map
    std::vector<bool> at_key{true};
    while (!open.empty()) {
      if (!next()) return false;
      if (m_event->kind == Kind::mapping_end || m_event->kind == Kind::sequence_end) {
        open.pop_back();
        at_key.pop_back();
        continue;
      }
      const bool is_key_place = open.back() && at_key.back();
      if (is_key_place ? !is_any_key() : !is_simple()) return false;
      at_key.back() = !at_key.back();
      if (m_event->kind != Kind::scalar) {
        open.push_back(m_event->kind == Kind::mapping_start);
        at_key.push_back(true);
      }
    }
    return true;
  }

  YamlEventReader m_reader;
  const YamlEvent* m_event = nullptr;
  std::string m_key;
  ManifestHead m_head;
};

}  // namespace

std::optional<ManifestHead> scan_manifest_head(std::string_view document, Budget& budget) {
  return HeadScanner(document, budget).scan();
}

}  // namespace reconciled::helm
