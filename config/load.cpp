#include "base/suggest.h"
#include "config/document.h"
#include "config/rules.h"
#include "config/settings.h"
#include "config/size.h"
#include "config/store.h"
#include "config/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reconciled {
namespace config {
namespace {

constexpr std::string_view k_api_version = "reconcile/v1";
constexpr std::string_view k_kind = "Config";

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

Where at(Where where, std::string key_path) {
  where.key_path = std::move(key_path);
  return where;
}

/// Fills a Settings from the merged tree and the environment, row by row.
class Binder {
 public:
  Binder(const SettingsInput& input, Places& places, std::vector<Error>& problems)
      : m_input(input), m_places(places), m_problems(problems) {}

  void bind_section(const Section& section, const Node& node, void* owner, const std::string& path) {
    if (node.kind == Node::Kind::null) return;
    if (node.kind != Node::Kind::map)
      return report(node.where, path, fmt::format("want a map, have {}", kind_of(node)));
    refuse_unknown_keys(section, node, path);
    each_row(section, owner, [&](const Row& row, void* row_owner) {
      const Node* value = find(node, row.name);
      const auto row_path = join(path, row.name);
      if (value != nullptr && value->kind != Node::Kind::null)
        return bind_row(row, *value, row.member(row_owner), row_path);
      if (row.rules.presence == Presence::required)
        report(node.where, row_path, fmt::format("\"{}\" is missing", row.name), std::string(row.doc));
    });
  }

  void bind_environment(const Section& section, void* owner, const std::string& path) {
    each_row(section, owner, [&](const Row& row, void* row_owner) {
      const auto row_path = join(path, row.name);
      if (row.shape == Shape::section) return bind_environment(*row.rules.section, row.member(row_owner), row_path);
      if (!has_twin(row)) return;
      const std::string variable =
          std::string(m_input.program == Program::reconcile ? "RECONCILE_" : "RECONCILED_") + twin_of(row_path);
      const std::string text = variable_of(m_input, variable);
      if (text.empty()) return;
      const Where where{.file = "$" + variable, .line = 0, .column = 0, .key_path = row_path};
      if (row.shape == Shape::texts || row.shape == Shape::paths)
        return bind_comma_list(row, text, row.member(row_owner), where);
      store(row, text, row.member(row_owner), where);
    });
  }

 private:
  static std::string_view kind_of(const Node& node) {
    switch (node.kind) {
      case Node::Kind::null: return "nothing";
      case Node::Kind::scalar: return "a single value";
      case Node::Kind::list: return "a list";
      case Node::Kind::map: return "a map";
    }
    return {};
  }

  void report(const Where& where, const std::string& path, std::string message, std::string hint = {}) {
    m_problems.emplace_back(ErrorKind::config, std::move(message), at(where, path), std::move(hint));
  }

  void refuse_unknown_keys(const Section& section, const Node& map, const std::string& path) {
    std::vector<std::string> known;
    each_row(section, nullptr, [&](const Row& row, void*) { known.emplace_back(row.name); });
    if (path.empty()) known.insert(known.end(), {"apiVersion", "kind"});
    for (const Entry& entry : map.entries) {
      if (std::ranges::find(known, entry.key) != known.end()) continue;
      const std::string shown = entry.key.substr(0, 60);
      report(entry.where, path, fmt::format("unknown key \"{}\"{}", shown, did_you_mean(shown, known)),
             fmt::format("known here: {}", fmt::join(known, ", ")));
    }
  }

  void bind_row(const Row& row, const Node& node, void* member, const std::string& path) {
    m_places[path] = at(node.where, path);
    switch (row.shape) {
      case Shape::section: return bind_section(*row.rules.section, node, member, path);
      case Shape::sections: return bind_sections(row, node, member, path);
      case Shape::texts:
      case Shape::paths: return bind_texts(row, node, member, path);
      case Shape::secrets: return bind_secrets(node, member, path);
      default: return bind_scalar(row, node, member, path);
    }
  }

  void bind_sections(const Row& row, const Node& node, void* list, const std::string& path) {
    if (node.kind != Node::Kind::list)
      return report(node.where, path, fmt::format("want a list of maps, have {}", kind_of(node)));
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const auto item_path = fmt::format("{}[{}]", path, i);
      void* owner = row.append(list);
      apply_defaults(*row.rules.section, owner);
      m_places[item_path] = at(item.where, item_path);
      if (item.kind == Node::Kind::map)
        bind_section(*row.rules.section, item, owner, item_path);
      else
        report(item.where, item_path, fmt::format("want a map, have {}", kind_of(item)));
    }
  }

  void bind_texts(const Row& row, const Node& node, void* member, const std::string& path) {
    if (node.kind != Node::Kind::list)
      return report(node.where, path, fmt::format("want a list of texts, have {}", kind_of(node)));
    auto& texts = *static_cast<std::vector<std::string>*>(member);
    texts.clear();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const auto item_path = fmt::format("{}[{}]", path, i);
      if (item.kind == Node::Kind::scalar)
        add_text(row, item.text, texts, at(item.where, item_path));
      else
        report(item.where, item_path, fmt::format("want a text, have {}", kind_of(item)));
    }
  }

  void bind_secrets(const Node& node, void* member, const std::string& path) {
    if (node.kind != Node::Kind::list)
      return report(node.where, path, fmt::format("want a list of secret texts, have {}", kind_of(node)));
    auto& secrets = *static_cast<std::vector<SecretString>*>(member);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const Row row{.name = {}, .shape = Shape::secret, .doc = {}, .rules = {}};
      bind_scalar(row, item, &secrets.emplace_back(), fmt::format("{}[{}]", path, i));
    }
  }

  void bind_comma_list(const Row& row, std::string_view text, void* member, const Where& where) {
    auto& texts = *static_cast<std::vector<std::string>*>(member);
    texts.clear();
    m_places[where.key_path] = where;
    while (!text.empty()) {
      const auto comma = text.find(',');
      add_text(row, std::string(text.substr(0, comma)), texts, where);
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
  }

  void add_text(const Row& row, std::string text, std::vector<std::string>& texts, const Where& where) {
    std::string problem = text.empty() ? "an empty text" : refuse_reference(text);
    if (problem.empty() && row.rules.check != nullptr) problem = row.rules.check(text);
    if (!problem.empty()) return report(where, where.key_path, std::move(problem));
    if (row.shape != Shape::paths) return texts.push_back(std::move(text));
    const Row path{.name = {}, .shape = Shape::path, .doc = {}, .rules = {}};
    store(path, text, &texts.emplace_back(), where);
  }

  void bind_scalar(const Row& row, const Node& node, void* member, const std::string& path) {
    if (node.kind != Node::Kind::scalar)
      return report(node.where, path, fmt::format("want {}, have {}", name_of(row.shape), kind_of(node)));
    const bool wants_plain = row.shape == Shape::count || row.shape == Shape::boolean;
    if (wants_plain && node.style == Node::Style::quoted) {
      return report(node.where, path, fmt::format("want {}, have a quoted text", name_of(row.shape)),
                    "remove the quotes");
    }
    store(row, node.text, member, at(node.where, path));
  }

  void store(const Row& row, const std::string& text, void* member, const Where& where) {
    m_places[where.key_path] = where;
    if (auto stored = store_text(row, text, member, where.file, m_input); !stored) {
      m_problems.push_back(std::move(stored).error());
      m_problems.back().where = where;
    }
  }

  const SettingsInput& m_input;
  Places& m_places;
  std::vector<Error>& m_problems;
};

/// Each file says what it is, so that a stray YAML file in conf.d is not taken for settings.
void check_header(const Node& root, std::vector<Error>& problems) {
  const auto check = [&](std::string_view key, std::string_view want) {
    const Node* node = find(root, key);
    if (node != nullptr && node->kind == Node::Kind::scalar && node->text == want) return;
    const auto hint =
        fmt::format("a settings file begins with \"apiVersion: {}\" and \"kind: {}\"", k_api_version, k_kind);
    const std::string message =
        node == nullptr ? fmt::format("\"{}\" is missing", key) : fmt::format("\"{}\" is not \"{}\"", key, want);
    problems.emplace_back(ErrorKind::config, message, at(node == nullptr ? root.where : node->where, std::string(key)),
                          hint);
  };
  check("apiVersion", k_api_version);
  check("kind", k_kind);
}

Node read_files(const SettingsInput& input, std::vector<Error>& problems) {
  Node merged;
  for (const SettingsFile& file : input.files) {
    const auto before = problems.size();
    Node root = read_document(file, problems);
    if (root.kind == Node::Kind::null) continue;
    if (root.kind != Node::Kind::map) {
      problems.emplace_back(ErrorKind::config, "a settings file is a map of settings", root.where);
      continue;
    }
    if (problems.size() == before || !root.entries.empty()) check_header(root, problems);
    merge_node(merged, std::move(root));
  }
  return merged;
}

}  // namespace
}  // namespace config

SettingsCheck check_settings(const SettingsInput& input) {
  SettingsCheck result;
  Settings settings;
  config::Places places;
  const config::Node root = config::read_files(input, result.problems);
  config::apply_defaults(config::root_section(), &settings);
  config::Binder binder(input, places, result.problems);
  binder.bind_section(config::root_section(), root, &settings, "");
  binder.bind_environment(config::root_section(), &settings, "");
  config::check_rules(settings, places, result.problems);
  if (result.problems.empty()) result.settings = std::move(settings);
  return result;
}

Result<Settings> load_settings(const SettingsInput& input) {
  SettingsCheck checked = check_settings(input);
  if (checked.settings) return std::move(*checked.settings);
  Error first = std::move(checked.problems.front());
  if (const auto more = checked.problems.size() - 1; more != 0) {
    if (!first.hint.empty()) first.hint += "; ";
    first.hint += fmt::format("{} more {} found: `reconcile config check` lists all", more,
                              more == 1 ? "problem was" : "problems were");
  }
  return fail(std::move(first));
}

}  // namespace reconciled
