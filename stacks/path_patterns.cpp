#include "stacks/path_patterns.h"

#include "base/split.h"
#include "ports/source_tree.h"
#include "stacks/load.h"

#include <optional>
#include <ranges>

namespace reconciled {
namespace {

constexpr std::size_t k_max_lines = 10'000;
constexpr std::size_t k_max_pattern = 1024;

/// Reads "[a-z]" at the front of a pattern: its length and whether `c` is in it; nullopt when no bracket closes it.
struct SetMatch {
  std::size_t length = 0;
  bool contains = false;
};
std::optional<SetMatch> match_set(std::string_view pattern, char c) {
  std::size_t at = 1;
  const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (inverted) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    const char low = pattern[at++];
    char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = pattern[at + 1];
      at += 2;
    }
    found = found || (low <= c && c <= high);
  }
  if (at >= pattern.size()) return std::nullopt;
  return SetMatch{at + 1, found != inverted};
}

/// One step of a pattern against one character: how many bytes of the pattern it used, or 0 when it does not fit.
std::size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  if (pattern[0] == '[') {
    if (const auto set = match_set(pattern, c)) return set->contains ? set->length : 0;
  }
  if (pattern[0] == '\\' && pattern.size() > 1) return pattern[1] == c ? 2 : 0;
  return pattern[0] == c ? 1 : 0;
}

/// A name against one segment. Only the last star is ever tried again, so the work is at most pattern times name.
bool matches_name(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (const auto used = match_one(pattern.substr(std::min(p, pattern.size())), name[n]); used != 0) {
      p += used;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Whether all segments match all names; `reach[i]` says that the segments so far can end before name i.
bool matches_segments(const std::vector<std::string>& segments, const std::vector<std::string_view>& names) {
  std::vector<char> reach(names.size() + 1, 0);
  reach[0] = 1;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::vector<char> next(names.size() + 1, 0);
    if (segments[s] == "**") {
      // At the end it stands for at least one name: "a/**" is what lies in a, not a itself.
      bool open = false;
      const bool last = s + 1 == segments.size();
      for (std::size_t i = 0; i <= names.size(); ++i) {
        if (!last) open = open || reach[i] != 0;
        next[i] = open ? 1 : 0;
        if (last) open = open || reach[i] != 0;
      }
    } else {
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (reach[i] != 0 && matches_name(segments[s], names[i])) next[i + 1] = 1;
      }
    }
    reach = std::move(next);
  }
  return reach[names.size()] != 0;
}

Result<PathPattern> make_pattern(std::string_view base, std::string_view text, const Where& where) {
  if (text.size() > k_max_pattern) {
    return fail(ErrorKind::limit, "a pattern is longer than " + std::to_string(k_max_pattern) + " bytes", where);
  }
  PathPattern pattern;
  pattern.base = std::string(base);
  if (text.ends_with('/')) {
    pattern.folders_only = true;
    text.remove_suffix(1);
  }
  const bool tied = text.find('/') != std::string_view::npos;
  if (text.starts_with('/')) text.remove_prefix(1);
  if (!tied) pattern.segments.emplace_back("**");
  for (const auto part : split(text, '/')) {
    if (part.empty()) return fail(ErrorKind::render, "the pattern has an empty name between two slashes", where);
    if (part == "**" && !pattern.segments.empty() && pattern.segments.back() == "**") continue;
    pattern.segments.emplace_back(part);
  }
  return pattern;
}

/// Without the end of line, and without trailing spaces that no backslash keeps.
std::string_view trim_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Status PathPatterns::add_file(std::string_view base, std::string_view text, const std::string& file) {
  std::uint32_t number = 0;
  for (auto line : split(text, '\n')) {
    const Where where{.file = file, .line = ++number, .column = 0, .key_path = {}};
    line = trim_line(line);
    if (line.empty() || line.starts_with('#')) continue;
    const bool negated = line.starts_with('!');
    if (negated) line.remove_prefix(1);
    if (line.empty() || line == "/") continue;
    if (m_patterns.size() >= k_max_lines) {
      return fail(ErrorKind::limit, "there are more than " + std::to_string(k_max_lines) + " patterns", where);
    }
    TRY_ASSIGN(auto pattern, make_pattern(base, line, where));
    pattern.negated = negated;
    m_patterns.push_back(std::move(pattern));
  }
  return {};
}

Status PathPatterns::add_pattern(std::string_view base, std::string_view pattern, const Where& where) {
  if (pattern.empty() || pattern == "/") return fail(ErrorKind::render, "the pattern is empty", where);
  if (pattern.starts_with('!')) {
    return fail(ErrorKind::render, "the pattern \"" + std::string(pattern) + "\" is negated", where,
                "list what is wanted in include and what is not in exclude");
  }
  TRY_ASSIGN(auto made, make_pattern(base, pattern, where));
  m_patterns.push_back(std::move(made));
  return {};
}

Result<bool> PathPatterns::decides(std::string_view path, PathKind kind, Budget& budget) const {
  for (const auto& pattern : std::views::reverse(m_patterns)) {
    if (!budget.step()) return fail(budget.error("matching paths with patterns", {.file = std::string(path)}));
    if (pattern.folders_only && kind == PathKind::file) continue;
    std::string_view relative = path;
    if (!pattern.base.empty()) {
      if (!path.starts_with(pattern.base) || path.size() <= pattern.base.size() || path[pattern.base.size()] != '/') {
        continue;
      }
      relative.remove_prefix(pattern.base.size() + 1);
    }
    if (matches_segments(pattern.segments, split(relative, '/'))) return !pattern.negated;
  }
  return false;
}

Result<bool> PathPatterns::matches(std::string_view path, PathKind kind, Budget& budget) const {
  if (m_patterns.empty() || path.empty()) return false;
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    TRY_ASSIGN(const bool above, decides(path.substr(0, slash), PathKind::folder, budget));
    if (above) return true;
  }
  return decides(path, kind, budget);
}

}  // namespace reconciled
