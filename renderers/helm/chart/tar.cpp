#include "renderers/helm/chart/tar.h"

#include <array>
#include <charconv>
#include <limits>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_block = 512;
constexpr std::uint64_t k_max_extension = 1U << 20;
constexpr std::uint32_t k_max_extensions_in_a_row = 64;
using Block = std::array<char, k_block>;

tl::unexpected<Error> invalid_header() {
  return fail(ErrorKind::render, "archive/tar: invalid tar header");
}

std::string_view field(const Block& block, std::size_t offset, std::size_t size) {
  return {block.data() + offset, size};
}

/// Up to the first NUL.
std::string_view text_field(const Block& block, std::size_t offset, std::size_t size) {
  const auto whole = field(block, offset, size);
  return whole.substr(0, whole.find('\0'));
}

/// Octal digits between blanks and NULs, or GNU's big-endian binary form.
std::optional<std::uint64_t> number_field(std::string_view text) {
  if (!text.empty() && (static_cast<unsigned char>(text.front()) & 0x80U) != 0) {
    if ((static_cast<unsigned char>(text.front()) & 0x40U) != 0) return std::nullopt;  // negative
    std::uint64_t number = static_cast<unsigned char>(text.front()) & 0x3FU;
    for (const char c : text.substr(1)) {
      if (number > (std::numeric_limits<std::uint64_t>::max() >> 9)) return std::nullopt;
      number = (number << 8) | static_cast<unsigned char>(c);
    }
    return number;
  }
  constexpr std::string_view k_blank(" \0", 2);
  const auto begin = text.find_first_not_of(k_blank);
  if (begin == std::string_view::npos) return 0;
  text = text.substr(begin, text.find_last_not_of(k_blank) + 1 - begin);
  text = text.substr(0, text.find('\0'));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool checksum_is_right(const Block& block) {
  constexpr std::size_t k_at = 148;
  constexpr std::size_t k_size = 8;
  const auto expected = number_field(field(block, k_at, k_size));
  std::int64_t as_unsigned = 0;
  std::int64_t as_signed = 0;
  for (std::size_t i = 0; i < k_block; ++i) {
    const char c = i >= k_at && i < k_at + k_size ? ' ' : block[i];
    as_unsigned += static_cast<unsigned char>(c);
    as_signed += static_cast<signed char>(c);
  }
  return expected &&
         (static_cast<std::int64_t>(*expected) == as_unsigned || static_cast<std::int64_t>(*expected) == as_signed);
}

bool is_zero(const Block& block) {
  for (const char c : block) {
    if (c != 0) return false;
  }
  return true;
}

std::string name_of(const Block& block) {
  std::string name(text_field(block, 0, 100));
  if (field(block, 257, 6) != std::string_view("ustar\0", 6)) return name;
  const auto prefix = text_field(block, 345, 155);
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

TarEntry::Kind kind_of(char type, std::uint64_t mode, std::string_view name) {
  constexpr std::uint64_t k_kind_bits = 0170000;
  constexpr std::uint64_t k_folder_bits = 0040000;
  if (type == '5' || (mode & k_kind_bits) == k_folder_bits) return TarEntry::Kind::folder;
  if (type == '\0' && name.ends_with('/')) return TarEntry::Kind::folder;
  if (type == '0' || type == '\0' || type == '7') return TarEntry::Kind::file;
  return type == '1' || type == '2' ? TarEntry::Kind::link : TarEntry::Kind::special;
}

/// Types that have a header and no content, whatever their size says.
bool has_no_content(char type) {
  return type >= '1' && type <= '6';
}

}  // namespace

Status TarReader::read_exactly(std::span<char> out) {
  TRY_ASSIGN(const auto count, m_stream.read(out));
  if (count != out.size()) return fail(ErrorKind::render, "unexpected EOF");
  return {};
}

Status TarReader::skip(std::uint64_t bytes) {
  std::array<char, 16U << 10> scratch;
  while (bytes > 0) {
    const auto piece = std::min<std::uint64_t>(bytes, scratch.size());
    TRY(read_exactly(std::span(scratch).first(piece)));
    bytes -= piece;
  }
  return {};
}

Status TarReader::skip_rest() {
  const auto bytes = m_unread + m_padding;
  m_unread = m_padding = 0;
  return skip(bytes);
}

Result<std::string> TarReader::take_extension(std::uint64_t size) {
  if (size > k_max_extension) return fail(ErrorKind::limit, "archive/tar: header field too long");
  return content();
}

Result<std::string> TarReader::content() {
  std::string text(m_unread, '\0');
  m_unread = 0;
  TRY(read_exactly(text));
  return text;
}

/// Records are "LENGTH KEY=VALUE\n", the length counting itself.
Status TarReader::parse_records(std::string_view records, Extension& extension) {
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (error != std::errc() || digits >= records.size() || *end != ' ' || length > records.size() ||
        length < digits + 3 || records[length - 1] != '\n')
      return invalid_header();
    const auto record = records.substr(digits + 1, length - digits - 2);
    records.remove_prefix(length);
    const auto equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return invalid_header();
    const auto key = record.substr(0, equals);
    const auto value = record.substr(equals + 1);
    if (key.starts_with("GNU.sparse.")) extension.sparse = true;
    if (key == "path") {
      if (value.find('\0') != std::string_view::npos) return invalid_header();
      if (value.empty()) {
        extension.name.reset();
      } else {
        extension.name = std::string(value);
      }
    }
    if (key == "size" && !value.empty()) {
      std::uint64_t size = 0;
      const auto [stop, bad] = std::from_chars(value.data(), value.data() + value.size(), size);
      if (bad != std::errc() || stop != value.data() + value.size()) return invalid_header();
      extension.size = size;
    }
  }
  return {};
}

Result<std::optional<TarEntry>> TarReader::next() {
  Extension extension;
  for (std::uint32_t extensions = 0; extensions < k_max_extensions_in_a_row; ++extensions) {
    TRY(skip_rest());
    Block block;
    TRY_ASSIGN(const auto count, m_stream.read(block));
    if (count == 0) return std::nullopt;
    if (count != k_block) return fail(ErrorKind::render, "unexpected EOF");
    if (is_zero(block)) return std::nullopt;
    if (!checksum_is_right(block)) return invalid_header();
    const char type = block[156];
    const auto mode = number_field(field(block, 100, 8));
    auto size = number_field(field(block, 124, 12));
    if (!size || !mode) return invalid_header();
    const bool extends = type == 'x' || type == 'g' || type == 'L' || type == 'K';
    if (!extends && extension.size) size = extension.size;
    if (*size > std::numeric_limits<std::int64_t>::max()) return invalid_header();
    m_unread = has_no_content(type) ? 0 : *size;
    m_padding = (k_block - m_unread % k_block) % k_block;
    if (!extends) {
      TarEntry entry{extension.name ? *extension.name : name_of(block), TarEntry::Kind::special, m_unread};
      if (!extension.sparse) entry.kind = kind_of(type, *mode, entry.name);
      return entry;
    }
    TRY_ASSIGN(const auto text, take_extension(*size));
    if (type == 'x') TRY(parse_records(text, extension));
    if (type == 'L') extension.name = text.substr(0, text.find('\0'));
  }
  return invalid_header();
}

}  // namespace reconciled::helm
