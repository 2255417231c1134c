#include "base/yaml_events.h"

#include "base/utf8.h"
#include "base/yaml_parser.h"

#include <optional>

namespace reconciled {
namespace {

constexpr std::size_t k_most_tag_directives = 100;  ///< each is compared with all before it
constexpr std::string_view k_bom = "\xEF\xBB\xBF";

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

std::size_t count_tag_directives(std::string_view text) {
  std::size_t count = text.starts_with("%TAG") ? 1 : 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at > 0 && (text[at - 1] == '\n' || text[at - 1] == '\r') && text.substr(at).starts_with("%TAG")) ++count;
  }
  return count;
}

}  // namespace

struct YamlEventReader::State {
  State(std::string_view text_, std::string_view file_, Budget& budget_, YamlRules rules_)
      : text(text_), file(file_), budget(&budget_), rules(rules_) {}

  // Both return false after they have set the failure.
  bool start();
  bool translate();
  bool fail_with(Error error) {
    failure = std::move(error);
    return false;
  }
  [[nodiscard]] YamlMark mark_of(const YamlPlace& place) const {
    return {place.line + 1, place.column + 1, place.offset + static_cast<std::uint32_t>(bom)};
  }
  Error parser_error();
  Error error_at(ErrorKind kind, std::string message, const YamlMark& mark, std::string hint = {}) const {
    return Error(kind, std::move(message), {.file = file, .line = mark.line, .column = mark.column}, std::move(hint));
  }

  std::string_view text;  // without a byte order mark
  std::string converted;  // from UTF-16
  std::string file;
  Budget* budget;
  YamlRules rules;
  bool ended = false;
  YamlEvent current;
  std::optional<Error> failure;
  bool is_syntax = false;  // of the failure
  std::uint32_t depth = 0;
  std::size_t bom = 0;
  std::optional<YamlParser> parser;
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
  parser.emplace(text, bom, rules);
  return true;
}

Error YamlEventReader::State::parser_error() {
  is_syntax = true;
  const YamlFailure& why = parser->failure();
  if (why.stage == YamlFailure::Stage::reader) {
    const std::size_t offset = why.problem_place.offset;
    YamlMark mark{1, 1, static_cast<std::uint32_t>(offset + bom)};
    for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
      if (text[i] == '\n') {
        ++mark.line;
        mark.column = 1;
      } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
        ++mark.column;
      }
    }
    return error_at(ErrorKind::render, "not valid YAML: " + why.problem, mark,
                    "save the file as UTF-8 without control characters");
  }
  YamlMark mark = mark_of(why.problem_place);
  if (mark.offset - bom >= text.size() && mark.column == 1 && mark.line > 1 && !text.empty() && text.back() != '\n') {
    // The scanner puts the end of a text on a line of its own, which nobody can find.
    const std::size_t line = text.find_last_of("\r\n") + 1;
    --mark.line;
    mark.column = static_cast<std::uint32_t>(text.size() - line) + 1;
  }
  std::string message = "not valid YAML: " + why.problem;
  if (!why.context.empty()) {
    message += " " + why.context;
    if (why.context_place.line != why.problem_place.line)
      message += " that begins on line " + std::to_string(why.context_place.line + 1);
  }
  const std::size_t at = mark.offset - bom;
  const bool tab = at < text.size() && text[at] == '\t';
  return error_at(ErrorKind::render, std::move(message), mark, tab ? "indent with spaces: YAML takes no tabs" : "");
}

bool YamlEventReader::State::translate() {
  switch (current.kind) {
    case YamlEvent::Kind::stream_end: ended = true; return true;
    case YamlEvent::Kind::sequence_end:
    case YamlEvent::Kind::mapping_end: --depth; return true;
    case YamlEvent::Kind::sequence_start:
    case YamlEvent::Kind::mapping_start: break;
    case YamlEvent::Kind::stream_start:
    case YamlEvent::Kind::document_start:
    case YamlEvent::Kind::document_end:
    case YamlEvent::Kind::alias:
    case YamlEvent::Kind::scalar: return true;
  }
  if (++depth > budget->max_depth()) {
    return fail_with(error_at(ErrorKind::limit,
                              "the YAML nests deeper than " + std::to_string(budget->max_depth()) + " levels",
                              current.mark));
  }
  return true;
}

YamlEventReader::YamlEventReader(std::string_view text, std::string_view file, Budget& budget, YamlRules rules)
    : m_state(std::make_unique<State>(text, file, budget, rules)) {}
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
  if (!state.parser && !state.start()) return nullptr;
  if (!state.budget->step()) {
    state.fail_with(state.budget->error("reading YAML", {.file = state.file}));
    return nullptr;
  }
  YamlPlace place;
  if (!state.parser->next(state.current, place)) {
    state.fail_with(state.parser_error());
    return nullptr;
  }
  state.current.mark = state.mark_of(place);
  return state.translate() ? &state.current : nullptr;
}

std::string YamlEventReader::go_error(GoYaml dialect) const {
  if (!m_state->is_syntax) return "";
  const YamlFailure& why = m_state->parser->failure();
  const std::uint32_t problem = why.problem_place.line;
  const std::uint32_t context = why.has_context ? why.context_place.line : 0;
  // Only of the scanner's errors it knows that lines count from 0, and v2 forgets it where there is but a context.
  const std::uint32_t first = why.stage == YamlFailure::Stage::scanner ? 1 : 0;
  std::uint32_t line = 0;
  if (why.stage == YamlFailure::Stage::reader)
    line = 0;
  else if (dialect == GoYaml::v2)
    line = problem != 0 ? problem + first : context;
  else if (context != 0 || problem != 0)
    line = (context != 0 ? context : problem) + first;
  return (line == 0 ? "" : "line " + std::to_string(line) + ": ") + why.problem;
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
