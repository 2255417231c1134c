#include "base/yaml.h"

#include "base/go_yaml_resolve.h"
#include "base/hash.h"
#include "base/key_cache.h"
#include "base/node_cache.h"
#include "base/yaml_aliases.h"
#include "base/yaml_resolve.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>

namespace reconciled {
namespace {

using Kind = YamlEvent::Kind;

/// Builds the values of a stream, one document after the other. Each function that reads returns false after it has set
/// m_error: a Result for each node would take as long as the parser.
class DocumentReader {
 public:
  DocumentReader(std::string_view text, std::string_view file, Budget& budget)
      : m_reader(text, file, budget), m_file(file), m_budget(budget), m_strings(text.size()), m_nodes(text.size()) {}

  Result<std::vector<YamlDocument>> read() {
    std::vector<YamlDocument> documents;
    for (std::uint32_t index = 0; next() && m_event->kind != Kind::stream_end;) {
      if (m_event->kind != Kind::document_start) continue;
      YamlDocument document;
      document.index = index++;
      if (!read_document(document)) break;
      if (!m_empty) documents.push_back(std::move(document));
    }
    if (m_error) return fail(std::move(*m_error));
    return documents;
  }

 private:
  /// What a node costs when it is copied by an alias.
  struct Cost {
    std::uint64_t nodes = 0;
    std::uint64_t bytes = 0;
  };
  struct Anchor {
    Value value;
    Cost cost;
    std::uint32_t height = 0;
    bool complete = false;
  };
  /// A value that was read, and how many levels it has (0: a scalar).
  struct Node {
    Value value;
    std::uint32_t height = 0;
    bool alias = false;
  };
  struct Pending {
    Value key;
    Value value;
    YamlMark mark;
    bool merged = false;  ///< came from "<<"
  };

  bool next() {
    m_event = m_reader.advance();
    if (m_event == nullptr) m_error = m_reader.error();
    return m_event != nullptr;
  }

  bool read_document(YamlDocument& document) {
    m_anchors.clear();
    m_anchor_numbers.clear();
    m_total = {1, 0};
    m_from_aliases = 0;
    if (!next()) return false;
    m_empty = m_event->kind == Kind::scalar && m_event->text.empty() && m_event->style == YamlStyle::plain &&
              m_event->tag.empty() && m_event->anchor.empty();
    document.mark = m_event->mark;
    Node node;
    if (!read_node(node, 0) || !next()) return false;  // and document_end
    document.value = std::move(node.value);
    return true;
  }

  /// Reads the node that m_event begins.
  bool read_node(Node& node, std::uint32_t depth) {
    if (m_event->kind == Kind::alias) return follow(node, depth);
    if (!m_event->anchor.empty()) return read_anchored(node, depth);
    return read_plain_node(node, depth);
  }

  bool read_plain_node(Node& node, std::uint32_t depth) {
    ++m_total.nodes;
    if (m_event->kind == Kind::scalar) return read_scalar(node.value);
    return m_event->kind == Kind::sequence_start ? read_list(node, depth) : read_map(node, depth);
  }

  bool read_anchored(Node& node, std::uint32_t depth) {
    const Cost before = m_total;
    const std::size_t anchor = open_anchor();
    if (!read_plain_node(node, depth)) return false;
    m_anchors[anchor] = {node.value, {m_total.nodes - before.nodes, m_total.bytes - before.bytes}, node.height, true};
    return true;
  }

  /// A later anchor of the same name hides an earlier one from its beginning on.
  std::size_t open_anchor() {
    m_anchors.emplace_back();
    m_anchor_numbers[std::string(m_event->anchor)] = m_anchors.size() - 1;
    return m_anchors.size() - 1;
  }

  bool follow(Node& node, std::uint32_t depth) {
    const YamlMark mark = m_event->mark;
    const auto found = m_anchor_numbers.find(m_event->text);
    const std::string name = "\"" + std::string(m_event->text) + "\"";
    if (found == m_anchor_numbers.end()) return refuse(mark, "the alias " + name + " has no anchor before it");
    const Anchor& anchor = m_anchors[found->second];
    if (!anchor.complete) return refuse(mark, "the anchor " + name + " contains itself");
    if (depth + anchor.height > m_budget.max_depth()) {
      return exceed(mark, "with its aliases followed, the YAML nests deeper than " +
                              std::to_string(m_budget.max_depth()) + " levels");
    }
    // The memory is shared, but who prints or compares the value meets every copy: it is paid for here.
    if (!m_budget.step(anchor.cost.nodes) || !m_budget.take(anchor.cost.bytes)) {
      return fail_with(m_budget.error("following YAML aliases", where(mark)));
    }
    m_total.nodes += anchor.cost.nodes + 1;
    m_total.bytes += anchor.cost.bytes;
    m_from_aliases += anchor.cost.nodes;
    if (is_excessive_aliasing(m_from_aliases, m_total.nodes)) {
      return exceed(mark, "too much of the document comes from aliases",
                    "write the repeated parts out, or split the document");
    }
    node = {anchor.value, anchor.height, true};
    return true;
  }

  bool read_scalar(Value& value) {
    m_total.bytes += m_event->text.size();
    if (m_event->tag.empty() && (!m_event->implicit || is_plainly_text(m_event->text, GoYaml::v2))) {
      value = m_strings.get(m_event->text);
      return true;
    }
    auto scalar = resolve_yaml_scalar(*m_event);
    auto resolved = scalar ? json_value_of(*scalar) : Result<Value>(fail(std::move(scalar).error()));
    if (!resolved) return placed(std::move(resolved).error());
    value = std::move(*resolved);
    return true;
  }

  bool read_key(Value& key) {
    if (m_event->kind == Kind::alias) return read_alias_key(key);
    if (m_event->kind != Kind::scalar) {
      return refuse(m_event->mark, "a key is a list or a map, but only scalars can be keys",
                    "quote the key if it is text");
    }
    ++m_total.nodes;
    m_total.bytes += m_event->text.size();
    if (m_event->tag.empty() && (!m_event->implicit || is_plainly_text(m_event->text, GoYaml::v2))) {
      key = m_strings.get(m_event->text);
    } else {
      const auto scalar = resolve_yaml_scalar(*m_event);
      auto text = scalar ? json_key_of(*scalar) : Result<std::string>(fail(scalar.error()));
      if (!text) return placed(std::move(text).error());
      key = Value(*text);
    }
    if (!m_event->anchor.empty()) {
      const std::size_t anchor = open_anchor();
      m_anchors[anchor] = {key, {1, key.as_string().size()}, 0, true};
    }
    return true;
  }

  bool read_alias_key(Value& key) {
    const YamlMark mark = m_event->mark;
    Node node;
    if (!follow(node, 0)) return false;
    key = std::move(node.value);
    return key.is_string() || refuse(mark, "an alias that is a key must stand for text");
  }

  bool read_list(Node& node, std::uint32_t depth) {
    if (!check_tag("tag:yaml.org,2002:seq")) return false;
    const std::size_t first = m_items.size();
    while (true) {
      if (!next()) return false;
      if (m_event->kind == Kind::sequence_end) break;
      Node item;
      if (!read_node(item, depth + 1)) return false;
      node.height = std::max(node.height, item.height);
      m_items.push_back(std::move(item.value));
    }
    ++node.height;
    const auto begin = m_items.begin() + static_cast<std::ptrdiff_t>(first);
    if (begin == m_items.end()) {
      node.value = m_empty_list;
      return true;
    }
    const auto item_of = [&](std::size_t i) -> const Value& { return m_items[first + i]; };
    if (const Value* same = m_nodes.find(Value::Kind::list, m_items.size() - first, item_of)) {
      node.value = *same;
    } else {
      node.value =
          Value::list(std::vector<Value>(std::make_move_iterator(begin), std::make_move_iterator(m_items.end())));
      m_nodes.keep(node.value);
    }
    m_items.erase(begin, m_items.end());
    return true;
  }

  bool read_map(Node& node, std::uint32_t depth) {
    if (!check_tag("tag:yaml.org,2002:map")) return false;
    const std::size_t first = m_entries.size();
    bool merges = false;
    while (true) {
      if (!next()) return false;
      if (m_event->kind == Kind::mapping_end) break;
      Node item;
      if (is_merge(*m_event)) {
        merges = true;
        if (!read_merge(item, depth)) return false;
      } else {
        const YamlMark mark = m_event->mark;
        Value key;
        if (!read_key(key) || !next() || !read_node(item, depth + 1)) return false;
        m_entries.push_back({std::move(key), std::move(item.value), mark, false});
      }
      node.height = std::max(node.height, item.height);
    }
    ++node.height;
    if (!(merges ? close_merged_map(node.value, first) : close_map(node.value, first))) return false;
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(first), m_entries.end());
    return true;
  }

  static bool is_merge(const YamlEvent& event) {
    return event.kind == Kind::scalar && event.text == "<<" &&
           (event.implicit || event.tag == "tag:yaml.org,2002:merge");
  }

  /// The value of "<<": a map, an alias of one, or a list of these, of which earlier ones win. Its entries are added as
  /// pending ones.
  bool read_merge(Node& source, std::uint32_t depth) {
    if (!next()) return false;
    const YamlMark mark = m_event->mark;
    if (!read_node(source, depth)) return false;
    if (source.value.is_map()) return merge(source.value, mark);
    const auto items = source.value.items();
    const bool maps = std::ranges::all_of(items, [](const Value& item) { return item.is_map(); });
    if (!source.value.is_list() || source.alias || !maps) {
      return refuse(mark, "\"<<\" needs a map or a list of maps as its value");
    }
    return std::all_of(items.rbegin(), items.rend(), [&](const Value& item) { return merge(item, mark); });
  }

  bool merge(const Value& source, const YamlMark& mark) {
    if (!m_budget.step(source.size()) || !m_budget.take(source.size() * sizeof(Value::Entry))) {
      return fail_with(m_budget.error("merging YAML maps", where(mark)));
    }
    for (const auto& entry : source.entries()) m_entries.push_back({entry.key, entry.value, mark, true});
    return true;
  }

  bool close_map(Value& map, std::size_t first) {
    const std::size_t count = m_entries.size() - first;
    if (count == 0) {
      map = m_empty_map;
      return true;
    }
    const auto child_of = [&](std::size_t i) -> const Value& {
      const Pending& entry = m_entries[first + i / 2];
      return i % 2 == 0 ? entry.key : entry.value;
    };
    if (const Value* same = m_nodes.find(Value::Kind::map, count * 2, child_of)) {
      map = *same;
      return true;
    }
    const auto key_of = [&](std::size_t i) { return m_entries[first + i].key.as_string(); };
    if (const auto pair = m_repeated.find(count, key_of)) {
      return repeated(m_entries[first + pair->first], m_entries[first + pair->second]);
    }
    std::vector<Value::Entry> entries;
    entries.reserve(count);
    for (std::size_t i = first; i < m_entries.size(); ++i) {
      entries.push_back({std::move(m_entries[i].key), std::move(m_entries[i].value)});
    }
    map = Value::map_of_distinct(std::move(entries));
    m_nodes.keep(map);
    return true;
  }

  /// What go-yaml v2 makes of "<<": the later of a merged and a written key wins, two written ones are an error.
  bool close_merged_map(Value& map, std::size_t first) {
    map = Value::map();
    std::unordered_map<std::string_view, std::size_t, StringHash, std::equal_to<>> written;
    for (std::size_t i = first; i < m_entries.size(); ++i) {
      const Pending& entry = m_entries[i];
      if (!entry.merged) {
        const auto [at, is_new] = written.emplace(entry.key.as_string(), i);
        if (!is_new) return repeated(m_entries[at->second], entry);
      }
      map.set(entry.key.as_string(), entry.value);
    }
    return true;
  }

  bool repeated(const Pending& earlier, const Pending& later) {
    return refuse(later.mark, "the key \"" + std::string(later.key.as_string()) + "\" is already set on line " +
                                  std::to_string(earlier.mark.line));
  }

  bool check_tag(std::string_view allowed) {
    const std::string_view tag = m_event->tag;
    if (tag.empty() || tag == "!" || tag == allowed) return true;
    return refuse(m_event->mark, "unknown tag \"" + std::string(tag) + "\" on a list or map", "remove the tag");
  }

  [[nodiscard]] Where where(const YamlMark& mark) const {
    return {.file = m_file, .line = mark.line, .column = mark.column};
  }
  bool fail_with(Error error) {
    m_error = std::move(error);
    return false;
  }
  bool refuse(const YamlMark& mark, std::string why, std::string hint = {}) {
    return fail_with(Error(ErrorKind::render, std::move(why), where(mark), std::move(hint)));
  }
  bool exceed(const YamlMark& mark, std::string why, std::string hint = {}) {
    return fail_with(Error(ErrorKind::limit, std::move(why), where(mark), std::move(hint)));
  }
  bool placed(Error error) {
    error.where = where(m_event->mark);
    return fail_with(std::move(error));
  }

  YamlEventReader m_reader;
  const YamlEvent* m_event = nullptr;
  std::string m_file;
  Budget& m_budget;
  std::optional<Error> m_error;
  bool m_empty = false;
  Cost m_total;  // of the document so far, aliases followed
  std::uint64_t m_from_aliases = 0;
  std::vector<Anchor> m_anchors;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> m_anchor_numbers;
  std::vector<Value> m_items;      // of the lists that are open
  std::vector<Pending> m_entries;  // of the maps that are open
  const Value m_empty_list = Value::list();
  const Value m_empty_map = Value::map();
  StringCache m_strings;
  NodeCache m_nodes;
  RepeatedKeys m_repeated;
};

}  // namespace

Result<std::vector<YamlDocument>> read_yaml(std::string_view text, std::string_view file, Budget& budget) {
  return DocumentReader(text, file, budget).read();
}

}  // namespace reconciled
