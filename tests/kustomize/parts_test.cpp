// Small parts: paths, label selectors, env files, sorting.
#include "renderers/kustomize/field_spec.h"
#include "renderers/kustomize/field_spec_table.h"
#include "renderers/kustomize/generators.h"
#include "renderers/kustomize/go_sort.h"
#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/schema.h"
#include "renderers/kustomize/scope_table.h"
#include "renderers/kustomize/selector.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace reconciled;
using namespace reconciled::kustomize;

using Strings = std::vector<std::string>;

TEST_CASE("paths are split at separators that nothing escapes") {
  CHECK(split_path("a/b", '/') == Strings{"a", "b"});
  CHECK(split_path("/a\\/b/c", '/') == Strings{"a/b", "c"});
  CHECK(split_bracket_path("a.[b.c/d].e", '.') == Strings{"a", "b.c/d", "e"});
  CHECK(split_bracket_path("a.[name=b.c].e", '.') == Strings{"a", "[name=b.c]", "e"});
  CHECK(clean_path("a/./b//../c") == "a/c");
  CHECK(clean_path("../a/..") == "..");
  CHECK(clean_path("") == "");
}

TEST_CASE("label selectors follow Kubernetes' grammar") {
  const TextMap labels{{"app", "web"}, {"tier", "3"}, {"x.y/z", ""}};
  struct Row {
    std::string_view text;
    bool matches;
  };
  for (const auto& [text, matches] :
       {Row{"", true}, Row{"app=web", true}, Row{"app==web,tier", true}, Row{"app!=web", false}, Row{"!app", false},
        Row{"!other", true}, Row{"app in (db, web)", true}, Row{"app notin (db,web)", false}, Row{"tier>2", true},
        Row{"tier<3", false}, Row{"x.y/z=", true}, Row{"other notin (a)", true}}) {
    CAPTURE(text);
    const auto selector = LabelSelector::parse(text);
    REQUIRE(selector);
    CHECK(selector->matches(labels) == matches);
  }
  for (const std::string_view text : {"=a", "a in", "a in (b", "a,", "-a", "a b", "a=b c", "a/b/c"}) {
    CAPTURE(text);
    CHECK_FALSE(LabelSelector::parse(text));
  }
}

TEST_CASE("env files are read line by line") {
  const auto pairs = read_env_lines("\xEF\xBB\xBF# c\nA=1 \r\n  B\n\nC==x\n=y\n");
  REQUIRE(pairs);
  CHECK(*pairs == KeyValues{{"A", "1 "}, {"B", ""}, {"C", "=x"}});
  CHECK_FALSE(read_env_lines("A=\xFF"));
}

TEST_CASE("texts that YAML 1.1 reads as something else are told") {
  for (const std::string_view text : {"yes", "1", "1.0", "null", "~", "a: b", "[a]", "- a", "# c", "0x1", "key:"})
    CHECK(is_more_than_text(text));
  for (const std::string_view text : {"", "a", "a:b", "v1.2", "2020-01-01", "a #b", "*x", "a\nb: c", "!!str 1"})
    CHECK_FALSE(is_more_than_text(text));
}

TEST_CASE("the frozen tables have the rows that they were made with") {
  CHECK(k_field_specs.referrers.size() == 167);
  CHECK(k_field_specs.references.size() == 16);
  CHECK(k_field_specs.var_reference.size() == 72);
  CHECK(k_field_specs.common_labels.size() == 32);
  CHECK(k_field_specs.template_labels.size() == 10);
  CHECK(k_field_specs.common_annotations.size() == 9);
  CHECK(k_field_specs.images.size() == 6);
  TransformerConfig config = default_config();
  const auto before = config.name_reference.front().target;
  REQUIRE(config.merge(default_config()));
  CHECK(config.name_reference.front().target == before);
  CHECK(config.var_reference.size() == 72);
}

TEST_CASE("the built-in schema knows how lists of pods merge") {
  const Schema schema;
  const auto pod = schema.find({"apps", "v1", "Deployment"}).field("spec").field("template").field("spec");
  CHECK(pod.field("containers").keys().names[0] == "name");
  CHECK(pod.field("containers").items().field("ports").keys().names[1] == "protocol");
  CHECK(pod.field("tolerations").keys().merges == false);
  CHECK(schema.find({"", "v1", "Pod"}).field("metadata").field("finalizers").keys().merges);
  CHECK_FALSE(schema.find({"example.com", "v1", "Thing"}).known());
  CHECK(is_certainly_cluster_scoped("v1", "Namespace"));
  CHECK_FALSE(is_certainly_cluster_scoped("example.com/v1", "Thing"));
}

TEST_CASE("Go's sort is reproduced: equal items come in its order") {
  std::vector<std::pair<int, int>> items;
  for (int i = 0; i < 40; ++i) items.emplace_back((i * 7) % 3, i);
  go_sort(items, [](const auto& a, const auto& b) { return a.first < b.first; });
  CHECK(std::is_sorted(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; }));
  std::string order;
  for (const auto& item : items) order += std::to_string(item.second) + " ";
  CHECK(
      order ==
      "15 39 36 3 33 30 6 27 24 9 0 21 12 18 10 4 16 1 13 19 37 34 22 31 28 25 7 14 8 29 5 23 32 26 11 35 2 20 38 17 ");
}
