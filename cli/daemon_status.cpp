#include "cli/daemon_status.h"

#include "stacks/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

struct Word {
  std::string_view said;
  std::string_view shown;
};
constexpr std::array k_sync_words{Word{"in-sync", "in sync"}, Word{"ahead", "ahead"},     Word{"drifted", "drifted"},
                                  Word{"held", "held"},       Word{"unknown", "unknown"}, Word{"failed", "failed"}};
constexpr std::array k_health_words{Word{"healthy", "healthy"},         Word{"suspended", "suspended"},
                                    Word{"progressing", "progressing"}, Word{"missing", "missing"},
                                    Word{"degraded", "degraded"},       Word{"unknown", "unknown"}};

template <std::size_t N>
std::string_view shown_word(const std::array<Word, N>& words, const Value& said) {
  const auto at = std::ranges::find(words, said.as_string(), &Word::said);
  return at == words.end() ? "unknown" : at->shown;
}

/// On one line and without anything that a terminal would obey.
std::string plain(const Value& text, std::string_view fallback = {}) {
  std::string out(text.as_string(fallback));
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

bool is_selected(const CommandLine& line, const std::string& layer, const std::string& name) {
  const bool layer_fits = line.layers.empty() || std::ranges::find(line.layers, layer) != line.layers.end();
  const auto fits = [&](const std::string& pattern) { return matches_pattern(pattern, layer + "/" + name); };
  return layer_fits && (line.stacks.empty() || std::ranges::any_of(line.stacks, fits));
}

std::string format_head(const Value& environment) {
  const std::string commit = plain(environment.at({"revision", "commit"})).substr(0, 12);
  std::string text = fmt::format("{} on {}, {}", plain(environment["name"], "?"), plain(environment["cluster"], "?"),
                                 commit.empty() ? "no commit yet" : "at " + commit);
  if (!environment["leader"].as_bool()) text += ", another replica writes or none does";
  if (!environment["ready"].as_bool()) text += ", not ready";
  text += '\n';
  for (const auto* key : {"sourceError", "clusterError"}) {
    const Value& error = environment[key];
    if (error.is_map()) text += fmt::format("  {}\n", plain(error["message"], "an error without a message"));
  }
  return text;
}

std::string format_environment(const CommandLine& line, const Value& environment) {
  std::string text = format_head(environment);
  text += fmt::format("{:<34}{:<10}{:<13}{:>8}  {}\n", "STACK", "SYNC", "HEALTH", "OBJECTS", "WHY");
  for (const Value& stack : environment["stacks"].items()) {
    const std::string layer = plain(stack["layer"]);
    const std::string name = plain(stack["name"]);
    if (!is_selected(line, layer, name)) continue;
    text += fmt::format("{:<34}{:<10}{:<13}{:>8}  {}", layer + "/" + name, shown_word(k_sync_words, stack["sync"]),
                        shown_word(k_health_words, stack["health"]), stack.at({"objects", "desired"}).as_integer(),
                        plain(stack["why"]));
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  return text;
}

}  // namespace

Result<std::string> format_daemon_status(const CommandLine& line, const Value& status) {
  if (status["kind"] != Value("DaemonStatus") || !status["environments"].is_list())
    return fail(ErrorKind::api_rejected, "the answer is no status of a daemon", {},
                "--server is the address of listen.status: http://127.0.0.1:9481");
  std::string text;
  std::string names;
  for (const Value& environment : status["environments"].items()) {
    const std::string name = plain(environment["name"]);
    names += (names.empty() ? "" : ", ") + name;
    if (!line.environment.empty() && line.environment != name) continue;
    text += (text.empty() ? "" : "\n") + format_environment(line, environment);
  }
  if (text.empty() && !line.environment.empty())
    return fail(ErrorKind::usage, "the daemon has no environment \"" + line.environment + "\"", {},
                names.empty() ? "it has none at all" : "it has " + names);
  return text.empty() ? "the daemon has no environments\n" : text;
}

}  // namespace reconciled
