// Two pieces of work against each other, in turn, so that what else the machine does meets both.
#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

namespace reconciled::bench {

/// What this thread has used of a processor: what else runs on the machine does not count.
inline double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

inline double seconds_of(const auto& work) {
  const double start = thread_seconds();
  work();
  return thread_seconds() - start;
}

inline double median(std::vector<double> numbers) {
  std::nth_element(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2), numbers.end());
  return numbers[numbers.size() / 2];
}

struct Pair {
  double ours = 0;    ///< median seconds
  double theirs = 0;  ///< median seconds
  double ratio = 0;   ///< median of the rounds' ours / theirs
};

inline Pair run_in_turn(int rounds, const auto& ours, const auto& theirs) {
  std::vector<double> our_times, their_times, ratios;
  ours();
  theirs();
  for (int i = 0; i < rounds; ++i) {
    our_times.push_back(seconds_of(ours));
    their_times.push_back(seconds_of(theirs));
    ratios.push_back(our_times.back() / their_times.back());
  }
  return {median(our_times), median(their_times), median(ratios)};
}

/// Prints the ratio and whether it keeps its limit.
inline bool report(const char* name, double ratio, double limit) {
  std::printf("ratio %s %.3f (at most %.3f)%s\n", name, ratio, limit, ratio <= limit ? "" : "  TOO LARGE");
  return ratio <= limit;
}

}  // namespace reconciled::bench
