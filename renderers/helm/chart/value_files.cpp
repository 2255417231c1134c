#include "renderers/helm/chart/value_files.h"

#include "base/go_text.h"
#include "renderers/helm/chart/coalesce.h"
#include "renderers/helm/chart/json_prefix.h"
#include "renderers/helm/chart/set_values.h"
#include "renderers/helm/values/yaml.h"

#include <array>
#include <optional>

namespace reconciled::helm {
namespace {

/// Documents as Kubernetes' YAML reader cuts them: at lines that begin with "---", each line ended by a line feed.
class DocumentReader {
 public:
  explicit DocumentReader(std::string_view text) : m_rest(text) {}

  /// The next document, or nullopt after the last.
  Result<std::optional<std::string>> next() {
    std::string document;
    while (!m_rest.empty()) {
      const auto end = std::min(m_rest.find('\n'), m_rest.size());
      auto line = m_rest.substr(0, end);
      m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.starts_with("---")) {
        const auto rest = trim_space(line.substr(3));
        if (!rest.empty() && rest.front() != '#')
          return fail(ErrorKind::render,
                      "error reading yaml document: invalid Yaml document separator: " + std::string(rest));
        if (!document.empty()) return document;
      }
      (document += line) += '\n';
    }
    if (document.empty()) return std::nullopt;
    return document;
  }

 private:
  std::string_view m_rest;
};

Result<GoMap*> read_document(std::string_view text, std::string_view doing, Arena& arena) {
  auto value = from_yaml(text, YamlTarget::map, arena);
  if (!value) {
    auto error = std::move(value).error();
    error.message = std::string(doing) + error.message;
    return fail(std::move(error));
  }
  return value->type() == GoType::map && value->as_map() != nullptr ? value->as_map() : make_map(arena);
}

/// Nothing to cut and no line to end otherwise.
bool is_one_document(std::string_view text) {
  return !text.starts_with("---") && text.find("\n---") == std::string_view::npos &&
         text.find('\r') == std::string_view::npos;
}

Result<GoMap*> merge_json_setting(const std::string& setting, GoMap* values, Arena& arena) {
  auto text = trim_space(setting);
  if (!text.starts_with('{')) {
    if (!apply_setting(setting, SetKind::json, *values, arena, {}))
      return fail(ErrorKind::usage, "failed parsing --set-json data " + setting);
    return values;
  }
  const auto object = read_json_prefix(text, arena);
  if (!object || !trim_space(text).empty())
    return fail(ErrorKind::usage, "failed parsing --set-json data JSON: " + setting);
  return merge_maps(values, object->as_map(), arena);
}

struct SettingGroup {
  std::vector<std::string> ValuesInput::* settings;
  SetKind kind;
  std::string_view flag;
};
constexpr std::array k_groups{
    SettingGroup{&ValuesInput::set, SetKind::typed, "--set"},
    SettingGroup{&ValuesInput::set_string, SetKind::string, "--set-string"},
    SettingGroup{&ValuesInput::set_file, SetKind::file, "--set-file"},
    SettingGroup{&ValuesInput::set_literal, SetKind::literal, "--set-literal"},
};

}  // namespace

Result<GoMap*> read_values(std::string_view text, HelmProfile profile, Arena& arena) {
  if (profile == HelmProfile::helm3) return read_document(text, "", arena);
  constexpr std::string_view k_doing = "cannot unmarshal yaml document: ";
  if (is_one_document(text)) return read_document(text, k_doing, arena);
  auto* values = make_map(arena);
  DocumentReader documents(text);
  for (;;) {
    TRY_ASSIGN(const auto document, documents.next());
    if (!document) return values;
    TRY_ASSIGN(const auto* more, read_document(*document, k_doing, arena));
    values = merge_maps(values, more, arena);
  }
}

Result<GoMap*> merge_user_values(const ValuesInput& input, HelmProfile profile, Arena& arena) {
  auto* values = make_map(arena);
  for (const auto& file : input.files) {
    const auto more = read_values(file.text, profile, arena);
    if (!more) {
      auto error = more.error();
      error.message = "failed to parse " + file.name + ": " + error.message;
      return fail(std::move(error));
    }
    values = merge_maps(values, *more, arena);
  }
  for (const auto& setting : input.set_json) {
    TRY_ASSIGN(values, merge_json_setting(setting, values, arena));
  }
  for (const auto& group : k_groups) {
    for (const auto& setting : input.*group.settings) {
      auto applied = apply_setting(setting, group.kind, *values, arena, input.read_file);
      if (applied) continue;
      auto error = std::move(applied).error();
      error.message = "failed parsing " + std::string(group.flag) + " data: " + error.message;
      return fail(std::move(error));
    }
  }
  return input.change ? input.change(values, arena) : values;
}

}  // namespace reconciled::helm
