// parity ORACLE [--seed N] [--count M] [--kind NAME]... [--most N]: asks the originals' own code and ours the same, and
// shows where they differ. The exit code is 1 when they do. Without --kind all that Helm's oracle answers is asked.
#include "tests/parity/shrink.h"
#include "tests/parity/typed_value.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace reconciled::parity {
namespace {

using helm::Arena;

struct Options {
  std::string oracle;
  std::uint64_t seed = 0;
  std::size_t count = 20'000;
  std::size_t most = 10;  ///< differences that are shown
  std::vector<const Kind*> kinds;
};

std::vector<const Kind*> kinds_of(std::initializer_list<std::span<const Kind>> tables) {
  std::vector<const Kind*> kinds;
  for (const auto table : tables) {
    for (const Kind& kind : table) kinds.push_back(&kind);
  }
  return kinds;
}
std::vector<const Kind*> helm_kinds() {
  return kinds_of({document_kinds(), template_kinds(), substitution_kinds()});
}
std::vector<const Kind*> all_kinds() {
  return kinds_of({document_kinds(), template_kinds(), substitution_kinds(), kustomize_kinds()});
}

struct Tally {
  std::size_t asked = 0;
  std::size_t errors = 0;
  std::size_t unknown = 0;  ///< one side gave up
  std::size_t differ = 0;
};

Limits case_limits() {
  Limits limits;
  limits.depth = 1000;
  return limits;
}

Outcome our_outcome(const Case& subject) {
  Budget budget(case_limits());
  Arena arena(budget);
  try {
    return subject.kind->ours(subject, arena);
  } catch (const std::bad_alloc&) {
    return {false, true, "std::bad_alloc"};
  }
}

/// Without what errors show of the original's memory: values in Go's syntax, whole resources, and pointers.
std::string comparable(const Outcome& outcome) {
  std::string text = outcome.text;
  if (outcome.ok) return text;
  for (const std::string_view end :
       {"invalid map key: ", "unsupported map key of type: ", "produces ID conflict: ", "found multiple objects"}) {
    if (const std::size_t at = text.find(end); at != std::string::npos) text.resize(at + end.size());
  }
  for (std::size_t at = text.find("0x"); at != std::string::npos; at = text.find("0x", at + 1)) {
    const std::size_t begin = at + 2;
    text.erase(begin, std::min(text.find_first_not_of("0123456789abcdef", begin), text.size()) - begin);
  }
  return text;
}

bool agree(const Outcome& ours, const Outcome& theirs) {
  if (!ours.is_known || !theirs.is_known) return true;
  // What makes the original panic is an error with a text of its own here.
  if (!theirs.ok && theirs.text.starts_with("panic: ")) return !ours.ok;
  return ours.ok == theirs.ok && comparable(ours) == comparable(theirs);
}

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escape[8];
    if (c == '\n') {
      out += "\\n\n    ";
    } else if (byte < 0x20 || byte == 0x7F || byte >= 0x80 || c == '\\') {
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out;
}

class Comparison {
 public:
  Comparison(Options options, Oracle oracle) : m_options(std::move(options)), m_oracle(std::move(oracle)) {}

  Result<int> run() {
    constexpr std::size_t k_batch = 500;
    Dice dice(m_options.seed);
    for (std::size_t done = 0; done < m_options.count; done += k_batch) {
      Limits limits;
      limits.bytes = 4ULL << 30;
      limits.time = std::chrono::hours(1);
      Budget budget(limits);
      Arena arena(budget);
      std::vector<Case> cases;
      for (std::size_t i = 0; i < std::min(k_batch, m_options.count - done); ++i) {
        const Kind& kind = *m_options.kinds[(done + i) % m_options.kinds.size()];
        cases.push_back(kind.make(dice, arena));
        cases.back().kind = &kind;
      }
      TRY(compare(cases, arena));
    }
    return report();
  }

 private:
  Result<std::vector<Outcome>> ask(const std::vector<Case>& cases) {
    std::vector<std::string> requests;
    requests.reserve(cases.size());
    for (const Case& subject : cases) requests.push_back(request_of(subject));
    return m_oracle.ask(requests);
  }

  Status compare(const std::vector<Case>& cases, Arena& arena) {
    TRY_ASSIGN(const auto theirs, ask(cases));
    for (std::size_t i = 0; i < cases.size(); ++i) {
      Tally& tally = m_tallies[cases[i].kind->name];
      ++tally.asked;
      if (!theirs[i].ok) ++tally.errors;
      const Outcome ours = our_outcome(cases[i]);
      if (!ours.is_known || !theirs[i].is_known) ++tally.unknown;
      if (agree(ours, theirs[i])) continue;
      ++tally.differ;
      if (m_shown < m_options.most) TRY(show(cases[i], arena));
    }
    return {};
  }

  Status show(Case subject, Arena& arena) {
    ++m_shown;
    constexpr int k_most_rounds = 60;
    bool shrunk = true;
    TRY_ASSIGN(const auto first, ask({subject}));
    const Way way = way_of(our_outcome(subject), first[0]);
    for (int round = 0; shrunk && round < k_most_rounds; ++round) {
      TRY_ASSIGN(shrunk, shrink(subject, way, arena));
    }
    TRY_ASSIGN(const auto theirs, ask({subject}));
    const Outcome ours = our_outcome(subject);
    std::printf("--- %s differs\n", std::string(subject.kind->name).c_str());
    if (!subject.text.empty()) std::printf("  text:\n    %s\n", visible(subject.text).c_str());
    std::printf("  value: %s\n", visible(dumped(subject.value)).c_str());
    std::printf("  theirs%s:\n    %s\n", theirs[0].ok ? "" : " (error)", visible(theirs[0].text).c_str());
    std::printf("  ours%s:\n    %s\n  request: %s\n", ours.ok ? "" : " (error)", visible(ours.text).c_str(),
                request_of(subject).c_str());
    std::fflush(stdout);
    return {};
  }

  /// Who of the two came to an output, and how the errors begin and end: a smaller case that differs in another way is
  /// another difference.
  struct Way {
    bool ours = false;
    bool theirs = false;
    std::string our_error, their_error;
    bool operator==(const Way&) const = default;
  };
  static Way way_of(const Outcome& ours, const Outcome& theirs) {
    const auto ends = [](const Outcome& outcome) {
      constexpr std::size_t k_part = 24;
      if (outcome.ok) return std::string();
      const std::string& text = outcome.text;
      return text.substr(0, k_part) + text.substr(text.size() - std::min(text.size(), k_part));
    };
    return {ours.ok, theirs.ok, ends(ours), ends(theirs)};
  }
  /// Whether a smaller case differs in the same way; it takes the place of the case.
  Result<bool> shrink(Case& subject, Way way, Arena& arena) {
    constexpr std::size_t k_chunk = 64;
    const auto candidates = smaller_cases(subject, arena);
    for (std::size_t first = 0; first < candidates.size(); first += k_chunk) {
      const std::vector<Case> chunk(
          candidates.begin() + static_cast<std::ptrdiff_t>(first),
          candidates.begin() + static_cast<std::ptrdiff_t>(std::min(first + k_chunk, candidates.size())));
      TRY_ASSIGN(const auto theirs, ask(chunk));
      for (std::size_t i = 0; i < chunk.size(); ++i) {
        const Outcome ours = our_outcome(chunk[i]);
        if (agree(ours, theirs[i]) || way_of(ours, theirs[i]) != way) continue;
        subject = chunk[i];
        return true;
      }
    }
    return false;
  }

  int report() const {
    std::size_t differ = 0;
    for (const auto& [name, tally] : m_tallies) {
      std::printf("%-14s %8zu cases, %7zu errors, %4zu unknown, %5zu differ\n", std::string(name).c_str(), tally.asked,
                  tally.errors, tally.unknown, tally.differ);
      differ += tally.differ;
    }
    std::printf("seed %llu: %zu cases, %zu differ\n", static_cast<unsigned long long>(m_options.seed), m_options.count,
                differ);
    return differ == 0 ? 0 : 1;
  }

  Options m_options;
  Oracle m_oracle;
  std::map<std::string_view, Tally> m_tallies;
  std::size_t m_shown = 0;
};

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  options.seed = (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--")) {
      options.oracle = argument;
      continue;
    }
    if (++i == argc) return fail(ErrorKind::usage, std::string(argument) + " needs a value");
    if (argument == "--seed") {
      options.seed = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--count") {
      options.count = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--most") {
      options.most = std::strtoull(argv[i], nullptr, 10);
    } else if (argument == "--kind") {
      for (const Kind* kind : all_kinds()) {
        if (kind->name == argv[i]) options.kinds.push_back(kind);
      }
      if (options.kinds.empty()) return fail(ErrorKind::usage, "no kind of case: " + std::string(argv[i]));
    } else {
      return fail(ErrorKind::usage, "no option: " + std::string(argument));
    }
  }
  if (options.oracle.empty()) return fail(ErrorKind::usage, "which oracle? tests/parity/run builds it");
  if (options.kinds.empty()) options.kinds = helm_kinds();
  return options;
}

Result<int> run(int argc, char** argv) {
  TRY_ASSIGN(Options options, parse_options(argc, argv));
  TRY_ASSIGN(Oracle oracle, Oracle::start(options.oracle));
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  return Comparison(std::move(options), std::move(oracle)).run();
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
