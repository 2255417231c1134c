// Reading and changing single places of a tree, with the original's rules for styles, nulls and wrong kinds.
#pragma once

#include "base/result.h"
#include "renderers/kustomize/node.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// The first value under a key; null when there is none or the node is no map.
Node* find(const Node* node, std::string_view key);
/// The text under a key; empty when there is none or it is no scalar.
inline std::string_view find_text(const Node* node, std::string_view key) {
  const Node* value = find(node, key);
  return value == nullptr ? std::string_view() : value->text();
}

/// "wrong node kind: ..." when a node that is neither missing nor null has another kind.
Status expect_kind(const Node* node, Kind kind);

/// Like find, but a node that is neither missing nor null must be a map.
Result<Node*> get(const Node* node, std::string_view key);

enum class Create : std::uint8_t { nothing, scalar, sequence, mapping };
inline Create create_of(Kind kind) {
  return static_cast<Create>(kind);
}
inline Kind kind_of(Create create) {
  return static_cast<Kind>(create);
}

/// Follows keys, list indices ("0", "-" for the last) and "[name=value]"; null when a step is absent. With `create`
/// what is absent is made: maps and lists on the way, a node of that kind at the end.
Result<Node*> lookup(NodeArena& arena, Node* node, std::span<const std::string_view> path,
                     Create create = Create::nothing);

/// Sets a key of a map to a value, which takes the style of what it replaces; a null removes the key. What the key had
/// is overwritten in place, so others who share that node see it.
Result<Node*> set_field(NodeArena& arena, Node* node, std::string_view key, Node* value,
                        std::uint8_t new_key_style = style::k_plain);
/// Overwrites a scalar in place; it keeps its style. A null value changes nothing.
Status set_scalar(Node* node, Node* value);
Status clear_field(Node* node, std::string_view key);

/// The string entries of a map; a value that is no scalar counts as "". A key that comes twice counts once, the last
/// wins.
using TextMap = std::vector<std::pair<std::string_view, std::string_view>>;
TextMap text_entries(const Node* map);
std::string_view find_in(const TextMap& map, std::string_view key, std::string_view fallback = {});
void set_in(TextMap& map, std::string_view key, std::string_view value);
bool erase_in(TextMap& map, std::string_view key);

/// Whether YAML 1.1 reads a text as something else than a string: then it is quoted where a string is meant.
bool is_more_than_text(std::string_view text);

/// "a/b\/c" split at `separator`; a backslash before it keeps it. A leading separator is dropped.
std::vector<std::string> split_path(std::string_view path, char separator);
/// The same for replacements: [brackets] keep what is in them together.
std::vector<std::string> split_bracket_path(std::string_view path, char separator);
/// "[name=value]" to its two parts.
Result<std::pair<std::string_view, std::string_view>> split_index(std::string_view part);
inline bool is_list_index(std::string_view part) {
  return part.starts_with('[') && part.ends_with(']');
}
/// A whole number as strconv.Atoi takes it.
bool is_whole_number(std::string_view part, long& number);
/// What a step that is absent becomes, judged by the step after it.
Kind kind_for_step(std::string_view next, Kind last);

inline tl::unexpected<Error> fail_render(std::string message) {
  return fail(ErrorKind::render, std::move(message));
}
/// "prefix: message".
Error wrap(Error error, std::string_view prefix);

}  // namespace reconciled::kustomize
