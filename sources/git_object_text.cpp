#include "sources/git_object_text.h"

#include "base/utf8.h"
#include "sources/git_ref.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace reconciled {
namespace {

constexpr std::size_t k_raw_id_bytes = 20;
constexpr std::size_t k_max_line_shown = 200;

tl::unexpected<Error> broken(std::string why) {
  return fail(ErrorKind::source_integrity, std::move(why));
}

/// A line for people: no control characters, valid UTF-8, bounded.
std::string clean_line(std::string_view line) {
  std::string result;
  while (!line.empty() && result.size() < k_max_line_shown) {
    const CodePoint point = first_code_point(line);
    const bool printable = point.length > 1 || (point.length == 1 && point.value >= 0x20 && point.value != 0x7F);
    if (printable) result += line.substr(0, point.length);
    if (!printable) result += '?';
    line.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return result;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

std::optional<std::string> id_after(std::string_view line, std::string_view word) {
  if (!line.starts_with(word) || !is_object_id(line.substr(word.size()))) return std::nullopt;
  return std::string(line.substr(word.size()));
}

/// "Name <address> 1700000000 +0100"
std::string name_of_person(std::string_view person) {
  std::string_view name = person.substr(0, person.find('<'));
  while (name.ends_with(' ')) name.remove_suffix(1);
  return clean_line(name);
}
WallTime time_of_person(std::string_view person) {
  const std::size_t end = person.rfind('>');
  if (end == std::string_view::npos || end + 2 > person.size()) return {};
  const std::string_view digits = person.substr(end + 2);
  std::int64_t seconds = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  constexpr std::int64_t k_latest = 9'000'000'000;  // the year 2255: the clock's nanoseconds end soon after
  return WallTime(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, k_latest)));
}

std::optional<TreeEntry::Kind> kind_of_mode(std::string_view mode) {
  if (mode == "40000" || mode == "040000") return TreeEntry::Kind::folder;
  if (mode == "120000") return TreeEntry::Kind::symlink;
  if (mode == "160000") return TreeEntry::Kind::submodule;
  if (mode == "100644" || mode == "100755" || mode == "100664") return TreeEntry::Kind::file;
  return std::nullopt;
}

std::string hex_of(std::string_view raw) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string result;
  result.reserve(raw.size() * 2);
  for (const char c : raw) {
    result += k_digits[static_cast<unsigned char>(c) >> 4];
    result += k_digits[static_cast<unsigned char>(c) & 15];
  }
  return result;
}

}  // namespace

Result<GitCommit> parse_git_commit(std::string_view bytes) {
  GitCommit commit;
  std::string_view rest = bytes;
  auto tree = id_after(take_line(rest), "tree ");
  if (!tree) return broken("a commit names no tree");
  commit.tree = std::move(*tree);
  std::string_view line = take_line(rest);
  while (auto parent = id_after(line, "parent ")) {
    commit.parents.push_back(std::move(*parent));
    line = take_line(rest);
  }
  for (; !line.empty(); line = take_line(rest)) {
    if (line.starts_with("author ")) commit.author = name_of_person(line.substr(7));
    if (line.starts_with("committer ")) commit.time = time_of_person(line.substr(10));
  }
  while (rest.starts_with('\n')) rest.remove_prefix(1);
  commit.subject = clean_line(take_line(rest));
  return commit;
}

Result<std::string> parse_git_tag(std::string_view bytes) {
  std::string_view rest = bytes;
  auto target = id_after(take_line(rest), "object ");
  if (!target) return broken("a tag names no object");
  return std::move(*target);
}

Result<std::vector<GitTreeEntry>> parse_git_tree(std::string_view bytes) {
  std::vector<GitTreeEntry> entries;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    const std::size_t end = rest.find('\0');
    if (space == std::string_view::npos || end == std::string_view::npos || end < space ||
        rest.size() - end - 1 < k_raw_id_bytes) {
      return broken("a tree is cut or malformed");
    }
    const auto kind = kind_of_mode(rest.substr(0, space));
    const std::string_view name = rest.substr(space + 1, end - space - 1);
    if (!kind) return broken("a tree has the entry \"" + clean_line(name) + "\" with an unknown mode");
    const auto path = normalise_path(name);
    if (!path || *path != name || name.empty() || name.find('/') != std::string_view::npos) {
      return broken("a tree has the unsafe name \"" + clean_line(name) + '"');
    }
    entries.push_back({.name = std::string(name), .id = hex_of(rest.substr(end + 1, k_raw_id_bytes)), .kind = *kind});
    rest.remove_prefix(end + 1 + k_raw_id_bytes);
  }
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const auto& entry : entries) names.push_back(entry.name);
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end()) {
    return broken("a tree has the name \"" + clean_line(*twice) + "\" twice");
  }
  return entries;
}

}  // namespace reconciled
