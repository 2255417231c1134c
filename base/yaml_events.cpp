#include "base/yaml_events.h"

#include "base/utf8.h"

#include <yaml.h>

#include <cstring>
#include <optional>

namespace reconciled {
namespace {

constexpr std::size_t k_most_tag_directives = 100;  ///< libyaml compares each with all before it
constexpr std::size_t k_block = 64;                 ///< bytes that are looked at together
constexpr std::string_view k_bom = "\xEF\xBB\xBF";

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

/// UTF-16 with a byte order mark, as YAML allows it, becomes UTF-8; nothing when it is malformed.
std::optional<std::string> from_utf16(std::string_view text) {
  const bool little = text.starts_with("\xFF\xFE");
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(text[i]);
    const auto b = static_cast<unsigned char>(text[i + 1]);
    return static_cast<std::uint32_t>(little ? a | b << 8 : a << 8 | b);
  };
  std::string out;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    std::uint32_t point = unit(i);
    if (point >= 0xDC00 && point < 0xE000) return std::nullopt;
    if (point >= 0xD800 && point < 0xDC00) {
      i += 2;
      if (i >= text.size() || unit(i) < 0xDC00 || unit(i) >= 0xE000) return std::nullopt;
      point = 0x10000 + ((point - 0xD800) << 10) + (unit(i) - 0xDC00);
    }
    append_utf8(out, point);
  }
  return out;
}

bool is_ascii_word(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return (word & 0x8080808080808080U) == 0;
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= 8 && is_ascii_word(text.data() + at)) at += 8;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

/// Whether each byte is a printable character of ASCII, a tab or a line break. Whole blocks, so that the compiler takes
/// many bytes at once.
bool is_printable_block(const char* text) {
  unsigned char bad = 0;
  for (std::size_t i = 0; i < k_block; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool printable = static_cast<unsigned char>(c - 0x20) <= 0x7E - 0x20;
    const bool space = (c == '\t') | (c == '\n') | (c == '\r');
    bad |= static_cast<unsigned char>(!(printable | space));
  }
  return bad == 0;
}

/// The characters that libyaml's reader lets pass.
bool is_allowed(std::uint32_t point) {
  return point == '\t' || point == '\n' || point == '\r' || (point >= 0x20 && point <= 0x7E) || point == 0x85 ||
         (point >= 0xA0 && point <= 0xFFFD) || point >= 0x10000;
}

/// How many characters a text has; nothing when one is malformed or not allowed in YAML.
std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text.size() - at >= k_block && is_printable_block(text.data() + at)) {
      count += k_block;
      at += k_block;
      continue;
    }
    for (const std::size_t end = std::min(at + k_block, text.size()); at < end; ++count) {
      const CodePoint point = first_code_point(text.substr(at));
      if (point.length == 0 || !is_allowed(point.value)) return std::nullopt;
      at += point.length;
    }
  }
  return count;
}

std::size_t count_tag_directives(std::string_view text) {
  std::size_t count = text.starts_with("%TAG") ? 1 : 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at > 0 && (text[at - 1] == '\n' || text[at - 1] == '\r') && text.substr(at).starts_with("%TAG")) ++count;
  }
  return count;
}

YamlStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_PLAIN_SCALAR_STYLE: return YamlStyle::plain;
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return YamlStyle::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return YamlStyle::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE: return YamlStyle::literal;
    case YAML_FOLDED_SCALAR_STYLE: return YamlStyle::folded;
    default: return YamlStyle::any;
  }
}

}  // namespace

struct YamlEventReader::State {
  State(std::string_view text_, std::string_view file_, Budget& budget_) : text(text_), file(file_), budget(&budget_) {}
  ~State() {
    if (!started) return;
    yaml_event_delete(&event);
    if (!padded.empty()) parser.buffer = own_buffer;
    yaml_parser_delete(&parser);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Both return false after they have set the failure.
  bool start();
  bool translate();
  void skip_reader();
  bool fail_with(Error error) {
    failure = std::move(error);
    return false;
  }
  YamlMark mark_of(const yaml_mark_t& mark);
  Error parser_error();
  Error error_at(ErrorKind kind, std::string message, const YamlMark& mark, std::string hint = {}) const {
    return Error(kind, std::move(message), {.file = file, .line = mark.line, .column = mark.column}, std::move(hint));
  }

  std::string_view text;  // without a byte order mark
  std::string converted;  // from UTF-16
  std::string file;
  Budget* budget;
  bool started = false;
  bool ended = false;
  YamlEvent current;
  std::optional<Error> failure;
  std::uint32_t depth = 0;
  // libyaml counts characters, we report bytes: where the run of one-byte characters begins that the last mark is in.
  std::size_t run_index = 0;
  std::size_t run_offset = 0;
  std::size_t run_length = 0;
  std::size_t bom = 0;
  yaml_parser_t parser{};
  yaml_event_t event{};
  std::string padded;  // the text as the scanner reads it; empty: libyaml's reader feeds it
  decltype(yaml_parser_t::buffer) own_buffer{};
};

bool YamlEventReader::State::start() {
  if (text.size() > UINT32_MAX) return fail_with(error_at(ErrorKind::limit, "the text is larger than 4 GiB", {}));
  if (!budget->take(text.size())) return fail_with(budget->error("reading YAML", {.file = file}));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    auto utf8 = from_utf16(text);
    if (!utf8)
      return fail_with(error_at(ErrorKind::render, "the text is not valid UTF-16", {1, 1, 0}, "save it as UTF-8"));
    converted = std::move(*utf8);
    text = converted;
  } else if (text.starts_with(k_bom)) {
    bom = k_bom.size();
    text.remove_prefix(bom);
  }
  if (count_tag_directives(text) > k_most_tag_directives) {
    return fail_with(
        error_at(ErrorKind::limit, "more than " + std::to_string(k_most_tag_directives) + " %TAG directives", {}));
  }
  if (yaml_parser_initialize(&parser) == 0) return fail_with(error_at(ErrorKind::local, "out of memory", {}));
  started = true;
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  if (text.data() == nullptr) text = std::string_view("");  // libyaml insists on a pointer
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  run_length = ascii_prefix(text);
  skip_reader();
  return true;
}

/// libyaml's reader checks and copies its input character by character, in a third of all the time. A text that it
/// would let pass goes to the scanner as one buffer instead, in the state that the reader leaves at the end of its
/// input: with a NUL that counts. Any other text stays with the reader, which knows what to say about it.
void YamlEventReader::State::skip_reader() {
  constexpr std::size_t k_look_ahead = 8;  // the scanner looks at up to four characters, whether they are there or not
  const auto characters = count_characters(text);
  if (!characters) return;
  padded.reserve(text.size() + k_look_ahead);
  padded.assign(text).append(k_look_ahead, '\0');
  auto* begin = reinterpret_cast<yaml_char_t*>(padded.data());
  own_buffer = parser.buffer;
  parser.buffer = {begin, begin + padded.size(), begin, begin + text.size() + 1};
  parser.unread = *characters + 1;
  parser.eof = 1;
}

YamlMark YamlEventReader::State::mark_of(const yaml_mark_t& mark) {
  const auto is_ascii = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) < 0x80; };
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U; };
  if (mark.index < run_index) {
    run_index = run_offset = 0;
    run_length = ascii_prefix(text);
  }
  while (mark.index > run_index + run_length && run_offset + run_length < text.size()) {
    run_index += run_length;
    run_offset += run_length;
    while (run_offset < text.size() && !is_ascii(run_offset)) {
      for (++run_offset; run_offset < text.size() && continues(run_offset);) ++run_offset;
      if (++run_index == mark.index) break;
    }
    run_length = ascii_prefix(text.substr(run_offset));
  }
  const std::size_t offset = std::min(run_offset + (mark.index - run_index), text.size());
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
          static_cast<std::uint32_t>(offset + bom)};
}

Error YamlEventReader::State::parser_error() {
  const std::string problem = parser.problem == nullptr ? "cannot be read" : parser.problem;
  if (parser.error == YAML_MEMORY_ERROR) return error_at(ErrorKind::local, "out of memory", {});
  if (parser.error == YAML_READER_ERROR) {
    YamlMark mark{1, 1, static_cast<std::uint32_t>(parser.problem_offset + bom)};
    for (std::size_t i = 0; i < std::min(parser.problem_offset, text.size()); ++i) {
      if (text[i] == '\n') {
        ++mark.line;
        mark.column = 1;
      } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
        ++mark.column;
      }
    }
    return error_at(ErrorKind::render, "not valid YAML: " + problem, mark,
                    "save the file as UTF-8 without control characters");
  }
  YamlMark mark = mark_of(parser.problem_mark);
  if (mark.offset - bom >= text.size() && mark.column == 1 && mark.line > 1 && !text.empty() && text.back() != '\n') {
    // libyaml puts the end of a text on a line of its own, which nobody can find.
    const std::size_t line = text.find_last_of("\r\n") + 1;
    --mark.line;
    mark.column = static_cast<std::uint32_t>(text.size() - line) + 1;
  }
  std::string message = "not valid YAML: " + problem;
  if (parser.context != nullptr) {
    message += std::string(" ") + parser.context;
    if (parser.context_mark.line != parser.problem_mark.line) {
      message += " that begins on line " + std::to_string(parser.context_mark.line + 1);
    }
  }
  const std::size_t at = mark.offset - bom;
  const bool tab = at < text.size() && text[at] == '\t';
  return error_at(ErrorKind::render, std::move(message), mark, tab ? "indent with spaces: YAML takes no tabs" : "");
}

bool YamlEventReader::State::translate() {
  current = YamlEvent{};
  YamlEvent& out = current;
  out.mark = mark_of(event.start_mark);
  switch (event.type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_END_EVENT: ended = true; return true;
    case YAML_STREAM_START_EVENT: out.kind = YamlEvent::Kind::stream_start; return true;
    case YAML_DOCUMENT_START_EVENT:
      out.kind = YamlEvent::Kind::document_start;
      out.implicit = event.data.document_start.implicit != 0;
      return true;
    case YAML_DOCUMENT_END_EVENT:
      out.kind = YamlEvent::Kind::document_end;
      out.implicit = event.data.document_end.implicit != 0;
      return true;
    case YAML_ALIAS_EVENT:
      out.kind = YamlEvent::Kind::alias;
      out.text = view_of(event.data.alias.anchor);
      return true;
    case YAML_SCALAR_EVENT: {
      const auto& scalar = event.data.scalar;
      out.kind = YamlEvent::Kind::scalar;
      out.text = {reinterpret_cast<const char*>(scalar.value), scalar.length};
      out.tag = view_of(scalar.tag);
      out.anchor = view_of(scalar.anchor);
      out.style = style_of(scalar.style);
      out.implicit = scalar.plain_implicit != 0;
      return true;
    }
    case YAML_SEQUENCE_START_EVENT: {
      const auto& sequence = event.data.sequence_start;
      out.kind = YamlEvent::Kind::sequence_start;
      out.tag = view_of(sequence.tag);
      out.anchor = view_of(sequence.anchor);
      out.style = sequence.style == YAML_FLOW_SEQUENCE_STYLE ? YamlStyle::flow : YamlStyle::block;
      break;
    }
    case YAML_MAPPING_START_EVENT: {
      const auto& mapping = event.data.mapping_start;
      out.kind = YamlEvent::Kind::mapping_start;
      out.tag = view_of(mapping.tag);
      out.anchor = view_of(mapping.anchor);
      out.style = mapping.style == YAML_FLOW_MAPPING_STYLE ? YamlStyle::flow : YamlStyle::block;
      break;
    }
    case YAML_SEQUENCE_END_EVENT:
      out.kind = YamlEvent::Kind::sequence_end;
      --depth;
      return true;
    case YAML_MAPPING_END_EVENT:
      out.kind = YamlEvent::Kind::mapping_end;
      --depth;
      return true;
  }
  if (++depth > budget->max_depth()) {
    return fail_with(error_at(
        ErrorKind::limit, "the YAML nests deeper than " + std::to_string(budget->max_depth()) + " levels", out.mark));
  }
  return true;
}

YamlEventReader::YamlEventReader(std::string_view text, std::string_view file, Budget& budget)
    : m_state(std::make_unique<State>(text, file, budget)) {}
YamlEventReader::~YamlEventReader() = default;
YamlEventReader::YamlEventReader(YamlEventReader&&) noexcept = default;
YamlEventReader& YamlEventReader::operator=(YamlEventReader&&) noexcept = default;

const YamlEvent* YamlEventReader::advance() {
  State& state = *m_state;
  if (state.failure) return nullptr;
  if (state.ended) {
    state.current = YamlEvent{};
    return &state.current;
  }
  if (!state.started && !state.start()) return nullptr;
  yaml_event_delete(&state.event);
  if (!state.budget->step()) {
    state.fail_with(state.budget->error("reading YAML", {.file = state.file}));
    return nullptr;
  }
  if (yaml_parser_parse(&state.parser, &state.event) == 0) {
    state.fail_with(state.parser_error());
    return nullptr;
  }
  return state.translate() ? &state.current : nullptr;
}

std::string YamlEventReader::go_error(GoYaml dialect) const {
  const yaml_parser_t& parser = m_state->parser;
  if (!m_state->failure || parser.problem == nullptr) return "";
  const std::size_t problem = parser.problem_mark.line;
  const std::size_t context = parser.context_mark.line;
  // Only the scanner's lines count from 0; v2 forgets that where there is but a context.
  const std::size_t first = parser.error == YAML_SCANNER_ERROR ? 1 : 0;
  std::size_t line = 0;
  if (dialect == GoYaml::v2)
    line = problem != 0 ? problem + first : context;
  else if (context != 0 || problem != 0)
    line = (context != 0 ? context : problem) + first;
  return (line == 0 ? "" : "line " + std::to_string(line) + ": ") + parser.problem;
}

const Error& YamlEventReader::error() const {
  return *m_state->failure;
}

Result<YamlEvent> YamlEventReader::next() {
  const YamlEvent* event = advance();
  if (event == nullptr) return fail(error());
  return *event;
}

}  // namespace reconciled
