#include "renderers/helm/chart/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace reconciled::helm {
namespace {

constexpr int k_gzip_window = 16 + MAX_WBITS;

tl::unexpected<Error> broken(const char* message) {
  return fail(ErrorKind::render, message);
}

}  // namespace

struct GzipReader::State {
  z_stream stream{};
  std::string_view input;
  bool in_member = false;
  bool at_end = false;
};

GzipReader::GzipReader(std::string_view compressed) : m_state(std::make_unique<State>()) {
  m_state->input = compressed;
}

GzipReader::~GzipReader() {
  if (m_state->in_member) inflateEnd(&m_state->stream);
}

Status GzipReader::begin_member() {
  if (!m_state->input.starts_with("\x1F\x8B\x08")) return broken("gzip: invalid header");
  m_state->stream = {};
  if (inflateInit2(&m_state->stream, k_gzip_window) != Z_OK)
    return fail(ErrorKind::local, "zlib cannot be initialised");
  m_state->in_member = true;
  return {};
}

Result<std::size_t> GzipReader::read(std::span<char> out) {
  constexpr std::size_t k_piece = std::numeric_limits<uInt>::max();
  std::size_t filled = 0;
  while (filled < out.size() && !m_state->at_end) {
    if (!m_state->in_member) TRY(begin_member());
    auto& stream = m_state->stream;
    const auto input = m_state->input.substr(0, k_piece);
    const auto room = std::min(out.size() - filled, k_piece);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    m_state->input.remove_prefix(input.size() - stream.avail_in);
    filled += room - stream.avail_out;
    if (code == Z_STREAM_END) {
      inflateEnd(&stream);
      m_state->in_member = false;
      m_state->at_end = m_state->input.empty();
    } else if (code == Z_BUF_ERROR || (code == Z_OK && m_state->input.empty() && stream.avail_out > 0)) {
      return broken("unexpected EOF");
    } else if (code != Z_OK) {
      return broken("gzip: invalid checksum or corrupt data");
    }
  }
  return filled;
}

}  // namespace reconciled::helm
