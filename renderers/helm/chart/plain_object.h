// A Go struct without methods, as templates see it.
#pragma once

#include "renderers/helm/values/go_value.h"

#include <initializer_list>
#include <span>
#include <string_view>

namespace reconciled::helm {

/// The field of a name, or false.
bool find_field(std::span<const GoMap::Entry> fields, std::string_view name, GoValue& field);

class PlainObject final : public GoObject {
 public:
  enum class Form : bool { structure, pointer };
  PlainObject(std::string_view type_name, Form form, std::span<const GoMap::Entry> fields,
              std::span<const GoMap::Entry> json_fields)
      : m_type_name(type_name), m_form(form), m_fields(fields), m_json_fields(json_fields) {}

  [[nodiscard]] std::string_view type_name() const override { return m_type_name; }
  [[nodiscard]] bool is_pointer() const override { return m_form == Form::pointer; }
  bool field(std::string_view name, Arena& arena, GoValue& field) const override;
  [[nodiscard]] const GoFunction* method(std::string_view name) const override;
  bool text(Arena& arena, Receiver receiver, std::string_view& text) const override;
  std::span<const GoMap::Entry> fields(Arena& arena) const override;
  std::span<const GoMap::Entry> json_fields(Arena& arena) const override;

 private:
  std::string_view m_type_name;
  Form m_form;
  std::span<const GoMap::Entry> m_fields;
  std::span<const GoMap::Entry> m_json_fields;
};

/// The fields are copied into the arena; the name of the type lives for ever.
GoValue make_plain_object(std::string_view type_name, PlainObject::Form form,
                          std::initializer_list<GoMap::Entry> fields, Arena& arena);
/// With the fields as JSON and YAML have them: under the names of their tags, without those that it omits.
GoValue make_plain_object(std::string_view type_name, PlainObject::Form form,
                          std::initializer_list<GoMap::Entry> fields, std::span<const GoMap::Entry> json_fields,
                          Arena& arena);

}  // namespace reconciled::helm
