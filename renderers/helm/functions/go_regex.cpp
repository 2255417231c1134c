#include "renderers/helm/functions/go_regex.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "renderers/helm/functions/regex_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace reconciled::helm {
namespace {

constexpr std::int64_t k_most_memory = 8 << 20;  // of one expression
constexpr std::size_t k_most_kept = 16;
constexpr std::uint64_t k_steps_a_match = 16;

struct Reason {
  RE2::ErrorCode code;
  std::string_view text;
};
constexpr Reason k_reasons[] = {
    {RE2::ErrorBadEscape, "invalid escape sequence"},
    {RE2::ErrorBadCharClass, "invalid character class"},
    {RE2::ErrorBadCharRange, "invalid character class range"},
    {RE2::ErrorMissingBracket, "missing closing ]"},
    {RE2::ErrorMissingParen, "missing closing )"},
    {RE2::ErrorUnexpectedParen, "unexpected )"},
    {RE2::ErrorTrailingBackslash, "trailing backslash at end of expression"},
    {RE2::ErrorRepeatArgument, "missing argument to repetition operator"},
    {RE2::ErrorRepeatSize, "invalid repeat count"},
    {RE2::ErrorRepeatOp, "invalid nested repetition operator"},
    {RE2::ErrorBadPerlOp, "invalid or unsupported Perl syntax"},
    {RE2::ErrorBadNamedCapture, "invalid named capture"},
    {RE2::ErrorPatternTooLarge, "expression too large"},
};

/// `{3,1}` or `{1001}` at the end of a part; empty when it ends otherwise.
std::string_view bad_repeat_count(std::string_view part) {
  constexpr int k_most = 1000;
  const std::size_t begin = part.rfind('{');
  const std::size_t end = part.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end + 2 < part.size()) return {};
  const std::string_view count = part.substr(begin, end + 1 - begin);
  const std::size_t comma = count.find(',');
  const auto read = [](std::string_view digits, int& number) {
    return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc::result_out_of_range;
  };
  int least = 0;
  int most = 0;
  const bool fits =
      read(count.substr(1), least) && (comma == std::string_view::npos || read(count.substr(comma + 1), most));
  if (comma == std::string_view::npos) most = least;
  const bool is_open = comma != std::string_view::npos && comma + 2 == count.size();
  const bool good = fits && least <= k_most && (is_open || (most <= k_most && least <= most));
  return good ? std::string_view() : count;
}

Error make_error(const RE2& expression, std::string_view pattern) {
  if (expression.error_code() == RE2::ErrorBadUTF8) {
    return regex_error("invalid UTF-8", pattern.substr(valid_utf8_prefix(pattern)));
  }
  const std::string& part = expression.error_arg();
  if (expression.error_code() == RE2::ErrorRepeatOp) {
    // Go looks at the count before it sees that the operator follows another.
    if (const auto count = bad_repeat_count(part); !count.empty()) return regex_error("invalid repeat count", count);
  }
  // What RE2 was given differs from the pattern where groups have names.
  const bool whole = part == expression.pattern() || expression.error_code() == RE2::ErrorPatternTooLarge;
  for (const Reason& reason : k_reasons) {
    if (reason.code == expression.error_code()) return regex_error(reason.text, whole ? pattern : part);
  }
  return regex_error("regexp/syntax: internal error", pattern);
}

/// The name in a replacement behind its `$`, and the length of its text; nothing when there is none.
struct GroupName {
  std::string_view name;
  std::size_t length;
};
std::optional<GroupName> take_group_name(std::string_view text) {
  const std::size_t begin = text.starts_with('{') ? 1 : 0;
  std::size_t end = begin;
  while (end < text.size()) {
    const CodePoint next = first_code_point(text.substr(end));
    if (next.length == 0 || !(next.value == '_' || is_letter(next.value) || is_decimal_digit(next.value))) break;
    end += next.length;
  }
  if (end == begin) return std::nullopt;
  const std::string_view name = text.substr(begin, end - begin);
  if (begin == 0) return GroupName{name, end};
  if (!text.substr(end).starts_with('}')) return std::nullopt;
  return GroupName{name, end + 1};
}

/// The number that a name is, as Go reads it; nothing when it is none.
std::optional<std::size_t> group_number(std::string_view name) {
  constexpr std::size_t k_too_large = 100'000'000;
  if (name.size() > 1 && name.front() == '0') return std::nullopt;
  std::size_t number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || number >= k_too_large) return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

}  // namespace

RegexText::RegexText(std::string_view text) : m_original(text.data() == nullptr ? "" : text) {
  if (is_utf8(text)) return;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint next = first_code_point(text.substr(at));
    const std::size_t before = m_readable.size();
    if (next.length == 0) {
      append_utf8(m_readable, 0xFFFD);
    } else {
      m_readable += text.substr(at, next.length);
    }
    m_offsets.insert(m_offsets.end(), m_readable.size() - before, static_cast<std::uint32_t>(at));
    at += std::max<std::size_t>(next.length, 1);
  }
  m_offsets.push_back(static_cast<std::uint32_t>(text.size()));
}

std::string_view RegexText::part(std::size_t begin, std::size_t end) const {
  if (m_offsets.empty()) return m_original.substr(begin, end - begin);
  return m_original.substr(m_offsets[begin], m_offsets[end] - m_offsets[begin]);
}

std::size_t RegexText::next(std::size_t position) const {
  return position + std::max<std::size_t>(first_code_point(text().substr(position)).length, 1);
}

struct GoRegex::Machine {
  RE2 expression;
  Machine(const std::string& pattern, const RE2::Options& options) : expression(pattern, options) {}
};

GoRegex::GoRegex(std::unique_ptr<Machine> machine, std::vector<std::string> group_names)
    : m_machine(std::move(machine)), m_group_names(std::move(group_names)) {}
GoRegex::~GoRegex() = default;

Result<std::shared_ptr<const GoRegex>> GoRegex::compile(std::string_view pattern) {
  struct Kept {
    std::string pattern;
    std::shared_ptr<const GoRegex> regex;
  };
  thread_local std::vector<Kept> kept;  // the last used one at the end
  const auto found = std::find_if(kept.begin(), kept.end(), [&](const Kept& one) { return one.pattern == pattern; });
  if (found != kept.end()) {
    std::rotate(found, found + 1, kept.end());
    return kept.back().regex;
  }
  TRY_ASSIGN(RegexPattern prepared, prepare_pattern(pattern));
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(k_most_memory);
  auto machine = std::make_unique<Machine>(prepared.text, options);
  if (!machine->expression.ok()) return fail(make_error(machine->expression, pattern));
  std::shared_ptr<const GoRegex> regex(new GoRegex(std::move(machine), std::move(prepared.group_names)));
  if (kept.size() == k_most_kept) kept.erase(kept.begin());
  kept.push_back({std::string(pattern), regex});
  return regex;
}

bool GoRegex::is_in(const RegexText& text) const {
  return find(text, 0, {});
}

bool GoRegex::find(const RegexText& text, std::size_t from, std::span<RegexGroup> groups) const {
  const std::string_view all = text.text();
  std::vector<re2::StringPiece> pieces(std::max<std::size_t>(groups.size(), 1));
  while (true) {
    if (!m_machine->expression.Match(re2::StringPiece(all.data(), all.size()), from, all.size(), RE2::UNANCHORED,
                                     pieces.data(), static_cast<int>(pieces.size()))) {
      return false;
    }
    // RE2 finds \B between the bytes of one character, too.
    from = static_cast<std::size_t>(pieces.front().data() - all.data());
    if (from == all.size() || (static_cast<unsigned char>(all[from]) & 0xC0) != 0x80) break;
    while (from < all.size() && (static_cast<unsigned char>(all[from]) & 0xC0) == 0x80) ++from;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = {};
    if (pieces[i].data() == nullptr) continue;
    const auto begin = static_cast<std::size_t>(pieces[i].data() - all.data());
    groups[i] = {begin, begin + pieces[i].size(), true};
  }
  return true;
}

Result<std::vector<RegexGroup>> GoRegex::find_all(const RegexText& text, std::int64_t limit, Budget& budget) const {
  std::vector<RegexGroup> matches;
  const std::size_t size = text.text().size();
  std::optional<std::size_t> last_end;
  for (std::size_t from = 0; from <= size && (limit < 0 || static_cast<std::int64_t>(matches.size()) < limit);) {
    if (!budget.step(k_steps_a_match)) return fail(budget.error("search with a regular expression"));
    RegexGroup match;
    if (!find(text, from, {&match, 1})) break;
    // An empty match right behind another does not count.
    const bool counts = match.end != from || match.begin != last_end;
    from = match.end == from ? text.next(from) : match.end;
    last_end = match.end;
    if (counts) matches.push_back(match);
  }
  return matches;
}

Result<std::string> GoRegex::replace_all(const RegexText& text, std::string_view replacement, Replacement kind,
                                         Budget& budget) const {
  std::string result;
  std::vector<RegexGroup> groups(kind == Replacement::with_groups ? group_count() : 1);
  const std::size_t size = text.text().size();
  std::size_t last_end = 0;
  for (std::size_t from = 0; from <= size;) {
    if (!budget.step(k_steps_a_match)) return fail(budget.error("replace with a regular expression"));
    if (!find(text, from, groups)) break;
    const RegexGroup match = groups.front();
    const std::size_t before = result.size();
    result += text.part(last_end, match.begin);
    if (match.end > last_end || match.begin == 0) {
      if (kind == Replacement::literal) {
        result += replacement;
      } else {
        expand(result, replacement, text, groups);
      }
    }
    if (!budget.take(result.size() - before)) return fail(budget.error("replace with a regular expression"));
    last_end = match.end;
    from = std::max(text.next(from), match.end);
  }
  result += text.part(last_end, size);
  return result;
}

void GoRegex::expand(std::string& out, std::string_view replacement, const RegexText& text,
                     std::span<const RegexGroup> groups) const {
  while (!replacement.empty()) {
    const std::size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
      continue;
    }
    const auto name = take_group_name(replacement);
    if (!name) {
      out += '$';
      continue;
    }
    replacement.remove_prefix(name->length);
    if (const RegexGroup* group = group_named(name->name, groups)) out += text.part(group->begin, group->end);
  }
}

const RegexGroup* GoRegex::group_named(std::string_view name, std::span<const RegexGroup> groups) const {
  if (const auto number = group_number(name)) {
    return *number < groups.size() && groups[*number].taken ? &groups[*number] : nullptr;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (m_group_names[i] == name && groups[i].taken) return &groups[i];
  }
  return nullptr;
}

std::string quote_regex(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace reconciled::helm
