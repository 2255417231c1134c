#include "renderers/helm/chart/set_values.h"
#include "tests/parity/kinds.h"
#include "tests/parity/make_chart.h"
#include "tests/parity/typed_value.h"

#include <array>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::SetKind;

Case make_setting_case(Dice& dice, Arena& /*arena*/) {
  Case subject;
  subject.text = make_setting(dice);
  return subject;
}
Case make_json_setting_case(Dice& dice, Arena& /*arena*/) {
  Case subject;
  subject.text = make_json_setting(dice);
  return subject;
}

template <SetKind Kind>
Outcome apply(const Case& subject, Arena& arena) {
  auto* values = helm::make_map(arena);
  if (const auto applied = helm::apply_setting(subject.text, Kind, *values, arena, {}); !applied) {
    const bool is_known = applied.error().kind != ErrorKind::limit;
    if (Kind == SetKind::json) return {false, is_known, "failed parsing --set-json data"};
    return {false, is_known, applied.error().message};
  }
  return {true, true, dumped(helm::GoValue::map(values))};
}

}  // namespace

std::span<const Kind> setting_kinds() {
  static constexpr std::array k_kinds{
      Kind{"set", make_setting_case, apply<SetKind::typed>, "set"},
      Kind{"setString", make_setting_case, apply<SetKind::string>, "setString"},
      Kind{"setLiteral", make_setting_case, apply<SetKind::literal>, "setLiteral"},
      Kind{"setJson", make_json_setting_case, apply<SetKind::json>, "setJson"},
  };
  return k_kinds;
}

}  // namespace reconciled::parity
