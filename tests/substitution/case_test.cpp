// Whole repositories: testdata/substitution/<case>/{input,expected.json}, rendered in the environment prod.
#include "tests/substitution/render_repository.h"
#include "tests/support/case_folders.h"

using namespace reconciled;

TEST_CASE("every repository of testdata/substitution has its variables filled in as expected") {
  const auto cases = testing::load_case_folders("substitution");
  CHECK(cases.size() >= 8);
  for (const auto& folder : cases)
    CHECK_GOLDEN(folder, testing::describe(testing::load_environment(folder.files, "prod")));
}
