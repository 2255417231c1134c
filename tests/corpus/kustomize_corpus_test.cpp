// Public kustomizations, each with what the real kustomize printed for it.
#include "base/file.h"
#include "base/json.h"
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"
#include "sources/local_tree.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

using namespace reconciled;

namespace {

constexpr std::uint64_t k_most = 256U << 20;

std::string corpus_folder() {
  const char* folder = std::getenv("RECONCILED_CORPUS");
  REQUIRE_MESSAGE(folder != nullptr,
                  "set RECONCILED_CORPUS to the folder of the public corpus, or leave this suite out");
  return folder;
}

std::string read_whole(const std::string& path) {
  auto text = read_file(path, k_most);
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : format_error(text.error())));
  return std::move(*text);
}

Value read_cases(const std::string& path) {
  Budget budget;
  auto cases = parse_json(read_whole(path), budget, DuplicateKeys::refuse);
  REQUIRE_MESSAGE(cases.has_value(), (cases ? "" : format_error(cases.error())));
  return std::move(*cases);
}

/// The tree with an empty file where an error speaks of one that was not taken into the corpus.
std::shared_ptr<const SourceTree> with_named_file(std::shared_ptr<const SourceTree> tree, const std::string& error) {
  constexpr std::string_view k_before = "security; file '<trees>/";
  const auto at = error.find(k_before);
  if (at == std::string::npos) return tree;
  const auto begin = at + k_before.size();
  std::shared_ptr<const SourceTree> added =
      make_memory_tree({{error.substr(begin, error.find('\'', begin) - begin), ""}});
  return std::shared_ptr<const SourceTree>(make_overlay_tree(std::move(tree), std::move(added)));
}

/// What goes to the terminal: warnings, then the output or the error.
std::string print(const kustomize::Built<std::string>& built) {
  if (built.output) return *built.output;
  std::string text;
  for (const auto& warning : built.warnings) text += warning + "\n";
  return text + "error: " + built.output.error().message;
}

/// Pointers differ from run to run, and so does a repository's name in the folder that it was kept in.
std::string comparable(std::string text) {
  for (std::size_t at = text.find("&{0xc"); at != std::string::npos; at = text.find("&{0xc", at + 1))
    text.replace(at, text.find(' ', at) - at, "&{0x");
  constexpr std::string_view k_trees = "<trees>/";
  for (std::size_t at = text.find(k_trees); at != std::string::npos; at = text.find(k_trees, at + 1)) {
    const auto begin = at + k_trees.size();
    const auto end = text.find_first_of("/'\"", begin);
    if (const auto plus = text.find('+', begin); plus < end) text[plus] = '-';
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string first_difference(std::string_view ours, std::string_view theirs) {
  std::size_t line = 1;
  while (!ours.empty() || !theirs.empty()) {
    const auto a = ours.substr(0, ours.find('\n')), b = theirs.substr(0, theirs.find('\n'));
    if (a != b)
      return "line " + std::to_string(line) + ":\n  ours:   " + std::string(a.substr(0, 600)) +
             "\n  theirs: " + std::string(b.substr(0, 600));
    ours.remove_prefix(std::min(a.size() + 1, ours.size()));
    theirs.remove_prefix(std::min(b.size() + 1, theirs.size()));
    ++line;
  }
  return "the end";
}

struct Tally {
  std::size_t outputs = 0, errors = 0, same_outputs = 0, same_errors = 0;

  void compare(const std::string& id, const kustomize::Built<std::string>& built, const std::string& expected,
               bool is_error) {
    ++(is_error ? errors : outputs);
    const std::string ours = comparable(print(built)), theirs = comparable(expected);
    const bool same = built.output.has_value() != is_error && ours == theirs;
    if (same) ++(is_error ? same_errors : same_outputs);
    if (!same) std::cout << "DIFFERS " << id << " " << first_difference(ours, theirs) << "\n";
  }
  void report(const char* name) const {
    std::cout << name << ": " << same_outputs << " of " << outputs << " outputs, " << same_errors << " of " << errors
              << " errors\n";
    CHECK(same_outputs == outputs);
    CHECK(same_errors == errors);
  }
};

}  // namespace

TEST_CASE("public kustomizations build to the same bytes") {
  const std::string folder = corpus_folder() + "/kustomize";
  auto tree = make_local_tree(folder + "/trees");
  REQUIRE(tree.has_value());
  const std::shared_ptr<const SourceTree> trees = std::move(*tree);
  const Value cases = read_cases(folder + "/cases.json");
  Tally tally;
  for (const auto& row : cases.items()) {
    const std::string id(row["id"].as_string());
    const std::string path(row["path"].as_string().substr(std::string_view("trees/").size()));
    Budget budget;
    const kustomize::NoRemotes remotes;
    const bool is_error = row.find("error") != nullptr;
    const std::string expected = is_error ? comparable(std::string(row["error"].as_string()))
                                          : read_whole(folder + "/" + std::string(row["expected"].as_string()));
    const kustomize::Place place{with_named_file(trees, is_error ? expected : ""), "<trees>"};
    const auto built = kustomize::build_text(place, path, {}, remotes, budget);
    tally.compare(id, built, expected, is_error);
  }
  tally.report("kustomize");
}

TEST_CASE("cases of kustomize's own suite build to the same bytes") {
  const Value cases = read_cases(corpus_folder() + "/krusty/cases.json");
  Tally tally;
  for (const auto& row : cases.items()) {
    std::map<std::string, std::string> files;
    for (const auto& [name, text] : row["files"].entries()) {
      const auto path = name.as_string();
      files[std::string(path.substr(path.starts_with('/') ? 1 : 0))] = text.as_string();
    }
    const kustomize::Place place{make_memory_tree(std::move(files)), "<root>"};
    Budget budget;
    const kustomize::NoRemotes remotes;
    kustomize::BuildOptions options;
    // Those that name their folder from the root were recorded without the order of the others.
    if (!row["path"].as_string().starts_with('/')) options.order = kustomize::ResourceOrder::fifo;
    const auto built = kustomize::build_text(place, row["path"].as_string(), options, remotes, budget);
    const bool is_error = row.find("error") != nullptr;
    tally.compare(std::string(row["id"].as_string()), built,
                  std::string(row[is_error ? "error" : "expected"].as_string()), is_error);
  }
  tally.report("krusty");
}
