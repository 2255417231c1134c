#include "renderers/helm/time/time_zone.h"

#include "renderers/helm/time/posix_zone.h"

#include <algorithm>
#include <array>
#include <limits>

namespace reconciled::helm {
namespace {

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : m_rest(bytes) {}
  [[nodiscard]] bool good() const { return m_good; }
  [[nodiscard]] std::string_view rest() const { return m_rest; }

  std::string_view take(std::uint64_t count) {
    if (count > m_rest.size()) {
      m_good = false;
      count = m_rest.size();
    }
    const std::string_view taken = m_rest.substr(0, count);
    m_rest.remove_prefix(count);
    return taken;
  }
  /// Big-endian, signed.
  std::int64_t number(std::size_t size) {
    const std::string_view bytes = take(size);
    std::uint64_t number = !bytes.empty() && static_cast<signed char>(bytes.front()) < 0 ? ~0ULL : 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(number);
  }

 private:
  std::string_view m_rest;
  bool m_good = true;
};

/// How many there are of each thing, in the order of the header.
struct Counts {
  std::uint64_t utc_marks = 0;
  std::uint64_t standard_marks = 0;
  std::uint64_t leap_seconds = 0;
  std::uint64_t changes = 0;
  std::uint64_t kinds = 0;
  std::uint64_t characters = 0;
};

Counts take_counts(ByteReader& reader) {
  Counts counts;
  for (std::uint64_t* count : {&counts.utc_marks, &counts.standard_marks, &counts.leap_seconds, &counts.changes,
                               &counts.kinds, &counts.characters}) {
    *count = static_cast<std::uint32_t>(reader.number(4));
  }
  return counts;
}

/// The length of a block with times of so many bytes.
std::uint64_t block_size(const Counts& counts, std::uint64_t time_size) {
  return counts.changes * (time_size + 1) + counts.kinds * 6 + counts.characters +
         counts.leap_seconds * (time_size + 4) + counts.standard_marks + counts.utc_marks;
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
  constexpr std::size_t k_version_and_room = 16;
  ByteReader reader(bytes);
  if (reader.take(4) != "TZif") return std::nullopt;
  const std::string_view version = reader.take(k_version_and_room);
  if (!reader.good() || (version[0] != '\0' && version[0] != '2' && version[0] != '3')) return std::nullopt;
  Counts counts = take_counts(reader);
  std::size_t time_size = 4;
  if (version[0] != '\0') {  // the same once more, with 64 bits
    reader.take(block_size(counts, time_size));
    reader.take(4 + k_version_and_room);
    counts = take_counts(reader);
    time_size = 8;
  }
  if (!reader.good() || counts.kinds == 0 || block_size(counts, time_size) > reader.rest().size()) return std::nullopt;
  ByteReader times(reader.take(counts.changes * time_size));
  const std::string_view kinds_of_changes = reader.take(counts.changes);
  ByteReader kinds(reader.take(counts.kinds * 6));
  const std::string_view names = reader.take(counts.characters);
  reader.take(counts.leap_seconds * (time_size + 4) + counts.standard_marks + counts.utc_marks);

  TimeZone zone;
  for (std::uint64_t i = 0; i < counts.kinds; ++i) {
    Kind kind;
    kind.seconds = kinds.number(4);
    kind.is_summer = kinds.number(1) != 0;
    const auto name = static_cast<std::uint8_t>(kinds.number(1));
    if (name >= names.size()) return std::nullopt;
    kind.name = names.substr(name, names.find('\0', name) - name);
    zone.m_kinds.push_back(std::move(kind));
  }
  for (const char kind : kinds_of_changes) {
    const auto index = static_cast<std::uint8_t>(kind);
    if (index >= zone.m_kinds.size()) return std::nullopt;
    zone.m_changes.push_back({times.number(time_size), index});
  }
  if (zone.m_changes.empty()) zone.m_changes.push_back({std::numeric_limits<std::int64_t>::min(), 0});
  const std::string_view rule = reader.rest();
  if (rule.size() > 2 && rule.front() == '\n' && rule.back() == '\n') zone.m_rule = rule.substr(1, rule.size() - 2);
  return zone;
}

/// What counts before the first change: the first kind when no change leads to it, else one that is no summer time.
const TimeZone::Kind& TimeZone::first_kind() const {
  const auto leads_to_first = [](const Change& change) { return change.kind == 0; };
  if (std::none_of(m_changes.begin(), m_changes.end(), leads_to_first)) return m_kinds.front();
  const std::size_t first = m_changes.front().kind;
  if (m_kinds[first].is_summer) {
    for (std::size_t i = first; i > 0; --i) {
      if (!m_kinds[i - 1].is_summer) return m_kinds[i - 1];
    }
  }
  const auto found = std::find_if(m_kinds.begin(), m_kinds.end(), [](const Kind& kind) { return !kind.is_summer; });
  return found == m_kinds.end() ? m_kinds.front() : *found;
}

ZoneOffset TimeZone::at(std::int64_t seconds) const {
  const auto behind = std::upper_bound(m_changes.begin(), m_changes.end(), seconds,
                                       [](std::int64_t left, const Change& right) { return left < right.from; });
  if (behind == m_changes.begin()) return {first_kind().name, first_kind().seconds};
  if (behind == m_changes.end() && !m_rule.empty()) {
    if (const auto offset = posix_zone_at(m_rule, seconds)) return *offset;
  }
  const Kind& kind = m_kinds[(behind - 1)->kind];
  return {kind.name, kind.seconds};
}

}  // namespace reconciled::helm
