#include "base/yaml_resolve.h"

#include "base/base64.h"
#include "base/go_yaml_resolve.h"
#include "base/go_yaml_time.h"
#include "base/number.h"
#include "base/utf8.h"

#include <cmath>

namespace reconciled {
namespace {

using Type = YamlScalar::Type;

constexpr std::string_view k_tag_prefix = "tag:yaml.org,2002:";

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

YamlScalar of_go_scalar(const GoYamlScalar& resolved, std::string_view text) {
  switch (resolved.type) {
    case GoYamlScalar::Type::null: return of_type(Type::null, text);
    case GoYamlScalar::Type::boolean: {
      YamlScalar scalar = of_type(Type::boolean, text);
      scalar.boolean = resolved.boolean;
      return scalar;
    }
    case GoYamlScalar::Type::integer:
    case GoYamlScalar::Type::unsigned_integer: {
      const bool fits = resolved.type == GoYamlScalar::Type::integer;
      YamlScalar scalar = of_type(fits ? Type::integer : Type::unsigned_integer, text);
      scalar.integer = fits ? resolved.integer : static_cast<std::int64_t>(resolved.unsigned_integer);
      return scalar;
    }
    case GoYamlScalar::Type::number: return of_number(resolved.number);
    case GoYamlScalar::Type::string:
    case GoYamlScalar::Type::timestamp: break;
  }
  return of_type(text == "<<" ? Type::merge : Type::string, text);
}

/// The resolver of a plain scalar without a tag.
YamlScalar resolve_plain(std::string_view text) {
  return of_go_scalar(resolve_go_yaml(text, GoYaml::v2), text);
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
  if (name == "timestamp")
    return parse_yaml_timestamp(text) ? Result<YamlScalar>(of_type(Type::string, text)) : mismatch();
  return refuse("unknown tag " + (ours ? "!!" + std::string(name) : std::string(tag)),
                "remove the tag, or quote the text if it is meant");
}

}  // namespace

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
