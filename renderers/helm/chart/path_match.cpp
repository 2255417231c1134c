#include "renderers/helm/chart/path_match.h"

#include "base/utf8.h"

#include <optional>

namespace reconciled::helm {
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

enum class Fit : std::uint8_t { yes, no, bad_pattern };

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

/// Matches a chunk at the beginning of `name` and takes off what it matched. The chunk's syntax is checked to its end
/// also after a mismatch.
Fit match_chunk(std::string_view chunk, std::string_view& name) {
  bool failed = false;
  while (!chunk.empty()) {
    failed = failed || name.empty();
    const char c = chunk.front();
    chunk.remove_prefix(1);
    if (c == '[') {
      const auto fit = match_class(chunk, failed ? 0 : take_rune(name));
      if (fit == Fit::bad_pattern) return fit;
      failed = failed || fit == Fit::no;
      continue;
    }
    if (c == '?') {
      failed = failed || name.front() == '/';
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

/// Moves `name` behind the first place where the chunk matches after a star.
bool skip_to(const Chunk& chunk, std::string_view& name) {
  for (std::size_t i = 0; i < name.size() && name[i] != '/'; ++i) {
    auto tail = name.substr(i + 1);
    if (match_chunk(chunk.text, tail) != Fit::yes) continue;
    if (chunk.rest.empty() && !tail.empty()) continue;
    name = tail;
    return true;
  }
  return false;
}

}  // namespace

bool is_path_pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    const auto chunk = next_chunk(pattern);
    std::string_view nothing;
    if (match_chunk(chunk.text, nothing) == Fit::bad_pattern) return false;
    pattern = chunk.rest;
  }
  return true;
}

bool match_path(std::string_view pattern, std::string_view path) {
  return is_path_pattern(pattern) && match_checked_path(pattern, path);
}

bool match_checked_path(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    const auto chunk = next_chunk(pattern);
    if (chunk.star && chunk.text.empty()) return path.find('/') == std::string_view::npos;
    auto tail = path;
    if (match_chunk(chunk.text, tail) == Fit::yes && (tail.empty() || !chunk.rest.empty())) {
      path = tail;
    } else if (!chunk.star || !skip_to(chunk, path)) {
      return false;
    }
    pattern = chunk.rest;
  }
  return path.empty();
}

}  // namespace reconciled::helm
