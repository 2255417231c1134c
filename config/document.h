// A settings file as a tree of nodes that know where they stand. Internal to config/; the only user of yaml-cpp.
#pragma once

#include "base/error.h"
#include "config/settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reconciled::config {

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  enum class Style : std::uint8_t { plain, quoted };
  Kind kind = Kind::null;
  Style style = Style::plain;  ///< of a scalar
  std::string text;            ///< of a scalar
  Where where;
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map, keys distinct
};

struct Entry {
  std::string key;
  Where where;
  Node value;
};

/// Reads one file; what is wrong with it is appended to `problems`. Duplicate keys, aliases, several documents, more
/// than 1 MiB, 64 levels or 100,000 nodes are refused. An empty file is a null node.
Node read_document(const SettingsFile& file, std::vector<Error>& problems);

/// Lays `upper` over `lower`: maps merge, lists and scalars replace, null says nothing.
void merge_node(Node& lower, Node upper);

const Node* find(const Node& map, std::string_view key);

}  // namespace reconciled::config
