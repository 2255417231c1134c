#include "renderers/helm/chart/manifest_head.h"

#include "renderers/helm/chart/head_scanner.h"
#include "renderers/helm/chart/plain_manifest.h"
#include "renderers/helm/chart/struct_decoder.h"
#include "renderers/helm/values/yaml.h"

#include <array>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_bytes_a_step = 64;
constexpr std::string_view k_metadata_type =
    "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }";

using Field = StructField<ManifestHead>;

template <auto member>
void read_member(StructDecoder& decoder, ManifestHead& head, const Value& value, const FieldPlace& place) {
  decoder.read(head.*member, value, place);
}

constexpr std::array k_metadata_fields{
    Field{"name", &read_member<&ManifestHead::name>},
    Field{"annotations", &read_member<&ManifestHead::annotations>},
};

void read_metadata(StructDecoder& decoder, ManifestHead& head, const Value& value, const FieldPlace& place) {
  if (!value.is_map() && !value.is_null()) return decoder.mismatch(value, place, k_metadata_type);
  read_struct(decoder, head, value, place, "", k_metadata_type, k_metadata_fields);
}

constexpr std::array k_head_fields{
    Field{"apiVersion", &read_member<&ManifestHead::api_version>},
    Field{"kind", &read_member<&ManifestHead::kind>},
    Field{"metadata", &read_metadata},
};

/// A value as deep as the head looks; what lies deeper is there and empty.
Value value_of(const GoValue& value, int levels) {
  switch (value.type()) {
    case GoType::boolean: return {value.as_bool()};
    case GoType::float64: {
      const double number = value.as_double();
      constexpr double k_exact = 9007199254740992.0;
      if (number == static_cast<double>(static_cast<std::int64_t>(std::min(std::max(number, -k_exact), k_exact))))
        return {static_cast<std::int64_t>(number)};
      return {number};
    }
    case GoType::string: return {value.as_text()};
    case GoType::list: return Value::list();
    case GoType::map: {
      auto map = Value::map();
      if (levels > 0 && value.as_map() != nullptr) {
        for (const auto& [key, entry] : value.as_map()->entries()) map.set(key, value_of(entry, levels - 1));
      }
      return map;
    }
    default: return {};
  }
}

}  // namespace

const std::string* ManifestHead::annotation(std::string_view key) const {
  for (const auto& [own_key, value] : annotations) {
    if (own_key == key) return &value;
  }
  return nullptr;
}

Result<ManifestHead> read_manifest_head(std::string_view document, Budget& budget) {
  if (!budget.step(1 + document.size() / k_bytes_a_step)) return fail(budget.error("reading a manifest"));
  if (auto head = scan_plain_manifest(document)) return std::move(*head);
  if (auto head = scan_manifest_head(document, budget)) return std::move(*head);
  Arena arena(budget);
  TRY_ASSIGN(const auto value, from_yaml(document, YamlTarget::any, arena));
  constexpr int k_head_levels = 3;
  StructDecoder decoder;
  ManifestHead head;
  read_struct(decoder, head, value_of(value, k_head_levels), {}, "SimpleHead", "util.SimpleHead", k_head_fields);
  if (decoder.error().empty()) return head;
  return fail(ErrorKind::render, "error unmarshaling JSON: while decoding JSON: " + decoder.error());
}

}  // namespace reconciled::helm
