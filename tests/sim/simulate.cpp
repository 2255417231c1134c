// simulate: runs many seeds, or one again, or one long life.
#include "tests/sim/world.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

namespace {

using namespace reconciled;
using namespace reconciled::sim;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  unsigned jobs = 1;
  unsigned days = 0;
  std::size_t shown = 120;
  bool coverage = false;
  bool trace = false;
  bool twice = false;
  bool keep_going = false;
  std::string report;  ///< a file that gets the range, the table and the figures
  WorldOptions world;
};

int usage() {
  std::cerr << "simulate [--seeds A..B | --seed N | --fresh COUNT] [--jobs N] [--commands] [--coverage] [--trace]\n"
               "         [--twice] [--keep-going] [--lines N] [--days N] [--report FILE]\n";
  return 2;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  return end.ec == std::errc{} && end.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--coverage") {
      options.coverage = true;
    } else if (flag == "--trace") {
      options.trace = true;
    } else if (flag == "--twice") {
      options.twice = true;
    } else if (flag == "--keep-going") {
      options.keep_going = true;
    } else if (flag == "--commands") {
      options.world.cast = Cast::commands;
    } else if (i + 1 == argc) {
      return std::nullopt;
    } else if (flag == "--seeds") {
      const std::string_view range = argv[++i];
      const auto dots = range.find("..");
      const auto first = number(range.substr(0, dots));
      const auto last = dots == std::string_view::npos ? first : number(range.substr(dots + 2));
      if (!first || !last || *last < *first) return std::nullopt;
      options.first = *first;
      options.last = *last;
    } else if (flag == "--report") {
      options.report = argv[++i];
    } else if (const auto value = number(argv[++i]); !value) {
      return std::nullopt;
    } else if (flag == "--seed") {
      options.first = options.last = *value;
    } else if (flag == "--fresh") {
      options.first = static_cast<std::uint64_t>(wall_now().time_since_epoch().count()) / 1'000'000;
      options.last = options.first + *value - 1;
    } else if (flag == "--jobs") {
      options.jobs = static_cast<unsigned>(*value);
    } else if (flag == "--lines") {
      options.shown = *value;
    } else if (flag == "--days") {
      options.days = static_cast<unsigned>(*value);
    } else {
      return std::nullopt;
    }
  }
  return options;
}

void print_violation(const Outcome& outcome, const Options& options) {
  const std::size_t shown = std::min(options.shown, outcome.trace.size());
  for (std::size_t i = outcome.trace.size() - shown; i < outcome.trace.size(); ++i)
    std::cout << outcome.trace[i] << '\n';
  std::cout << "\nseed " << outcome.seed << " breaks \"" << outcome.violation->invariant << "\" at step "
            << outcome.steps << "\n  " << outcome.violation->what << "\n  again: simulate --seed " << outcome.seed
            << " --trace" << (options.world.cast == Cast::commands ? " --commands" : "") << '\n';
}

int run_seeds(const Options& options) {
  std::cout << "seeds " << options.first << ".." << options.last << '\n' << std::flush;
  std::atomic<std::uint64_t> next = options.first;
  std::atomic<std::uint64_t> broken = 0;
  std::mutex mutex;
  Coverage coverage;
  std::uint64_t steps = 0;
  std::uint64_t done = 0;
  std::uint64_t fewest_steps = UINT64_MAX;
  std::uint64_t fewest_faults = UINT64_MAX;
  const MonotonicTime began = monotonic_now();
  const auto work = [&] {
    while (broken == 0 || options.keep_going) {
      const std::uint64_t seed = next++;
      if (seed > options.last) return;
      WorldOptions world = options.world;
      world.seed = seed;
      if (options.trace) world.trace = &std::cout;
      Outcome outcome = run_seed(world);
      if (options.twice && !outcome.violation) {
        world.trace = nullptr;
        if (run_seed(world).digest != outcome.digest)
          outcome.violation = Violation{"a seed replays exactly", "two runs had different digests"};
      }
      const std::scoped_lock lock(mutex);
      ++done;
      steps += outcome.steps;
      fewest_steps = std::min(fewest_steps, outcome.steps);
      fewest_faults = std::min(fewest_faults, outcome.faults);
      coverage.add(outcome.coverage);
      if (!outcome.violation) continue;
      ++broken;
      if (options.keep_going)
        std::cout << "seed " << seed << ": " << outcome.violation->invariant << ": " << outcome.violation->what << '\n';
      else if (broken == 1)
        print_violation(outcome, options);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned job = 1; job < options.jobs; ++job) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  const double time = std::chrono::duration<double>(monotonic_now() - began).count();
  std::ostringstream text;
  if (options.coverage) coverage.print(text);
  text << done << " seeds, " << steps << " steps, " << coverage.faults() << " faults, " << broken << " violations, "
       << static_cast<double>(done) / time << " seeds/s; the least of a seed: " << fewest_steps << " steps, "
       << fewest_faults << " faults\n";
  std::cout << text.str();
  if (!options.report.empty())
    std::ofstream(options.report) << "seeds " << options.first << ".." << options.last << '\n' << text.str();
  return broken == 0 ? 0 : 1;
}

/// What a life costs at the end of a day.
struct Day {
  std::size_t live = 0;  ///< bytes in use in the heap
  std::size_t resident = 0;
  std::ptrdiff_t files = 0;  ///< open file descriptors
};

Day look_at_day() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return {mallinfo2().uordblks, pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)),
          std::distance(begin(files), end(files))};
}

/// Bytes by which the resident memory grows in ten days: least squares, without the first third.
double slope_of_ten_days(const std::vector<Day>& days) {
  const std::size_t from = days.size() / 3;
  const auto count = static_cast<double>(days.size() - from);
  double x = 0;
  double y = 0;
  double xx = 0;
  double xy = 0;
  for (std::size_t day = from; day < days.size(); ++day) {
    const auto time = static_cast<double>(day) / 10;
    const auto bytes = static_cast<double>(days[day].resident);
    x += time;
    y += bytes;
    xx += time * time;
    xy += time * bytes;
  }
  const double spread = count * xx - x * x;
  return spread == 0 ? 0 : (count * xy - x * y) / spread;
}

/// Resident memory must not grow, nor the number of open files.
int run_days(const Options& options) {
  WorldOptions world_options = options.world;
  world_options.seed = options.first;
  world_options.life = std::chrono::hours(24) * options.days + std::chrono::hours(1);
  World world(world_options);
  std::vector<Day> days;
  world.on_day = [&](int day) {
    days.push_back(look_at_day());
    std::cout << "day " << day << ": " << days.back().resident / 1024 << " KiB resident, " << days.back().live / 1024
              << " KiB live, " << days.back().files << " files open\n"
              << std::flush;
  };
  const Outcome outcome = world.run();
  if (outcome.violation) {
    print_violation(outcome, options);
    return 1;
  }
  const double slope = slope_of_ten_days(days);
  const bool same_files = std::ranges::all_of(days, [&](const Day& day) { return day.files == days.front().files; });
  std::cout << options.days << " days, " << outcome.steps << " steps, " << outcome.faults << " faults, "
            << outcome.writes << " writes; resident memory grows by " << static_cast<long>(slope / 1024)
            << " KiB in ten days, the number of open files " << (same_files ? "is constant" : "CHANGES") << '\n';
  return slope < (1 << 20) && same_files ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options) return usage();
  return options->days > 0 ? run_days(*options) : run_seeds(*options);
}
