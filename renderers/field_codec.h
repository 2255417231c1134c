// Structs as bytes, by one list of their fields for both directions: `fields_of(value)` answers std::tie of them all.
#pragma once

#include "base/binary.h"

#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace reconciled {

/// A struct, const or not.
template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

/// How many values an enum has; specialised for each that is coded.
template <class Enum>
inline constexpr std::uint64_t k_enum_size = 0;

template <class T>
void write_field(BinaryWriter& out, const T& field) {
  if constexpr (std::is_enum_v<T>) {
    out.number(static_cast<std::uint64_t>(field));
  } else if constexpr (std::unsigned_integral<T>) {
    out.number(field);
  } else {
    std::apply([&](const auto&... inner) { (write_field(out, inner), ...); }, fields_of(field));
  }
}
inline void write_field(BinaryWriter& out, const std::string& field) {
  out.text(field);
}
inline void write_field(BinaryWriter& out, const Value& field) {
  out.value(field);
}
template <class T>
void write_field(BinaryWriter& out, const std::optional<T>& field) {
  out.number(field ? 1 : 0);
  if (field) write_field(out, *field);
}
template <class T>
void write_field(BinaryWriter& out, const std::vector<T>& field) {
  out.number(field.size());
  for (const T& item : field) write_field(out, item);
}

template <class T>
void read_field(BinaryReader& in, T& field) {
  if constexpr (std::is_enum_v<T>) {
    static_assert(k_enum_size<T> > 0, "say how many values the enum has");
    field = static_cast<T>(in.number_below(k_enum_size<T>));
  } else if constexpr (std::same_as<T, std::uint64_t>) {
    field = in.number();
  } else if constexpr (std::unsigned_integral<T>) {
    field = static_cast<T>(in.number_below(1ULL << (8 * sizeof(T))));
  } else {
    std::apply([&](auto&... inner) { (read_field(in, inner), ...); }, fields_of(field));
  }
}
inline void read_field(BinaryReader& in, std::string& field) {
  field = in.text();
}
inline void read_field(BinaryReader& in, Value& field) {
  field = in.value();
}
template <class T>
void read_field(BinaryReader& in, std::optional<T>& field) {
  field.reset();
  if (in.number_below(2) == 1) read_field(in, field.emplace());
}
template <class T>
void read_field(BinaryReader& in, std::vector<T>& field) {
  field.clear();
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) read_field(in, field.emplace_back());
}

}  // namespace reconciled
