// The framing of Git's wire protocol: lines with their length in front.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

/// Bytes that come from a server, as they come.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// At least one byte, or 0 at the end.
  virtual Result<std::size_t> read(char* buffer, std::size_t capacity) = 0;
};

struct Packet {
  enum class Kind : std::uint8_t { data, flush, delimiter, response_end, end };
  Kind kind = Kind::end;    ///< end: the stream ended between two packets
  std::string_view data{};  ///< valid until the next packet
  /// The data without a line break at its end.
  [[nodiscard]] std::string_view line() const { return data.ends_with('\n') ? data.substr(0, data.size() - 1) : data; }
};

/// Takes packets off a stream. ErrorKind::source_integrity for what is no packet (an HTML page, say) and
/// source_transient for a stream that ends within one.
class PacketReader {
 public:
  explicit PacketReader(ByteStream& stream) : m_stream(&stream) {}
  Result<Packet> next();

 private:
  Status fill(std::size_t needed);
  ByteStream* m_stream;
  std::string m_buffer;
  std::size_t m_begin = 0;
  bool m_any = false;
};

constexpr std::string_view k_flush_packet = "0000";
constexpr std::string_view k_delimiter_packet = "0001";
/// `line` must be shorter than 65516 bytes.
void append_packet(std::string& out, std::string_view line);

}  // namespace reconciled
