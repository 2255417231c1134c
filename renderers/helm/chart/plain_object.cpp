#include "renderers/helm/chart/plain_object.h"

#include <algorithm>

namespace reconciled::helm {

bool find_field(std::span<const GoMap::Entry> fields, std::string_view name, GoValue& field) {
  for (const auto& entry : fields) {
    if (entry.key != name) continue;
    field = entry.value;
    return true;
  }
  return false;
}

bool PlainObject::field(std::string_view name, Arena& /*arena*/, GoValue& field) const {
  return find_field(m_fields, name, field);
}

const GoFunction* PlainObject::method(std::string_view /*name*/) const {
  return nullptr;
}

bool PlainObject::text(Arena& /*arena*/, Receiver /*receiver*/, std::string_view& /*text*/) const {
  return false;
}

std::span<const GoMap::Entry> PlainObject::fields(Arena& /*arena*/) const {
  return m_fields;
}

GoValue make_plain_object(std::string_view type_name, PlainObject::Form form,
                          std::initializer_list<GoMap::Entry> fields, Arena& arena) {
  auto* copies = arena.make_array<GoMap::Entry>(fields.size());
  std::copy(fields.begin(), fields.end(), copies);
  return GoValue::object(
      arena.make<PlainObject>(type_name, form, std::span<const GoMap::Entry>(copies, fields.size())));
}

}  // namespace reconciled::helm
