#include "tests/parity/comparison.h"

#include "base/split.h"
#include "tests/parity/shrink.h"
#include "tests/parity/typed_value.h"

#include <algorithm>
#include <cstdio>
#include <new>

namespace reconciled::parity {
namespace {

using helm::Arena;

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

/// Helm visits what a schema has in the order of Go's maps: its findings are a set.
std::string sorted_lines(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  std::ranges::sort(lines);
  std::string sorted;
  for (const auto line : lines) (sorted += line) += '\n';
  return sorted;
}

/// Without what errors show of the original's memory: values in Go's syntax, whole resources, and pointers.
std::string comparable(const Outcome& outcome) {
  std::string text = outcome.text;
  if (outcome.ok) return text;
  if (text.find("values don't meet the specifications of the schema") != std::string::npos) return sorted_lines(text);
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

}  // namespace

Result<Counts> Comparison::run() {
  constexpr std::size_t k_batch = 500;
  Dice dice(m_options.seed);
  const auto& kinds = m_options.kinds;
  for (std::size_t done = 0; done < m_options.count; done += k_batch) {
    Limits limits;
    limits.bytes = 4ULL << 30;
    limits.time = std::chrono::hours(1);
    Budget budget(limits);
    Arena arena(budget);
    std::vector<Case> cases;
    for (std::size_t i = 0; i < std::min(k_batch, m_options.count - done); ++i) {
      const Kind& kind = *kinds[(done + i) % kinds.size()];
      cases.push_back(kind.make(dice, arena));
      cases.back().kind = &kind;
    }
    TRY(compare(cases, arena));
  }
  return m_counts;
}

Result<std::vector<Outcome>> Comparison::ask(const std::vector<Case>& cases) {
  std::vector<std::string> requests;
  requests.reserve(cases.size());
  for (const Case& subject : cases) requests.push_back(request_of(subject));
  return m_oracle.ask(requests);
}

Status Comparison::compare(const std::vector<Case>& cases, Arena& arena) {
  TRY_ASSIGN(const auto theirs, ask(cases));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Outcome ours = our_outcome(cases[i]);
    const bool same = agree(ours, theirs[i]);
    m_counts.add(cases[i], ours, theirs[i], same ? Counts::Verdict::agree : Counts::Verdict::differ);
    if (!same && m_shown < m_options.most) TRY(show(cases[i], arena));
  }
  return {};
}

Comparison::Way Comparison::way_of(const Outcome& ours, const Outcome& theirs) {
  const auto ends = [](const Outcome& outcome) {
    constexpr std::size_t k_part = 24;
    if (outcome.ok) return std::string();
    const std::string& text = outcome.text;
    return text.substr(0, k_part) + text.substr(text.size() - std::min(text.size(), k_part));
  };
  return {ours.ok, theirs.ok, ends(ours), ends(theirs)};
}

Status Comparison::show(Case subject, Arena& arena) {
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

Result<bool> Comparison::shrink(Case& subject, const Way& way, Arena& arena) {
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

}  // namespace reconciled::parity
