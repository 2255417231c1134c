#include "kube/kubeconfig_files.h"

#include "base/kind_name.h"
#include "base/yaml.h"

#include <algorithm>
#include <charconv>

namespace reconciled {

namespace {

std::string format_key_path(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& key : path) {
    const bool index = !key.empty() && std::ranges::all_of(key, [](char c) { return c >= '0' && c <= '9'; });
    if (index) {
      text += "[" + key + "]";
    } else {
      if (!text.empty()) text += '.';
      text += key;
    }
  }
  return text;
}

Error make_error(const KubeConfigFile& file, const std::vector<std::string>& path, std::string message,
                 std::string hint) {
  const YamlMark mark = find_yaml_mark(file.text, file.document, path);
  return Error(ErrorKind::config, std::move(message), Where{file.path, mark.line, mark.column, format_key_path(path)},
               std::move(hint));
}

std::vector<std::string> file_paths(const KubeConfigOptions& options, const KubeEnvironment& environment) {
  if (!options.path.empty()) return {options.path};
  std::vector<std::string> paths;
  const std::string list = variable(environment.variables, "KUBECONFIG");
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    std::string path = list.substr(begin, end - begin);
    if (!path.empty() && std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    begin = end + 1;
  }
  if (!paths.empty()) return paths;
  const std::string home = variable(environment.variables, "HOME");
  if (!home.empty()) paths.push_back(home + "/.kube/config");
  return paths;
}

Result<KubeConfigFile> parse_file(std::string path, std::string text) {
  KubeConfigFile file{std::move(path), std::move(text), Value(), 0};
  Budget budget(Limits{.steps = 1'000'000, .bytes = 64 << 20, .depth = 64, .time = std::chrono::seconds(10)});
  auto documents = read_yaml(file.text, file.path, budget);
  if (!documents) {
    Error error = std::move(documents).error();
    if (error.kind != ErrorKind::limit) error.kind = ErrorKind::config;
    return fail(std::move(error).in("read kubeconfig"));
  }
  if (documents->empty()) return file;
  file.root = documents->front().value;
  file.document = documents->front().index;
  if (!file.root.is_map()) {
    return fail(make_error(file, {}, "a kubeconfig is a map, this is " + std::string(kind_name(file.root)), ""));
  }
  const Value* kind = file.root.find("kind");
  if (kind != nullptr && !kind->is_null() && kind->as_string() != "Config") {
    return fail(make_error(file, {"kind"}, "this is no kubeconfig: its kind is not Config",
                           "a kubeconfig has `apiVersion: v1` and `kind: Config`"));
  }
  return file;
}

/// Adds the entries of one list ("clusters" of {name, cluster}) that no earlier file has.
Status merge_list(MergedKubeConfig& merged, std::size_t at, std::string_view list_key, std::string_view body_key,
                  std::map<std::string, KubeConfigEntry>& into) {
  const KubeConfigFile& file = merged.files[at];
  const Value& list = file.root[list_key];
  if (list.is_null()) return {};
  const std::string list_name(list_key);
  if (!list.is_list()) {
    return fail(make_error(file, {list_name}, list_name + " is " + std::string(kind_name(list)) + ", not a list", ""));
  }
  std::map<std::string, KubeConfigEntry> own;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Value& item = list.items()[i];
    const std::string index = std::to_string(i);
    const Value* name = item.find("name");
    if (name == nullptr || !name->is_string() || name->as_string().empty()) {
      return fail(make_error(file, {list_name, index}, "an entry of " + list_name + " has no name", "add `name:`"));
    }
    const Value& body = item[body_key];
    std::vector<std::string> path{list_name, index, std::string(body_key)};
    if (!body.is_null() && !body.is_map()) {
      return fail(
          make_error(file, path, std::string(body_key) + " is " + std::string(kind_name(body)) + ", not a map", ""));
    }
    const std::string key(name->as_string());
    if (!own.emplace(key, KubeConfigEntry{body, at, std::move(path)}).second) {
      return fail(make_error(file, {list_name, index, "name"},
                             "two entries of " + list_name + " have the name \"" + key + "\"", "rename or remove one"));
    }
  }
  into.merge(own);
  return {};
}

}  // namespace

std::string resolve_beside(std::string_view file, std::string_view path) {
  if (path.empty() || path.front() == '/') return std::string(path);
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return std::string(path);
  return std::string(file.substr(0, slash + 1)) + std::string(path);
}

Result<MergedKubeConfig> merge_kubeconfig_files(const KubeConfigOptions& options, const KubeEnvironment& environment) {
  MergedKubeConfig merged;
  for (const std::string& path : file_paths(options, environment)) {
    auto text = environment.read(path);
    if (!text) {
      Error error = std::move(text).error();
      error.kind = ErrorKind::config;
      return fail(std::move(error).in("read kubeconfig"));
    }
    if (!*text) {
      if (!options.path.empty()) {
        return fail(ErrorKind::config, "the kubeconfig " + path + " does not exist", Where{path, 0, 0, {}},
                    "give an existing file to --kubeconfig");
      }
      merged.missing.push_back(path);
      continue;
    }
    TRY_ASSIGN(auto file, parse_file(path, std::move(**text)));
    merged.files.push_back(std::move(file));
    const std::size_t at = merged.files.size() - 1;
    TRY(merge_list(merged, at, "clusters", "cluster", merged.clusters));
    TRY(merge_list(merged, at, "users", "user", merged.users));
    TRY(merge_list(merged, at, "contexts", "context", merged.contexts));
    const Value& current = merged.files[at].root["current-context"];
    if (!current.is_null() && !current.is_string()) {
      return fail(make_error(merged.files[at], {"current-context"}, "current-context is not a text", "quote it"));
    }
    if (merged.current_context.empty()) merged.current_context = current.as_string();
  }
  return merged;
}

Error MergedKubeConfig::error_at(const KubeConfigEntry& entry, std::vector<std::string> keys, std::string message,
                                 std::string hint) const {
  std::vector<std::string> path = entry.path;
  path.insert(path.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  return make_error(files[entry.file], path, std::move(message), std::move(hint));
}

Result<std::string> MergedKubeConfig::text(const KubeConfigEntry& entry, std::string_view key) const {
  const Value& value = entry.body[key];
  if (value.is_null()) return std::string();
  if (value.is_string()) return std::string(value.as_string());
  const std::string name(key);
  return fail(error_at(entry, {name}, name + " is " + std::string(kind_name(value)) + ", not a text", "quote it"));
}

Result<bool> MergedKubeConfig::flag(const KubeConfigEntry& entry, std::string_view key) const {
  const Value& value = entry.body[key];
  if (value.is_null()) return false;
  if (value.is_bool()) return value.as_bool();
  const std::string name(key);
  return fail(error_at(entry, {name}, name + " is " + std::string(kind_name(value)) + ", not true or false"));
}

Result<std::vector<std::string>> MergedKubeConfig::texts(const KubeConfigEntry& entry, std::string_view key) const {
  const Value& value = entry.body[key];
  std::vector<std::string> texts;
  if (value.is_null()) return texts;
  const std::string name(key);
  if (!value.is_list()) {
    return fail(error_at(entry, {name}, name + " is " + std::string(kind_name(value)) + ", not a list"));
  }
  for (const Value& item : value.items()) {
    if (!item.is_string()) {
      const std::string index = std::to_string(texts.size());
      return fail(error_at(entry, {name, index},
                           "an item of " + name + " is " + std::string(kind_name(item)) + ", not a text", "quote it"));
    }
    texts.emplace_back(item.as_string());
  }
  return texts;
}

Result<std::string> MergedKubeConfig::path(const KubeConfigEntry& entry, std::string_view key) const {
  TRY_ASSIGN(const std::string name, text(entry, key));
  return resolve_beside(files[entry.file].path, name);
}

KubeConfigEntry MergedKubeConfig::below(const KubeConfigEntry& entry, std::string_view key) const {
  KubeConfigEntry inner{entry.body[key], entry.file, entry.path};
  inner.path.emplace_back(key);
  return inner;
}

}  // namespace reconciled
