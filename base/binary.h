// Values and texts as compact bytes, for memory and for pipes between processes of one build: never stored, and never
// sent to another version.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

/// Appends to a buffer. Numbers are varints, texts and counts have their length in front.
class BinaryWriter {
 public:
  void number(std::uint64_t number);
  void text(std::string_view text);
  /// With its sensitive marks; a double stays a double.
  void value(const Value& value);
  [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
  [[nodiscard]] std::string take() && { return std::move(m_bytes); }

 private:
  std::string m_bytes;
};

/// Reads what a BinaryWriter wrote, from bytes that nobody vouches for. After the first fault everything it answers is
/// empty and zero; `finish` tells.
class BinaryReader {
 public:
  /// Each value and each count is charged. `bytes` and `budget` must outlive it.
  BinaryReader(std::string_view bytes, Budget& budget) : m_bytes(bytes), m_size(bytes.size()), m_budget(budget) {}

  std::uint64_t number();
  /// A number below `limit`.
  std::uint64_t number_below(std::uint64_t limit);
  /// Valid as long as the bytes are.
  std::string_view text();
  /// How many items follow: never more than there are bytes left, so that a loop over them ends.
  std::size_t count();
  Value value() { return value_at(0); }

  /// Gives up on the bytes: they hold what may not be there.
  void refuse(std::string_view why);
  [[nodiscard]] bool ok() const { return !m_error; }
  /// ErrorKind::internal when the bytes are damaged or go on, ErrorKind::limit when the budget is spent. `what` names
  /// them: "a render job".
  Status finish(std::string_view what);

 private:
  Value value_at(std::uint32_t depth);
  Value list_at(std::uint32_t depth);
  Value map_at(std::uint32_t depth);
  bool charge(std::uint64_t bytes);
  std::uint64_t fixed(std::size_t width);

  std::string_view m_bytes;  ///< what is left
  std::size_t m_size;
  Budget& m_budget;
  std::optional<Error> m_error;
};

}  // namespace reconciled
