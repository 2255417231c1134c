#include "tests/parity/counts.h"

#include "tests/parity/make_template.h"

#include <cctype>
#include <cstdio>
#include <set>

namespace reconciled::parity {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Words of a template that are names of functions; not those behind a dot or in the middle of others.
std::set<std::string_view> functions_in(std::string_view text) {
  std::set<std::string_view> found;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    const char before = at == 0 ? ' ' : text[at - 1];
    if (before != '.' && before != '$' && before != '"' && function_names().contains(word)) found.insert(word);
    at = end;
  }
  return found;
}

/// The verbs of the formats that follow a printf.
std::set<char> verbs_in(std::string_view text) {
  std::set<char> verbs;
  constexpr std::string_view k_printf = "printf \"";
  for (std::size_t at = text.find(k_printf); at != std::string_view::npos; at = text.find(k_printf, at + 1)) {
    const std::string_view rest = text.substr(at + k_printf.size());
    const std::string_view format = rest.substr(0, rest.find('"'));
    for (std::size_t i = format.find('%'); i != std::string_view::npos; i = format.find('%', i + 1)) {
      i = format.find_first_not_of("+-# 0123456789.*[]", i + 1);
      if (i == std::string_view::npos) break;
      verbs.insert(format[i]);
    }
  }
  return verbs;
}

void add_to(Tally& tally, const Outcome& ours, const Outcome& theirs, Counts::Verdict verdict) {
  ++tally.asked;
  if (!theirs.ok && theirs.is_known) ++tally.errors;
  if (!ours.is_known || !theirs.is_known) ++tally.unknown;
  if (verdict == Counts::Verdict::differ) ++tally.differ;
}

void print_tally(const std::string& name, const Tally& tally) {
  std::printf("%-24s %8zu cases, %7zu errors, %4zu unknown, %5zu differ\n", name.c_str(), tally.asked, tally.errors,
              tally.unknown, tally.differ);
}

}  // namespace

void Counts::add(const Case& subject, const Outcome& ours, const Outcome& theirs, Verdict verdict) {
  add_to(m_kinds[subject.kind->name], ours, theirs, verdict);
  if (subject.kind->request != "template") return;
  for (const auto name : functions_in(subject.text)) {
    add_to(m_functions.try_emplace(std::string(name)).first->second, ours, theirs, verdict);
  }
  for (const char verb : verbs_in(subject.text)) add_to(m_verbs[verb], ours, theirs, verdict);
}

std::size_t Counts::differ() const {
  std::size_t all = 0;
  for (const auto& [name, tally] : m_kinds) all += tally.differ;
  return all;
}

double Counts::error_share() const {
  std::size_t asked = 0;
  std::size_t errors = 0;
  for (const auto& [name, tally] : m_kinds) {
    asked += tally.asked;
    errors += tally.errors;
  }
  return asked == 0 ? 0 : 100 * static_cast<double>(errors) / static_cast<double>(asked);
}

void Counts::print() const {
  if (!m_functions.empty()) {  // then the ones that were not asked show, too
    for (const auto name : function_names()) {
      const auto found = m_functions.find(name);
      print_tally(std::string(name), found == m_functions.end() ? Tally() : found->second);
    }
  }
  for (const auto& [verb, tally] : m_verbs) print_tally(std::string("printf %") + verb, tally);
  for (const auto& [name, tally] : m_kinds) print_tally("kind " + std::string(name), tally);
}

}  // namespace reconciled::parity
