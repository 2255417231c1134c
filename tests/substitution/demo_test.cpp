// A repository in the layout of Flux's example: testdata/flux-layout, rendered for both of its clusters.
#include "tests/substitution/render_repository.h"
#include "tests/support/case_folders.h"

using namespace reconciled;

namespace {

std::map<std::string, std::string> files_below(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) files[file.path().lexically_relative(folder).string()] = testing::slurp(file.path());
  }
  return files;
}

}  // namespace

TEST_CASE("infrastructure, apps and clusters render for staging and production") {
  const std::filesystem::path root = RECONCILED_TESTDATA;
  const auto files = files_below(root / "flux-layout");
  for (const std::string environment : {"staging", "production"}) {
    const auto desired = testing::load_environment(files, environment);
    CHECK(desired.graph.warnings.empty());
    testing::CaseFolder cluster{environment, {}, root / "substitution" / ("demo-" + environment + ".json")};
    CHECK_GOLDEN(cluster, testing::describe(desired));
  }
}
