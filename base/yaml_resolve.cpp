#include "base/yaml_resolve.h"

#include "base/number.h"
#include "base/utf8.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace reconciled {
namespace {

using Type = YamlScalar::Type;

constexpr std::string_view k_tag_prefix = "tag:yaml.org,2002:";

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

YamlScalar of_number(double number) {
  YamlScalar scalar;
  scalar.type = Type::number;
  scalar.number = number;
  return scalar;
}
YamlScalar of_type(Type type, std::string_view text = {}) {
  YamlScalar scalar;
  scalar.type = type;
  scalar.text = text;
  return scalar;
}

/// The words that stand for something else, in exactly these cases (go-yaml v2, resolve.go).
std::optional<YamlScalar> resolve_word(std::string_view text) {
  struct Word {
    std::string_view text;
    Type type;
    bool flag = false;
    double number = 0;
  };
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
  static constexpr std::array k_words{

      Word{"~", Type::null},
      Word{"null", Type::null},
      Word{"Null", Type::null},
      Word{"NULL", Type::null},
      Word{"y", Type::boolean, true},
      Word{"Y", Type::boolean, true},
      Word{"yes", Type::boolean, true},
      Word{"Yes", Type::boolean, true},
      Word{"YES", Type::boolean, true},
      Word{"true", Type::boolean, true},
      Word{"True", Type::boolean, true},
      Word{"TRUE", Type::boolean, true},
      Word{"on", Type::boolean, true},
      Word{"On", Type::boolean, true},
      Word{"ON", Type::boolean, true},
      Word{"n", Type::boolean},
      Word{"N", Type::boolean},
      Word{"no", Type::boolean},
      Word{"No", Type::boolean},
      Word{"NO", Type::boolean},
      Word{"false", Type::boolean},
      Word{"False", Type::boolean},
      Word{"FALSE", Type::boolean},
      Word{"off", Type::boolean},
      Word{"Off", Type::boolean},
      Word{"OFF", Type::boolean},
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
      Word{"<<", Type::merge},
  };
  if (text.size() > 5) return std::nullopt;
  for (const Word& word : k_words) {
    if (word.text.size() != text.size() || word.text.front() != text.front() || word.text != text) continue;
    YamlScalar scalar = of_type(word.type, text);
    scalar.boolean = word.flag;
    scalar.number = word.number;
    return scalar;
  }
  return std::nullopt;
}

/// An integer as Go's strconv.ParseInt and ParseUint read it with base 0, underscores removed before.
std::optional<YamlScalar> resolve_integer(std::string_view text) {
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
  YamlScalar scalar = of_type(Type::integer);
  if (size <= k_largest + (negative ? 1 : 0)) {
    scalar.integer = static_cast<std::int64_t>(negative ? 0 - size : size);
    return scalar;
  }
  if (has_sign) return std::nullopt;  // ParseUint takes no sign
  scalar.type = Type::unsigned_integer;
  scalar.integer = static_cast<std::int64_t>(size);
  return scalar;
}

/// go-yaml v2 also takes a sign behind "0b".
std::optional<YamlScalar> resolve_signed_binary(std::string_view text) {
  if (!text.starts_with("0b-") && !text.starts_with("0b+")) return std::nullopt;
  return resolve_integer(std::string(1, text[2]) + "0b" + std::string(text.substr(3)));
}

YamlScalar resolve_number(std::string_view text) {
  std::string plain;
  std::string_view digits = text;
  if (text.find('_') != std::string_view::npos) {
    for (const char c : text) {
      if (c != '_') plain += c;
    }
    digits = plain;
  }
  if (const auto integer = resolve_integer(digits)) return *integer;
  if (const auto integer = resolve_signed_binary(digits)) return *integer;
  if (const auto number = parse_double(digits)) return of_number(*number);
  return of_type(Type::string, text);
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

/// The resolver of a plain scalar without a tag.
YamlScalar resolve_plain(std::string_view text) {
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
    case '~':
    case '<': {
      const auto word = resolve_word(text);
      return word ? *word : of_type(Type::string, text);
    }
    case '.': {
      if (const auto word = resolve_word(text)) return *word;
      const auto number = resolve_fraction(text);
      return number ? of_number(*number) : of_type(Type::string, text);
    }
    case '+':
    case '-': {
      if (const auto word = resolve_word(text)) return *word;
      return resolve_number(text);
    }
    default: return is_digit(text[0]) ? resolve_number(text) : of_type(Type::string, text);
  }
}

bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int smallest, int largest) {
  std::size_t count = 0;
  int number = 0;
  while (count < most && count < text.size() && is_digit(text[count])) number = number * 10 + (text[count++] - '0');
  if (count < least || number < smallest || number > largest) return false;
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// The four layouts that go-yaml v2 takes for a timestamp.
bool is_timestamp(std::string_view text) {
  if (!take_digits(text, 4, 4, 0, 9999) || !take(text, '-') || !take_digits(text, 1, 2, 1, 12) || !take(text, '-') ||
      !take_digits(text, 1, 2, 1, 31)) {
    return false;
  }
  if (text.empty()) return true;
  const bool zoned = text[0] == 'T' || text[0] == 't';
  if (!zoned && text[0] != ' ') return false;
  text.remove_prefix(1);
  if (!take_digits(text, 1, 2, 0, 23) || !take(text, ':') || !take_digits(text, 1, 2, 0, 59) || !take(text, ':') ||
      !take_digits(text, 1, 2, 0, 59)) {
    return false;
  }
  if (take(text, '.') && !take_digits(text, 1, 9, 0, 999'999'999)) return false;
  if (!zoned) return text.empty();
  if (take(text, 'Z')) return text.empty();
  return (take(text, '+') || take(text, '-')) && take_digits(text, 2, 2, 0, 23) && take(text, ':') &&
         take_digits(text, 2, 2, 0, 59) && text.empty();
}

/// Standard base64 with padding; line breaks are skipped, as Go's decoder does.
std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view k_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t digit = k_digits.find(c);
    if (padding != 0 || digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    ++count;
    if (count % 4 != 0) continue;
    for (int shift = 16; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xFFU);
    bits = 0;
  }
  if ((count + padding) % 4 != 0 || padding > 2 || count % 4 == 1) return std::nullopt;
  if (count % 4 == 2) out += static_cast<char>(bits >> 4 & 0xFFU);
  if (count % 4 == 3) {
    out += static_cast<char>(bits >> 10 & 0xFFU);
    out += static_cast<char>(bits >> 2 & 0xFFU);
  }
  return out;
}

std::string quoted(std::string_view text) {
  // A scalar may be a secret: errors show only the beginning of what cannot be one.
  return text.size() <= 10 ? "\"" + std::string(text) + "\"" : "this text";
}

tl::unexpected<Error> refuse(std::string why, std::string hint = {}) {
  return fail(ErrorKind::render, std::move(why), {}, std::move(hint));
}

Result<YamlScalar> resolve_binary(std::string_view text) {
  auto decoded = decode_base64(text);
  if (!decoded) return refuse("the base64 text of a !!binary value is not valid");
  if (!is_utf8(*decoded)) {
    return refuse("a !!binary value holds bytes that are not UTF-8, which JSON cannot carry",
                  "write the base64 text itself, without !!binary");
  }
  YamlScalar scalar;
  scalar.decoded = std::move(*decoded);
  return scalar;
}

Result<YamlScalar> resolve_tagged(std::string_view tag, std::string_view text) {
  const bool ours = tag.starts_with(k_tag_prefix);
  const std::string_view name = ours ? tag.substr(k_tag_prefix.size()) : std::string_view();
  if (name == "str" || tag == "!") return of_type(Type::string, text);
  if (name == "binary") return resolve_binary(text);
  if (name == "merge" && text == "<<") return of_type(Type::merge, text);
  const YamlScalar plain = resolve_plain(text);
  const auto mismatch = [&] { return refuse("cannot read " + quoted(text) + " as !!" + std::string(name)); };
  if (name == "null") return plain.type == Type::null ? Result<YamlScalar>(plain) : mismatch();
  if (name == "bool") return plain.type == Type::boolean ? Result<YamlScalar>(plain) : mismatch();
  if (name == "int") {
    const bool whole = plain.type == Type::integer || plain.type == Type::unsigned_integer;
    return whole ? Result<YamlScalar>(plain) : mismatch();
  }
  if (name == "float") {
    if (plain.type == Type::integer) return of_number(static_cast<double>(plain.integer));
    return plain.type == Type::number ? Result<YamlScalar>(plain) : mismatch();
  }
  if (name == "timestamp") return is_timestamp(text) ? Result<YamlScalar>(of_type(Type::string, text)) : mismatch();
  return refuse("unknown tag " + (ours ? "!!" + std::string(name) : std::string(tag)),
                "remove the tag, or quote the text if it is meant");
}

}  // namespace

bool is_plainly_text(std::string_view text) {
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
    case 'O': return text.size() > 5 || !resolve_word(text);
    default: return true;
  }
}

Result<YamlScalar> resolve_yaml_scalar(const YamlEvent& event) {
  if (!event.tag.empty()) return resolve_tagged(event.tag, event.text);
  return event.implicit ? resolve_plain(event.text) : of_type(Type::string, event.text);
}

Result<Value> json_value_of(const YamlScalar& scalar) {
  switch (scalar.type) {
    case Type::null: return Value();
    case Type::boolean: return Value(scalar.boolean);
    case Type::integer: return Value(scalar.integer);
    case Type::unsigned_integer: return Value(static_cast<double>(static_cast<std::uint64_t>(scalar.integer)));
    case Type::number:
      if (!std::isfinite(scalar.number)) return refuse("JSON has no infinity and no NaN", "quote it if text is meant");
      return Value(scalar.number);
    case Type::string:
    case Type::merge: return Value(scalar.decoded.empty() ? scalar.text : std::string_view(scalar.decoded));
  }
  return Value();
}

Result<std::string> json_key_of(const YamlScalar& scalar) {
  switch (scalar.type) {
    case Type::null: return refuse("a key is null", "quote it if text is meant");
    case Type::boolean: return std::string(scalar.boolean ? "true" : "false");
    case Type::integer: return std::to_string(scalar.integer);
    case Type::unsigned_integer: return refuse("a key is a number above 9223372036854775807", "quote it");
    case Type::number: return format_float_key(scalar.number);
    case Type::string:
    case Type::merge: return std::string(scalar.decoded.empty() ? scalar.text : std::string_view(scalar.decoded));
  }
  return std::string();
}

}  // namespace reconciled
