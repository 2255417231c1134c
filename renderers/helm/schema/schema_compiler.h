// From the text of a schema to nodes.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/schema/schema_node.h"

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// A schema and everything that it refers to. Values of it stand in the nodes, so it is not to be copied.
class CompiledSchema {
 public:
  static Result<std::unique_ptr<CompiledSchema>> compile(std::string_view text, Budget& budget);
  [[nodiscard]] const SchemaNode& root() const { return m_nodes.front(); }

 private:
  CompiledSchema() = default;
  friend class SchemaCompiler;
  Value m_document;
  std::deque<SchemaNode> m_nodes;  // stay where they are
};

}  // namespace reconciled::helm
