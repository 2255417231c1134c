// Makes events out of the tokens of YAML.
#pragma once

#include "base/yaml_scanner.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

class YamlParser {
 public:
  YamlParser(std::string_view text, std::size_t skipped, YamlRules rules)
      : m_scanner(text, skipped, rules), m_rules(rules) {}

  /// The next event, but for its mark, which `place` has; false on failure. After stream_end there is none.
  bool next(YamlEvent& event, YamlPlace& place);
  [[nodiscard]] const YamlFailure& failure() const { return m_failed_itself ? m_failure : m_scanner.failure(); }

 private:
  enum class State : std::uint8_t {
    stream_start,
    first_document,
    document_start,
    document_content,
    document_end,
    block_node,
    block_node_or_sequence,
    flow_node,
    first_block_entry,
    block_entry,
    indentless_entry,
    first_block_key,
    block_key,
    block_value,
    first_flow_entry,
    flow_entry,
    flow_entry_key,
    flow_entry_value,
    flow_entry_end,
    first_flow_key,
    flow_key,
    flow_value,
    flow_empty_value,
    end,
  };
  enum class Place : std::uint8_t { block, block_or_indentless, flow };
  struct TagDirective {
    std::string handle;
    std::string prefix;
  };
  struct Properties {
    std::string_view anchor;
    std::string_view tag;
    YamlPlace start;
  };

  bool step();
  bool stream_start();
  bool document_start(bool first);
  bool document_content();
  bool document_end();
  bool directives();
  bool add_tag_directive(std::string_view handle, std::string_view prefix, bool may_repeat, const YamlPlace& place);
  bool node(Place place);
  bool properties(Properties& properties);
  bool resolve_tag(const YamlToken& token, const YamlPlace& start, std::string_view& tag);
  bool block_entry(bool first);
  bool indentless_entry();
  bool block_key(bool first);
  bool block_value();
  bool flow_entry(bool first);
  bool flow_entry_key();
  bool flow_entry_value();
  bool flow_entry_end();
  bool flow_key(bool first);
  bool flow_value(bool empty);

  /// Sees to it that there is a token.
  bool peek() { return (m_token = m_scanner.peek()) != nullptr; }
  bool take_and_peek() {
    m_scanner.take();
    return peek();
  }
  [[nodiscard]] bool is(YamlToken::Kind kind) const { return m_token->kind == kind; }
  bool fail(std::string_view problem, const YamlPlace& place);
  bool fail_in(std::string_view context, const YamlPlace& context_place, std::string_view problem,
               const YamlPlace& place);
  bool empty_scalar(const YamlPlace& place);
  bool emit(YamlEvent::Kind kind, const YamlPlace& place);
  bool emit_end(YamlEvent::Kind kind);
  void pop() {
    m_state = m_states.back();
    m_states.pop_back();
  }

  YamlScanner m_scanner;
  YamlRules m_rules;
  const YamlToken* m_token = nullptr;
  YamlEvent* m_event = nullptr;
  YamlPlace* m_place = nullptr;
  State m_state = State::stream_start;
  std::vector<State> m_states;
  std::vector<YamlPlace> m_places;  // where the collections that are open begin
  std::vector<TagDirective> m_tag_directives;
  std::string m_tag;
  bool m_failed_itself = false;
  YamlFailure m_failure;
};

}  // namespace reconciled
