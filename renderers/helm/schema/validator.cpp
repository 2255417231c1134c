#include "renderers/helm/schema/validator.h"

#include "base/utf8.h"
#include "renderers/helm/schema/decimal_multiple.h"
#include "renderers/helm/schema/format_check.h"
#include "renderers/helm/schema/json_equal.h"
#include "renderers/helm/schema/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_max_depth = 1000;
using Problems = std::vector<Problem>;

/// What nobody has looked at yet: for the unevaluated... keywords.
struct Unseen {
  std::set<std::string_view> properties;
  std::set<std::size_t> items;
  [[nodiscard]] bool empty() const { return properties.empty() && items.empty(); }
  void keep_only(const Unseen& other) {
    std::erase_if(properties, [&](std::string_view name) { return !other.properties.contains(name); });
    std::erase_if(items, [&](std::size_t index) { return !other.items.contains(index); });
  }
};

/// The schemas on the way to the one that is being looked at.
struct Scope {
  const SchemaNode* schema = nullptr;
  std::uint64_t value_id = 0;  ///< the same for schemas of the same value
  const Scope* parent = nullptr;
};

std::uint8_t type_of(GoValue value) {
  if (value.is_nil()) return k_null;
  if (value.type() == GoType::boolean) return k_boolean;
  if (is_number(value)) return k_number;
  if (value.is_string()) return k_string;
  if (value.type() == GoType::list) return k_array;
  return k_object;
}

std::string names_of(std::uint8_t types) {
  constexpr std::array<std::string_view, 7> k_names{"null",   "boolean", "number", "integer",
                                                    "string", "array",   "object"};
  std::string names;
  for (std::size_t i = 0; i < k_names.size(); ++i) {
    if ((types >> i & 1U) == 0) continue;
    if (!names.empty()) names += " or ";
    names += k_names.at(i);
  }
  return names;
}

bool is_whole(GoValue value) {
  return std::floor(number_of(value)) == number_of(value);
}

std::int64_t length_of(std::string_view text) {
  std::int64_t length = 0;
  for (; !text.empty(); ++length) {
    const auto point = first_code_point(text);
    text.remove_prefix(point.length == 0 ? 1 : point.length);
  }
  return length;
}

std::string list_of(const std::vector<std::size_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

/// One run over one value. Work ends early when the budget is spent: then nothing is said about the value.
class Validator {
 public:
  explicit Validator(Budget& budget) : m_budget(budget) {}

  Result<std::optional<Problem>> run(const SchemaNode& schema, GoValue value) {
    Unseen unseen = unseen_of(value, schema, false);
    const Scope scope{&schema, 0, nullptr};
    auto problem = check({schema, value, "", scope}, unseen);
    if (m_spent) return fail(m_budget.error("checking values against a schema"));
    return problem;
  }

 private:
  struct Frame {
    const SchemaNode& schema;
    GoValue value;
    const std::string& location;
    const Scope& scope;
  };

  [[nodiscard]] static Problem plain(const Frame& frame, std::string text) {
    return {Problem::Kind::plain, frame.location, std::move(text), {}};
  }
  static Problem with_causes(const Frame& frame, std::string text, Problems causes) {
    return {Problem::Kind::plain, frame.location, std::move(text), std::move(causes)};
  }

  static Unseen unseen_of(GoValue value, const SchemaNode& schema, bool caller_needs);
  std::optional<Problem> check(const Frame& frame, Unseen& unseen);
  std::optional<Problem> check_value(const Frame& frame);
  std::optional<Problem> check_constants(const Frame& frame);
  std::optional<Problem> check_same(const Frame& frame, const SchemaNode& schema, Unseen& unseen);
  std::optional<Problem> check_part(const Frame& frame, const SchemaNode& schema, GoValue part, std::string_view name);
  std::optional<Problem> check_reference(const Frame& frame, const SchemaNode& target, Unseen& unseen);
  void check_references(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_object(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_names(const SchemaNode& schema, const GoMap& object, Problems& problems);
  void check_properties(const Frame& frame, Unseen& unseen, Problems& problems);
  bool check_property(const Frame& frame, const GoMap::Entry& entry, Problems& problems);
  void check_dependencies(const Frame& frame, const std::vector<SchemaDependency>& dependencies, Unseen& unseen,
                          Problems& problems);
  void check_list(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_items(const Frame& frame, Problems& problems);
  void check_contains(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_unique(const Frame& frame, Problems& problems);
  static void check_string(const Frame& frame, Problems& problems);
  static void check_number(const Frame& frame, Problems& problems);
  void check_logic(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_one_of(const Frame& frame, Unseen& unseen, Problems& problems);
  void check_unseen(const Frame& frame, Unseen& unseen, Problems& problems);
  static const SchemaNode& outermost_recursive(const Frame& frame, const SchemaNode& fallback);
  static const SchemaNode& outermost_dynamic(const Frame& frame, const std::string& name, const SchemaNode& fallback);

  Budget& m_budget;
  std::uint32_t m_depth = 0;
  std::uint64_t m_next_value = 1;
  bool m_spent = false;
};

void add(Problems& problems, std::optional<Problem> problem) {
  if (problem) problems.push_back(std::move(*problem));
}

Unseen Validator::unseen_of(GoValue value, const SchemaNode& schema, bool caller_needs) {
  Unseen unseen;
  if (value.is_map() && value.as_map() != nullptr) {
    const auto& rest = schema.additional_properties;
    const bool all_seen = rest.allowed || rest.schema != nullptr;
    if (!all_seen && (caller_needs || schema.unevaluated_properties != nullptr)) {
      for (const auto& entry : value.as_map()->entries()) unseen.properties.insert(entry.key);
    }
  } else if (value.type() == GoType::list) {
    const auto& rest = schema.additional_items;
    const bool all_seen = schema.items != nullptr || rest.allowed || rest.schema != nullptr;
    if (!all_seen && (caller_needs || schema.unevaluated_items != nullptr)) {
      for (auto i = schema.prefix_items.size(); i < value.items().size(); ++i) unseen.items.insert(i);
    }
  }
  return unseen;
}

std::optional<Problem> Validator::check(const Frame& frame, Unseen& unseen) {
  const auto& schema = frame.schema;
  if (m_spent || !m_budget.step() || m_depth >= k_max_depth) {
    m_spent = true;
    return std::nullopt;
  }
  if (schema.verdict) return *schema.verdict ? std::nullopt : std::optional(plain(frame, "false schema"));
  for (const auto* outer = frame.scope.parent; outer != nullptr && outer->value_id == frame.scope.value_id;
       outer = outer->parent) {
    if (outer->schema == &schema)
      return plain(frame, "a reference leads to itself: " + std::string(k_schema_url) + "#" + schema.pointer);
  }
  if (auto problem = check_value(frame)) return problem;
  ++m_depth;
  Problems problems;
  const bool ref_alone = schema.ref != nullptr && schema.draft < Draft::draft2019;
  if (schema.ref != nullptr) add(problems, check_reference(frame, *schema.ref, unseen));
  if (!ref_alone) {
    if (frame.value.is_map() && frame.value.as_map() != nullptr) check_object(frame, unseen, problems);
    if (frame.value.type() == GoType::list) check_list(frame, unseen, problems);
    if (frame.value.is_string()) check_string(frame, problems);
    if (is_number(frame.value)) check_number(frame, problems);
    check_references(frame, unseen, problems);
    check_logic(frame, unseen, problems);
    check_unseen(frame, unseen, problems);
  }
  --m_depth;
  if (problems.empty()) return std::nullopt;
  if (problems.size() == 1) return std::move(problems.front());
  return Problem{Problem::Kind::group, frame.location, {}, std::move(problems)};
}

/// What ends the check of a value when it fails: type, constant, format.
std::optional<Problem> Validator::check_value(const Frame& frame) {
  const auto& schema = frame.schema;
  const auto type = type_of(frame.value);
  if (schema.types != 0) {
    const bool whole = type == k_number && (schema.types & k_integer) != 0 && is_whole(frame.value);
    if ((schema.types & type) == 0 && !whole)
      return plain(frame, "got " + names_of(type) + ", want " + names_of(schema.types));
  }
  if (auto problem = check_constants(frame)) return problem;
  if (!schema.format.empty() && frame.value.is_string()) {
    if (const auto complaint = check_format(schema.format, frame.value.as_text()))
      return plain(frame,
                   quoted_in_message(frame.value.as_text()) + " is not valid " + schema.format + ": " + *complaint);
  }
  return std::nullopt;
}

std::optional<Problem> Validator::check_constants(const Frame& frame) {
  const auto& schema = frame.schema;
  const auto is_nested = [](const Value& value) { return value.is_list() || value.is_map(); };
  if (schema.constant != nullptr && !json_equal(frame.value, *schema.constant))
    return plain(frame, is_nested(*schema.constant) ? "'const' failed" : "value must be " + shown(*schema.constant));
  if (schema.enumeration == nullptr) return std::nullopt;
  const auto wanted = schema.enumeration->items();
  if (std::any_of(wanted.begin(), wanted.end(), [&](const Value& value) { return json_equal(frame.value, value); }))
    return std::nullopt;
  if (std::any_of(wanted.begin(), wanted.end(), is_nested)) return plain(frame, "'enum' failed");
  std::string all;
  for (const auto& value : wanted) all += (all.empty() ? "" : ", ") + shown(value);
  return plain(frame, (wanted.size() == 1 ? "value must be " : "value must be one of ") + all);
}

std::optional<Problem> Validator::check_same(const Frame& frame, const SchemaNode& schema, Unseen& unseen) {
  Unseen own = unseen_of(frame.value, schema, !unseen.empty());
  const Scope scope{&schema, frame.scope.value_id, &frame.scope};
  auto problem = check({schema, frame.value, frame.location, scope}, own);
  if (!problem) unseen.keep_only(own);
  return problem;
}

std::optional<Problem> Validator::check_part(const Frame& frame, const SchemaNode& schema, GoValue part,
                                             std::string_view name) {
  if (schema.verdict && *schema.verdict) return std::nullopt;
  Unseen own = unseen_of(part, schema, false);
  const Scope scope{&schema, m_next_value++, &frame.scope};
  const auto location = append_name(frame.location, name);
  return check({schema, part, location, scope}, own);
}

std::optional<Problem> Validator::check_reference(const Frame& frame, const SchemaNode& target, Unseen& unseen) {
  auto problem = check_same(frame, target, unseen);
  if (!problem) return std::nullopt;
  Problem reference{Problem::Kind::reference, frame.location, {}, {}};
  if (problem->kind == Problem::Kind::group) {
    reference.causes = std::move(problem->causes);
  } else {
    reference.causes.push_back(std::move(*problem));
  }
  return reference;
}

const SchemaNode& Validator::outermost_recursive(const Frame& frame, const SchemaNode& fallback) {
  const SchemaNode* found = &fallback;
  for (const auto* scope = &frame.scope; scope != nullptr; scope = scope->parent) {
    if (scope->schema->resource->recursive_anchor) found = scope->schema;
  }
  return *found;
}

const SchemaNode& Validator::outermost_dynamic(const Frame& frame, const std::string& name,
                                               const SchemaNode& fallback) {
  const SchemaNode* found = &fallback;
  for (const auto* scope = &frame.scope; scope != nullptr; scope = scope->parent) {
    const auto& anchors = scope->schema->resource->dynamic_anchors;
    if (const auto at = anchors.find(name); at != anchors.end()) found = at->second;
  }
  return *found;
}

void Validator::check_references(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  if (schema.recursive_ref != nullptr) {
    const auto& target = schema.recursive_ref->recursive_anchor ? outermost_recursive(frame, *schema.recursive_ref)
                                                                : *schema.recursive_ref;
    add(problems, check_reference(frame, target, unseen));
  }
  if (schema.dynamic_ref != nullptr) {
    const bool dynamic =
        !schema.dynamic_ref_anchor.empty() && schema.dynamic_ref->dynamic_anchor == schema.dynamic_ref_anchor;
    const auto& target =
        dynamic ? outermost_dynamic(frame, schema.dynamic_ref_anchor, *schema.dynamic_ref) : *schema.dynamic_ref;
    add(problems, check_reference(frame, target, unseen));
  }
}

std::vector<std::string> missing_in(const GoMap& object, const std::vector<std::string>& names) {
  std::vector<std::string> missing;
  for (const auto& name : names) {
    if (object.find(name) == nullptr) missing.push_back(name);
  }
  return missing;
}

std::string bounds_text(std::string_view keyword, std::int64_t got, std::int64_t want) {
  return fmt::format("{}: got {}, want {}", keyword, count_in_message(got), count_in_message(want));
}

void Validator::check_object(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  const auto& object = *frame.value.as_map();
  const auto size = static_cast<std::int64_t>(object.size());
  if (schema.counts.min_properties && size < *schema.counts.min_properties)
    problems.push_back(plain(frame, bounds_text("minProperties", size, *schema.counts.min_properties)));
  if (schema.counts.max_properties && size > *schema.counts.max_properties)
    problems.push_back(plain(frame, bounds_text("maxProperties", size, *schema.counts.max_properties)));
  if (const auto missing = missing_in(object, schema.required); !missing.empty())
    problems.push_back(
        plain(frame, (missing.size() == 1 ? "missing property " : "missing properties ") + quoted_in_message(missing)));
  check_dependencies(frame, schema.dependencies, unseen, problems);
  check_properties(frame, unseen, problems);
  if (schema.property_names != nullptr) check_names(*schema.property_names, object, problems);
  check_dependencies(frame, schema.dependents, unseen, problems);
}

/// Names are values of their own, without a place.
void Validator::check_names(const SchemaNode& schema, const GoMap& object, Problems& problems) {
  const std::string nowhere;
  for (const auto& entry : object.entries()) {
    Unseen unseen;
    const Scope scope{&schema, m_next_value++, nullptr};
    auto problem = check({schema, GoValue::string(entry.key), nowhere, scope}, unseen);
    if (!problem) continue;
    Problem bad{Problem::Kind::plain, nowhere, "invalid propertyName " + quoted_in_message(entry.key), {}};
    if (problem->kind == Problem::Kind::group) {
      bad.causes = std::move(problem->causes);
    } else {
      bad.causes.push_back(std::move(*problem));
    }
    problems.push_back(std::move(bad));
  }
}

void Validator::check_dependencies(const Frame& frame, const std::vector<SchemaDependency>& dependencies,
                                   Unseen& unseen, Problems& problems) {
  for (const auto& dependency : dependencies) {
    if (frame.value.as_map()->find(dependency.property) == nullptr) continue;
    if (dependency.schema != nullptr) add(problems, check_same(frame, *dependency.schema, unseen));
    if (const auto missing = missing_in(*frame.value.as_map(), dependency.required); !missing.empty())
      problems.push_back(plain(frame, "properties " + quoted_in_message(missing) + " required, if " +
                                          quoted_in_message(dependency.property) + " exists"));
  }
}

/// Whether some keyword was for this property.
bool Validator::check_property(const Frame& frame, const GoMap::Entry& entry, Problems& problems) {
  const auto& schema = frame.schema;
  bool seen = false;
  if (const auto listed = schema.properties.find(entry.key); listed != schema.properties.end()) {
    seen = true;
    add(problems, check_part(frame, *listed->second, entry.value, entry.key));
  }
  if (!schema.pattern_properties.empty()) {
    const RegexText name(entry.key);
    for (const auto& [pattern, node] : schema.pattern_properties) {
      if (!pattern.regex->is_in(name)) continue;
      seen = true;
      add(problems, check_part(frame, *node, entry.value, entry.key));
    }
  }
  return seen;
}

void Validator::check_properties(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& rest = frame.schema.additional_properties;
  std::vector<std::string> refused;
  for (const auto& entry : frame.value.as_map()->entries()) {
    if (m_spent) return;
    bool seen = check_property(frame, entry, problems);
    if (!seen && (rest.allowed || rest.schema != nullptr)) {
      seen = true;
      if (rest.allowed && !*rest.allowed) refused.emplace_back(entry.key);
      if (rest.schema != nullptr) add(problems, check_part(frame, *rest.schema, entry.value, entry.key));
    }
    if (seen) unseen.properties.erase(entry.key);
  }
  if (!refused.empty())
    problems.push_back(plain(frame, "additional properties " + quoted_in_message(refused) + " not allowed"));
}

void Validator::check_list(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  const auto size = static_cast<std::int64_t>(frame.value.items().size());
  if (schema.counts.min_items && size < *schema.counts.min_items)
    problems.push_back(plain(frame, bounds_text("minItems", size, *schema.counts.min_items)));
  if (schema.counts.max_items && size > *schema.counts.max_items)
    problems.push_back(plain(frame, bounds_text("maxItems", size, *schema.counts.max_items)));
  if (schema.unique_items) check_unique(frame, problems);
  check_items(frame, problems);
  if (schema.contains != nullptr) check_contains(frame, unseen, problems);
}

void Validator::check_unique(const Frame& frame, Problems& problems) {
  const auto items = frame.value.items();
  for (std::size_t later = 1; later < items.size(); ++later) {
    if (!m_budget.step(later)) {
      m_spent = true;
      return;
    }
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!json_equal(items[earlier], items[later])) continue;
      problems.push_back(plain(frame, fmt::format("items at {} and {} are equal", earlier, later)));
      return;
    }
  }
}

void Validator::check_items(const Frame& frame, Problems& problems) {
  const auto& schema = frame.schema;
  const auto items = frame.value.items();
  const auto listed = std::min(schema.prefix_items.size(), items.size());
  for (std::size_t i = 0; i < listed; ++i)
    add(problems, check_part(frame, *schema.prefix_items[i], items[i], std::to_string(i)));
  const auto& rest = schema.additional_items;
  if (rest.allowed && !*rest.allowed && listed != items.size())
    problems.push_back(plain(frame, fmt::format("last {} additionalItem(s) not allowed",
                                                count_in_message(static_cast<std::int64_t>(items.size() - listed)))));
  const auto* behind = schema.items != nullptr ? schema.items : rest.schema;
  for (std::size_t i = listed; behind != nullptr && i < items.size() && !m_spent; ++i)
    add(problems, check_part(frame, *behind, items[i], std::to_string(i - listed)));  // as Helm's messages count them
}

void Validator::check_contains(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  const auto items = frame.value.items();
  Problems misses;
  std::vector<std::size_t> matched;
  for (std::size_t i = 0; i < items.size() && !m_spent; ++i) {
    auto problem = check_part(frame, *schema.contains, items[i], std::to_string(i));
    if (problem) {
      misses.push_back(std::move(*problem));
      continue;
    }
    matched.push_back(i);
    if (schema.draft >= Draft::draft2020) unseen.items.erase(i);
  }
  const auto count = static_cast<std::int64_t>(matched.size());
  if (schema.counts.min_contains && count < *schema.counts.min_contains) {
    const auto want = count_in_message(*schema.counts.min_contains);
    problems.push_back(with_causes(
        frame,
        matched.empty() ? fmt::format("min {} items required to match contains schema, but none matched", want)
                        : fmt::format("min {} items required to match contains schema, but matched {} items at {}",
                                      want, count_in_message(count), list_of(matched)),
        std::move(misses)));
  } else if (!schema.counts.min_contains && matched.empty()) {
    problems.push_back(with_causes(frame, "no items match contains schema", std::move(misses)));
  }
  if (schema.counts.max_contains && count > *schema.counts.max_contains)
    problems.push_back(plain(
        frame, fmt::format("max {} items required to match contains schema, but matched {} items at {}",
                           count_in_message(*schema.counts.max_contains), count_in_message(count), list_of(matched))));
}

void Validator::check_string(const Frame& frame, Problems& problems) {
  const auto& schema = frame.schema;
  const auto text = frame.value.as_text();
  if (schema.counts.min_length || schema.counts.max_length) {
    const auto length = length_of(text);
    if (schema.counts.min_length && length < *schema.counts.min_length)
      problems.push_back(plain(frame, bounds_text("minLength", length, *schema.counts.min_length)));
    if (schema.counts.max_length && length > *schema.counts.max_length)
      problems.push_back(plain(frame, bounds_text("maxLength", length, *schema.counts.max_length)));
  }
  if (schema.pattern && !schema.pattern->regex->is_in(RegexText(text)))
    problems.push_back(
        plain(frame, quoted_in_message(text) + " does not match pattern " + quoted_in_message(schema.pattern->text)));
}

void Validator::check_number(const Frame& frame, Problems& problems) {
  const auto& bounds = frame.schema.bounds;
  const double number = number_of(frame.value);
  const auto check = [&](std::string_view keyword, const std::optional<double>& want, bool broken) {
    if (!want || !broken) return;
    problems.push_back(
        plain(frame, fmt::format("{}: got {}, want {}", keyword, number_in_message(number), number_in_message(*want))));
  };
  check("minimum", bounds.minimum, number < bounds.minimum.value_or(0));
  check("maximum", bounds.maximum, number > bounds.maximum.value_or(0));
  check("exclusiveMinimum", bounds.exclusive_minimum, number <= bounds.exclusive_minimum.value_or(0));
  check("exclusiveMaximum", bounds.exclusive_maximum, number >= bounds.exclusive_maximum.value_or(0));
  check("multipleOf", bounds.multiple_of, !is_multiple(number, bounds.multiple_of.value_or(1)));
}

void Validator::check_logic(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  if (schema.negated != nullptr && !check_same(frame, *schema.negated, unseen))
    problems.push_back(plain(frame, "'not' failed"));
  Problems misses;
  for (const auto* part : schema.all_of) add(misses, check_same(frame, *part, unseen));
  if (!misses.empty()) problems.push_back(with_causes(frame, "'allOf' failed", std::move(misses)));
  misses.clear();
  bool matched = schema.any_of.empty();
  for (const auto* part : schema.any_of) {
    auto problem = check_same(frame, *part, unseen);
    matched = matched || !problem;
    add(misses, std::move(problem));
    if (matched && unseen.empty()) break;
  }
  if (!matched) problems.push_back(with_causes(frame, "'anyOf' failed", std::move(misses)));
  if (!schema.one_of.empty()) check_one_of(frame, unseen, problems);
  if (schema.condition == nullptr) return;
  const bool holds = !check_same(frame, *schema.condition, unseen);
  const auto* branch = holds ? schema.then_branch : schema.else_branch;
  if (branch != nullptr) add(problems, check_same(frame, *branch, unseen));
}

void Validator::check_one_of(const Frame& frame, Unseen& unseen, Problems& problems) {
  std::optional<std::size_t> matched;
  Problems misses;
  for (std::size_t i = 0; i < frame.schema.one_of.size(); ++i) {
    auto problem = check_same(frame, *frame.schema.one_of[i], unseen);
    if (problem) {
      misses.push_back(std::move(*problem));
    } else if (matched) {
      problems.push_back(plain(frame, fmt::format("'oneOf' failed, subschemas {}, {} matched", *matched, i)));
      return;
    } else {
      matched = i;
    }
  }
  if (!matched) problems.push_back(with_causes(frame, "'oneOf' failed, none matched", std::move(misses)));
}

void Validator::check_unseen(const Frame& frame, Unseen& unseen, Problems& problems) {
  const auto& schema = frame.schema;
  if (schema.unevaluated_properties != nullptr && frame.value.is_map()) {
    for (const auto name : unseen.properties)
      add(problems, check_part(frame, *schema.unevaluated_properties, *frame.value.as_map()->find(name), name));
    unseen.properties.clear();
  }
  if (schema.unevaluated_items != nullptr && frame.value.type() == GoType::list) {
    for (const auto index : unseen.items)
      add(problems, check_part(frame, *schema.unevaluated_items, frame.value.items()[index], std::to_string(index)));
    unseen.items.clear();
  }
}

}  // namespace

Result<std::optional<Problem>> validate(const SchemaNode& schema, GoValue value, Budget& budget) {
  return Validator(budget).run(schema, value);
}

}  // namespace reconciled::helm
