#include "config/disk.h"

#include "base/file.h"
#include "config/store.h"

#include <algorithm>
#include <filesystem>

namespace reconciled {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t k_max_file = (1 << 20) + 1;  // one more than is accepted, so that the reader names the bound
constexpr std::size_t k_max_secret = 64 << 10;
constexpr std::size_t k_max_files = 256;

Where in_file(std::string path) {
  return {.file = std::move(path), .line = 0, .column = 0, .key_path = {}};
}

/// conf.d/*.yaml beside the settings file, sorted by name; none when there is no such folder.
Result<std::vector<std::string>> list_snippets(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path() / "conf.d";
  std::error_code problem;
  std::vector<std::string> snippets;
  fs::directory_iterator entries(folder, problem);
  if (problem == std::errc::no_such_file_or_directory) return snippets;
  if (problem)
    return fail(ErrorKind::config, "the folder cannot be read: " + problem.message(), in_file(folder.string()));
  for (; entries != fs::directory_iterator(); entries.increment(problem)) {
    const auto name = entries->path().filename().string();
    if (name.ends_with(".yaml") && !name.starts_with('.')) snippets.push_back(entries->path().string());
    if (snippets.size() > k_max_files) {
      return fail(ErrorKind::config, "there are more than " + std::to_string(k_max_files) + " files",
                  in_file(folder.string()));
    }
    if (problem) break;
  }
  if (problem)
    return fail(ErrorKind::config, "the folder cannot be read: " + problem.message(), in_file(folder.string()));
  std::ranges::sort(snippets);
  return snippets;
}

Status add_file(SettingsInput& input, const std::string& path) {
  auto text = read_file(path, k_max_file);
  if (!text) return fail(ErrorKind::config, text.error().message, in_file(path), text.error().hint);
  input.files.push_back({path, std::move(*text)});
  return {};
}

}  // namespace

std::optional<std::string> settings_path(Program program, std::string_view flag,
                                         const EnvironmentVariables& environment) {
  if (!flag.empty()) return std::string(flag);
  const std::string_view variable = program == Program::reconcile ? "RECONCILE_CONFIG" : "RECONCILED_CONFIG";
  for (const auto& [name, value] : environment) {
    if (name == variable && !value.empty()) return value;
  }
  if (program == Program::reconciled) return "/etc/reconciled/config.yaml";
  return std::nullopt;
}

Result<SettingsInput> open_settings(Program program, const std::optional<std::string>& path,
                                    EnvironmentVariables environment) {
  SettingsInput input;
  input.program = program;
  input.environment = std::move(environment);
  input.read_secret = [](const std::string& file) { return read_file(file, k_max_secret); };
  if (!path) return input;
  TRY(add_file(input, *path));
  TRY_ASSIGN(const auto snippets, list_snippets(*path));
  for (const auto& snippet : snippets) TRY(add_file(input, snippet));
  return input;
}

std::string cache_folder(Program program, const Settings& settings, const EnvironmentVariables& environment) {
  if (!settings.cache.folder.empty()) return settings.cache.folder;
  const auto absolute = [&](std::string_view name) {
    const auto at =
        std::ranges::find(environment, name, [](const auto& entry) { return std::string_view(entry.first); });
    return at == environment.end() || !at->second.starts_with('/') ? std::string() : at->second;
  };
  if (auto folder = absolute("CACHE_DIRECTORY"); program == Program::reconciled && !folder.empty()) return folder;
  if (auto folder = absolute("XDG_CACHE_HOME"); !folder.empty()) return folder + "/reconciled";
  if (auto folder = absolute("HOME"); !folder.empty()) return folder + "/.cache/reconciled";
  return (std::filesystem::temp_directory_path() / "reconciled-cache").string();
}

}  // namespace reconciled
