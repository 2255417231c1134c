// Charts that a stack was rendered from: a version is what it was.
#include "diff/plan_steps.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_remembered = 64;

bool same_version(const ChartPin& a, const ChartPin& b) {
  return a.repository == b.repository && a.name == b.name && a.version == b.version;
}

/// The digest that the settings of the stack name, without its prefix.
std::string_view stated_digest(const Stack& stack) {
  std::string_view digest = stack.helm["digest"].as_string();
  if (digest.starts_with("sha256:")) digest.remove_prefix(7);
  return digest;
}

}  // namespace

std::optional<Error> find_changed_chart(const PlanInput& input) {
  if (input.inventory == nullptr) return std::nullopt;
  for (const ChartPin& pin : input.desired.charts) {
    const auto& known = input.inventory->charts;
    const auto before =
        std::find_if(known.begin(), known.end(), [&](const ChartPin& old) { return same_version(old, pin); });
    if (before == known.end() || before->digest == pin.digest || pin.digest == stated_digest(input.stack)) continue;
    return Error(ErrorKind::source_integrity,
                 "chart " + format_chart(pin) + " was sha256:" + before->digest +
                     " when it was applied, and is sha256:" + pin.digest + " now: a version must not change",
                 input.stack.origin,
                 "publish it as a new version; or look at what changed and accept it with \"helm: {digest: sha256:" +
                     pin.digest + "}\"");
  }
  return std::nullopt;
}

std::vector<ChartPin> remember_charts(const std::vector<ChartPin>& used, const std::vector<ChartPin>& before) {
  std::vector<ChartPin> charts;
  // Charts of Git have no digest: their commit says what they are.
  for (const ChartPin& pin : used) {
    if (!pin.digest.empty()) charts.push_back(pin);
  }
  for (const ChartPin& old : before) {
    const auto same = [&](const ChartPin& pin) { return same_version(pin, old); };
    if (charts.size() < k_max_remembered && std::none_of(charts.begin(), charts.end(), same)) charts.push_back(old);
  }
  return charts;
}

}  // namespace reconciled
