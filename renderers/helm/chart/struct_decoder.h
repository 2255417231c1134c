// Go's decoding of YAML into structs, field by field.
#pragma once

#include "base/value.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reconciled::helm {

/// Where a value goes, for the messages of Go's decoder.
struct FieldPlace {
  std::string_view structure;  ///< the name of the innermost struct: "Dependency"
  std::string path;            ///< from the outermost struct: "dependencies.name"
};

/// Each `read` decodes one value; a null leaves text and flags as they are. The first value of a wrong type is kept as
/// the error, and decoding goes on, as Go's does.
class StructDecoder {
 public:
  void read(std::string& text, const Value& value, const FieldPlace& place);
  void read(bool& flag, const Value& value, const FieldPlace& place);
  void read(std::vector<std::string>& texts, const Value& value, const FieldPlace& place);
  /// A map with text values, sorted by key.
  void read(std::vector<std::pair<std::string, std::string>>& entries, const Value& value, const FieldPlace& place);
  /// The items of a list that should be of `go_type`, or none.
  std::span<const Value> items(const Value& value, const FieldPlace& place, std::string_view go_type);

  void mismatch(const Value& value, const FieldPlace& place, std::string_view go_type);
  /// The first error: "json: cannot unmarshal array into Go struct field Metadata.name of type string"; or empty.
  [[nodiscard]] const std::string& error() const { return m_error; }

 private:
  std::string m_error;
};

/// The entries of a map in the order that Go's decoder sees them.
std::vector<const Value::Entry*> sorted_entries(const Value& map);
bool equal_fold(std::string_view a, std::string_view b);

template <class T>
struct StructField {
  std::string_view name;
  void (*read)(StructDecoder& decoder, T& target, const Value& value, const FieldPlace& place);
};

/// Decodes a map into a struct by the table of its fields; null is nothing.
template <class T>
void read_struct(StructDecoder& decoder, T& target, const Value& value, const FieldPlace& place,
                 std::string_view structure, std::string_view go_type,
                 std::type_identity_t<std::span<const StructField<T>>> fields) {
  if (value.is_null()) return;
  if (!value.is_map()) return decoder.mismatch(value, place, go_type);
  for (const auto* entry : sorted_entries(value)) {
    for (const auto& field : fields) {
      if (!equal_fold(field.name, entry->key.as_string())) continue;
      const std::string path =
          place.path.empty() ? std::string(field.name) : place.path + "." + std::string(field.name);
      field.read(decoder, target, entry->value, {structure, path});
      break;
    }
  }
}

}  // namespace reconciled::helm
