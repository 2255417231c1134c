#include "sources/pkt_line.h"

#include <array>
#include <charconv>

namespace reconciled {
namespace {

constexpr std::size_t k_length_bytes = 4;
constexpr std::size_t k_max_packet_bytes = 65520;
constexpr std::size_t k_read_bytes = 65536;

Error not_git(std::string_view bytes) {
  const bool page = bytes.starts_with('<') || bytes.starts_with("HTTP");
  return Error(ErrorKind::source_integrity,
               page ? "the server answers with a web page instead of Git's protocol"
                    : "the server does not answer with Git's protocol",
               {}, "check the repository's URL");
}

}  // namespace

Status PacketReader::fill(std::size_t needed) {
  if (m_begin > 0 && m_buffer.size() - m_begin < needed) {
    m_buffer.erase(0, m_begin);
    m_begin = 0;
  }
  while (m_buffer.size() - m_begin < needed) {
    const std::size_t size = m_buffer.size();
    m_buffer.resize(size + k_read_bytes);
    auto got = m_stream->read(m_buffer.data() + size, k_read_bytes);
    m_buffer.resize(size + (got ? *got : 0));
    if (!got) return fail(std::move(got).error());
    if (*got == 0) break;
  }
  return {};
}

Result<Packet> PacketReader::next() {
  TRY(fill(k_length_bytes));
  const std::string_view rest = std::string_view(m_buffer).substr(m_begin);
  if (rest.empty() && m_any) return Packet{};
  if (rest.empty())
    return fail(ErrorKind::source_integrity, "the server's answer is empty", {}, "check the repository's URL");
  const std::string_view digits = rest.substr(0, k_length_bytes);
  std::size_t length = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), length, 16);
  if (code != std::errc{} || end != digits.data() + digits.size()) return fail(not_git(rest));
  if (rest.size() < k_length_bytes) return fail(ErrorKind::source_transient, "the server's answer ends early");
  m_any = true;
  if (length < k_length_bytes) {
    constexpr std::array k_kinds{Packet::Kind::flush, Packet::Kind::delimiter, Packet::Kind::response_end};
    if (length >= k_kinds.size()) return fail(not_git(rest));
    m_begin += k_length_bytes;
    return Packet{.kind = k_kinds[length]};
  }
  if (length > k_max_packet_bytes) return fail(not_git(rest));
  TRY(fill(length));
  if (m_buffer.size() - m_begin < length) return fail(ErrorKind::source_transient, "the server's answer ends early");
  const Packet packet{.kind = Packet::Kind::data,
                      .data = std::string_view(m_buffer).substr(m_begin + k_length_bytes, length - k_length_bytes)};
  m_begin += length;
  return packet;
}

void append_packet(std::string& out, std::string_view line) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  const std::size_t length = line.size() + k_length_bytes;
  for (int shift = 12; shift >= 0; shift -= 4) out += k_digits[(length >> shift) & 15];
  out += line;
}

}  // namespace reconciled
