// The patterns of .Files.Glob, as gobwas/glob reads them with '/' as the separator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// '*' matches within a name, '**' across names, '?' one character but '/', "[abc]", "[a-z]" and "[!a]" one character,
/// "{a,b*}" one of several patterns; '\' takes the next character as it is.
class Glob {
 public:
  /// Nothing for a pattern that gobwas refuses.
  static std::optional<Glob> parse(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  friend class GlobParser;
  struct Node;
  using Sequence = std::vector<Node>;
  struct Node {
    enum class Kind : std::uint8_t { text, any, super, single, list, range, alternatives };
    Kind kind = Kind::text;
    bool negated = false;
    std::u32string characters;  ///< of a text or a list; the two ends of a range
    std::vector<Sequence> alternatives;
  };
  using Positions = std::vector<bool>;  // which prefixes of the path are matched
  static Positions advance(const Sequence& sequence, Positions positions, const std::u32string& path);
  static Positions advance(const Node& node, const Positions& positions, const std::u32string& path);
  static bool matches_one(const Node& node, char32_t c);

  Sequence m_root;
};

}  // namespace reconciled::helm
