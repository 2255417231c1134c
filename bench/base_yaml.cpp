// YAML into Value against libyaml's bare event loop, over the CustomResourceDefinitions below a folder (by default that
// of RECONCILED_CORPUS).
#include "base/file.h"
#include "base/yaml.h"
#include "bench/pairs.h"

#include <yaml.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace reconciled;

namespace {

constexpr std::size_t k_most_bytes = 12'000'000;

std::vector<std::string> find_definitions(const std::filesystem::path& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".yaml" || extension == ".yml"))
      paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (const auto& path : paths) {
    auto text = read_file(path);
    if (!text || text->find("\nkind: CustomResourceDefinition\n") == std::string::npos) continue;
    Budget budget;
    if (!read_yaml(*text, path, budget)) continue;
    bytes += text->size();
    texts.push_back(std::move(*text));
    if (bytes > k_most_bytes) break;
  }
  return texts;
}

std::size_t count_events(const std::string& text) {
  yaml_parser_t parser;
  yaml_event_t event;
  std::size_t count = 0;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  for (bool more = true; more; ++count) {
    if (yaml_parser_parse(&parser, &event) == 0) break;
    more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const char* corpus = argc > 1 ? argv[1] : std::getenv("RECONCILED_CORPUS");
  if (corpus == nullptr) {
    std::puts("usage: bench_base_yaml FOLDER   (or set RECONCILED_CORPUS)");
    return 2;
  }
  const auto texts = find_definitions(corpus);
  if (texts.empty()) {
    std::printf("no CustomResourceDefinitions below %s\n", corpus);
    return 1;
  }
  double bytes = 0;
  for (const auto& text : texts) bytes += static_cast<double>(text.size());
  std::size_t documents = 0;
  std::size_t events = 0;
  const auto ours = [&] {
    for (const auto& text : texts) {
      Budget budget;
      documents += read_yaml(text, "crd.yaml", budget).value().size();
    }
  };
  const auto theirs = [&] {
    for (const auto& text : texts) events += count_events(text);
  };
  const auto times = bench::run_in_turn(9, ours, theirs);
  std::printf("%zu files, %.1f MB: Value %.0f MB/s, bare events %.0f MB/s\n", texts.size(), bytes / 1e6,
              bytes / 1e6 / times.ours, bytes / 1e6 / times.theirs);
  return bench::report("yaml-time", times.ratio, 1.4) && documents > 0 && events > 0 ? 0 : 1;
}
