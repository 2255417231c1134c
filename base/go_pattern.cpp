#include "base/go_pattern.h"

#include "base/utf8.h"

#include <optional>

namespace reconciled {
namespace {

/// A run of pattern up to the next star.
struct Chunk {
  bool star = false;  ///< stars stand before it
  std::string_view text;
  std::string_view rest;
};

Chunk next_chunk(std::string_view pattern) {
  Chunk chunk;
  while (!pattern.empty() && pattern.front() == '*') {
    chunk.star = true;
    pattern.remove_prefix(1);
  }
  bool in_class = false;
  std::size_t end = 0;
  for (; end < pattern.size(); ++end) {
    const char c = pattern[end];
    if (c == '\\' && end + 1 < pattern.size()) ++end;
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    if (c == '*' && !in_class) break;
  }
  chunk.text = pattern.substr(0, end);
  chunk.rest = pattern.substr(end);
  return chunk;
}

/// One code point; a broken byte counts as U+FFFD, as in Go.
std::uint32_t take_rune(std::string_view& text) {
  const auto point = first_code_point(text);
  text.remove_prefix(point.length == 0 ? 1 : point.length);
  return point.length == 0 ? 0xFFFD : point.value;
}

/// A character of a class, after which something must follow.
std::optional<std::uint32_t> class_character(std::string_view& pattern) {
  if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
  if (pattern.front() == '\\') {
    pattern.remove_prefix(1);
    if (pattern.empty()) return std::nullopt;
  }
  if (first_code_point(pattern).length == 0) return std::nullopt;
  const auto rune = take_rune(pattern);
  if (pattern.empty()) return std::nullopt;
  return rune;
}

using Fit = PatternFit;

/// `pattern` stands behind the '['.
Fit match_class(std::string_view& pattern, std::uint32_t rune) {
  const bool negated = !pattern.empty() && pattern.front() == '^';
  if (negated) pattern.remove_prefix(1);
  bool found = false;
  for (bool first = true;; first = false) {
    if (!first && !pattern.empty() && pattern.front() == ']') break;
    const auto low = class_character(pattern);
    if (!low) return Fit::bad_pattern;
    auto high = low;
    if (pattern.front() == '-') {
      pattern.remove_prefix(1);
      high = class_character(pattern);
      if (!high) return Fit::bad_pattern;
    }
    found = found || (*low <= rune && rune <= *high);
  }
  pattern.remove_prefix(1);
  return found != negated ? Fit::yes : Fit::no;
}

enum class Rules : std::uint8_t {
  path,  ///< slashes end what stars and question marks match; syntax is checked also behind a mismatch
  text,
};

/// Matches a chunk at the beginning of `name` and takes off what it matched.
Fit match_chunk(std::string_view chunk, std::string_view& name, Rules rules) {
  bool failed = false;
  while (!chunk.empty()) {
    failed = failed || name.empty();
    if (failed && rules == Rules::text) return Fit::no;
    const char c = chunk.front();
    chunk.remove_prefix(1);
    if (c == '[') {
      const auto fit = match_class(chunk, failed ? 0 : take_rune(name));
      if (fit == Fit::bad_pattern) return fit;
      failed = failed || fit == Fit::no;
      continue;
    }
    if (c == '?') {
      failed = failed || (rules == Rules::path && name.front() == '/');
      if (!failed) take_rune(name);
      continue;
    }
    char wanted = c;
    if (c == '\\') {
      if (chunk.empty()) return Fit::bad_pattern;
      wanted = chunk.front();
      chunk.remove_prefix(1);
    }
    failed = failed || name.front() != wanted;
    if (!failed) name.remove_prefix(1);
  }
  return failed ? Fit::no : Fit::yes;
}

/// Moves `name` behind the first place where the chunk matches, which is its beginning unless a star stands before the
/// chunk. The last chunk must reach to the end.
Fit place_chunk(const Chunk& chunk, std::string_view& name, Rules rules, Budget* budget) {
  for (std::size_t skipped = 0;; ++skipped) {
    if (budget != nullptr && !budget->step(1 + chunk.text.size())) return Fit::too_costly;
    auto tail = name.substr(skipped);
    const auto fit = match_chunk(chunk.text, tail, rules);
    if (fit == Fit::yes && (tail.empty() || !chunk.rest.empty())) {
      name = tail;
      return fit;
    }
    if (fit == Fit::bad_pattern) return fit;
    if (!chunk.star || skipped == name.size() || (rules == Rules::path && name[skipped] == '/')) return Fit::no;
  }
}

Fit match(std::string_view pattern, std::string_view name, Rules rules, Budget* budget) {
  while (!pattern.empty()) {
    const auto chunk = next_chunk(pattern);
    if (chunk.star && chunk.text.empty())
      return rules == Rules::text || name.find('/') == std::string_view::npos ? Fit::yes : Fit::no;
    if (const auto fit = place_chunk(chunk, name, rules, budget); fit != Fit::yes) return fit;
    pattern = chunk.rest;
  }
  return name.empty() ? Fit::yes : Fit::no;
}

}  // namespace

bool is_path_pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    const auto chunk = next_chunk(pattern);
    std::string_view nothing;
    if (match_chunk(chunk.text, nothing, Rules::path) == Fit::bad_pattern) return false;
    pattern = chunk.rest;
  }
  return true;
}

bool match_path(std::string_view pattern, std::string_view path) {
  return is_path_pattern(pattern) && match_checked_path(pattern, path);
}

bool match_checked_path(std::string_view pattern, std::string_view path) {
  return match(pattern, path, Rules::path, nullptr) == Fit::yes;
}

PatternFit match_text(std::string_view pattern, std::string_view text, Budget& budget) {
  return match(pattern, text, Rules::text, &budget);
}

}  // namespace reconciled
