// Numbers in a row: until, untilStep, seq.
#include "renderers/helm/functions/failure.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/signature.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace reconciled::helm {
namespace {

using enum GoParameter;

/// start, start + step, ...: `count` numbers.
struct Row {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::uint64_t count = 0;
};

/// From `start` towards `stop`, which is not reached; empty when the step leads away from it.
Row row_until(std::int64_t start, std::int64_t stop, std::int64_t step) {
  if (stop == start || (stop < start ? step >= 0 : step <= 0)) return {};
  const auto from = static_cast<std::uint64_t>(start);
  const auto to = static_cast<std::uint64_t>(stop);
  const std::uint64_t distance = stop < start ? from - to : to - from;
  const std::uint64_t stride = step < 0 ? 0 - static_cast<std::uint64_t>(step) : static_cast<std::uint64_t>(step);
  return {start, step, (distance - 1) / stride + 1};
}

std::int64_t number_at(const Row& row, std::uint64_t index) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(row.start) +
                                   index * static_cast<std::uint64_t>(row.step));
}

std::uint64_t saturated_product(std::uint64_t left, std::uint64_t right) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(left, right, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

Result<GoValue> as_list(FunctionCall& call, const Row& row, std::string_view function) {
  TRY(reserve(call, saturated_product(row.count, sizeof(GoValue)), function));
  GoValue* items = make_items(call.arena(), row.count);
  for (std::uint64_t i = 0; i < row.count; ++i) items[i] = GoValue::integer(number_at(row, i));
  return GoValue::list(call.arena().make<GoList>(GoList{items, static_cast<std::uint32_t>(row.count)}),
                       GoType::list_int);
}

Result<GoValue> call_until(FunctionCall& call) {
  const std::int64_t count = call.arguments[0].as_int();
  return as_list(call, row_until(0, count, count < 0 ? -1 : 1), "until");
}

Result<GoValue> call_until_step(FunctionCall& call) {
  return as_list(call, row_until(call.arguments[0].as_int(), call.arguments[1].as_int(), call.arguments[2].as_int()),
                 "untilStep");
}

std::int64_t wrapping_sum(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
}

/// The last number, the first and the last, or the first, the step and the last; else nothing.
Row row_of_seq(std::span<const GoValue> arguments) {
  if (arguments.empty() || arguments.size() > 3) return {};
  const std::int64_t start = arguments.size() == 1 ? 1 : arguments[0].as_int();
  const std::int64_t end = arguments.back().as_int();
  const std::int64_t direction = end < start ? -1 : 1;
  const std::int64_t step = arguments.size() == 3 ? arguments[1].as_int() : direction;
  if (direction < 0 && step > 0) return {};
  return row_until(start, wrapping_sum(end, direction), step);
}

Result<GoValue> call_seq(FunctionCall& call) {
  const Row row = row_of_seq(call.arguments);
  std::string text;
  if (row.count > 0) {
    const std::size_t widest =
        std::max(std::to_string(row.start).size(), std::to_string(number_at(row, row.count - 1)).size());
    TRY(reserve(call, saturated_product(row.count, widest + 1), "seq"));
  }
  for (std::uint64_t i = 0; i < row.count; ++i) {
    if (i > 0) text += ' ';
    text += std::to_string(number_at(row, i));
  }
  return text_result(call, text);
}

constexpr std::array k_functions{
    GoFunction{"seq", k_takes<int_>, k_variadic, &call_seq},
    GoFunction{"until", k_takes<int_>, k_fixed, &call_until},
    GoFunction{"untilStep", k_takes<int_, int_, int_>, k_fixed, &call_until_step},
};

}  // namespace

std::span<const GoFunction> range_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
