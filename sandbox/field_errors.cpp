#include "sandbox/field_errors.h"

#include "sandbox/names.h"

namespace reconciled::sandbox {

void required(Errors& errors, std::string field, std::string detail) {
  errors.push_back({ErrorType::required, std::move(field), {}, std::move(detail)});
}
void invalid(Errors& errors, std::string field, Value value, std::string_view detail) {
  errors.push_back({ErrorType::invalid, std::move(field), std::move(value), std::string(detail)});
}
void unsupported(Errors& errors, std::string field, Value value, std::initializer_list<std::string_view> allowed) {
  std::string list;
  for (const std::string_view text : allowed) list += (list.empty() ? "\"" : ", \"") + std::string(text) + "\"";
  errors.push_back({ErrorType::not_supported, std::move(field), std::move(value), "supported values: " + list});
}

void immutable(Errors& errors, const Value& object, const Value& old, std::initializer_list<std::string_view> path) {
  if (object.at(path) == old.at(path)) return;
  std::string field;
  for (const std::string_view step : path) field += (field.empty() ? "" : ".") + std::string(step);
  invalid(errors, field, object.at(path), "field is immutable");
}

void check_labels(const Value& labels, const std::string& path, Errors& errors) {
  for (const Value::Entry& entry : labels.entries()) {
    if (const auto wrong = qualified_name_error(entry.key.as_string()); !wrong.empty())
      invalid(errors, path, entry.key, wrong);
    if (!is_label_value(entry.value.as_string())) invalid(errors, path, entry.value, k_label_value_rule);
  }
}

}  // namespace reconciled::sandbox
