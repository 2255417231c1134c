#include "base/go_yaml_resolve.h"

#include "base/base64.h"
#include "base/go_yaml_time.h"
#include "base/number.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace reconciled {
namespace {

using Type = GoYamlScalar::Type;

constexpr std::string_view k_tag_prefix = "tag:yaml.org,2002:";

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

GoYamlScalar of_type(Type type) {
  GoYamlScalar scalar;
  scalar.type = type;
  return scalar;
}
GoYamlScalar of_number(double number) {
  GoYamlScalar scalar = of_type(Type::number);
  scalar.number = number;
  return scalar;
}

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();

struct Word {
  std::string_view text;
  Type type;
  bool flag = false;
  double number = 0;
  bool only_v2 = false;
};

/// The words that stand for something else, in exactly these cases.
constexpr std::array k_words{
    Word{"~", Type::null},
    Word{"null", Type::null},
    Word{"Null", Type::null},
    Word{"NULL", Type::null},
    Word{"true", Type::boolean, true},
    Word{"True", Type::boolean, true},
    Word{"TRUE", Type::boolean, true},
    Word{"false", Type::boolean},
    Word{"False", Type::boolean},
    Word{"FALSE", Type::boolean},
    Word{"y", Type::boolean, true, 0, true},
    Word{"Y", Type::boolean, true, 0, true},
    Word{"yes", Type::boolean, true, 0, true},
    Word{"Yes", Type::boolean, true, 0, true},
    Word{"YES", Type::boolean, true, 0, true},
    Word{"on", Type::boolean, true, 0, true},
    Word{"On", Type::boolean, true, 0, true},
    Word{"ON", Type::boolean, true, 0, true},
    Word{"n", Type::boolean, false, 0, true},
    Word{"N", Type::boolean, false, 0, true},
    Word{"no", Type::boolean, false, 0, true},
    Word{"No", Type::boolean, false, 0, true},
    Word{"NO", Type::boolean, false, 0, true},
    Word{"off", Type::boolean, false, 0, true},
    Word{"Off", Type::boolean, false, 0, true},
    Word{"OFF", Type::boolean, false, 0, true},
    Word{".nan", Type::number, false, k_nan},
    Word{".NaN", Type::number, false, k_nan},
    Word{".NAN", Type::number, false, k_nan},
    Word{".inf", Type::number, false, k_infinity},
    Word{".Inf", Type::number, false, k_infinity},
    Word{".INF", Type::number, false, k_infinity},
    Word{"+.inf", Type::number, false, k_infinity},
    Word{"+.Inf", Type::number, false, k_infinity},
    Word{"+.INF", Type::number, false, k_infinity},
    Word{"-.inf", Type::number, false, -k_infinity},
    Word{"-.Inf", Type::number, false, -k_infinity},
    Word{"-.INF", Type::number, false, -k_infinity},
};

std::optional<GoYamlScalar> resolve_word(std::string_view text, GoYaml dialect) {
  constexpr std::size_t k_longest = 5;
  if (text.size() > k_longest) return std::nullopt;
  for (const Word& word : k_words) {
    if (word.text.size() != text.size() || word.text.front() != text.front() || word.text != text) continue;
    if (word.only_v2 && dialect != GoYaml::v2) continue;
    GoYamlScalar scalar = of_type(word.type);
    scalar.boolean = word.flag;
    scalar.number = word.number;
    return scalar;
  }
  return std::nullopt;
}

/// An integer as Go's strconv.ParseInt and ParseUint read it with base 0, underscores removed before.
std::optional<GoYamlScalar> resolve_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  if (has_sign) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  std::uint64_t size = 0;
  if (text.empty() || text[0] == '-' || text[0] == '+') return std::nullopt;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;

  constexpr auto k_largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (size <= k_largest + (negative ? 1 : 0)) {
    GoYamlScalar scalar = of_type(Type::integer);
    scalar.integer = static_cast<std::int64_t>(negative ? 0 - size : size);
    return scalar;
  }
  if (has_sign) return std::nullopt;  // ParseUint takes no sign
  GoYamlScalar scalar = of_type(Type::unsigned_integer);
  scalar.unsigned_integer = size;
  return scalar;
}

/// A sign may also stand behind "0b", and in v3 behind "0o".
std::optional<GoYamlScalar> resolve_inner_sign(std::string_view text, GoYaml dialect) {
  if (text.size() < 4 || (text[2] != '-' && text[2] != '+')) return std::nullopt;
  if (!text.starts_with("0b") && !(dialect == GoYaml::v3 && text.starts_with("0o"))) return std::nullopt;
  return resolve_integer(std::string(1, text[2]) + std::string(text.substr(0, 2)) + std::string(text.substr(3)));
}

GoYamlScalar resolve_number(std::string_view text, GoYaml dialect) {
  std::string plain;
  std::string_view digits = text;
  if (text.find('_') != std::string_view::npos) {
    for (const char c : text) {
      if (c != '_') plain += c;
    }
    digits = plain;
  }
  if (const auto integer = resolve_integer(digits)) return *integer;
  if (const auto number = parse_double(digits)) return of_number(*number);
  if (const auto integer = resolve_inner_sign(digits, dialect)) return *integer;
  return of_type(Type::string);
}

/// Go's ParseFloat of a text that begins with a point: at least one digit, underscores only between digits.
std::optional<double> resolve_fraction(std::string_view text) {
  if (text.size() < 2 || !is_digit(text[1])) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      digits += text[i];
    else if (!is_digit(text[i - 1]) || i + 1 == text.size() || !is_digit(text[i + 1]))
      return std::nullopt;
  }
  return parse_double(digits);
}

enum class Timestamps : bool { no, yes };

GoYamlScalar resolve(std::string_view text, GoYaml dialect, Timestamps timestamps) {
  if (text.empty()) return of_type(Type::null);
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case '~': {
      const auto word = resolve_word(text, dialect);
      return word ? *word : of_type(Type::string);
    }
    case '.': {
      if (const auto word = resolve_word(text, dialect)) return *word;
      const auto number = resolve_fraction(text);
      return number ? of_number(*number) : of_type(Type::string);
    }
    case '+':
    case '-': {
      if (const auto word = resolve_word(text, dialect)) return *word;
      return resolve_number(text, dialect);
    }
    default:
      if (!is_digit(text[0])) return of_type(Type::string);
      if (timestamps == Timestamps::yes && parse_yaml_timestamp(text)) return of_type(Type::timestamp);
      return resolve_number(text, dialect);
  }
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::null: return "null";
    case Type::boolean: return "bool";
    case Type::integer:
    case Type::unsigned_integer: return "int";
    case Type::number: return "float";
    case Type::string: return "str";
    case Type::timestamp: return "timestamp";
  }
  return "";
}

/// The name behind "!!" or its long form; empty for other tags.
std::string_view core_name(std::string_view tag) {
  if (tag.starts_with(k_tag_prefix)) return tag.substr(k_tag_prefix.size());
  if (tag.starts_with("!!")) return tag.substr(2);
  return {};
}

}  // namespace

GoYamlScalar resolve_go_yaml(std::string_view text, GoYaml dialect) {
  return resolve(text, dialect, Timestamps::yes);
}

Result<GoYamlScalar> resolve_go_yaml_tagged(std::string_view text, std::string_view tag, GoYaml dialect) {
  const std::string_view name = core_name(tag);
  const bool resolvable = name == "bool" || name == "int" || name == "float" || name == "null" || name == "timestamp";
  if (!resolvable) return of_type(Type::string);
  GoYamlScalar scalar = resolve(text, dialect, name == "timestamp" ? Timestamps::yes : Timestamps::no);
  if (name_of(scalar.type) == name) return scalar;
  if (name == "float" && scalar.type == Type::integer) return of_number(static_cast<double>(scalar.integer));
  return fail(ErrorKind::render, "cannot decode !!" + std::string(name_of(scalar.type)) + " `" + std::string(text) +
                                     "` as a !!" + std::string(name));
}

std::string short_yaml_tag(std::string_view tag) {
  if (!tag.starts_with(k_tag_prefix)) return std::string(tag);
  return "!!" + std::string(tag.substr(k_tag_prefix.size()));
}

bool is_plainly_text(std::string_view text, GoYaml dialect) {
  if (text.empty()) return false;
  switch (text[0]) {
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
    case '+':
    case '-':
    case '.':
    case '~':
    case '<': return false;
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O': return !resolve_word(text, dialect);
    default: return true;
  }
}

Result<std::string> decode_yaml_binary(std::string_view text) {
  auto bytes = decode_base64(text);
  if (!bytes) return fail(ErrorKind::render, "!!binary value contains invalid base64 data");
  return std::move(*bytes);
}

}  // namespace reconciled
