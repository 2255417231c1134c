#include "renderers/helm/chart/plain_manifest.h"

#include "base/go_yaml_resolve.h"
#include "base/number.h"
#include "renderers/helm/chart/struct_decoder.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_max_key = 200;
constexpr std::size_t k_max_depth = 100;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
}

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Which part of a manifest a map is.
enum class Role : std::uint8_t { root, metadata, annotations, other };

struct Level {
  std::size_t indent = 0;
  bool is_list = false;
  bool expects_value = false;  ///< the last key or hyphen has nothing behind it yet
  Role role = Role::other;
  Role next_role = Role::other;  ///< of what comes below the last key
};

class PlainScanner {
 public:
  explicit PlainScanner(std::string_view document) : m_rest(document) {}

  std::optional<ManifestHead> scan() {
    while (next_line()) {
      if (!line()) return std::nullopt;
    }
    if (m_levels.empty()) return std::nullopt;
    return std::move(m_head);
  }

 private:
  bool next_line();
  bool line();
  bool entry(std::string_view text, std::size_t column, bool after_hyphen);
  bool list_item(std::string_view text, std::size_t column, bool after_hyphen);
  bool key_line(std::string_view text, std::size_t column, bool after_hyphen);
  bool settle(std::size_t column, bool is_list);
  std::optional<std::string_view> take_key(std::string_view& text) const;
  bool key_value(std::string_view key, std::string_view text);
  bool value(std::string_view text, std::string* kept);
  bool quoted_value(std::string_view text, std::string* kept);
  static bool flow_list(std::string_view text);
  bool block_scalar(std::string_view header);
  static bool keep_plain(std::string_view text, std::string& kept);

  std::string_view m_rest;
  std::string_view m_line;
  std::vector<Level> m_levels;
  bool m_scalar_ended = false;  // the last line ended in a scalar: a deeper line would go on with it
  bool m_has_metadata = false;
  bool m_has_annotations = false;
  ManifestHead m_head;
};

bool PlainScanner::next_line() {
  if (m_rest.empty()) return false;
  const auto end = std::min(m_rest.find('\n'), m_rest.size());
  m_line = m_rest.substr(0, end);
  m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
  return true;
}

/// Only printable ASCII: everything else is for a reader that knows YAML.
bool is_simple_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

bool PlainScanner::line() {
  const auto column = m_line.find_first_not_of(' ');
  if (column == std::string_view::npos) return true;
  if (!is_simple_text(m_line)) return false;
  const auto text = without_spaces(m_line);
  if (text.front() == '#') return true;
  if (column == 0 && (m_line.starts_with("---") || m_line.starts_with("...") || m_line.starts_with('%'))) return false;
  return entry(text, column, false);
}

bool PlainScanner::entry(std::string_view text, std::size_t column, bool after_hyphen) {
  if (m_levels.size() > k_max_depth) return false;
  return text.starts_with("- ") || text == "-" ? list_item(text, column, after_hyphen)
                                               : key_line(text, column, after_hyphen);
}

/// Goes up or down to the map or list whose entries begin at this column.
bool PlainScanner::settle(std::size_t column, bool is_list) {
  if (m_levels.empty()) {
    if (column != 0 || is_list) return false;
    m_levels.push_back({0, false, false, Role::root, Role::other});
    return true;
  }
  if (column > m_levels.back().indent) {
    if (m_scalar_ended || !m_levels.back().expects_value) return false;
    const auto role = is_list ? Role::other : m_levels.back().next_role;
    if (is_list && m_levels.back().next_role != Role::other) return false;
    m_levels.back().expects_value = false;
    m_levels.push_back({column, is_list, false, role, Role::other});
    return true;
  }
  while (!m_levels.empty() && m_levels.back().indent > column) m_levels.pop_back();
  if (m_levels.empty() || m_levels.back().indent != column) return false;
  if (m_levels.back().is_list == is_list) return true;
  if (!is_list) {  // a list may stand at the column of its key
    m_levels.pop_back();
    return !m_levels.empty() && m_levels.back().indent == column && !m_levels.back().is_list;
  }
  if (!m_levels.back().expects_value || m_levels.back().next_role != Role::other) return false;
  m_levels.back().expects_value = false;
  m_levels.push_back({column, true, false, Role::other, Role::other});
  return true;
}

bool PlainScanner::list_item(std::string_view text, std::size_t column, bool after_hyphen) {
  if (after_hyphen) {
    m_levels.push_back({column, true, false, Role::other, Role::other});
  } else if (!settle(column, true)) {
    return false;
  }
  m_scalar_ended = false;
  const auto rest = text.substr(1);
  const auto begin = rest.find_first_not_of(' ');
  if (begin == std::string_view::npos || rest[begin] == '#') {
    m_levels.back().expects_value = true;
    return true;
  }
  auto item = rest.substr(begin);
  auto key = item;
  if (item.starts_with("- ") || item == "-" || take_key(key)) return entry(item, column + 1 + begin, true);
  return value(item, nullptr);
}

bool PlainScanner::key_line(std::string_view text, std::size_t column, bool after_hyphen) {
  const auto key = take_key(text);
  if (!key) return false;
  if (after_hyphen) {
    m_levels.push_back({column, false, false, Role::other, Role::other});
  } else if (!settle(column, false)) {
    return false;
  }
  m_scalar_ended = false;
  return key_value(*key, text);
}

/// A key and its colon, off a text that begins with them.
std::optional<std::string_view> PlainScanner::take_key(std::string_view& text) const {
  std::string_view key;
  std::size_t end = 0;
  if (text.starts_with('"') || text.starts_with('\'')) {
    end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    key = text.substr(1, end - 1);
    if (key.find('\\') != std::string_view::npos) return std::nullopt;
    ++end;
  } else {
    while (end < text.size() && is_word(text[end])) ++end;
    key = text.substr(0, end);
    if (key.empty() || !is_letter(key.front()) || equal_fold(key, "null")) return std::nullopt;
  }
  if (end >= text.size() || text[end] != ':' || key.size() > k_max_key) return std::nullopt;
  if (end + 1 < text.size() && text[end + 1] != ' ') return std::nullopt;
  text = without_spaces(text.substr(end + 1));
  return key;
}

bool PlainScanner::key_value(std::string_view key, std::string_view text) {
  auto& level = m_levels.back();
  std::string* kept = nullptr;
  level.next_role = Role::other;
  if (level.role == Role::root) {
    if (key == "apiVersion") {
      kept = &m_head.api_version;
    } else if (key == "kind") {
      kept = &m_head.kind;
    } else if (key == "metadata") {
      if (std::exchange(m_has_metadata, true)) return false;
      level.next_role = Role::metadata;
    } else if (equal_fold(key, "apiVersion") || equal_fold(key, "kind") || equal_fold(key, "metadata")) {
      return false;
    }
  } else if (level.role == Role::metadata) {
    if (key == "name") {
      kept = &m_head.name;
    } else if (key == "annotations") {
      if (std::exchange(m_has_annotations, true)) return false;
      level.next_role = Role::annotations;
    } else if (equal_fold(key, "name") || equal_fold(key, "annotations")) {
      return false;
    }
  } else if (level.role == Role::annotations) {
    if (text.empty() || text.front() == '{' || text.front() == '[') return false;
    if (key.starts_with("helm.sh/")) {
      if (m_head.annotation(key) != nullptr) return false;
      kept = &m_head.annotations.emplace_back(key, "").second;
    }
  }
  const bool nothing = text.empty() || text.front() == '#';
  if (nothing) {
    level.expects_value = true;
    return kept == nullptr;
  }
  level.expects_value = false;
  if (level.next_role != Role::other) return text == "{}";
  return value(text, kept);
}

/// Everything behind a key or a hyphen; `kept` is where its text goes, if it matters.
bool PlainScanner::value(std::string_view text, std::string* kept) {
  m_scalar_ended = true;
  switch (text.front()) {
    case '|':
    case '>': return kept == nullptr && block_scalar(text);
    case '"':
    case '\'': return quoted_value(text, kept);
    case '[': return kept == nullptr && flow_list(text);
    case '{': return kept == nullptr && text == "{}";
    default: break;
  }
  constexpr std::string_view k_unsafe_first = ".+<=?:,]}#&*!%@`~";
  if (k_unsafe_first.find(text.front()) != std::string_view::npos) return false;
  if (text.front() == '-' && (text.size() < 2 || text[1] == ' ' || text[1] == '.')) return false;
  if (text.find(": ") != std::string_view::npos || text.ends_with(':') || text.find(" #") != std::string_view::npos)
    return false;
  return kept == nullptr || keep_plain(text, *kept);
}

bool PlainScanner::keep_plain(std::string_view text, std::string& kept) {
  const auto scalar = resolve_go_yaml(text, GoYaml::v2);
  switch (scalar.type) {
    case GoYamlScalar::Type::string: kept = text; return true;
    case GoYamlScalar::Type::integer: kept = std::to_string(scalar.integer); return true;
    case GoYamlScalar::Type::boolean: kept = scalar.boolean ? "true" : "false"; return true;
    case GoYamlScalar::Type::null:
    case GoYamlScalar::Type::unsigned_integer:
    case GoYamlScalar::Type::number:
    case GoYamlScalar::Type::timestamp: return false;
  }
  return false;
}

bool PlainScanner::quoted_value(std::string_view text, std::string* kept) {
  const char quote = text.front();
  std::size_t end = 1;
  bool plain = true;
  for (; end < text.size() && text[end] != quote; ++end) {
    if (quote != '"' || text[end] != '\\') continue;
    plain = false;
    constexpr std::string_view k_escapes = "\\\"nt";
    ++end;
    if (end >= text.size() || k_escapes.find(text[end]) == std::string_view::npos) return false;
  }
  if (end + 1 != text.size() || (kept != nullptr && !plain)) return false;
  if (kept != nullptr) *kept = text.substr(1, text.size() - 2);
  return true;
}

/// "[a, \"b\", 'c']" of words and short quoted texts.
bool PlainScanner::flow_list(std::string_view text) {
  if (!text.ends_with(']')) return false;
  text = without_spaces(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    std::size_t end = 0;
    if (text.front() == '"' || text.front() == '\'') {
      end = text.find(text.front(), 1);
      if (end == std::string_view::npos || text.substr(0, end).find('\\') != std::string_view::npos) return false;
      ++end;
    } else {
      while (end < text.size() && is_word(text[end])) ++end;
      if (end == 0 || (!is_letter(text.front()) && (text.front() < '0' || text.front() > '9'))) return false;
    }
    text = without_spaces(text.substr(end));
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text = without_spaces(text.substr(1));
    if (text.empty()) return false;
  }
  return true;
}

/// Skips the lines of a block scalar, whose column its first line tells.
bool PlainScanner::block_scalar(std::string_view header) {
  header.remove_prefix(1);
  if (header != "" && header != "-" && header != "+") return false;
  const auto parent = m_levels.back().indent;
  std::size_t indent = 0;
  while (!m_rest.empty()) {
    const auto next = m_rest.substr(0, m_rest.find('\n'));
    const auto column = next.find_first_not_of(' ');
    if (column == std::string_view::npos) {
      if (indent == 0 && !next.empty()) return false;  // blanks before the first line may set the column
    } else {
      if (indent == 0 && column > parent) indent = column;
      if (indent == 0 || column < indent) return column <= parent;
      for (const char c : next) {
        if ((c < ' ' && c != '\t') || c == 0x7F) return false;  // also what is not ASCII
      }
      if (next[column] == '\t' && column == indent) return false;
    }
    next_line();
  }
  return true;
}

}  // namespace

std::optional<ManifestHead> scan_plain_manifest(std::string_view document) {
  return PlainScanner(document).scan();
}

}  // namespace reconciled::helm
