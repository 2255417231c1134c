// Cuts a text into the tokens of YAML 1.1, as go-yaml does.
#pragma once

#include "base/yaml_token.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Tokens lie in the scanner and in its copy of the text. Takes time in proportion to the text, whatever it is.
class YamlScanner {
 public:
  /// UTF-8 without a byte order mark. `skipped` bytes stood before it, which the reader of go-yaml has seen.
  YamlScanner(std::string_view text, std::size_t skipped, YamlRules rules);

  /// The next token, which stays the next until `take`; null on failure.
  const YamlToken* peek();
  void take();
  [[nodiscard]] const YamlFailure& failure() const { return m_failure; }

 private:
  struct SimpleKey {
    bool possible = false;
    bool required = false;
    std::uint64_t number = 0;  ///< of its token
    YamlPlace place{};
  };
  enum class Quotes : bool { single_, double_ };

  void find_wall(std::string_view text, std::size_t skipped);
  bool fail(std::string_view context, const YamlPlace& context_place, std::string_view problem);
  bool fail_tag(bool directive, const YamlPlace& place, std::string_view problem);
  bool meets_wall();

  bool fetch_more();
  bool fetch_next();
  bool fetch_indicator();
  bool fetch_block_or_scalar();
  bool fetch_stream_end();
  bool fetch_directive();
  bool fetch_document_indicator(YamlToken::Kind kind);
  bool fetch_flow_start(YamlToken::Kind kind);
  bool fetch_flow_end(YamlToken::Kind kind);
  bool fetch_flow_entry();
  bool fetch_block_entry();
  bool fetch_key();
  bool fetch_value();
  bool fetch_scanned(bool (YamlScanner::*scan)(YamlToken& token));
  bool fetch_block_scalar();

  void skip_to_token();
  bool save_simple_key();
  bool remove_simple_key();
  bool check_simple_key(SimpleKey& key, bool& valid);
  bool roll_indent(std::int32_t column, std::optional<std::uint64_t> number, YamlToken::Kind kind,
                   const YamlPlace& place);
  void unroll_indent(std::int32_t column);
  void append(YamlToken token);
  void append_indicator(YamlToken::Kind kind, std::size_t length);
  void insert(std::uint64_t number, YamlToken token);

  bool scan_directive(YamlToken& token);
  bool scan_version(YamlToken& token, const YamlPlace& start);
  bool scan_version_number(int& number, const YamlPlace& start);
  bool scan_tag_directive(YamlToken& token, const YamlPlace& start);
  bool scan_anchor(YamlToken& token);
  bool scan_tag(YamlToken& token);
  bool scan_tag_handle(bool directive, const YamlPlace& start, std::string& handle);
  bool scan_tag_uri(bool directive, bool verbatim, std::string_view head, const YamlPlace& start, std::string& uri);
  bool scan_uri_escape(bool directive, const YamlPlace& start, std::string& uri);
  bool scan_block_scalar(YamlToken& token);
  bool scan_block_header(int& chomping, int& increment, const YamlPlace& start);
  bool scan_block_breaks(std::int32_t& indent, std::string& breaks, const YamlPlace& start);
  bool scan_plain(YamlToken& token);
  bool scan_plain_blanks(std::int32_t indent, const YamlPlace& start);
  bool scan_quoted(YamlToken& token);
  bool scan_quoted_characters(Quotes quotes, const YamlPlace& start, bool& leading_blanks);
  bool scan_escape(const YamlPlace& start);
  void scan_quoted_blanks(bool& leading_blanks);
  void join_lines();

  [[nodiscard]] char at(std::size_t ahead = 0) const { return m_text[m_at + ahead]; }
  [[nodiscard]] bool is_break(std::size_t ahead = 0) const {
    const char* c = m_text + m_at + ahead;
    if (*c == '\n' || *c == '\r') return true;
    if (static_cast<unsigned char>(*c) < 0x80) return false;
    return (c[0] == '\xC2' && c[1] == '\x85') ||
           (c[0] == '\xE2' && c[1] == '\x80' && (c[2] == '\xA8' || c[2] == '\xA9'));
  }
  [[nodiscard]] bool is_end(std::size_t ahead = 0) const { return m_text[m_at + ahead] == '\0'; }
  [[nodiscard]] bool is_blank(std::size_t ahead = 0) const { return at(ahead) == ' ' || at(ahead) == '\t'; }
  [[nodiscard]] bool is_break_or_end(std::size_t ahead = 0) const { return is_end(ahead) || is_break(ahead); }
  [[nodiscard]] bool is_blank_or_end(std::size_t ahead = 0) const { return is_blank(ahead) || is_break_or_end(ahead); }
  [[nodiscard]] bool is_document_indicator() const;
  [[nodiscard]] YamlPlace place() const;
  [[nodiscard]] std::int32_t column() const {
    return static_cast<std::int32_t>((m_at - m_line_begin) - (m_wide - m_line_wide));
  }
  void skip() {  // one character
    const auto byte = static_cast<unsigned char>(m_text[m_at]);
    const std::size_t width = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    m_at += width;
    m_wide += width - 1;
  }
  void skip_printable();  // ASCII, as much as there is
  void skip_ascii(std::size_t n) { m_at += n; }
  void skip_line();
  void skip_blanks_and_comment();
  void read(std::string& out);       // one character
  void read_line(std::string& out);  // a line break
  std::string_view keep(std::string_view text);

  std::unique_ptr<char[]> m_buffer;
  const char* m_text = nullptr;  // ends with several NULs
  std::size_t m_size = 0;
  YamlRules m_rules;
  std::optional<std::size_t> m_wall;  // from here on the reader of go-yaml has nothing to give but its error
  YamlFailure m_wall_failure;

  std::size_t m_at = 0;
  std::size_t m_wide = 0;  // bytes so far that continue a character
  std::size_t m_line_begin = 0;
  std::size_t m_line_wide = 0;
  std::uint32_t m_line = 0;

  std::vector<YamlToken> m_tokens;
  std::size_t m_head = 0;
  std::uint64_t m_taken = 0;  // tokens
  bool m_started = false;
  bool m_failed = false;
  bool m_available = false;
  std::int32_t m_indent = -1;
  std::vector<std::int32_t> m_indents;
  std::uint32_t m_flow_level = 0;
  bool m_simple_key_allowed = true;
  std::vector<SimpleKey> m_simple_keys;
  // Of the scalar that is scanned, kept for their memory.
  std::string m_scalar;
  std::string m_leading_break;
  std::string m_trailing_breaks;
  std::string m_blanks;
  std::vector<std::unique_ptr<char[]>> m_kept;
  std::size_t m_kept_left = 0;
  char* m_kept_next = nullptr;
  YamlFailure m_failure;
};

}  // namespace reconciled
