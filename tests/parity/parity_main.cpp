// parity ORACLE [--seed N] [--count M] [--kind NAME]... [--most N]: asks the originals' own code and ours the same,
// shows where they differ and counts what was asked. Without --kind that is what Helm's oracle answers quickly. The
// exit code is 1 when they differ, or when more than 30 % of the cases are errors.
#include "tests/parity/comparison.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace reconciled::parity {
namespace {

constexpr double k_most_errors = 30;  // percent

struct Options {
  std::string oracle;
  ComparisonOptions comparison;
};

std::vector<const Kind*> all_kinds() {
  std::vector<const Kind*> kinds;
  for (const auto table :
       {document_kinds(), template_kinds(), setting_kinds(), substitution_kinds(), chart_kinds(), kustomize_kinds()}) {
    for (const Kind& kind : table) kinds.push_back(&kind);
  }
  return kinds;
}

/// Charts are asked for by name: a tenth as many of them take as long.
std::vector<const Kind*> usual_kinds() {
  std::vector<const Kind*> kinds = all_kinds();
  std::erase_if(kinds, [](const Kind* kind) { return kind->name == "chart" || kind->name == "kustomize"; });
  return kinds;
}

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  auto& comparison = options.comparison;
  comparison.seed = (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--")) {
      options.oracle = argument;
      continue;
    }
    if (++i == argc) return fail(ErrorKind::usage, std::string(argument) + " needs a value");
    if (argument == "--seed") {
      comparison.seed = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--count") {
      comparison.count = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--most") {
      comparison.most = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--kind") {
      for (const Kind* kind : all_kinds()) {
        if (kind->name == argv[i]) comparison.kinds.push_back(kind);
      }
      if (comparison.kinds.empty()) return fail(ErrorKind::usage, "no kind of case: " + std::string(argv[i]));
    } else {
      return fail(ErrorKind::usage, "no option: " + std::string(argument));
    }
  }
  if (options.oracle.empty()) return fail(ErrorKind::usage, "which oracle? tests/parity/run builds it");
  if (comparison.kinds.empty()) comparison.kinds = usual_kinds();
  return options;
}

Result<int> run(int argc, char** argv) {
  TRY_ASSIGN(Options options, parse_options(argc, argv));
  TRY_ASSIGN(Oracle oracle, Oracle::start(options.oracle));
  const auto seed = static_cast<unsigned long long>(options.comparison.seed);
  const bool is_whole = options.comparison.kinds.size() >= usual_kinds().size();
  std::printf("seed %llu\n", seed);
  std::fflush(stdout);
  TRY_ASSIGN(const Counts counts, Comparison(options.comparison, std::move(oracle)).run());
  counts.print();
  std::printf("seed %llu: %zu cases, %.1f %% errors, %zu differ\n", seed, options.comparison.count,
              counts.error_share(), counts.differ());
  if (counts.differ() > 0) return 1;
  if (!is_whole || counts.error_share() <= k_most_errors) return 0;
  std::printf("more than %.0f %% are errors: too little is compared\n", k_most_errors);
  return 1;
}

}  // namespace
}  // namespace reconciled::parity

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // an oracle that ends while it is written to is asked again
  const auto result = reconciled::parity::run(argc, argv);
  if (result) return *result;
  std::fprintf(stderr, "%s\n", format_error(result.error()).c_str());
  return 2;
}
