#include "base/yaml.h"

#include "base/hash.h"
#include "base/key_cache.h"
#include "base/yaml_resolve.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>

namespace reconciled {
namespace {

using Kind = YamlEvent::Kind;

/// What go-yaml v2 allows to come from aliases: nearly everything in a small document, a tenth of a huge one.
bool is_excessive(std::uint64_t from_aliases, std::uint64_t all) {
  constexpr double k_low = 400'000;
  constexpr double k_high = 4'000'000;
  if (from_aliases <= 100 || all <= 1000) return false;
  const auto count = static_cast<double>(all);
  const double allowed = count <= k_low    ? 0.99
                         : count >= k_high ? 0.10
                                           : 0.99 - 0.89 * ((count - k_low) / (k_high - k_low));
  return static_cast<double>(from_aliases) / count > allowed;
}

/// Builds the values of a stream, one document after the other.
class DocumentReader {
 public:
  DocumentReader(std::string_view text, std::string_view file, Budget& budget)
      : m_reader(text, file, budget), m_file(file), m_budget(budget) {}

  Result<std::vector<YamlDocument>> read() {
    std::vector<YamlDocument> documents;
    for (std::uint32_t index = 0;;) {
      TRY_ASSIGN(const YamlEvent event, m_reader.next());
      if (event.kind == Kind::stream_end) return documents;
      if (event.kind != Kind::document_start) continue;
      TRY_ASSIGN(auto document, read_document());
      document.index = index++;
      if (!m_empty) documents.push_back(std::move(document));
    }
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

  Result<YamlDocument> read_document() {
    m_anchors.clear();
    m_anchor_numbers.clear();
    m_total = {1, 0};
    m_from_aliases = 0;
    TRY_ASSIGN(const YamlEvent event, m_reader.next());
    m_empty = event.kind == Kind::scalar && event.text.empty() && event.style == YamlStyle::plain &&
              event.tag.empty() && event.anchor.empty();
    YamlDocument document;
    document.mark = event.mark;
    TRY_ASSIGN(Node node, read_node(event, 0));
    document.value = std::move(node.value);
    TRY(m_reader.next());  // document_end
    return document;
  }

  Result<Node> read_node(const YamlEvent& event, std::uint32_t depth) {
    if (event.kind == Kind::alias) return follow(event, depth);
    const Cost before = m_total;
    ++m_total.nodes;
    std::optional<std::size_t> anchor;
    if (!event.anchor.empty()) anchor = open_anchor(event.anchor);
    Node node;
    if (event.kind == Kind::scalar) {
      TRY_ASSIGN(node.value, read_scalar(event));
    } else if (event.kind == Kind::sequence_start) {
      TRY_ASSIGN(node, read_list(event, depth));
    } else {
      TRY_ASSIGN(node, read_map(event, depth));
    }
    if (anchor) {
      Anchor& kept = m_anchors[*anchor];
      kept.value = node.value;
      kept.height = node.height;
      kept.cost = {m_total.nodes - before.nodes, m_total.bytes - before.bytes};
      kept.complete = true;
    }
    return node;
  }

  std::size_t open_anchor(std::string_view name) {
    m_anchors.emplace_back();
    m_anchor_numbers[std::string(name)] = m_anchors.size() - 1;
    return m_anchors.size() - 1;
  }

  Result<Node> follow(const YamlEvent& event, std::uint32_t depth) {
    const auto found = m_anchor_numbers.find(event.text);
    const std::string name = "\"" + std::string(event.text) + "\"";
    if (found == m_anchor_numbers.end()) return refuse(event.mark, "the alias " + name + " has no anchor before it");
    const Anchor& anchor = m_anchors[found->second];
    if (!anchor.complete) return refuse(event.mark, "the anchor " + name + " contains itself");
    if (depth + anchor.height > m_budget.max_depth()) {
      return fail(
          ErrorKind::limit,
          "with its aliases followed, the YAML nests deeper than " + std::to_string(m_budget.max_depth()) + " levels",
          where(event.mark));
    }
    // The memory is shared, but who prints or compares the value meets every copy: it is paid for here.
    if (!m_budget.step(anchor.cost.nodes) || !m_budget.take(anchor.cost.bytes)) {
      return fail(m_budget.error("following YAML aliases", where(event.mark)));
    }
    m_total.nodes += anchor.cost.nodes + 1;
    m_total.bytes += anchor.cost.bytes;
    m_from_aliases += anchor.cost.nodes;
    if (is_excessive(m_from_aliases, m_total.nodes)) {
      return fail(ErrorKind::limit, "too much of the document comes from aliases", where(event.mark),
                  "write the repeated parts out, or split the document");
    }
    return Node{anchor.value, anchor.height, true};
  }

  Result<Value> read_scalar(const YamlEvent& event) {
    m_total.bytes += event.text.size();
    if (event.tag.empty() && !event.implicit) return m_strings.get(event.text);
    auto scalar = resolve_yaml_scalar(event);
    if (scalar && scalar->type == YamlScalar::Type::string && scalar->decoded.empty())
      return m_strings.get(scalar->text);
    auto value = scalar ? json_value_of(*scalar) : Result<Value>(fail(std::move(scalar).error()));
    if (!value) return placed(std::move(value).error(), event.mark);
    return value;
  }

  Result<Value> read_key(const YamlEvent& event) {
    if (event.kind != Kind::scalar) {
      return refuse(event.mark, "a key is a list or a map, but only scalars can be keys",
                    "quote the key if it is text");
    }
    ++m_total.nodes;
    m_total.bytes += event.text.size();
    auto scalar = resolve_yaml_scalar(event);
    if (!scalar) return placed(std::move(scalar).error(), event.mark);
    if (scalar->type == YamlScalar::Type::string && scalar->decoded.empty()) return m_strings.get(scalar->text);
    auto key = json_key_of(*scalar);
    if (!key) return placed(std::move(key).error(), event.mark);
    return Value(*key);
  }

  Result<Node> read_list(const YamlEvent& start, std::uint32_t depth) {
    TRY(check_tag(start, "tag:yaml.org,2002:seq"));
    const std::size_t first = m_items.size();
    std::uint32_t height = 0;
    while (true) {
      TRY_ASSIGN(const YamlEvent event, m_reader.next());
      if (event.kind == Kind::sequence_end) break;
      TRY_ASSIGN(Node item, read_node(event, depth + 1));
      height = std::max(height, item.height);
      m_items.push_back(std::move(item.value));
    }
    const auto begin = m_items.begin() + static_cast<std::ptrdiff_t>(first);
    Value list =
        Value::list(std::vector<Value>(std::make_move_iterator(begin), std::make_move_iterator(m_items.end())));
    m_items.erase(begin, m_items.end());
    return Node{std::move(list), height + 1};
  }

  Result<Node> read_map(const YamlEvent& start, std::uint32_t depth) {
    TRY(check_tag(start, "tag:yaml.org,2002:map"));
    const std::size_t first = m_entries.size();
    std::uint32_t height = 0;
    bool merges = false;
    while (true) {
      TRY_ASSIGN(const YamlEvent event, m_reader.next());
      if (event.kind == Kind::mapping_end) break;
      const YamlMark mark = event.mark;
      if (is_merge(event)) {
        merges = true;
        TRY_ASSIGN(const std::uint32_t merged_height, read_merge(depth));
        height = std::max(height, merged_height);
        continue;
      }
      Value key;
      if (event.kind == Kind::alias) {
        TRY_ASSIGN(Node node, follow(event, depth));
        if (!node.value.is_string()) return refuse(mark, "an alias that is a key must stand for text");
        key = std::move(node.value);
      } else {
        std::optional<std::size_t> anchor;
        if (!event.anchor.empty()) anchor = open_anchor(event.anchor);
        TRY_ASSIGN(key, read_key(event));
        if (anchor) m_anchors[*anchor] = {key, {1, key.as_string().size()}, 0, true};
      }
      TRY_ASSIGN(const YamlEvent value_event, m_reader.next());
      TRY_ASSIGN(Node node, read_node(value_event, depth + 1));
      height = std::max(height, node.height);
      m_entries.push_back({std::move(key), std::move(node.value), mark, false});
    }
    TRY_ASSIGN(Value map, close_map(first, merges));
    return Node{std::move(map), height + 1};
  }

  static bool is_merge(const YamlEvent& event) {
    return event.kind == Kind::scalar && event.text == "<<" &&
           (event.implicit || event.tag == "tag:yaml.org,2002:merge");
  }

  /// The value of "<<": a map, an alias of one, or a list of these, of which earlier ones win. Its entries are added as
  /// pending ones.
  Result<std::uint32_t> read_merge(std::uint32_t depth) {
    TRY_ASSIGN(const YamlEvent event, m_reader.next());
    const YamlMark mark = event.mark;
    TRY_ASSIGN(const Node source, read_node(event, depth));
    if (source.value.is_map()) {
      TRY(merge(source.value, mark));
      return source.height;
    }
    const auto refuse_it = [&] { return refuse(mark, "\"<<\" needs a map or a list of maps as its value"); };
    if (!source.value.is_list() || source.alias) return refuse_it();
    const auto items = source.value.items();
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      if (!item->is_map()) return refuse_it();
      TRY(merge(*item, mark));
    }
    return source.height;
  }

  Status merge(const Value& source, const YamlMark& mark) {
    if (!m_budget.step(source.size()) || !m_budget.take(source.size() * sizeof(Value::Entry))) {
      return fail(m_budget.error("merging YAML maps", where(mark)));
    }
    for (const auto& entry : source.entries()) m_entries.push_back({entry.key, entry.value, mark, true});
    return {};
  }

  Result<Value> close_map(std::size_t first, bool merges) {
    const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = m_entries.size() - first;
    Value map;
    if (merges) {
      TRY_ASSIGN(map, merged_map(first));
    } else {
      const auto key_of = [&](std::size_t i) { return m_entries[first + i].key.as_string(); };
      if (const auto pair = m_repeated.find(count, key_of)) {
        return repeated(m_entries[first + pair->first], m_entries[first + pair->second]);
      }
      std::vector<Value::Entry> entries;
      entries.reserve(count);
      for (auto entry = begin; entry != m_entries.end(); ++entry) {
        entries.push_back({std::move(entry->key), std::move(entry->value)});
      }
      map = Value::map_of_distinct(std::move(entries));
    }
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(first), m_entries.end());
    return map;
  }

  /// What go-yaml v2 makes of "<<": the later of a merged and a written key wins, two written ones are an error.
  Result<Value> merged_map(std::size_t first) {
    Value map = Value::map();
    std::unordered_map<std::string_view, std::size_t, StringHash, std::equal_to<>> written;
    for (std::size_t i = first; i < m_entries.size(); ++i) {
      const Pending& entry = m_entries[i];
      if (!entry.merged) {
        const auto [at, is_new] = written.emplace(entry.key.as_string(), i);
        if (!is_new) return repeated(m_entries[at->second], entry);
      }
      map.set(entry.key.as_string(), entry.value);
    }
    return map;
  }

  Result<Value> repeated(const Pending& earlier, const Pending& later) const {
    return refuse(later.mark, "the key \"" + std::string(later.key.as_string()) + "\" is already set on line " +
                                  std::to_string(earlier.mark.line));
  }

  Status check_tag(const YamlEvent& event, std::string_view allowed) const {
    if (event.tag.empty() || event.tag == "!" || event.tag == allowed) return {};
    return refuse(event.mark, "unknown tag \"" + std::string(event.tag) + "\" on a list or map", "remove the tag");
  }

  [[nodiscard]] Where where(const YamlMark& mark) const {
    return {.file = m_file, .line = mark.line, .column = mark.column};
  }
  [[nodiscard]] tl::unexpected<Error> refuse(const YamlMark& mark, std::string why, std::string hint = {}) const {
    return fail(ErrorKind::render, std::move(why), where(mark), std::move(hint));
  }
  [[nodiscard]] tl::unexpected<Error> placed(Error error, const YamlMark& mark) const {
    error.where = where(mark);
    return fail(std::move(error));
  }

  YamlEventReader m_reader;
  std::string m_file;
  Budget& m_budget;
  bool m_empty = false;
  Cost m_total;  // of the document so far, aliases followed
  std::uint64_t m_from_aliases = 0;
  std::vector<Anchor> m_anchors;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> m_anchor_numbers;
  std::vector<Value> m_items;      // of the lists that are open
  std::vector<Pending> m_entries;  // of the maps that are open
  StringCache m_strings;
  RepeatedKeys m_repeated;
};

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

Result<std::vector<YamlDocument>> read_yaml(std::string_view text, std::string_view file, Budget& budget) {
  return DocumentReader(text, file, budget).read();
}

YamlMark find_yaml_mark(std::string_view text, std::uint32_t document, const std::vector<std::string>& path) {
  return MarkFinder(text, path).find(document);
}

}  // namespace reconciled
