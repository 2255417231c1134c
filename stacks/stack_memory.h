// What one reading of an environment's stacks leaves for the next.
#pragma once

#include "base/result.h"
#include "ports/source_tree.h"
#include "stacks/stack.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// Facts about folders, each with the ids of the paths that it was read from: it holds while the ids are the same.
/// Facts that two readings in a row do not ask for are forgotten, and all when the settings around the folders change.
template <class Fact>
class FolderFacts {
 public:
  using Seen = std::vector<std::pair<std::string, std::string>>;  ///< path, id

  /// A new reading begins.
  void turn() {
    m_old = std::move(m_new);
    m_new.clear();
  }
  void clear() {
    m_old.clear();
    m_new.clear();
  }
  /// The fact about a folder, or null. Valid until the next turn.
  Result<const Fact*> find(const std::string& folder, const SourceTree& tree) {
    auto row = m_old.extract(folder);
    if (row.empty()) return nullptr;
    for (const auto& [path, id] : row.mapped().seen) {
      TRY_ASSIGN(const std::string now, tree.id(path));
      if (now != id) return nullptr;
    }
    return &m_new.insert(std::move(row)).position->second.fact;
  }
  Status keep(const std::string& folder, const std::vector<std::string>& paths, const SourceTree& tree, Fact fact) {
    Row row{{}, std::move(fact)};
    for (const auto& path : paths) {
      TRY_ASSIGN(std::string id, tree.id(path));
      row.seen.emplace_back(path, std::move(id));
    }
    m_new.insert_or_assign(folder, std::move(row));
    return {};
  }

 private:
  struct Row {
    Seen seen;
    Fact fact;
  };
  std::map<std::string, Row> m_old;
  std::map<std::string, Row> m_new;
};

/// What a folder said of its stack.
struct StackFact {
  std::optional<Stack> stack;  ///< nullopt: it is not in the environment
  std::vector<std::string> warnings;
};

/// Used by one reading at a time, always of the same environment.
class StackMemory {
 public:
  /// `ignored` is the text of the root's .sourceignore.
  void begin(const Repository& repository, std::string_view environment, std::string_view ignored);

  FolderFacts<StackFact> stacks;
  FolderFacts<bool> filled;  ///< whether a folder holds anything that is not ignored

 private:
  Repository m_repository;
  std::string m_environment;
  std::string m_ignored;
};

}  // namespace reconciled
