// Messages on a pipe: eight bytes of length, then the bytes.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reconciled {

constexpr std::size_t k_frame_head = 8;
std::array<char, k_frame_head> make_frame_head(std::uint64_t size);
std::uint64_t read_frame_head(std::string_view head);

/// Blocking, for the worker's side. The next message; nullopt when the other end was closed between two messages.
Result<std::optional<std::string>> read_frame(int fd, std::uint64_t max_bytes);
Status write_frame(int fd, std::string_view message);

/// Why a message was not answered.
enum class ExchangeFault : std::uint8_t {
  none,
  late,    ///< the deadline passed
  closed,  ///< the other end is gone
  large,   ///< the answer is larger than it may be
  broken,  ///< this end does not work: errno
};
struct Exchanged {
  ExchangeFault fault = ExchangeFault::none;
  std::string answer{};
};

/// Sends one message and takes one answer on two non-blocking descriptors, in any order, so that neither end waits for
/// the other's pipe to be emptied.
Exchanged exchange_frames(int to, int from, std::string_view message, std::uint64_t max_answer, MonotonicTime deadline);

}  // namespace reconciled
