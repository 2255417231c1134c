#include "config/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace reconciled::config {
namespace {

constexpr std::size_t k_max_bytes = 1 << 20;
constexpr std::size_t k_max_depth = 64;
constexpr std::size_t k_max_nodes = 100'000;
constexpr std::string_view k_text_tag = "tag:yaml.org,2002:str";

Where in_file(std::string path) {
  return {.file = std::move(path), .line = 0, .column = 0, .key_path = {}};
}

/// Leaves yaml-cpp in the middle of a document; the problem is recorded by then.
struct Stop {};

/// Builds the tree. yaml-cpp calls it with keys and values in turn.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& file, Node& root, std::vector<Error>& problems)
      : m_file(file), m_root(root), m_problems(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (m_has_content)
      stop(mark, "a settings file is one YAML document, this begins another",
           "put it into a file of its own in conf.d/");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override { refuse_anchor(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { refuse_anchor(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Node node;
    node.where = at(mark);
    add(mark, std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != k_text_tag) refuse_tag(mark);
    Node node;
    node.kind = Node::Kind::scalar;
    node.style = tag == "?" || tag.empty() ? Node::Style::plain : Node::Style::quoted;
    node.text = value;
    node.where = at(mark);
    add(mark, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::list);
  }
  void OnSequenceEnd() override { m_open.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::map);
  }
  void OnMapEnd() override { m_open.pop_back(); }

 private:
  struct Level {
    Node* node;
    bool has_key = false;  ///< the next node is the value of the last entry
  };

  Where at(const YAML::Mark& mark) const {
    return {.file = m_file,
            .line = static_cast<std::uint32_t>(mark.line + 1),
            .column = static_cast<std::uint32_t>(mark.column + 1),
            .key_path = {}};
  }
  [[noreturn]] void stop(const YAML::Mark& mark, std::string message, std::string hint = {}) {
    m_problems.emplace_back(ErrorKind::config, std::move(message), at(mark), std::move(hint));
    throw Stop{};
  }
  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) {
    stop(mark, "settings have no anchors and aliases", "write the value out");
  }
  [[noreturn]] void refuse_tag(const YAML::Mark& mark) {
    stop(mark, "settings have no tags but !!str", "remove the tag");
  }

  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    if (!tag.empty() && tag != "?" && tag != "!") refuse_tag(mark);
    if (m_open.size() >= k_max_depth) stop(mark, fmt::format("nested deeper than {} levels", k_max_depth));
    Node node;
    node.kind = kind;
    node.where = at(mark);
    m_open.push_back({add(mark, std::move(node))});
  }

  /// Puts a node where it belongs; the returned pointer is valid until its parent gets another child.
  Node* add(const YAML::Mark& mark, Node node) {
    m_has_content = true;
    if (++m_nodes > k_max_nodes) stop(mark, fmt::format("more than {} values", k_max_nodes));
    if (m_open.empty()) {
      m_root = std::move(node);
      return &m_root;
    }
    Level& level = m_open.back();
    if (level.node->kind == Node::Kind::list) return &level.node->items.emplace_back(std::move(node));
    if (!level.has_key) {
      add_key(mark, *level.node, node);
      level.has_key = true;
      return nullptr;
    }
    level.has_key = false;
    Node& value = level.node->entries.back().value;
    value = std::move(node);
    return &value;
  }

  void add_key(const YAML::Mark& mark, Node& map, const Node& key) {
    if (key.kind != Node::Kind::scalar) stop(mark, "a key of a map is a text");
    if (const Node* earlier = find(map, key.text)) {
      m_problems.emplace_back(
          ErrorKind::config,
          fmt::format("the key \"{}\" is given twice, first in line {}", key.text, earlier->where.line), key.where,
          "remove one of them");
    }
    map.entries.push_back({key.text, key.where, Node{}});
    map.entries.back().value.where = key.where;
  }

  const std::string& m_file;
  Node& m_root;
  std::vector<Error>& m_problems;
  std::vector<Level> m_open;
  std::size_t m_nodes = 0;
  bool m_has_content = false;
};

}  // namespace

const Node* find(const Node& map, std::string_view key) {
  for (const Entry& entry : map.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node read_document(const SettingsFile& file, std::vector<Error>& problems) {
  Node root;
  root.where = {.file = file.path, .line = 1, .column = 1, .key_path = {}};
  if (file.text.size() > k_max_bytes) {
    problems.emplace_back(ErrorKind::config, fmt::format("the file is larger than {} bytes", k_max_bytes),
                          in_file(file.path));
    return root;
  }
  const auto before = problems.size();
  try {
    std::istringstream stream(file.text);
    YAML::Parser parser(stream);
    TreeBuilder builder(file.path, root, problems);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    root = Node{};
  } catch (const YAML::Exception& error) {
    Where where = in_file(file.path);
    if (!error.mark.is_null()) {
      where.line = static_cast<std::uint32_t>(error.mark.line + 1);
      where.column = static_cast<std::uint32_t>(error.mark.column + 1);
    }
    problems.emplace_back(ErrorKind::config, "this is no YAML: " + error.msg, where);
    root = Node{};
  }
  if (problems.size() != before && root.where.file.empty()) root.where.file = file.path;
  return root;
}

void merge_node(Node& lower, Node upper) {
  if (upper.kind == Node::Kind::null) return;
  if (lower.kind != Node::Kind::map || upper.kind != Node::Kind::map) {
    lower = std::move(upper);
    return;
  }
  for (Entry& entry : upper.entries) {
    Node* below = nullptr;
    for (Entry& candidate : lower.entries) {
      if (candidate.key == entry.key) below = &candidate.value;
    }
    if (below != nullptr)
      merge_node(*below, std::move(entry.value));
    else
      lower.entries.push_back(std::move(entry));
  }
}

}  // namespace reconciled::config
