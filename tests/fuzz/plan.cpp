// [manifest, live object, dry-run answer or null] as JSON: every comparison and report of whatever a cluster may
// answer. An object compared with itself has no difference, and a live object's Secret values are in no output.
#include "diff/plan.h"

#include "base/json.h"
#include "diff/body.h"
#include "diff/compare.h"
#include "diff/report.h"
#include "health/health.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Budget budget(Limits{.steps = 200'000, .bytes = 4 << 20, .depth = 64});
  const auto input = parse_json({reinterpret_cast<const char*>(data), size}, budget);
  if (!input || input->size() != 3 || !input->is_list()) return 0;
  const Value& live = input->items()[1];
  static_cast<void>(assess_health(live));
  auto manifest = make_manifest(input->items()[0], Origin{"fuzz.yaml", 1, 0}, "prod");
  if (!manifest) return 0;
  if (!compare_predicted(live, live, manifest->id.group_kind()).empty()) std::abort();

  Stack stack;
  stack.id = {"prod", "applications", "fuzz"};
  ManifestSet desired;
  desired.stack = stack.id;
  desired.manifests.push_back(*manifest);
  LiveState state;
  Observed& observed = state.objects[manifest->id];
  observed.state = Observed::State::present;
  observed.object = live;
  if (input->items()[2].is_map()) observed.predicted = input->items()[2];
  Inventory all;
  StackInventory& row = all.stacks[stack.id.key()].edit();
  row.stack = stack.id;
  const Digest digest = desired_digest(make_body(*manifest), manifest->id.group_kind());
  row.entries.push_back({manifest->id, std::string(live.at({"metadata", "uid"}).as_string()), digest});
  const std::map<ObjectId, StackId> desired_by{{manifest->id, stack.id}};
  StackReport stack_report;
  stack_report.plan =
      make_plan({stack, desired, state, &row, all, desired_by, {}, Adopt::no, PruneAnswer::guarded, ""});
  if (stack_report.plan.actions.size() != 1) std::abort();
  const Action& action = stack_report.plan.actions.front();
  stack_report.unified[action.id] = format_unified(action, live);
  stack_report.sync = assess_sync(stack_report.plan);
  DriftReport report;
  report.stacks.push_back(stack_report);
  static_cast<void>(format_report_json(report));
  static_cast<void>(format_text(report, {Colour::on, true, ShowIgnored::yes}));
  return 0;
}
