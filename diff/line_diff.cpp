#include "diff/line_diff.h"

#include <algorithm>
#include <cstdint>

namespace reconciled {
namespace {

using Lines = std::vector<std::string>;
constexpr int k_max_edits = 1000;
constexpr std::size_t k_context = 3;

struct Edit {
  char mark;  // ' ', '-', '+'
  const std::string* line;
};

// The middle of both lists, without their common head and tail.
struct Middle {
  const Lines& before;
  const Lines& after;
  int head = 0;
  int n = 0;
  int m = 0;
  [[nodiscard]] const std::string& old_line(int at) const { return before[static_cast<std::size_t>(head + at)]; }
  [[nodiscard]] const std::string& new_line(int at) const { return after[static_cast<std::size_t>(head + at)]; }
};

Middle find_middle(const Lines& before, const Lines& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  return {before, after, static_cast<int>(head), static_cast<int>(before.size() - head - tail),
          static_cast<int>(after.size() - head - tail)};
}

// Where each diagonal got to before each number of edits; empty when there are too many.
std::vector<std::vector<int>> find_trace(const Middle& mid) {
  const int limit = std::min(mid.n + mid.m, k_max_edits);
  const auto at = [](int diagonal) { return static_cast<std::size_t>(diagonal + k_max_edits + 1); };
  std::vector<int> reach(2 * k_max_edits + 3, 0);
  std::vector<std::vector<int>> trace;
  for (int edits = 0; edits <= limit; ++edits) {
    trace.emplace_back(reach.begin() + (k_max_edits - edits), reach.begin() + (k_max_edits + edits + 3));
    for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const bool down = diagonal == -edits || (diagonal != edits && reach[at(diagonal - 1)] < reach[at(diagonal + 1)]);
      int x = down ? reach[at(diagonal + 1)] : reach[at(diagonal - 1)] + 1;
      while (x < mid.n && x - diagonal < mid.m && mid.old_line(x) == mid.new_line(x - diagonal)) ++x;
      reach[at(diagonal)] = x;
      if (x >= mid.n && x - diagonal >= mid.m) return trace;
    }
  }
  return {};
}

void walk_back(const Middle& mid, const std::vector<std::vector<int>>& trace, std::vector<Edit>& out) {
  std::vector<Edit> reversed;
  int x = mid.n;
  int y = mid.m;
  for (int edits = static_cast<int>(trace.size()) - 1; edits >= 0; --edits) {
    const std::vector<int>& reach = trace[static_cast<std::size_t>(edits)];
    const auto at = [&](int diagonal) { return reach[static_cast<std::size_t>(diagonal + edits + 1)]; };
    const int diagonal = x - y;
    const bool down = diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
    const int from = edits == 0 ? 0 : (down ? at(diagonal + 1) : at(diagonal - 1));
    const int from_y = edits == 0 ? 0 : from - (down ? diagonal + 1 : diagonal - 1);
    while (x > from && y > from_y) {
      reversed.push_back({' ', &mid.old_line(--x)});
      --y;
    }
    if (edits == 0) break;
    if (down) {
      reversed.push_back({'+', &mid.new_line(--y)});
    } else {
      reversed.push_back({'-', &mid.old_line(--x)});
    }
  }
  out.insert(out.end(), reversed.rbegin(), reversed.rend());
}

std::vector<Edit> find_edits(const Lines& before, const Lines& after) {
  const Middle mid = find_middle(before, after);
  std::vector<Edit> out;
  for (int i = 0; i < mid.head; ++i) out.push_back({' ', &before[static_cast<std::size_t>(i)]});
  const auto trace = find_trace(mid);
  if (trace.empty()) {
    for (int i = 0; i < mid.n; ++i) out.push_back({'-', &mid.old_line(i)});
    for (int i = 0; i < mid.m; ++i) out.push_back({'+', &mid.new_line(i)});
  } else {
    walk_back(mid, trace, out);
  }
  for (auto i = static_cast<std::size_t>(mid.head + mid.n); i < before.size(); ++i) out.push_back({' ', &before[i]});
  return out;
}

std::string range(std::size_t start, std::size_t count) {
  return std::to_string(count == 0 ? start : start + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

}  // namespace

std::string format_line_diff(const Lines& before, const Lines& after) {
  const std::vector<Edit> edits = find_edits(before, after);
  std::string out;
  std::size_t old_at = 0;
  std::size_t new_at = 0;
  std::size_t done = 0;
  const auto count = [&](std::size_t from, std::size_t to, char other) {
    return static_cast<std::size_t>(std::count_if(
        edits.begin() + static_cast<std::ptrdiff_t>(from), edits.begin() + static_cast<std::ptrdiff_t>(to),
        [other](const Edit& edit) { return edit.mark == ' ' || edit.mark == other; }));
  };
  for (std::size_t first = 0; first < edits.size(); ++first) {
    if (edits[first].mark == ' ') continue;
    const std::size_t begin = std::max(done, first - std::min(first, k_context));
    std::size_t last = first;
    for (std::size_t i = first; i < edits.size() && i <= last + 2 * k_context; ++i) {
      if (edits[i].mark != ' ') last = i;
    }
    const std::size_t end = std::min(edits.size(), last + 1 + k_context);
    old_at += count(done, begin, '-');
    new_at += count(done, begin, '+');
    const std::size_t old_count = count(begin, end, '-');
    const std::size_t new_count = count(begin, end, '+');
    out += "@@ -" + range(old_at, old_count) + " +" + range(new_at, new_count) + " @@\n";
    for (std::size_t i = begin; i < end; ++i) out.append(1, edits[i].mark).append(*edits[i].line).append("\n");
    old_at += old_count;
    new_at += new_count;
    done = end;
    first = end - 1;
  }
  return out;
}

}  // namespace reconciled
