#include "ports/random.h"
#include "renderers/helm/chart/head_scanner.h"
#include "renderers/helm/chart/manifest_head.h"
#include "renderers/helm/chart/manifest_split.h"
#include "renderers/helm/chart/plain_manifest.h"
#include "renderers/helm/values/yaml.h"
#include "tests/support/case_folders.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

constexpr std::string_view k_hook = "helm.sh/hook";

std::string text_of(const ManifestHead& head) {
  const auto* hook = head.annotation(k_hook);
  return head.api_version + "|" + head.kind + "|" + head.name + "|" + (hook == nullptr ? "-" : *hook);
}

/// What events make of it, without the shortcut; "?" for what is good, and too odd for them.
std::string slow_text_of(std::string_view document) {
  Budget budget;
  if (const auto head = scan_manifest_head(document, budget)) return text_of(*head);
  Arena arena(budget);
  return from_yaml(document, YamlTarget::any, arena) ? "?" : "error";
}

std::vector<std::string> documents() {
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(RECONCILED_TESTDATA "/renderers/helm/charts")) {
    if (entry.path().filename() != "expected.yaml") continue;
    const auto text = testing::slurp(entry.path());
    for (const auto part : split_manifests(text)) found.emplace_back(part);
  }
  found.emplace_back(
      "# Source: a\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: \"a\"\n  annotations:\n    helm.sh/hook: "
      "pre-install\n    other: |\n      text: x\n       - y\n\n      z\n  labels:\n    a.b/c: d-1\nspec:\n  args: [a, "
      "'b', "
      "\"c d\"]\n  containers:\n  - name: x\n    command:\n      - sh\n      - -c\n      - |-\n        set -e\n        "
      "# no "
      "comment\n    ports:\n      - containerPort: 80\n        protocol: TCP\n  - name: y\n    env: {}\n  list:\n  - - "
      "1\n    - "
      "2\n  -\n    a: b\n  empty:\n  last: 'x'");
  return found;
}

}  // namespace

TEST_CASE("the shortcut through plain manifests sees what decoding sees, or gives up") {
  SeededRandom random(7);
  int plain = 0;
  constexpr std::string_view k_bits = " \n:-#'\"|>[]{},&*!?a1.~%=<\t\\";
  for (const auto& original : documents()) {
    for (int i = 0; i < 1500; ++i) {
      std::string document = original;
      for (std::uint64_t edits = i == 0 ? 0 : 1 + random.next() % 3; edits > 0 && !document.empty(); --edits) {
        const auto at = random.next() % document.size();
        const char c = k_bits[random.next() % k_bits.size()];
        switch (random.next() % 4) {
          case 0: document.erase(at, 1 + random.next() % 3); break;
          case 1: document.insert(at, 1, c); break;
          case 2: document[at] = c; break;
          default: document.insert(at, "\n" + std::string(random.next() % 8, ' ')); break;
        }
      }
      const auto head = scan_plain_manifest(document);
      if (!head) continue;
      ++plain;
      CAPTURE(document);
      const auto slow = slow_text_of(document);
      CHECK((slow == "?" || slow == text_of(*head)));
    }
  }
  CHECK(plain > 1000);
}

TEST_CASE("heads are decoded and refused as Helm does it") {
  const auto error_of = [](const char* text) {
    Budget budget;
    const auto head = read_manifest_head(text, budget);
    return head ? "" : head.error().message;
  };
  constexpr const char* k_decoding = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ";
  CHECK(error_of("kind: [a]") == std::string(k_decoding) + "array into Go struct field SimpleHead.kind of type string");
  CHECK(error_of("metadata: {name: [a]}") ==
        std::string(k_decoding) + "array into Go struct field .metadata.name of type string");
  CHECK(error_of("metadata: {annotations: {a: [b]}}") ==
        std::string(k_decoding) + "array into Go struct field .metadata.annotations of type string");
  CHECK(error_of("metadata: {annotations: [b]}") ==
        std::string(k_decoding) + "array into Go struct field .metadata.annotations of type map[string]string");
  CHECK(error_of("metadata: x")
            .starts_with(std::string(k_decoding) +
                         "string into Go struct field SimpleHead.metadata of type struct { Name"));
  CHECK(error_of("hello") == std::string(k_decoding) + "string into Go value of type util.SimpleHead");
  CHECK(error_of("- a") == std::string(k_decoding) + "array into Go value of type util.SimpleHead");
  CHECK(error_of("5") == std::string(k_decoding) + "number into Go value of type util.SimpleHead");
  CHECK(error_of("a: {b") == "error converting YAML to JSON: yaml: line 1: did not find expected ',' or '}'");
  CHECK(error_of("a: .inf") == "error converting YAML to JSON: json: unsupported value: +Inf");
  CHECK(error_of("#c").empty());
  CHECK(error_of("a: !foo b").empty());
  Budget budget;
  const auto head = read_manifest_head("KIND: A\nmetadata: {name: 5, annotations: {helm.sh/hook-weight: 1.5}}", budget);
  REQUIRE(head);
  CHECK(head->kind == "A");
  CHECK(head->name == "5");
  CHECK(*head->annotation("helm.sh/hook-weight") == "1.5");
}
