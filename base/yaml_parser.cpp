#include "base/yaml_parser.h"

namespace reconciled {
namespace {

using Token = YamlToken::Kind;
using Event = YamlEvent::Kind;

}  // namespace

bool YamlParser::next(YamlEvent& event, YamlPlace& place) {
  event = YamlEvent{};
  m_event = &event;
  m_place = &place;
  return step();
}

bool YamlParser::step() {
  switch (m_state) {
    case State::stream_start: return stream_start();
    case State::first_document: return document_start(true);
    case State::document_start: return document_start(false);
    case State::document_content: return document_content();
    case State::document_end: return document_end();
    case State::block_node: return node(Place::block);
    case State::block_node_or_sequence: return node(Place::block_or_indentless);
    case State::flow_node: return node(Place::flow);
    case State::first_block_entry: return block_entry(true);
    case State::block_entry: return block_entry(false);
    case State::indentless_entry: return indentless_entry();
    case State::first_block_key: return block_key(true);
    case State::block_key: return block_key(false);
    case State::block_value: return block_value();
    case State::first_flow_entry: return flow_entry(true);
    case State::flow_entry: return flow_entry(false);
    case State::flow_entry_key: return flow_entry_key();
    case State::flow_entry_value: return flow_entry_value();
    case State::flow_entry_end: return flow_entry_end();
    case State::first_flow_key: return flow_key(true);
    case State::flow_key: return flow_key(false);
    case State::flow_value: return flow_value(false);
    case State::flow_empty_value: return flow_value(true);
    case State::end: break;
  }
  return true;
}

bool YamlParser::emit(Event kind, const YamlPlace& place) {
  m_event->kind = kind;
  *m_place = place;
  return true;
}

/// The token is the end of a collection.
bool YamlParser::emit_end(Event kind) {
  pop();
  m_places.pop_back();
  emit(kind, m_token->start);
  m_scanner.take();
  return true;
}

bool YamlParser::empty_scalar(const YamlPlace& place) {
  m_event->style = YamlStyle::plain;
  return emit(Event::scalar, place);
}

bool YamlParser::fail(std::string_view problem, const YamlPlace& place) {
  m_failed_itself = true;
  m_failure = {YamlFailure::Stage::parser, std::string(problem), "", place, {}, false};
  return false;
}

bool YamlParser::fail_in(std::string_view context, const YamlPlace& context_place, std::string_view problem,
                         const YamlPlace& place) {
  m_failed_itself = true;
  m_failure = {YamlFailure::Stage::parser, std::string(problem), std::string(context), place, context_place, true};
  return false;
}

// --- documents

bool YamlParser::stream_start() {
  if (!peek()) return false;
  m_state = State::first_document;
  emit(Event::stream_start, m_token->start);
  m_scanner.take();
  return true;
}

bool YamlParser::document_start(bool first) {
  if (!peek()) return false;
  if (!first) {
    while (is(Token::document_end)) {
      if (!take_and_peek()) return false;
    }
  }
  if (is(Token::stream_end)) {
    m_state = State::end;
    emit(Event::stream_end, m_token->start);
    m_scanner.take();
    return true;
  }
  const bool explicit_ =
      !first || is(Token::version_directive) || is(Token::tag_directive) || is(Token::document_start);
  const YamlPlace start = m_token->start;
  if (!directives()) return false;
  m_states.push_back(State::document_end);
  m_event->implicit = !explicit_;
  if (!explicit_) {
    m_state = State::block_node;
    return emit(Event::document_start, start);
  }
  if (!is(Token::document_start)) return fail("did not find expected <document start>", m_token->start);
  m_state = State::document_content;
  m_scanner.take();
  return emit(Event::document_start, start);
}

bool YamlParser::document_content() {
  if (!peek()) return false;
  if (!is(Token::version_directive) && !is(Token::tag_directive) && !is(Token::document_start) &&
      !is(Token::document_end) && !is(Token::stream_end)) {
    return node(Place::block);
  }
  pop();
  return empty_scalar(m_token->start);
}

bool YamlParser::document_end() {
  if (!peek()) return false;
  const YamlPlace start = m_token->start;
  m_event->implicit = !is(Token::document_end);
  if (!m_event->implicit) m_scanner.take();
  m_tag_directives.clear();
  m_state = State::document_start;
  return emit(Event::document_end, start);
}

bool YamlParser::directives() {
  bool has_version = false;
  while (is(Token::version_directive) || is(Token::tag_directive)) {
    if (is(Token::version_directive)) {
      if (has_version) return fail("found duplicate %YAML directive", m_token->start);
      const int most = m_rules == YamlRules::go ? 1 : 2;
      if (m_token->major != 1 || m_token->minor < 1 || m_token->minor > most)
        return fail("found incompatible YAML document", m_token->start);
      has_version = true;
    } else if (!add_tag_directive(m_token->text, m_token->suffix, false, m_token->start)) {
      return false;
    }
    if (!take_and_peek()) return false;
  }
  return add_tag_directive("!", "!", true, {}) && add_tag_directive("!!", "tag:yaml.org,2002:", true, {});
}

bool YamlParser::add_tag_directive(std::string_view handle, std::string_view prefix, bool may_repeat,
                                   const YamlPlace& place) {
  for (const TagDirective& directive : m_tag_directives) {
    if (directive.handle == handle) return may_repeat || fail("found duplicate %TAG directive", place);
  }
  m_tag_directives.push_back({std::string(handle), std::string(prefix)});
  return true;
}

// --- nodes

bool YamlParser::resolve_tag(const YamlToken& token, const YamlPlace& start, std::string_view& tag) {
  if (token.text.empty()) {
    tag = token.suffix;
    return true;
  }
  const YamlPlace place = token.start;
  for (const TagDirective& directive : m_tag_directives) {
    if (directive.handle != token.text) continue;
    (m_tag = directive.prefix) += token.suffix;
    tag = m_tag;
    return !m_tag.empty() || fail_in("while parsing a node", start, "found undefined tag handle", place);
  }
  return fail_in("while parsing a node", start, "found undefined tag handle", place);
}

/// An anchor and a tag in either order. The tag's text is looked up when both are read, as go-yaml does.
bool YamlParser::properties(Properties& properties) {
  properties.start = m_token->start;
  YamlToken tag;
  bool has_tag = false;
  bool has_anchor = false;
  while ((is(Token::anchor) && !has_anchor) || (is(Token::tag) && !has_tag)) {
    if (is(Token::anchor)) {
      has_anchor = true;
      properties.anchor = m_token->text;
    } else {
      has_tag = true;
      tag = *m_token;
    }
    if (!take_and_peek()) return false;
  }
  return !has_tag || resolve_tag(tag, properties.start, properties.tag);
}

bool YamlParser::node(Place place) {
  if (!peek()) return false;
  if (is(Token::alias)) {
    pop();
    m_event->text = m_token->text;
    emit(Event::alias, m_token->start);
    m_scanner.take();
    return true;
  }
  Properties own;
  if (!properties(own)) return false;
  m_event->anchor = own.anchor;
  m_event->tag = own.tag;
  m_event->implicit = own.tag.empty();
  const auto open = [&](Event kind, State state, YamlStyle style) {
    m_state = state;
    m_event->style = style;
    return emit(kind, own.start);
  };
  const bool in_block = place != Place::flow;
  switch (m_token->kind) {
    case Token::block_entry:
      if (place != Place::block_or_indentless) break;
      return open(Event::sequence_start, State::indentless_entry, YamlStyle::block);
    case Token::scalar:
      pop();
      m_event->text = m_token->text;
      m_event->style = m_token->style;
      m_event->implicit = (own.tag.empty() && m_token->style == YamlStyle::plain) || own.tag == "!";
      emit(Event::scalar, own.start);
      m_scanner.take();
      return true;
    case Token::flow_sequence_start: return open(Event::sequence_start, State::first_flow_entry, YamlStyle::flow);
    case Token::flow_mapping_start: return open(Event::mapping_start, State::first_flow_key, YamlStyle::flow);
    case Token::block_sequence_start:
      if (!in_block) break;
      return open(Event::sequence_start, State::first_block_entry, YamlStyle::block);
    case Token::block_mapping_start:
      if (!in_block) break;
      return open(Event::mapping_start, State::first_block_key, YamlStyle::block);
    default: break;
  }
  if (!own.anchor.empty() || !own.tag.empty()) {
    pop();
    return empty_scalar(own.start);
  }
  return fail_in(in_block ? "while parsing a block node" : "while parsing a flow node", own.start,
                 "did not find expected node content", m_token->start);
}

// --- block collections

bool YamlParser::block_entry(bool first) {
  if (!peek()) return false;
  if (first) {
    m_places.push_back(m_token->start);
    if (!take_and_peek()) return false;
  }
  if (is(Token::block_end)) return emit_end(Event::sequence_end);
  if (!is(Token::block_entry)) {
    return fail_in("while parsing a block collection", m_places.back(), "did not find expected '-' indicator",
                   m_token->start);
  }
  const YamlPlace end = m_token->end;
  if (!take_and_peek()) return false;
  m_state = State::block_entry;
  if (is(Token::block_entry) || is(Token::block_end)) return empty_scalar(end);
  m_states.push_back(State::block_entry);
  return node(Place::block);
}

bool YamlParser::indentless_entry() {
  if (!peek()) return false;
  if (!is(Token::block_entry)) {
    pop();
    return emit(Event::sequence_end, m_token->start);
  }
  const YamlPlace end = m_token->end;
  if (!take_and_peek()) return false;
  m_state = State::indentless_entry;
  if (is(Token::block_entry) || is(Token::key) || is(Token::value) || is(Token::block_end)) return empty_scalar(end);
  m_states.push_back(State::indentless_entry);
  return node(Place::block);
}

bool YamlParser::block_key(bool first) {
  if (!peek()) return false;
  if (first) {
    m_places.push_back(m_token->start);
    if (!take_and_peek()) return false;
  }
  if (is(Token::block_end)) return emit_end(Event::mapping_end);
  if (!is(Token::key)) {
    return fail_in("while parsing a block mapping", m_places.back(), "did not find expected key", m_token->start);
  }
  const YamlPlace end = m_token->end;
  if (!take_and_peek()) return false;
  m_state = State::block_value;
  if (is(Token::key) || is(Token::value) || is(Token::block_end)) return empty_scalar(end);
  m_states.push_back(State::block_value);
  return node(Place::block_or_indentless);
}

bool YamlParser::block_value() {
  if (!peek()) return false;
  m_state = State::block_key;
  if (!is(Token::value)) return empty_scalar(m_token->start);
  const YamlPlace end = m_token->end;
  if (!take_and_peek()) return false;
  if (is(Token::key) || is(Token::value) || is(Token::block_end)) return empty_scalar(end);
  m_states.push_back(State::block_key);
  return node(Place::block_or_indentless);
}

// --- flow collections

bool YamlParser::flow_entry(bool first) {
  if (!peek()) return false;
  if (first) {
    m_places.push_back(m_token->start);
    if (!take_and_peek()) return false;
  }
  if (is(Token::flow_sequence_end)) return emit_end(Event::sequence_end);
  if (!first) {
    if (!is(Token::flow_entry)) {
      return fail_in("while parsing a flow sequence", m_places.back(), "did not find expected ',' or ']'",
                     m_token->start);
    }
    if (!take_and_peek()) return false;
  }
  if (is(Token::key)) {
    m_state = State::flow_entry_key;
    m_event->style = YamlStyle::flow;
    emit(Event::mapping_start, m_token->start);
    m_scanner.take();
    return true;
  }
  if (is(Token::flow_sequence_end)) return emit_end(Event::sequence_end);
  m_states.push_back(State::flow_entry);
  return node(Place::flow);
}

bool YamlParser::flow_entry_key() {
  if (!peek()) return false;
  if (!is(Token::value) && !is(Token::flow_entry) && !is(Token::flow_sequence_end)) {
    m_states.push_back(State::flow_entry_value);
    return node(Place::flow);
  }
  // go-yaml swallows the token that stands in place of the key.
  const YamlPlace end = m_token->end;
  m_scanner.take();
  m_state = State::flow_entry_value;
  return empty_scalar(end);
}

bool YamlParser::flow_entry_value() {
  if (!peek()) return false;
  if (is(Token::value)) {
    if (!take_and_peek()) return false;
    if (!is(Token::flow_entry) && !is(Token::flow_sequence_end)) {
      m_states.push_back(State::flow_entry_end);
      return node(Place::flow);
    }
  }
  m_state = State::flow_entry_end;
  return empty_scalar(m_token->start);
}

bool YamlParser::flow_entry_end() {
  if (!peek()) return false;
  m_state = State::flow_entry;
  return emit(Event::mapping_end, m_token->start);
}

bool YamlParser::flow_key(bool first) {
  if (!peek()) return false;
  if (first) {
    m_places.push_back(m_token->start);
    if (!take_and_peek()) return false;
  }
  if (is(Token::flow_mapping_end)) return emit_end(Event::mapping_end);
  if (!first) {
    if (!is(Token::flow_entry)) {
      return fail_in("while parsing a flow mapping", m_places.back(), "did not find expected ',' or '}'",
                     m_token->start);
    }
    if (!take_and_peek()) return false;
  }
  if (is(Token::key)) {
    if (!take_and_peek()) return false;
    m_state = State::flow_value;
    if (is(Token::value) || is(Token::flow_entry) || is(Token::flow_mapping_end)) return empty_scalar(m_token->start);
    m_states.push_back(State::flow_value);
    return node(Place::flow);
  }
  if (is(Token::flow_mapping_end)) return emit_end(Event::mapping_end);
  m_states.push_back(State::flow_empty_value);
  return node(Place::flow);
}

bool YamlParser::flow_value(bool empty) {
  if (!peek()) return false;
  m_state = State::flow_key;
  if (!empty && is(Token::value)) {
    if (!take_and_peek()) return false;
    if (!is(Token::flow_entry) && !is(Token::flow_mapping_end)) {
      m_states.push_back(State::flow_key);
      return node(Place::flow);
    }
  }
  return empty_scalar(m_token->start);
}

}  // namespace reconciled
