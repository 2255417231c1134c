// The schema of one build: which lists a strategic merge merges, and by which keys.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/kustomize/schema_table.h"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::kustomize {

/// A place in a schema; without a table nothing is known of it.
struct SchemaPlace {
  const SchemaTable* table = nullptr;
  std::int16_t type = -1;

  [[nodiscard]] bool known() const { return table != nullptr && type >= 0; }
  [[nodiscard]] SchemaPlace field(std::string_view name) const;
  [[nodiscard]] SchemaPlace items() const;
  /// How a list here merges.
  [[nodiscard]] const SchemaKeys& keys() const;
};

/// The frozen schema, or one that the kustomization names; that one replaces the frozen one. State of one build.
class Schema {
 public:
  /// The place of a whole resource, or nothing.
  [[nodiscard]] SchemaPlace find(const Gvk& gvk) const;
  /// From a swagger document, JSON or YAML. The first one that is set in a build wins: others are not even read.
  Status set_custom(std::string_view text, Budget& budget);
  /// From `openapi: {version: ...}`; only one version is built in.
  Status set_version(std::string_view version);
  [[nodiscard]] bool is_set() const { return m_is_set; }

 private:
  struct Custom;
  bool m_is_set = false;
  std::shared_ptr<Custom> m_custom;
};

}  // namespace reconciled::kustomize
