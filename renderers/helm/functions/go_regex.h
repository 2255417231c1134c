// Regular expressions with the meaning of Go's regexp package.
#pragma once

#include "base/budget.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// A text to search in. What is not UTF-8 counts as U+FFFD, byte by byte, as Go has it.
class RegexText {
 public:
  explicit RegexText(std::string_view text);
  [[nodiscard]] std::string_view text() const { return m_offsets.empty() ? m_original : m_readable; }
  /// A part of text() as it was given.
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const;
  /// The position behind the code point at `position`.
  [[nodiscard]] std::size_t next(std::size_t position) const;

 private:
  std::string_view m_original;
  std::string m_readable;
  std::vector<std::uint32_t> m_offsets;  // of each byte of m_readable, in the original
};

/// Positions in RegexText::text(); of a group that took no part, `taken` is false.
struct RegexGroup {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool taken = false;
};

class GoRegex {
 public:
  /// Keeps the last few that it made, for each thread.
  static Result<std::shared_ptr<const GoRegex>> compile(std::string_view pattern);
  ~GoRegex();
  GoRegex(const GoRegex&) = delete;
  GoRegex& operator=(const GoRegex&) = delete;

  [[nodiscard]] std::size_t group_count() const { return m_group_names.size(); }  ///< with the whole match

  [[nodiscard]] bool is_in(const RegexText& text) const;
  /// The first match at or behind `from`: as many groups as there are in `groups`, which may be fewer than all.
  bool find(const RegexText& text, std::size_t from, std::span<RegexGroup> groups) const;
  /// FindAllStringIndex: the whole matches, at most `limit` when it is not negative.
  Result<std::vector<RegexGroup>> find_all(const RegexText& text, std::int64_t limit, Budget& budget) const;

  enum class Replacement : std::uint8_t { literal, with_groups };  ///< with_groups: `$1` and `${name}` are expanded
  Result<std::string> replace_all(const RegexText& text, std::string_view replacement, Replacement kind,
                                  Budget& budget) const;

 private:
  struct Machine;
  GoRegex(std::unique_ptr<Machine> machine, std::vector<std::string> group_names);
  void expand(std::string& out, std::string_view replacement, const RegexText& text,
              std::span<const RegexGroup> groups) const;
  /// The group that a name in a replacement means; nullptr when none took part.
  [[nodiscard]] const RegexGroup* group_named(std::string_view name, std::span<const RegexGroup> groups) const;

  std::unique_ptr<Machine> m_machine;
  std::vector<std::string> m_group_names;
};

/// regexp.QuoteMeta.
std::string quote_regex(std::string_view text);

}  // namespace reconciled::helm
