// The body of a watch: one JSON event a line, decoded as it arrives.
#pragma once

#include "ports/cluster.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace reconciled {

class WatchFrames {
 public:
  /// The call must outlive it.
  WatchFrames(const Call& call, std::uint64_t max_event_bytes) : m_call(call), m_max_bytes(max_event_bytes) {}

  /// Hands out each event that is whole. An ERROR event becomes its error (410: api_gone); what is no event is
  /// api_transient; a longer one than allowed is ErrorKind::limit. After an error nothing more is taken.
  Status take(std::string_view bytes, const std::function<void(WatchEvent)>& deliver);
  /// Called when the connection ended: an event that was cut is api_transient.
  [[nodiscard]] Status finish() const;

 private:
  Status take_line(std::string_view line, const std::function<void(WatchEvent)>& deliver);

  const Call& m_call;
  std::uint64_t m_max_bytes;
  std::string m_partial;
};

}  // namespace reconciled
