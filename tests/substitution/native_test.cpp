// Native substitution: types, texts, fallbacks, and errors that say where.
#include "base/json.h"
#include "renderers/substitution/substitution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace reconciled;
using namespace reconciled::substitution;

namespace {

Value parse(std::string_view json) {
  Budget budget;
  auto value = parse_json(json, budget);
  REQUIRE_MESSAGE(value, format_error(value.error()));
  return *value;
}

/// What becomes of a value in JSON, in single quotes for double ones.
std::string filled(std::string variables, std::string value, FillWhat what = FillWhat::values) {
  for (auto* text : {&variables, &value}) std::ranges::replace(*text, '\'', '"');
  Budget budget;
  const auto made = NativeVariables::make(parse(variables), budget);
  if (!made) return "variables: " + format_error(made.error());
  const auto result = made->fill(parse(value), what, budget);
  if (!result) return format_error(result.error());
  std::string text = format_json(*result);
  std::ranges::replace(text, '"', '\'');
  return text;
}

struct Row {
  std::string_view value;
  std::string_view answer;
};

constexpr const char* k_variables =
    "{'port': 8080, 'name': 'shop', 'on': true, 'rate': 0.5, 'zones': ['a', 'b'], 'limits': {'cpu': 1}, 'empty': "
    "'', 'digits': '0123'}";

void check(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    CAPTURE(row.value);
    CHECK(filled(k_variables, std::string(row.value)) == row.answer);
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a text that is one expression becomes the value with its type") {
  check({{"'${port}'", "8080"},
         {"'${on}'", "true"},
         {"'${rate}'", "0.5"},
         {"'${name}'", "'shop'"},
         {"'${digits}'", "'0123'"},
         {"'${zones}'", "['a','b']"},
         {"{'resources': {'limits': '${limits}'}}", "{'resources':{'limits':{'cpu':1}}}"},
         {"['x', '${port}']", "['x',8080]"},
         {"'${empty}'", "''"}});
}

TEST_CASE("in a longer text a value is text, and changes nothing around it") {
  check({{"'http://${name}:${port}/'", "'http://shop:8080/'"},
         {"' ${port}'", "' 8080'"},
         {"'${on}${on}'", "'truetrue'"},
         {"'${rate}s'", "'0.5s'"},
         {"'v${digits}'", "'v0123'"},
         {"{'${name}-key': 1}", "{'shop-key':1}"},
         {"'${port@text}'", "'8080'"},
         {"'zones: ${zones@json}'", "'zones: [\\'a\\',\\'b\\']'"},
         {"'${limits@json}'", "'{\\'cpu\\':1}'"},
         {"'${name@json}'", "'\\'shop\\''"}});
  CHECK(filled("{'x': 'a: b # c'}", "{'k': '${x}'}") == "{'k':'a: b # c'}");
  CHECK(filled("{'x': 'a\\nb'}", "'<${x}>'") == "'<a\\nb>'");
  CHECK(filled("{'x': '$${y}'}", "'${x}'") == "'${y}'");
}

TEST_CASE("a fallback counts where there is no value, typed as a plain scalar is") {
  check({{"'${no:-3}'", "3"},
         {"'${no:=3}'", "3"},
         {"'${no:-true}'", "true"},
         {"'${no:-\\'3\\'}'", "'3'"},
         {"'${no:-}'", "''"},
         {"'${no:-null}'", "null"},
         {"'v${no:-1.10}'", "'v1.10'"},
         {"'v${no:-\\'1.10\\'}'", "'v1.10'"},
         {"'${no@text:-1.10}'", "'1.10'"},
         {"'${no@json:-1}'", "'1'"},
         {"'${no:-${port}}'", "8080"},
         {"'${no:-${zones}}'", "['a','b']"},
         {"'${no:-a${port}}'", "'a8080'"},
         {"'${no:-${other:-x}}'", "'x'"},
         {"'${empty:-x}'", "'x'"},
         {"'${name:-${no}}'", "'shop'"},
         {"'${port:-1}'", "8080"}});
}

TEST_CASE("dollars are left alone but right before a brace") {
  check({{"'$name'", "'$name'"},
         {"'$$'", "'$$'"},
         {"'$5 $${name} $'", "'$5 ${name} $'"},
         {"'$$${name}'", "'$shop'"},
         {"'$$$${name}'", "'$${name}'"},
         {"'$${name} ${name}'", "'${name} shop'"},
         {"'$$PATH:${name}'", "'$$PATH:shop'"},
         {"'${no:-$${x}}'", "'${x}'"}});
}

TEST_CASE("variables may be made of variables, and a circle is named") {
  CHECK(
      filled(
          "{'host': '${name}.${domain}', 'name': 'shop', 'domain': 'example.com', 'all': ['${host}', '${n}'], 'n': 1}",
          "['${host}', '${all}']") == "['shop.example.com',['shop.example.com',1]]");
  CHECK(has(filled("{'a': '${b}', 'b': ['x', '${c}'], 'c': '${a}'}", "1"),
            "variables refer to each other: a → b → c → a"));
  CHECK(has(filled("{'a': '${a}'}", "1"), "a → a"));
  const auto error = filled("{'a': '${b}', 'b': {'k': ['${none}']}}", "1");
  CHECK_MESSAGE(has(error, "variables.b.k[0]: the variable \"none\" is not defined"), error);
}

TEST_CASE("an error says which key, and what can be done") {
  const auto undefined = filled(k_variables, "{'spec': {'list': [1, {'a.b/c': 'x${prot}'}]}}");
  CHECK_MESSAGE(has(undefined, "spec.list[1].a.b/c: the variable \"prot\" is not defined, did you mean \"port\"?"),
                undefined);
  CHECK(has(undefined, "${prot:-default}"));
  CHECK(has(filled(k_variables, "'x${zones}'"), "the variable \"zones\" is a list and cannot stand in a text"));
  CHECK(has(filled(k_variables, "{'${zones}': 1}"), "cannot stand in a text"));
  CHECK(has(filled(k_variables, "{'shop': 1, '${name}': 2}"), "two keys are the same"));
  for (const char* text : {"'${'", "'${}'", "'${port'", "'${port^^}'", "'${port/a/b}'", "'${port:1}'", "'${1}'",
                           "'${a b}'", "'${port@yaml}'", "'${port:-'", "'${a:-${b}'", "'${é}'"}) {
    CAPTURE(text);
    CHECK(has(filled(k_variables, text), "an expression is ${name}"));
  }
}

TEST_CASE("labels, annotations and the data of ConfigMaps and Secrets are texts") {
  CHECK(
      filled(k_variables,
             "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'labels': {'p': '${port}'}, 'annotations': {'on': "
             "'${on}'}}, 'data': {'p': '${port}'}, 'immutable': '${on}'}",
             FillWhat::object) ==
      "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'labels':{'p':'8080'},'annotations':{'on':'true'}},"
      "'data':{'p':'8080'},'immutable':true}");
  CHECK(
      filled(k_variables,
             "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'spec': {'replicas': '${port}', 'template': {'metadata': "
             "{'labels': {'p': '${port}'}}}}}",
             FillWhat::object) ==
      "{'apiVersion':'apps/"
      "v1','kind':'Deployment','spec':{'replicas':8080,'template':{'metadata':{'labels':{'p':'8080'}}}}}");
}

TEST_CASE("no error tells what lies in a Secret or in a variable") {
  const std::string secret =
      "{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 's'}, 'stringData': {'password': ";
  for (const char* text : {"'hunter2${tail}x'}}", "'hunter2${'}}", "'hunter2${ta il}'}}"}) {
    CAPTURE(text);
    const auto error = filled(k_variables, secret + text, FillWhat::object);
    CHECK(has(error, "stringData.password: "));
    CHECK_FALSE(has(error, "hunter2"));
    CHECK_FALSE(has(error, "tail"));
  }
  for (const char* text : {"'${key}${list}'", "{'hunter2': 2, '${key}': 1}"}) {
    CAPTURE(text);
    const auto error = filled("{'key': 'hunter2', 'list': [1]}", text);
    CHECK((has(error, "cannot stand in a text") || has(error, "two keys are the same")));
    CHECK_FALSE(has(error, "hunter2"));
  }
}
