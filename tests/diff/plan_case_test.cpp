// Case folders: what a real API server returned after somebody touched an object, and the plan that must come of it.
//   desired.yaml  the manifest          live.json     the object, with managedFields
//   applied.yaml  what we applied last (absent: no inventory knows the object)
//   options.yaml  ignore rules, autoscaled, adopt        expected.txt  the plan
// RECONCILED_WRITE_EXPECTED=1 writes expected.txt anew; read the difference before you commit it.
#include "base/file.h"
#include "base/json.h"
#include "diff/body.h"
#include "diff/plan.h"
#include "diff/report.h"
#include "tests/diff/files.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace reconciled {
namespace {

struct Case {
  Stack stack;
  ManifestSet desired;
  LiveState live;
  Inventory all;
  std::map<ObjectId, StackId> desired_by;
  Adopt adopt = Adopt::no;
};

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

void read_options(Case& out, const std::string& folder, const ObjectId& id) {
  auto text = read_file(std::string(RECONCILED_TESTDATA) + "/" + folder + "/options.yaml");
  if (!text) return;
  const Value options = test::read_yaml_value(*text);
  if (options["autoscaled"].as_bool()) out.live.autoscaled.insert(id);
  if (options["adopt"].as_bool()) out.adopt = Adopt::yes;
  for (const Value& rule : options["ignore"].items()) {
    IgnoreRule ignore;
    ignore.group = rule["group"].as_string();
    ignore.kind = rule["kind"].as_string("*");
    ignore.pointers = texts(rule["pointers"]);
    ignore.managers = texts(rule["managers"]);
    out.stack.ignore.push_back(ignore);
  }
}

Case read_case(const std::string& folder) {
  Case out;
  out.stack.id = {"prod", "applications", "shop"};
  const Manifest manifest = test::manifest_of(test::read_yaml_value(test::read_text(folder + "/desired.yaml")));
  out.desired.stack = out.stack.id;
  out.desired.manifests.push_back(manifest);
  out.desired_by.emplace(manifest.id, out.stack.id);
  Observed observed;
  observed.state = Observed::State::present;
  observed.object = test::read_json(folder + "/live.json");
  auto applied = read_file(std::string(RECONCILED_TESTDATA) + "/" + folder + "/applied.yaml");
  if (applied) {
    StackInventory row;
    row.stack = out.stack.id;
    const Value body = make_body(test::manifest_of(test::read_yaml_value(*applied)));
    row.entries.push_back({manifest.id, std::string(observed.object.at({"metadata", "uid"}).as_string()),
                           desired_digest(body, manifest.id.group_kind())});
    out.all.stacks.emplace(out.stack.id.key(), row);
  }
  out.live.objects.emplace(manifest.id, std::move(observed));
  read_options(out, folder, manifest.id);
  return out;
}

StackPlan plan_case(const Case& from) {
  const auto row = from.all.stacks.find(from.stack.id.key());
  return make_plan({from.stack,
                    from.desired,
                    from.live,
                    row == from.all.stacks.end() ? nullptr : row->second.get(),
                    from.all,
                    from.desired_by,
                    {},
                    from.adopt,
                    PruneAnswer::guarded,
                    ""});
}

std::string describe(const Case& from, const StackPlan& plan) {
  std::string out;
  for (const Action& action : plan.actions) {
    out += std::string(name_of(action.kind)) + " " + format_id(action.id);
    if (action.held) out += " held=" + std::string(name_of(*action.held));
    if (action.kind != ActionKind::keep) out += " cause=" + std::string(name_of(action.cause));
    if (action.force == Force::yes) out += " force";
    out += "\n  " + action.reason + "\n";
    for (const FieldChange& change : action.changes) {
      out += "  " + change.path + ": " + format_json(change.live) + " -> " + format_json(change.desired);
      if (!change.manager.empty()) out += "  by " + change.manager;
      if (!change.ignored_by.empty()) out += "  ignored: " + change.ignored_by;
      out += "\n";
    }
    for (const std::string& conflict : action.conflicts) out += "  conflict " + conflict + "\n";
    if (!action.body.is_null() && !action.changes.empty()) {
      const Value& replicas = action.body.at({"spec", "replicas"});
      if (!replicas.is_null()) out += "  sends replicas " + format_json(replicas) + "\n";
    }
    out += format_unified(action, from.live.at(action.id).object);
  }
  return out;
}

TEST_CASE("a plan is made of what a real API server returned") {
  for (const std::string& name : test::list_names("diff", "")) {
    const std::string folder = "diff/" + name;
    const Case from = read_case(folder);
    const std::string actual = describe(from, plan_case(from));
    if (std::getenv("RECONCILED_WRITE_EXPECTED") != nullptr) {
      REQUIRE(write_file_atomically(std::string(RECONCILED_TESTDATA) + "/" + folder + "/expected.txt", actual));
    }
    const std::string expected = test::read_text(folder + "/expected.txt");
    CHECK_MESSAGE((actual == expected), name << "\n" << actual);
  }
}

TEST_CASE("the order of a live object's keys and managers changes nothing") {
  const Case from = read_case("diff/edited-by-hand");
  Case turned = from;
  Value& object = turned.live.objects.begin()->second.object;
  Value reversed = Value::map();
  const auto entries = object.entries();
  for (std::size_t i = entries.size(); i > 0; --i) reversed.set(entries[i - 1].key.as_string(), entries[i - 1].value);
  object = reversed;
  CHECK(plan_case(from).actions.front().changes == plan_case(turned).actions.front().changes);
}

}  // namespace
}  // namespace reconciled
