// Whole stacks: testdata/renderers/plain/<case>/{input/stack,input/overlay,expected.json}.
#include "tests/renderers/render_stack.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

std::shared_ptr<const SourceTree> below(const testing::CaseFolder& folder, const std::string& prefix) {
  std::map<std::string, std::string> files;
  for (const auto& [path, text] : folder.files) {
    if (path.starts_with(prefix)) files[path.substr(prefix.size())] = text;
  }
  return make_memory_tree(std::move(files));
}

TEST_CASE("every stack of testdata/renderers/plain is rendered as expected") {
  const auto cases = testing::load_case_folders("renderers/plain");
  CHECK(cases.size() >= 15);
  for (const auto& folder : cases) {
    const auto inputs = testing::make_inputs(below(folder, "stack/"), below(folder, "overlay/"));
    CHECK_GOLDEN(folder, testing::describe(testing::render(inputs)));
  }
}

}  // namespace
}  // namespace reconciled
