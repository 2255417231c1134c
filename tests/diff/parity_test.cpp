// Objects as a real API server returned them after `kubectl apply --server-side --field-manager=reconciled` of the
// manifests beside them: the comparison that only reads must find nothing to change.
#include "base/json.h"
#include "diff/body.h"
#include "diff/compare.h"
#include "tests/diff/files.h"

#include <doctest/doctest.h>

#include <set>

namespace reconciled {
namespace {

std::string describe(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& found : differences) {
    out += "\n  " + found.change.pointer + ": " + format_json(found.change.live) + " -> " +
           format_json(found.change.desired);
  }
  return out;
}

TEST_CASE("an object that was applied from its manifest has no local difference") {
  std::set<std::string> kinds;
  const auto names = test::list_names("parity/objects", ".yaml");
  for (const std::string& name : names) {
    const Manifest manifest =
        test::manifest_of(test::read_yaml_value(test::read_text("parity/objects/" + name + ".yaml")));
    const Value live = test::read_json("parity/live/" + name + ".json");
    kinds.insert(manifest.gvk.kind);
    for (const Trust trust : {Trust::no, Trust::yes}) {
      const auto differences = compare_desired(make_body(manifest), live, manifest.id.group_kind(), trust);
      CHECK_MESSAGE(differences.empty(), name << describe(differences));
    }
  }
  CHECK(names.size() >= 60);
  CHECK(kinds.size() >= 25);
}

TEST_CASE("an object that nobody's managed fields describe has no local difference either") {
  for (const std::string& name : test::list_names("parity/objects", ".yaml")) {
    const Manifest manifest =
        test::manifest_of(test::read_yaml_value(test::read_text("parity/objects/" + name + ".yaml")));
    Value live = test::read_json("parity/live/" + name + ".json");
    if (!live["apiVersion"].as_string().starts_with("parity.")) {
      live.edit("metadata").erase("managedFields");
      const auto differences = compare_desired(make_body(manifest), live, manifest.id.group_kind(), Trust::no);
      CHECK_MESSAGE(differences.empty(), name << describe(differences));
    }
  }
}

}  // namespace
}  // namespace reconciled
