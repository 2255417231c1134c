#include "renderers/helm/chart/glob.h"

#include "base/utf8.h"

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_max_depth = 64;
constexpr std::size_t k_max_length = 4096;

/// Nothing when the text is no UTF-8.
std::optional<std::u32string> decode(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (point.length == 0) return std::nullopt;
    characters += static_cast<char32_t>(point.value);
    text.remove_prefix(point.length);
  }
  return characters;
}

}  // namespace

class GlobParser {
 public:
  explicit GlobParser(std::u32string_view pattern) : m_rest(pattern) {}

  bool parse(Glob::Sequence& sequence, std::uint32_t depth) {
    using Kind = Glob::Node::Kind;
    if (depth > k_max_depth) return false;
    while (!m_rest.empty()) {
      const char32_t c = m_rest.front();
      if (depth > 0 && (c == ',' || c == '}')) return true;
      if (c == '{') {
        m_rest.remove_prefix(1);
        if (!alternatives(sequence.emplace_back(), depth + 1)) return false;
      } else if (c == '[') {
        m_rest.remove_prefix(1);
        if (!character_class(sequence.emplace_back())) return false;
      } else if (c == '?') {
        m_rest.remove_prefix(1);
        sequence.emplace_back().kind = Kind::single;
      } else if (c == '*') {
        const bool is_super = m_rest.size() > 1 && m_rest[1] == '*';
        m_rest.remove_prefix(is_super ? 2 : 1);
        sequence.emplace_back().kind = is_super ? Kind::super : Kind::any;
      } else {
        sequence.emplace_back().characters = text(depth > 0 ? U"?*[{}," : U"?*[{");
      }
    }
    return true;
  }

 private:
  bool alternatives(Glob::Node& node, std::uint32_t depth) {
    node.kind = Glob::Node::Kind::alternatives;
    for (;;) {
      if (!parse(node.alternatives.emplace_back(), depth)) return false;
      if (m_rest.empty()) return true;  // a brace that nobody closes is closed by the end
      const char32_t c = m_rest.front();
      m_rest.remove_prefix(1);
      if (c == '}') return true;
    }
  }

  /// Behind the '['.
  bool character_class(Glob::Node& node) {
    if (!m_rest.empty() && m_rest.front() == '!') {
      node.negated = true;
      m_rest.remove_prefix(1);
    }
    if (m_rest.empty()) return false;
    if (m_rest.size() > 1 && m_rest[1] == '-') {
      if (m_rest.size() < 4 || m_rest[3] != ']' || m_rest[2] < m_rest[0]) return false;
      node.kind = Glob::Node::Kind::range;
      node.characters = {m_rest[0], m_rest[2]};
      m_rest.remove_prefix(4);
      return true;
    }
    node.kind = Glob::Node::Kind::list;
    node.characters = text(U"]");
    if (node.characters.empty() || m_rest.empty()) return false;
    m_rest.remove_prefix(1);
    return true;
  }

  std::u32string text(std::u32string_view breakers) {
    std::u32string characters;
    for (bool escaped = false; !m_rest.empty(); m_rest.remove_prefix(1)) {
      const char32_t c = m_rest.front();
      if (!escaped && c == '\\') {
        escaped = true;
        continue;
      }
      if (!escaped && breakers.find(c) != std::u32string_view::npos) break;
      escaped = false;
      characters += c;
    }
    return characters;
  }

  std::u32string_view m_rest;
};

std::optional<Glob> Glob::parse(std::string_view pattern) {
  const auto characters = decode(pattern);
  Glob glob;
  if (!characters || characters->size() > k_max_length || !GlobParser(*characters).parse(glob.m_root, 0))
    return std::nullopt;
  return glob;
}

bool Glob::matches(std::string_view path) const {
  const auto characters = decode(path);
  if (!characters) return false;
  Positions positions(characters->size() + 1);
  positions.front() = true;
  return advance(m_root, std::move(positions), *characters).back();
}

Glob::Positions Glob::advance(const Sequence& sequence, Positions positions, const std::u32string& path) {
  for (const auto& node : sequence) positions = advance(node, positions, path);
  return positions;
}

bool Glob::matches_one(const Node& node, char32_t c) {
  switch (node.kind) {
    case Node::Kind::single: return c != '/';
    case Node::Kind::list: return (node.characters.find(c) != std::u32string::npos) != node.negated;
    case Node::Kind::range: return (c >= node.characters[0] && c <= node.characters[1]) != node.negated;
    case Node::Kind::text:
    case Node::Kind::any:
    case Node::Kind::super:
    case Node::Kind::alternatives: break;
  }
  return false;
}

Glob::Positions Glob::advance(const Node& node, const Positions& positions, const std::u32string& path) {
  Positions next(positions.size());
  if (node.kind == Node::Kind::alternatives) {
    for (const auto& alternative : node.alternatives) {
      const auto reached = advance(alternative, positions, path);
      for (std::size_t i = 0; i < next.size(); ++i) next[i] = next[i] || reached[i];
    }
    return next;
  }
  const bool star = node.kind == Node::Kind::any || node.kind == Node::Kind::super;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const bool passes = i > 0 && (node.kind == Node::Kind::super || path[i - 1] != '/');
    if (star) next[i] = positions[i] || (passes && next[i - 1]);
    if (!positions[i]) continue;
    if (node.kind == Node::Kind::text) {
      if (path.compare(i, node.characters.size(), node.characters) == 0) next[i + node.characters.size()] = true;
    } else if (!star && i < path.size() && matches_one(node, path[i])) {
      next[i + 1] = true;
    }
  }
  return next;
}

}  // namespace reconciled::helm
