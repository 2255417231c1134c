// Each value that we send is changed in the live object, as if by hand: every change must be found, at its place.
#include "base/json.h"
#include "diff/body.h"
#include "diff/compare.h"
#include "tests/diff/files.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

struct Mutation {
  std::string pointer;
  Value live;
};

std::string escape(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return out;
}

// Visits the scalars that both sides have, following lists only where they have the same length.
void visit(const Value& desired, const Value& root, const Value& live, const std::string& pointer,
           std::vector<std::string>& path, std::vector<Mutation>& out);

Value replaced(const Value& live, const std::vector<std::string>& path, std::size_t at, const Value& with) {
  if (at == path.size()) return with;
  Value out = live;
  if (out.is_list()) {
    const auto index = static_cast<std::size_t>(std::stoul(path[at]));
    out.edit_item(index) = replaced(live.items()[index], path, at + 1, with);
  } else {
    out.set(path[at], replaced(*live.find(path[at]), path, at + 1, with));
  }
  return out;
}

void visit(const Value& desired, const Value& root, const Value& live, const std::string& pointer,
           std::vector<std::string>& path, std::vector<Mutation>& out) {
  if (desired.is_map() && live.is_map()) {
    for (const Value::Entry& entry : desired.entries()) {
      const std::string_view key = entry.key.as_string();
      const Value* have = live.find(key);
      if (have == nullptr || (path.empty() && (key == "apiVersion" || key == "kind" || key == "status"))) continue;
      path.emplace_back(key);
      visit(entry.value, root, *have, pointer + "/" + escape(key), path, out);
      path.pop_back();
    }
  } else if (desired.is_list() && live.is_list() && desired.size() == live.size()) {
    for (std::size_t i = 0; i < desired.size(); ++i) {
      path.push_back(std::to_string(i));
      visit(desired.items()[i], root, live.items()[i], pointer + "/" + std::to_string(i), path, out);
      path.pop_back();
    }
  } else if (!desired.is_map() && !desired.is_list() && !desired.is_null() && pointer != "/metadata/name" &&
             pointer != "/metadata/namespace" && pointer != "/spec/clusterIP") {
    out.push_back({pointer, replaced(root, path, 0, Value("changed by hand"))});
  }
}

TEST_CASE("every value of ours that somebody changes is found at its place") {
  std::size_t count = 0;
  for (const std::string& name : test::list_names("parity/objects", ".yaml")) {
    const Manifest manifest =
        test::manifest_of(test::read_yaml_value(test::read_text("parity/objects/" + name + ".yaml")));
    Value live = test::read_json("parity/live/" + name + ".json");
    const Value body = make_body(manifest);
    std::vector<Mutation> mutations;
    std::vector<std::string> path;
    visit(body, live, live, "", path, mutations);
    for (const Mutation& mutation : mutations) {
      const auto found = compare_desired(body, mutation.live, manifest.id.group_kind(), Trust::no);
      bool there = false;
      for (const Difference& difference : found) {
        // A changed merge key is one item gone and another come: the place is the item.
        there = there || mutation.pointer.starts_with(difference.change.pointer) ||
                difference.change.pointer.starts_with(mutation.pointer.substr(0, mutation.pointer.rfind('/')));
        const std::string list = mutation.pointer.substr(0, mutation.pointer.find_last_of('/'));
        there = there || difference.change.pointer.starts_with(list.substr(0, list.find_last_of('/')));
      }
      CHECK_MESSAGE(there, name << mutation.pointer);
      ++count;
    }
  }
  CHECK(count > 300);
}

TEST_CASE("every value of ours that somebody takes away is found") {
  for (const std::string& name : test::list_names("parity/objects", ".yaml")) {
    const Manifest manifest =
        test::manifest_of(test::read_yaml_value(test::read_text("parity/objects/" + name + ".yaml")));
    const Value live = test::read_json("parity/live/" + name + ".json");
    const Value body = make_body(manifest);
    for (const Value::Entry& entry : body["data"].entries()) {
      Value without = live;
      without.edit("data").erase(entry.key.as_string());
      // Whoever takes a field away ends our ownership of it.
      Value& fields = without.edit("metadata").edit("managedFields").edit_item(0).edit("fieldsV1");
      if (fields["f:data"].is_map()) fields.edit("f:data").erase("f:" + std::string(entry.key.as_string()));
      for (const Trust trust : {Trust::no, Trust::yes}) {
        CHECK_MESSAGE(compare_desired(body, without, manifest.id.group_kind(), trust).size() == 1, name);
      }
    }
  }
}

TEST_CASE("a field that we still own is no difference when nothing but our own apply can have written it") {
  const Manifest manifest =
      test::manifest_of(test::read_yaml_value(test::read_text("parity/objects/deployment-full.yaml")));
  Value live = test::read_json("parity/live/deployment-full.json");
  live.edit("spec").edit("template").edit("spec").set("serviceAccountName", "rewritten-by-a-webhook");
  CHECK(compare_desired(make_body(manifest), live, manifest.id.group_kind(), Trust::yes).empty());
  CHECK(compare_desired(make_body(manifest), live, manifest.id.group_kind(), Trust::no).size() == 1);
}

}  // namespace
}  // namespace reconciled
