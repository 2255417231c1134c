#include "renderers/helm/chart/set_values.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "renderers/helm/chart/json_prefix.h"
#include "renderers/helm/chart/struct_decoder.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr int k_max_levels = 30;
constexpr std::int64_t k_max_index = 65536;
constexpr std::uint32_t k_max_depth = 256;

/// Why parsing stopped: the end of the text is good news in most places.
struct Stop {
  bool at_end = false;
  Error error;
};
template <class T>
using Parsed = tl::expected<T, Stop>;
using Items = std::vector<GoValue>;

tl::unexpected<Stop> stop(std::string message, ErrorKind kind = ErrorKind::usage) {
  return tl::unexpected<Stop>(Stop{false, Error(kind, std::move(message))});
}
tl::unexpected<Stop> end_of_text() {
  return tl::unexpected<Stop>(Stop{true, Error(ErrorKind::usage, "EOF")});
}
tl::unexpected<Stop> pass_on(Stop why) {
  return tl::unexpected<Stop>(std::move(why));
}

std::string wrong_type(const GoValue& value, std::string_view wanted) {
  return fmt::format("unable to parse key: interface conversion: interface {{}} is {}, not {}",
                     value.is_nil() ? "nil" : value.type_name(), wanted);
}

Items items_of(const GoValue& value) {
  return {value.items().begin(), value.items().end()};
}

void set_key(GoMap& values, const std::string& key, GoValue value) {
  if (!key.empty()) values.set(key, value);
}

/// How %q shows a slice of runes: ['a' 'b'].
std::string quoted_runes(std::string_view text) {
  std::string out = "[";
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (out.size() > 1) out += ' ';
    append_quoted_rune(out, point.value);
    text.remove_prefix(point.length);
  }
  return out + "]";
}

/// What was read up to one of the characters that end it.
struct Token {
  std::string text;
  char last = '\0';  ///< '\0': the end of the setting
};

class SettingParser {
 public:
  SettingParser(std::string_view text, SetKind kind, Arena& arena, const ReadFile& read_file)
      : m_rest(text), m_kind(kind), m_arena(arena), m_read_file(read_file) {}

  Status parse(GoMap& values) {
    for (;;) {
      const auto done = key(values, 0, 0);
      if (!m_arena.within_budget()) return fail(m_arena.budget().error("reading a setting"));
      if (done) continue;
      if (done.error().at_end) return {};
      return fail(done.error().error);
    }
  }

 private:
  Parsed<void> key(GoMap& values, int level, std::uint32_t depth);
  Parsed<void> value_of_key(GoMap& values, const std::string& key);
  Parsed<void> inner_key(GoMap& values, const std::string& key, int level, std::uint32_t depth);
  Parsed<void> indexed_key(GoMap& values, const std::string& key, int level, std::uint32_t depth);

  /// Each changes the list in place, also when it fails.
  Parsed<void> list_item(Items& list, std::int64_t index, int level, std::uint32_t depth);
  Parsed<void> value_of_item(Items& list, std::int64_t index);
  Parsed<void> nested_list(Items& list, std::int64_t index, int level, std::uint32_t depth);
  Parsed<void> object_in_list(Items& list, std::int64_t index, int level, std::uint32_t depth);
  Parsed<void> set_index(Items& list, std::int64_t index, GoValue value);

  Parsed<std::int64_t> index();
  Parsed<GoValue> scalar(const std::string& text);
  Parsed<GoValue> braced_list();
  Parsed<GoValue> json_value();
  bool skip_empty();
  Token read_until(std::string_view stops);
  GoValue text(const std::string& text) { return GoValue::string(m_arena.copy(text)); }
  GoValue list(const Items& items) { return make_list(m_arena, items); }

  std::string_view m_rest;
  SetKind m_kind;
  Arena& m_arena;
  const ReadFile& m_read_file;
};

Token SettingParser::read_until(std::string_view stops) {
  Token token;
  while (!m_rest.empty()) {
    const char c = m_rest.front();
    if (stops.find(c) != std::string_view::npos) {
      token.last = c;
      m_rest.remove_prefix(1);
      return token;
    }
    if (c == '\\' && m_kind != SetKind::literal) {
      m_rest.remove_prefix(1);
      if (m_rest.empty()) return token;
    }
    const auto point = first_code_point(m_rest);
    append_utf8(token.text, point.length == 0 ? 0xFFFD : point.value);
    m_rest.remove_prefix(point.length == 0 ? 1 : point.length);
  }
  return token;
}

Parsed<void> SettingParser::key(GoMap& values, int level, std::uint32_t depth) {
  if (depth > k_max_depth) return stop("value name is nested too deeply", ErrorKind::limit);
  const auto token = read_until(m_kind == SetKind::literal ? "=[." : "=[,.");
  switch (token.last) {
    case '\0':
      if (token.text.empty()) return end_of_text();
      return stop(fmt::format("key {} has no value", quoted(token.text)));
    case '[': return indexed_key(values, token.text, level, depth);
    case '=': return value_of_key(values, token.text);
    case ',':
      set_key(values, token.text, text(""));
      return stop(fmt::format("key {} has no value (cannot end with ,)", quoted(token.text)));
    default: return inner_key(values, token.text, level, depth);
  }
}

Parsed<void> SettingParser::indexed_key(GoMap& values, const std::string& key, int level, std::uint32_t depth) {
  auto at = index();
  if (!at) {
    at.error().error.message = "error parsing index: " + at.error().error.message;
    return pass_on(std::move(at).error());
  }
  Items items;
  if (const auto* found = values.find(key)) {
    if (found->type() != GoType::list) return stop(wrong_type(*found, "[]interface {}"));
    items = items_of(*found);
  }
  auto done = list_item(items, *at, level, depth + 1);
  set_key(values, key, list(items));
  return done;
}

Parsed<void> SettingParser::value_of_key(GoMap& values, const std::string& key) {
  if (m_kind == SetKind::json) {
    auto value = json_value();
    if (!value) return pass_on(std::move(value).error());
    set_key(values, key, *value);
    return {};
  }
  if (m_kind == SetKind::literal) {
    set_key(values, key, text(read_until("").text));
    return {};
  }
  if (m_rest.empty()) {
    set_key(values, key, text(""));
    return end_of_text();
  }
  const bool is_list = m_rest.front() == '{';
  auto value = is_list ? braced_list() : scalar(read_until(",").text);
  if (value || !is_list) set_key(values, key, value ? *value : GoValue::nil());
  if (!value) return pass_on(std::move(value).error());
  return {};
}

Parsed<void> SettingParser::inner_key(GoMap& values, const std::string& key, int level, std::uint32_t depth) {
  if (level + 1 > k_max_levels)
    return stop(
        fmt::format("value name nested level is greater than maximum supported nested level of {}", k_max_levels));
  auto* inner = make_map(m_arena);
  if (const auto* found = values.find(key)) {
    if (found->type() != GoType::map) return stop(wrong_type(*found, "map[string]interface {}"));
    inner = found->as_map();
  }
  auto done = this->key(*inner, level + 1, depth + 1);
  if (done && inner->size() == 0) return stop(fmt::format("key map {} has no value", quoted(key)));
  if (inner->size() != 0) set_key(values, key, GoValue::map(inner));
  return done;
}

Parsed<std::int64_t> SettingParser::index() {
  const auto token = read_until("]");
  if (token.last == '\0') return tl::unexpected<Stop>(end_of_text());
  std::string_view digits = token.text;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::result_out_of_range)
    return tl::unexpected<Stop>(stop(fmt::format("strconv.Atoi: parsing {}: value out of range", quoted(token.text))));
  if (error != std::errc() || end != digits.data() + digits.size())
    return tl::unexpected<Stop>(stop(fmt::format("strconv.Atoi: parsing {}: invalid syntax", quoted(token.text))));
  return number;
}

Parsed<void> SettingParser::set_index(Items& list, std::int64_t index, GoValue value) {
  if (index < 0) return stop(fmt::format("negative {} index not allowed", index));
  if (index > k_max_index)
    return stop(fmt::format("index of {} is greater than maximum supported index of {}", index, k_max_index));
  const auto at = static_cast<std::size_t>(index);
  if (list.size() <= at) list.resize(at + 1, GoValue::nil());
  list[at] = value;
  return {};
}

Parsed<void> SettingParser::list_item(Items& list, std::int64_t index, int level, std::uint32_t depth) {
  if (depth > k_max_depth) return stop("value name is nested too deeply", ErrorKind::limit);
  if (index < 0) return stop(fmt::format("negative {} index not allowed", index));
  const auto token = read_until("[.=");
  if (!token.text.empty()) return stop("unexpected data at end of array index: " + quoted_runes(token.text));
  switch (token.last) {
    case '\0': return end_of_text();
    case '=': return value_of_item(list, index);
    case '[': return nested_list(list, index, level, depth);
    default: return object_in_list(list, index, level, depth);
  }
}

Parsed<void> SettingParser::value_of_item(Items& list, std::int64_t index) {
  if (m_kind == SetKind::literal) return set_index(list, index, text(read_until("").text));
  if (m_kind != SetKind::json && m_rest.empty()) return set_index(list, index, text(""));
  auto value = m_kind == SetKind::json ? json_value()
               : m_rest.front() == '{' ? braced_list()
                                       : scalar(read_until(",").text);
  if (!value) return pass_on(std::move(value).error());
  return set_index(list, index, *value);
}

Parsed<void> SettingParser::nested_list(Items& list, std::int64_t index, int level, std::uint32_t depth) {
  auto next = this->index();
  if (!next) {
    next.error().error.message = "error parsing index: " + next.error().error.message;
    return pass_on(std::move(next).error());
  }
  Items inner;
  const auto at = static_cast<std::size_t>(index);
  if (list.size() > at && !list[at].is_nil()) {
    if (list[at].type() != GoType::list) return stop(wrong_type(list[at], "[]interface {}"));
    inner = items_of(list[at]);
  }
  auto done = list_item(inner, *next, level, depth + 1);
  if (!done) return done;
  return set_index(list, index, this->list(inner));
}

Parsed<void> SettingParser::object_in_list(Items& list, std::int64_t index, int level, std::uint32_t depth) {
  auto* inner = make_map(m_arena);
  const auto at = static_cast<std::size_t>(index);
  if (list.size() > at) {
    if (list[at].type() == GoType::map) {
      inner = list[at].as_map();
    } else {
      list[at] = GoValue::map(inner);
    }
  }
  auto done = key(*inner, level, depth + 1);
  if (!done) return done;
  return set_index(list, index, GoValue::map(inner));
}

Parsed<GoValue> SettingParser::scalar(const std::string& value) {
  if (m_kind == SetKind::file) {
    if (!m_read_file) return tl::unexpected<Stop>(stop("files cannot be read here: " + value));
    auto content = m_read_file(value);
    if (!content) return tl::unexpected<Stop>(Stop{false, std::move(content).error()});
    return text(*content);
  }
  if (m_kind == SetKind::string) return text(value);
  if (equal_fold(value, "true")) return GoValue::boolean(true);
  if (equal_fold(value, "false")) return GoValue::boolean(false);
  if (equal_fold(value, "null")) return GoValue::nil();
  if (value == "0") return GoValue::integer(0, GoType::int64);
  if (value.empty() || value.front() == '0') return text(value);
  std::string_view digits = value;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return text(value);
  return GoValue::integer(number, GoType::int64);
}

Parsed<GoValue> SettingParser::braced_list() {
  m_rest.remove_prefix(1);
  Items items;
  for (;;) {
    const auto token = read_until(",}");
    if (token.last == '\0') return tl::unexpected<Stop>(stop("list must terminate with '}'"));
    auto item = scalar(token.text);
    if (!item) return item;
    items.push_back(*item);
    if (token.last == '}') break;
  }
  if (m_rest.starts_with(',')) m_rest.remove_prefix(1);
  return list(items);
}

/// Whether nothing stands before the next comma, which is skipped with the blanks before it.
bool SettingParser::skip_empty() {
  while (!m_rest.empty()) {
    const auto point = first_code_point(m_rest);
    const bool comma = m_rest.front() == ',';
    if (!comma && (point.length == 0 || !is_space(point.value))) return false;
    m_rest.remove_prefix(comma ? 1 : point.length);
    if (comma) return true;
  }
  return true;
}

Parsed<GoValue> SettingParser::json_value() {
  if (skip_empty()) return GoValue::nil();
  auto value = read_json_prefix(m_rest, m_arena);
  if (!value) return tl::unexpected<Stop>(Stop{false, std::move(value).error()});
  skip_empty();
  return *value;
}

}  // namespace

Status apply_setting(std::string_view setting, SetKind kind, GoMap& values, Arena& arena, const ReadFile& read_file) {
  return SettingParser(setting, kind, arena, read_file).parse(values);
}

}  // namespace reconciled::helm
