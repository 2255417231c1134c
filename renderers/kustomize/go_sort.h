// Go's sort.Sort: not stable, but always the same, and its order of equal items shows in what kustomize prints.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reconciled::kustomize {

/// Sorts as sort.Sort of Go 1.19 and later does, step by step: pattern-defeating quicksort with insertion sort for up
/// to 12 items and heap sort when pivots are bad.
template <class T, class Less>
class GoSort {
 public:
  GoSort(std::vector<T>& items, Less is_less) : m_items(items), m_less(is_less) {}
  void run() {
    const auto n = static_cast<long>(m_items.size());
    sort(0, n, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n))));
  }

 private:
  enum class Hint : std::uint8_t { unknown, increasing, decreasing };
  struct Pivot {
    long at;
    Hint hint;
  };
  struct Split {
    long middle;
    bool was_partitioned;
  };

  bool less(long a, long b) {
    return m_less(m_items[static_cast<std::size_t>(a)], m_items[static_cast<std::size_t>(b)]);
  }
  void swap(long a, long b) { std::swap(m_items[static_cast<std::size_t>(a)], m_items[static_cast<std::size_t>(b)]); }

  void insertion_sort(long a, long b) {
    for (long i = a + 1; i < b; ++i) {
      for (long j = i; j > a && less(j, j - 1); --j) swap(j, j - 1);
    }
  }
  void sift_down(long low, long high, long first) {
    for (long root = low;;) {
      long child = 2 * root + 1;
      if (child >= high) return;
      if (child + 1 < high && less(first + child, first + child + 1)) ++child;
      if (!less(first + root, first + child)) return;
      swap(first + root, first + child);
      root = child;
    }
  }
  void heap_sort(long a, long b) {
    const long n = b - a;
    for (long i = (n - 1) / 2; i >= 0; --i) sift_down(i, n, a);
    for (long i = n - 1; i >= 0; --i) {
      swap(a, a + i);
      sift_down(0, i, a);
    }
  }
  void sort(long a, long b, int limit) {
    bool was_balanced = true, was_partitioned = true;
    for (;;) {
      const long length = b - a;
      if (length <= 12) return insertion_sort(a, b);
      if (limit == 0) return heap_sort(a, b);
      if (!was_balanced) {
        break_patterns(a, b);
        --limit;
      }
      Pivot pivot = choose_pivot(a, b);
      if (pivot.hint == Hint::decreasing) {
        for (long i = a, j = b - 1; i < j; ++i, --j) swap(i, j);
        pivot = {(b - 1) - (pivot.at - a), Hint::increasing};
      }
      if (was_balanced && was_partitioned && pivot.hint == Hint::increasing && partial_insertion_sort(a, b)) return;
      if (a > 0 && !less(a - 1, pivot.at)) {
        a = partition_equal(a, b, pivot.at);
        continue;
      }
      const Split split = partition(a, b, pivot.at);
      was_partitioned = split.was_partitioned;
      const long left = split.middle - a, right = b - split.middle;
      const long threshold = length / 8;
      if (left < right) {
        was_balanced = left >= threshold;
        sort(a, split.middle, limit);
        a = split.middle + 1;
      } else {
        was_balanced = right >= threshold;
        sort(split.middle + 1, b, limit);
        b = split.middle;
      }
    }
  }
  Split partition(long a, long b, long pivot) {
    swap(a, pivot);
    long i = a + 1, j = b - 1;
    while (i <= j && less(i, a)) ++i;
    while (i <= j && !less(j, a)) --j;
    if (i > j) {
      swap(j, a);
      return {j, true};
    }
    swap(i++, j--);
    for (;;) {
      while (i <= j && less(i, a)) ++i;
      while (i <= j && !less(j, a)) --j;
      if (i > j) break;
      swap(i++, j--);
    }
    swap(j, a);
    return {j, false};
  }
  long partition_equal(long a, long b, long pivot) {
    swap(a, pivot);
    long i = a + 1, j = b - 1;
    for (;;) {
      while (i <= j && !less(a, i)) ++i;
      while (i <= j && less(a, j)) --j;
      if (i > j) return i;
      swap(i++, j--);
    }
  }
  bool partial_insertion_sort(long a, long b) {
    constexpr int k_most_steps = 5;
    constexpr long k_shortest_shifting = 50;
    long i = a + 1;
    for (int step = 0; step < k_most_steps; ++step) {
      while (i < b && !less(i, i - 1)) ++i;
      if (i == b) return true;
      if (b - a < k_shortest_shifting) return false;
      swap(i, i - 1);
      if (i - a >= 2) {
        for (long j = i - 1; j >= 1 && less(j, j - 1); --j) swap(j, j - 1);
      }
      if (b - i >= 2) {
        for (long j = i + 1; j < b && less(j, j - 1); ++j) swap(j, j - 1);
      }
    }
    return false;
  }
  void break_patterns(long a, long b) {
    const long length = b - a;
    if (length < 8) return;
    auto random = static_cast<std::uint64_t>(length);
    const auto modulus = std::uint64_t{1} << std::bit_width(static_cast<std::uint64_t>(length));
    const long index = a + (length / 4) * 2 - 1;
    for (long i = 0; i < 3; ++i) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      auto other = static_cast<long>(random & (modulus - 1));
      if (other >= length) other -= length;
      swap(index + i, a + other);
    }
  }
  Pivot choose_pivot(long a, long b) {
    constexpr int k_most_swaps = 4 * 3;
    const long length = b - a;
    int swaps = 0;
    long i = a + length / 4 * 1, j = a + length / 4 * 2, k = a + length / 4 * 3;
    if (length >= 8) {
      if (length >= 50) {
        i = median(i - 1, i, i + 1, swaps);
        j = median(j - 1, j, j + 1, swaps);
        k = median(k - 1, k, k + 1, swaps);
      }
      j = median(i, j, k, swaps);
    }
    if (swaps == 0) return {j, Hint::increasing};
    return {j, swaps == k_most_swaps ? Hint::decreasing : Hint::unknown};
  }
  void order(long& a, long& b, int& swaps) {
    if (!less(b, a)) return;
    ++swaps;
    std::swap(a, b);
  }
  long median(long a, long b, long c, int& swaps) {
    order(a, b, swaps);
    order(b, c, swaps);
    order(a, b, swaps);
    return b;
  }

  std::vector<T>& m_items;
  Less m_less;
};

template <class T, class Less>
void go_sort(std::vector<T>& items, Less less) {
  GoSort<T, Less>(items, less).run();
}

}  // namespace reconciled::kustomize
