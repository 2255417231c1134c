#include "renderers/substitution/native_filler.h"

#include "base/json.h"
#include "base/kind_name.h"
#include "base/yaml_resolve.h"

#include <algorithm>

namespace reconciled::substitution {
namespace {

bool is_scalar(const Value& value) {
  return !value.is_list() && !value.is_map();
}

std::string format_scalar(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.is_null() ? std::string() : format_json(value);
}

/// Nothing to speak of: a fallback counts instead.
bool is_empty(const Value& value) {
  return value.is_null() || (value.is_string() && value.as_string().empty());
}

/// The text inside of quotes.
std::optional<std::string_view> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back() || (text.front() != '"' && text.front() != '\''))
    return std::nullopt;
  return text.substr(1, text.size() - 2);
}

/// As a manifest's plain scalar; what has no value in JSON stays a text.
Value read_plain(std::string_view text) {
  YamlEvent event;
  event.kind = YamlEvent::Kind::scalar;
  event.style = YamlStyle::plain;
  event.text = text;
  const auto scalar = resolve_yaml_scalar(event);
  auto value = scalar ? json_value_of(*scalar) : Result<Value>(Value(text));
  return value ? std::move(*value) : Value(text);
}

}  // namespace

Result<MeasuredValue> NativeFiller::fill(const Value& value) {
  if (m_what == FillWhat::object && value["apiVersion"].as_string() == "v1") m_kind = value["kind"].as_string();
  return walk(value);
}

// NOLINTNEXTLINE(misc-no-recursion): depth is bounded
Result<MeasuredValue> NativeFiller::walk(const Value& value) {
  if (!m_budget.step()) return overspent();
  if (m_path.size() > m_budget.max_depth()) {
    return fail(ErrorKind::limit, "the value nests deeper than " + std::to_string(m_budget.max_depth()) + " levels",
                where());
  }
  const auto text = value.as_string();
  auto made = value.is_list()            ? walk_list(value)
              : value.is_map()           ? walk_map(value)
              : mentions_variables(text) ? fill_scalar(text)
                                         : MeasuredValue{value, 1, text.size(), 0};
  if (made && value.sensitive()) made->value.mark_sensitive();
  return made;
}

// NOLINTNEXTLINE(misc-no-recursion): depth is bounded
Result<MeasuredValue> NativeFiller::walk_list(const Value& list) {
  MeasuredValue made{Value::list(), 1, 0, 0};
  for (const auto& item : list.items()) {
    m_path.push_back('[' + std::to_string(made.value.size()) + ']');
    TRY_ASSIGN(auto filled, walk(item));
    m_path.pop_back();
    made.nodes += filled.nodes;
    made.bytes += filled.bytes;
    made.height = std::max(made.height, filled.height);
    made.value.append(std::move(filled.value));
  }
  ++made.height;
  return made;
}

// NOLINTNEXTLINE(misc-no-recursion): depth is bounded
Result<MeasuredValue> NativeFiller::walk_map(const Value& map) {
  MeasuredValue made{Value::map(), 1, 0, 0};
  for (const auto& [key, item] : map.entries()) {
    m_path.emplace_back(key.as_string());
    TRY_ASSIGN(const std::string name, fill_key(key.as_string()));
    if (made.value.find(name) != nullptr) return refuse("two keys are the same with their variables filled in");
    TRY_ASSIGN(auto filled, walk(item));
    m_path.pop_back();
    made.nodes += 1 + filled.nodes;
    made.bytes += name.size() + filled.bytes;
    made.height = std::max(made.height, filled.height);
    made.value.set(name, std::move(filled.value));
  }
  ++made.height;
  return made;
}

Result<std::string> NativeFiller::fill_key(std::string_view key) {
  if (!mentions_variables(key)) return std::string(key);
  auto pieces = parse_native_text(key, m_budget);
  if (!pieces) return refuse(std::move(pieces.error().message), std::move(pieces.error().hint));
  return text(*pieces);
}

Result<MeasuredValue> NativeFiller::fill_scalar(std::string_view text) {
  auto pieces = parse_native_text(text, m_budget);
  if (!pieces) {
    Error error = std::move(pieces).error();
    error.where = where();
    return fail(std::move(error));
  }
  if (pieces->size() == 1 && pieces->front().expression != nullptr && !is_text_place()) {
    TRY_ASSIGN(auto value, typed(*pieces->front().expression));
    return copied(std::move(value));
  }
  TRY_ASSIGN(const auto filled, this->text(*pieces));
  return made_text(filled);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<MeasuredValue> NativeFiller::typed(const NativeExpression& expression) {
  if (expression.conversion != Conversion::none) {
    TRY_ASSIGN(const auto made, text(expression));
    return made_text(made);
  }
  TRY_ASSIGN(const MeasuredValue* found, find(expression));
  return found != nullptr ? *found : typed_fallback(*expression.fallback);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<MeasuredValue> NativeFiller::typed_fallback(const Pieces& pieces) {
  if (pieces.size() == 1 && pieces.front().expression != nullptr) return typed(*pieces.front().expression);
  const std::string_view whole = pieces.size() == 1 ? std::string_view(pieces.front().text) : std::string_view();
  if (pieces.size() == 1 && !unquoted(whole)) return MeasuredValue{read_plain(whole), 1, whole.size(), 0};
  TRY_ASSIGN(const auto made, fallback_text(pieces));
  return made_text(made);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<std::string> NativeFiller::text(const Pieces& pieces) {
  std::string made;
  for (const auto& piece : pieces) {
    if (piece.expression == nullptr) {
      made += piece.text;
      continue;
    }
    TRY_ASSIGN(const auto value, text(*piece.expression));
    if (!m_budget.step() || !m_budget.take(value.size())) return overspent();
    made += value;
  }
  return made;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<std::string> NativeFiller::text(const NativeExpression& expression) {
  TRY_ASSIGN(const MeasuredValue* found, find(expression));
  if (found != nullptr) return text_of(*found, expression);
  const Pieces& fallback = *expression.fallback;
  if (expression.conversion == Conversion::json) {
    TRY_ASSIGN(const auto value, typed_fallback(fallback));
    return text_of(value, expression);
  }
  return fallback_text(fallback);
}

/// Without the quotes around a fallback that holds no expression.
// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<std::string> NativeFiller::fallback_text(const Pieces& pieces) {
  if (pieces.size() != 1 || pieces.front().expression != nullptr) return text(pieces);
  const std::string_view whole = pieces.front().text;
  return std::string(unquoted(whole).value_or(whole));
}

Result<std::string> NativeFiller::text_of(const MeasuredValue& value, const NativeExpression& expression) {
  if (!m_budget.step(value.nodes) || !m_budget.take(value.bytes)) return overspent();
  if (expression.conversion == Conversion::json) return format_json(value.value);
  if (is_scalar(value.value)) return format_scalar(value.value);
  return refuse("the variable \"" + expression.variable + "\" is " + std::string(kind_name(value.value)) +
                    " and cannot stand in a text",
                "write ${" + expression.variable + "@json} for its JSON, or let the expression stand alone");
}

/// nullptr: the fallback counts.
Result<const MeasuredValue*> NativeFiller::find(const NativeExpression& expression) {
  auto found = m_lookup.find(expression.variable);
  if (!found) {
    Error error = std::move(found).error();
    if (error.where.key_path.empty()) error.where = where();
    return fail(std::move(error));
  }
  if (*found != nullptr && (!expression.fallback || !is_empty((*found)->value))) return *found;
  if (expression.fallback) return nullptr;
  if (is_secret_place()) {
    return refuse("the value asks for a variable that is not defined",
                  "write $${ where the value itself has a dollar sign and a brace");
  }
  const std::string& name = expression.variable;
  return refuse("the variable \"" + name + "\" is not defined" + m_lookup.suggestion(name),
                "define it under variables of the stack, its layer or its environment; ${" + name +
                    ":-default} gives it a default, $${" + name + "} is the text itself");
}

Result<MeasuredValue> NativeFiller::copied(MeasuredValue value) {
  if (!m_budget.step(value.nodes) || !m_budget.take(value.bytes)) return overspent();
  if (m_path.size() + value.height <= m_budget.max_depth()) return value;
  return fail(ErrorKind::limit,
              "with its variables filled in it nests deeper than " + std::to_string(m_budget.max_depth()) + " levels",
              where());
}

Result<MeasuredValue> NativeFiller::made_text(std::string_view text) {
  if (!m_budget.take(text.size())) return overspent();
  return MeasuredValue{Value(text), 1, text.size(), 0};
}

bool NativeFiller::is_text_place() const {
  const std::size_t size = m_path.size();
  if (m_what != FillWhat::object || size < 2) return false;
  const std::string& parent = m_path[size - 2];
  if (size == 2 && m_kind == "ConfigMap") return parent == "data" || parent == "binaryData";
  if (size == 2) return is_secret_place();
  return (parent == "labels" || parent == "annotations") && m_path[size - 3] == "metadata";
}

bool NativeFiller::is_secret_place() const {
  return m_kind == "Secret" && m_path.size() >= 2 && (m_path[0] == "data" || m_path[0] == "stringData");
}

Where NativeFiller::where() const {
  Where where;
  for (const auto& step : m_path) {
    if (!where.key_path.empty() && !step.starts_with('[')) where.key_path += '.';
    where.key_path += step;
  }
  return where;
}

tl::unexpected<Error> NativeFiller::refuse(std::string message, std::string hint) const {
  return fail(ErrorKind::render, std::move(message), where(), std::move(hint));
}

tl::unexpected<Error> NativeFiller::overspent() const {
  return fail(m_budget.error("filling in variables", where()));
}

}  // namespace reconciled::substitution
