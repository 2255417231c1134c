#include "base/binary.h"

#include "base/key_cache.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

namespace reconciled {
namespace {

/// The first byte of a value: what follows, and whether it is sensitive.
enum class Tag : std::uint8_t { null, no, yes, positive, negative, number, string, list, map };
constexpr std::uint8_t k_tags = static_cast<std::uint8_t>(Tag::map) + 1;
constexpr std::uint8_t k_sensitive = 0x80;
constexpr std::uint32_t k_deepest = 1024;    ///< nesting takes the stack; no reader of documents goes so deep
constexpr std::size_t k_most_reserved = 64;  ///< a count is a claim: more memory is taken as items come

Tag tag_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return Tag::null;
    case Value::Kind::boolean: return value.as_bool() ? Tag::yes : Tag::no;
    case Value::Kind::integer: return value.as_integer() < 0 ? Tag::negative : Tag::positive;
    case Value::Kind::number: return Tag::number;
    case Value::Kind::string: return Tag::string;
    case Value::Kind::list: return Tag::list;
    case Value::Kind::map: return Tag::map;
  }
  return Tag::null;
}

}  // namespace

void BinaryWriter::number(std::uint64_t number) {
  while (number >= 0x80) {
    m_bytes += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  m_bytes += static_cast<char>(number);
}

void BinaryWriter::text(std::string_view text) {
  number(text.size());
  m_bytes += text;
}

void BinaryWriter::value(const Value& value) {
  const Tag tag = tag_of(value);
  m_bytes += static_cast<char>(static_cast<std::uint8_t>(tag) | (value.sensitive() ? k_sensitive : 0));
  switch (tag) {
    case Tag::null:
    case Tag::no:
    case Tag::yes: break;
    case Tag::positive: number(static_cast<std::uint64_t>(value.as_integer())); break;
    case Tag::negative: number(~static_cast<std::uint64_t>(value.as_integer())); break;
    case Tag::number: {
      auto bits = std::bit_cast<std::uint64_t>(value.as_double());
      for (int i = 0; i < 8; ++i, bits >>= 8) m_bytes += static_cast<char>(bits);
      break;
    }
    case Tag::string: text(value.as_string()); break;
    case Tag::list:
      number(value.size());
      for (const Value& item : value.items()) this->value(item);
      break;
    case Tag::map:
      number(value.size());
      for (const auto& entry : value.entries()) {
        text(entry.key.as_string());
        this->value(entry.value);
      }
      break;
  }
}

void BinaryReader::refuse(std::string_view why) {
  if (m_error) return;
  m_error = Error(ErrorKind::internal, std::string(why) + " at byte " + std::to_string(m_size - m_bytes.size()) +
                                           " of " + std::to_string(m_size));
  m_bytes = {};
}

bool BinaryReader::charge(std::uint64_t bytes) {
  if (m_budget.step() && m_budget.take(bytes)) return true;
  if (!m_error) m_error = m_budget.error("reading bytes");
  m_bytes = {};
  return false;
}

std::uint64_t BinaryReader::number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (m_bytes.empty()) break;
    const auto byte = static_cast<std::uint8_t>(m_bytes.front());
    m_bytes.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
  refuse("a number is cut or too large");
  return 0;
}

std::uint64_t BinaryReader::number_below(std::uint64_t limit) {
  const std::uint64_t found = number();
  if (found < limit) return found;
  refuse("a number is out of its range");
  return 0;
}

std::string_view BinaryReader::text() {
  const std::uint64_t length = number();
  if (length > m_bytes.size()) {
    refuse("a text is cut");
    return {};
  }
  const std::string_view text = m_bytes.substr(0, length);
  m_bytes.remove_prefix(length);
  return charge(length + sizeof(std::string)) ? text : std::string_view{};
}

std::size_t BinaryReader::count() {
  const std::uint64_t count = number();
  if (count > m_bytes.size()) refuse("a list is cut");
  return m_error ? 0 : count;
}

std::uint64_t BinaryReader::fixed(std::size_t width) {
  if (m_bytes.size() < width) {
    refuse("a number is cut");
    return 0;
  }
  std::uint64_t bits = 0;
  for (std::size_t i = width; i-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>(m_bytes[i]);
  m_bytes.remove_prefix(width);
  return bits;
}

Value BinaryReader::list_at(std::uint32_t depth) {
  std::vector<Value> items;
  const std::size_t size = count();
  items.reserve(std::min(size, k_most_reserved));
  for (std::size_t i = 0; i < size && ok(); ++i) items.push_back(value_at(depth + 1));
  return Value::list(std::move(items));
}

Value BinaryReader::map_at(std::uint32_t depth) {
  std::vector<Value::Entry> entries;
  const std::size_t size = count();
  entries.reserve(std::min(size, k_most_reserved));
  for (std::size_t i = 0; i < size && ok(); ++i) {
    Value key(text());
    entries.push_back({std::move(key), value_at(depth + 1)});
  }
  RepeatedKeys repeated;
  if (repeated.find(entries.size(), [&](std::size_t i) { return entries[i].key.as_string(); })) {
    refuse("a map has a key twice");
    return {};
  }
  return Value::map_of_distinct(std::move(entries));
}

Value BinaryReader::value_at(std::uint32_t depth) {
  if (!charge(sizeof(Value))) return {};
  const auto byte = static_cast<std::uint8_t>(fixed(1));
  const auto tag = static_cast<std::uint8_t>(byte & ~k_sensitive);
  if (tag >= k_tags) refuse("there is no value of this kind");
  if (depth > k_deepest) refuse("values are nested too deep");
  if (!ok()) return {};
  Value value;
  switch (static_cast<Tag>(tag)) {
    case Tag::null: break;
    case Tag::no: value = false; break;
    case Tag::yes: value = true; break;
    case Tag::positive: value = static_cast<std::int64_t>(number_below(1ULL << 63)); break;
    case Tag::negative: value = static_cast<std::int64_t>(~number_below(1ULL << 63)); break;
    case Tag::number: {
      const auto number = std::bit_cast<double>(fixed(8));
      if (!std::isfinite(number)) refuse("a number is not finite");
      value = number;
      break;
    }
    case Tag::string: value = text(); break;
    case Tag::list: value = list_at(depth); break;
    case Tag::map: value = map_at(depth); break;
  }
  if ((byte & k_sensitive) != 0) value.mark_sensitive();
  return value;
}

Status BinaryReader::finish(std::string_view what) {
  if (!m_error && !m_bytes.empty()) refuse("there are more bytes");
  if (!m_error) return {};
  Error error = *m_error;
  if (error.kind == ErrorKind::internal) error.message = std::string(what) + " is damaged: " + error.message;
  return fail(std::move(error));
}

}  // namespace reconciled
