// Parsed templates: one namespace of names for all files of a chart and its subcharts.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "renderers/helm/template/function_table.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

struct Program;

/// What becomes of a text that is parsed.
enum class SourceText : bool {
  copy,    ///< the program has a copy of its own
  shared,  ///< it outlives the program
};

/// A named body in a parsed file.
struct Template {
  const Program* program = nullptr;
  std::uint32_t root = 0;  ///< its list node
};

/// Filled once, then immutable: renders of all threads share it. The function table must outlive it.
class TemplateSet {
 public:
  explicit TemplateSet(const FunctionTable& functions);
  ~TemplateSet();
  TemplateSet(TemplateSet&&) noexcept;
  TemplateSet& operator=(TemplateSet&&) noexcept;

  /// Parses a file: its text becomes the template `name`, its `define`s become templates of their own. A later body
  /// replaces an earlier one unless it is empty. The error's message is Go's, `template: NAME:LINE: ...`.
  Status parse(std::string_view name, std::string_view text, Budget& budget);
  /// The same for a text that may be shared: names and literals stay views of it.
  Status parse(std::string_view name, std::string_view text, SourceText source, Budget& budget);

  /// nullptr when there is none.
  [[nodiscard]] const Template* find(std::string_view name) const;
  [[nodiscard]] const FunctionTable& functions() const { return *m_functions; }

 private:
  const FunctionTable* m_functions;
  std::vector<std::unique_ptr<const Program>> m_programs;
  std::map<std::string_view, Template, std::less<>> m_templates;  // names lie in the programs
};

}  // namespace reconciled::helm
