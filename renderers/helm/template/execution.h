// Runs templates of a set over values.
#pragma once

#include "base/result.h"
#include "renderers/helm/template/template_set.h"
#include "renderers/helm/values/go_function.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// How an execution failed. Go wraps errors in errors, and how Helm words the whole depends on each of them:
/// every wrapped error's text is the end of the text that wraps it.
struct ExecutionFailure {
  Error error;                     ///< the message is Go's raw text: `template: a:1:6: executing "a" at <...>: ...`
  std::vector<std::size_t> links;  ///< where in the message the text of each wrapped error begins, outermost first
};

class Executor;

/// One render: all files of a chart are executed by one Execution, as nested references are counted over all of them.
/// Values live in the world's arena. While it runs it is the world's TemplateRunner.
class Execution {
 public:
  Execution(const TemplateSet& templates, RenderWorld& world);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// The text that the template of this name gives, raw: with `<no value>` where Go writes it. Valid until the
  /// next one is executed.
  tl::expected<std::string_view, ExecutionFailure> execute(std::string_view name, GoValue data);

 private:
  std::unique_ptr<Executor> m_executor;
};

}  // namespace reconciled::helm
