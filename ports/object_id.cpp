#include "ports/object_id.h"

#include <array>

namespace reconciled {

GroupVersionKind make_gvk(std::string_view api_version, std::string_view kind) {
  const auto slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", std::string(api_version), std::string(kind)};
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)), std::string(kind)};
}

std::string format_id(const ObjectId& id) {
  return id.kind + ' ' + (id.namespace_.empty() ? "" : id.namespace_ + '/') + id.name;
}

std::string encode_id(const ObjectId& id) {
  return id.group + '/' + id.kind + '/' + id.namespace_ + '/' + id.name;
}

ObjectId decode_id(std::string_view text, std::string_view cluster) {
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    part = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  }
  return {std::string(cluster), std::string(parts[0]), std::string(parts[1]), std::string(parts[2]), std::string(text)};
}

}  // namespace reconciled

std::size_t std::hash<reconciled::ObjectId>::operator()(const reconciled::ObjectId& id) const noexcept {
  std::size_t sum = 0;
  for (const std::string* part : {&id.cluster, &id.group, &id.kind, &id.namespace_, &id.name}) {
    sum = sum * 0x9E3779B97F4A7C15ULL + std::hash<std::string>{}(*part);
  }
  return sum;
}
