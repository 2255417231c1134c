// Texts and variables that were made to hurt: each ends soon, with an error that says why.
#include "base/json.h"
#include "renderers/substitution/flux_text.h"
#include "renderers/substitution/native_variables.h"
#include "renderers/substitution/substitution.h"

#include <doctest/doctest.h>

using namespace reconciled;
using namespace reconciled::substitution;

namespace {

constexpr Limits k_limits{.steps = 2'000'000, .bytes = 16U << 20};

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

ErrorKind flux_error(const TextVariables& variables, const std::string& text) {
  Budget budget(k_limits);
  const auto filled = fill_flux_text(text, variables, UndefinedVariable::empty, budget);
  REQUIRE_FALSE(filled);
  return filled.error().kind;
}

Result<Value> fill_native(const Value& variables, const Value& value) {
  Budget budget(k_limits);
  TRY_ASSIGN(const auto made, NativeVariables::make(variables, budget));
  return made.fill(value, FillWhat::object, budget);
}

ErrorKind native_error(const Value& variables, const Value& value) {
  const auto filled = fill_native(variables, value);
  REQUIRE_FALSE(filled);
  return filled.error().kind;
}

}  // namespace

TEST_CASE("expressions in expressions end at a depth") {
  CHECK(flux_error({}, repeat("${a:=", 100'000)) == ErrorKind::limit);
  CHECK(flux_error({}, repeat("${a:=", 300) + repeat("}", 300)) == ErrorKind::limit);
  CHECK(native_error(Value::map(), repeat("${a:-", 100'000)) == ErrorKind::limit);
  CHECK(native_error(Value::map(), repeat("${a:-", 300) + repeat("}", 300)) == ErrorKind::limit);
  Budget budget(k_limits);
  CHECK(fill_flux_text(repeat("${a:=", 200) + "x" + repeat("}", 200), {}, UndefinedVariable::empty, budget) ==
        Result<std::string>("x"));
}

TEST_CASE("outputs that grow out of little end at the budget") {
  const TextVariables big{{"x", std::string(1 << 20, 'x')}, {"e", ""}};
  CHECK(flux_error(big, repeat("${x}", 1000)) == ErrorKind::limit);
  CHECK(flux_error(big, "${x//x/" + std::string(1000, 'y') + "}") == ErrorKind::limit);
  CHECK(flux_error(big, "${x//${e}/" + std::string(1000, 'y') + "}") == ErrorKind::limit);
  CHECK(native_error(Value::map({{"x", std::string(1 << 20, 'x')}}), repeat("${x}", 1000)) == ErrorKind::limit);
  // Variables that double each other, as texts and as lists.
  Value texts = Value::map({{"v0", "xx"}});
  Value lists = Value::map({{"v0", Value::list({1, 2})}});
  for (int i = 1; i < 60; ++i) {
    const std::string before = "${v" + std::to_string(i - 1) + "}";
    texts.set("v" + std::to_string(i), before + before);
    lists.set("v" + std::to_string(i), Value::list({before, before}));
  }
  CHECK(native_error(texts, "x") == ErrorKind::limit);
  CHECK(native_error(lists, "x") == ErrorKind::limit);
}

TEST_CASE("variables that nest are bounded, whatever stands in them") {
  Value chain = Value::map({{"v0", "x"}});
  for (int i = 1; i < 2000; ++i) chain.set("v" + std::to_string(i), Value::list({"${v" + std::to_string(i - 1) + "}"}));
  CHECK(native_error(chain, "${v1999}") == ErrorKind::limit);
  Value deep = "${x}";
  for (int i = 0; i < 200; ++i) deep = Value::list({deep});
  Value high = 1;
  for (int i = 0; i < 200; ++i) high = Value::list({high});
  CHECK(native_error(Value::map({{"x", high}}), deep) == ErrorKind::limit);
  CHECK(fill_native(Value::map({{"x", 1}}), deep));
}

TEST_CASE("patterns cannot take for ever") {
  const TextVariables big{{"x", std::string(200'000, 'a')}};
  CHECK(flux_error(big, "${x#*a*a*a*a*b}") == ErrorKind::limit);
  CHECK(flux_error(big, "${x%%b*a*a*a*a}") == ErrorKind::limit);
}

TEST_CASE("long runs of dollars and braces take time in proportion") {
  const std::string dollars(1 << 20, '$');
  Budget budget(k_limits);
  CHECK(fill_flux_text(dollars, {}, UndefinedVariable::error, budget)->size() == dollars.size() / 2);
  CHECK(fill_native(Value::map({{"x", 1}}), dollars + "${x}")->as_string().size() == dollars.size() / 2 + 1);
  CHECK(fill_native(Value::map({{"x", 1}}), "${x}" + dollars)->as_string().size() == dollars.size() + 1);
  CHECK(fill_native(Value::map({{"x", 1}}), "${x}" + repeat("$ ", 1 << 18)));
}

TEST_CASE("a value that breaks the structure of the YAML is an error in flux mode, and tells nothing of a Secret") {
  Stack stack;
  stack.substitution.mode = SubstitutionMode::flux;
  stack.substitution.variables = Value::map({{"bad", "hunter2: {x"}, {"list", "[1, 2]"}});
  Budget budget(k_limits);
  const auto substitution = Substitution::make(stack, budget);
  REQUIRE(substitution);
  const auto error_of = [&](Value object) {
    const auto filled = substitution->fill_object(std::move(object), {"a.yaml", 3, 0}, budget);
    return filled ? "filled in: " + format_json(*filled) : format_error(filled.error());
  };
  const auto config = error_of(Value::map({{"kind", "ConfigMap"}, {"data", Value::map({{"k", "${bad}"}})}}));
  CHECK_MESSAGE(config.find("a.yaml:3") != std::string::npos, config);
  CHECK_MESSAGE(config.find("ConfigMap: yaml: line 2: mapping values") != std::string::npos, config);
  const auto secret = error_of(Value::map({{"kind", "Secret"}, {"stringData", Value::map({{"k", "${bad} ${no}"}})}}));
  CHECK_MESSAGE(secret.find("Secret: it cannot be filled in, or is no YAML afterwards") != std::string::npos, secret);
  CHECK_MESSAGE(secret.find("stringData.k") != std::string::npos, secret);
  CHECK(secret.find("hunter2") == std::string::npos);
  CHECK(error_of("${list}").find("it is no map any more") != std::string::npos);
}
