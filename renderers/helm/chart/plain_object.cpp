#include "renderers/helm/chart/plain_object.h"

#include <algorithm>
#include <memory>

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

std::span<const GoMap::Entry> PlainObject::json_fields(Arena& /*arena*/) const {
  return m_json_fields;
}

namespace {

std::span<const GoMap::Entry> copied(std::span<const GoMap::Entry> fields, Arena& arena) {
  auto* copies = arena.make_array<GoMap::Entry>(fields.size());
  std::uninitialized_copy(fields.begin(), fields.end(), copies);
  return {copies, fields.size()};
}

}  // namespace

GoValue make_plain_object(std::string_view type_name, PlainObject::Form form,
                          std::initializer_list<GoMap::Entry> fields, Arena& arena) {
  const auto own = copied({fields.begin(), fields.size()}, arena);
  return GoValue::object(arena.make<PlainObject>(type_name, form, own, own));
}

GoValue make_plain_object(std::string_view type_name, PlainObject::Form form,
                          std::initializer_list<GoMap::Entry> fields, std::span<const GoMap::Entry> json_fields,
                          Arena& arena) {
  return GoValue::object(arena.make<PlainObject>(type_name, form, copied({fields.begin(), fields.size()}, arena),
                                                 copied(json_fields, arena)));
}

}  // namespace reconciled::helm
