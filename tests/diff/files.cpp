#include "tests/diff/files.h"

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

namespace reconciled::test {

std::vector<std::string> list_names(const std::string& folder, const std::string& extension) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RECONCILED_TESTDATA) + "/" + folder)) {
    if (entry.path().extension() == extension) out.push_back(entry.path().stem().string());
    if (extension.empty() && entry.is_directory()) out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string read_text(const std::string& path) {
  auto text = read_file(std::string(RECONCILED_TESTDATA) + "/" + path);
  REQUIRE_MESSAGE(text.has_value(), path);
  return *text;
}

Value read_json(const std::string& path) {
  Budget budget;
  auto value = parse_json(read_text(path), budget);
  REQUIRE_MESSAGE(value.has_value(), path);
  return *value;
}

Value read_yaml_value(const std::string& text) {
  Budget budget;
  auto documents = read_yaml(text, "test.yaml", budget);
  REQUIRE_MESSAGE(documents.has_value(), text);
  REQUIRE(documents->size() == 1);
  return documents->front().value;
}

Manifest manifest_of(Value object, const std::string& file) {
  auto manifest = make_manifest(std::move(object), Origin{file, 1, 0}, "prod");
  REQUIRE_MESSAGE(manifest.has_value(), (manifest ? std::string() : format_error(manifest.error())));
  return *manifest;
}

}  // namespace reconciled::test
