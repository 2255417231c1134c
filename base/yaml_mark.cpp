#include "base/yaml.h"

namespace reconciled {
namespace {

using Kind = YamlEvent::Kind;

/// Walks the events of one document along a path.
class MarkFinder {
 public:
  MarkFinder(std::string_view text, const std::vector<std::string>& path)
      : m_reader(text, "", m_budget), m_path(path) {}

  YamlMark find(std::uint32_t document) {
    std::uint32_t index = 0;
    while (next()) {
      if (m_event.kind == Kind::stream_end) break;
      if (m_event.kind != Kind::document_start || index++ != document) continue;
      if (next()) walk();
      break;
    }
    return m_found;
  }

 private:
  /// At each step the event is the first of the node that the path has led to.
  void walk() {
    for (std::size_t step = 0;; ++step) {
      m_found = m_event.mark;
      if (step == m_path.size()) return;
      const bool entered = m_event.kind == Kind::mapping_start    ? enter_map(m_path[step])
                           : m_event.kind == Kind::sequence_start ? enter_list(m_path[step])
                                                                  : false;
      if (!entered) return;
    }
  }

  bool enter_map(const std::string& key) {
    while (next() && m_event.kind != Kind::mapping_end) {
      const bool found = m_event.kind == Kind::scalar && m_event.text == key;
      if (!skip_node() || !next()) return false;
      if (found) return true;
      if (!skip_node()) return false;
    }
    return false;
  }

  bool enter_list(const std::string& index) {
    for (std::size_t i = 0; next() && m_event.kind != Kind::sequence_end; ++i) {
      if (std::to_string(i) == index) return true;
      if (!skip_node()) return false;
    }
    return false;
  }

  /// Reads on to the last event of the node that the event begins.
  bool skip_node() {
    for (std::size_t depth = 0;;) {
      if (m_event.kind == Kind::mapping_start || m_event.kind == Kind::sequence_start) ++depth;
      if (m_event.kind == Kind::mapping_end || m_event.kind == Kind::sequence_end) --depth;
      if (depth == 0) return true;
      if (!next()) return false;
    }
  }

  bool next() {
    auto event = m_reader.next();
    if (event) m_event = *event;
    return event.has_value();
  }

  Budget m_budget;
  YamlEventReader m_reader;
  const std::vector<std::string>& m_path;
  YamlEvent m_event;
  YamlMark m_found;
};

}  // namespace

YamlMark find_yaml_mark(std::string_view text, std::uint32_t document, const std::vector<std::string>& path) {
  return MarkFinder(text, path).find(document);
}

}  // namespace reconciled
