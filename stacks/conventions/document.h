// Files of the repository convention, decoded so that every error knows its file, line, column and key path.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"
#include "ports/source_tree.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// One file of the convention: its text for the places of errors, and its only document.
struct ConventionFile {
  std::string path;
  std::string text;
  std::uint32_t document = 0;
  Value value;
};

/// Reads a file with `apiVersion: reconcile/v1` and this kind; nullopt when there is none.
Result<std::optional<ConventionFile>> read_convention_file(const SourceTree& tree, const std::string& path,
                                                           std::string_view kind, Budget& budget);

/// A key that is known but may not stand here, and why.
struct RefusedKey {
  std::string_view key;
  std::string_view why;
  std::string_view hint;
};

/// A value of a ConventionFile and the way to it. The file must outlive it.
class Node {
 public:
  explicit Node(const ConventionFile& file) : Node(file, file.value, {}) {}

  [[nodiscard]] const Value& value() const { return *m_value; }
  [[nodiscard]] Where where() const;
  [[nodiscard]] Error error(std::string message, std::string hint = {}, ErrorKind kind = ErrorKind::render) const;

  [[nodiscard]] Result<std::string> text() const;
  [[nodiscard]] Result<bool> flag() const;
  /// A list of texts, none empty and none twice.
  [[nodiscard]] Result<std::vector<std::string>> texts() const;
  /// The items of a list.
  [[nodiscard]] Result<std::vector<Node>> items() const;
  /// Keys and values of a map; null is an empty map (`bootstrap:` with nothing behind it).
  [[nodiscard]] Result<std::vector<std::pair<std::string, Node>>> entries() const;
  [[nodiscard]] std::optional<Node> find(std::string_view key) const;
  /// Refuses what is no map, keys that are not known (with a suggestion) and refused keys (ErrorKind::policy).
  [[nodiscard]] Status check_keys(std::span<const std::string_view> known,
                                  std::span<const RefusedKey> refused = {}) const;

 private:
  Node(const ConventionFile& file, const Value& value, std::vector<std::string> path)
      : m_file(&file), m_value(&value), m_path(std::move(path)) {}
  [[nodiscard]] Node step(std::string key, const Value& value) const;

  const ConventionFile* m_file;
  const Value* m_value;
  std::vector<std::string> m_path;  // keys and list indices from the root
};

/// Keys that hold credentials wherever they stand: only the operator's settings may.
std::span<const RefusedKey> credential_keys();

}  // namespace reconciled
