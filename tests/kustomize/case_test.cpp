// Whole builds: testdata/kustomize/<case>/input, built at its folder `app`, against what kubectl 1.35.2 prints.
#include "ports/memory_tree.h"
#include "renderers/kustomize/build.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace reconciled;

TEST_CASE("kustomizations build to the bytes that the real one prints") {
  const auto cases = testing::load_case_folders("kustomize");
  REQUIRE(cases.size() >= 10);
  for (const auto& folder : cases) {
    CAPTURE(folder.name);
    const kustomize::Place place{make_memory_tree(folder.files), "<root>"};
    const kustomize::NoRemotes remotes;
    Budget budget;
    const auto built = kustomize::build_text(place, "app", {}, remotes, budget);
    std::string printed;
    for (const auto& warning : built.warnings) printed += warning + "\n";
    printed += built.output ? *built.output : "error: " + built.output.error().message;
    if (!printed.ends_with('\n')) printed += '\n';
    auto path = folder.expected_path;
    path.replace_filename("expected.txt");
    CHECK(printed == testing::slurp(path));
  }
}
