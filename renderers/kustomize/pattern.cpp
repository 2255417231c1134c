#include "renderers/kustomize/pattern.h"

#include "renderers/kustomize/node_edit.h"

#include <re2/re2.h>

namespace reconciled::kustomize {
namespace {

constexpr std::int64_t k_memory = 1 << 20;

}  // namespace

Result<Pattern> Pattern::make(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(k_memory);
  Pattern pattern;
  auto expression = std::make_shared<const re2::RE2>(text, options);
  if (!expression->ok()) return fail_render("error parsing regexp: " + expression->error());
  pattern.m_expression = std::move(expression);
  return pattern;
}

Result<Pattern> Pattern::make_anchored(const std::string& text) {
  if (text.empty()) return Pattern();
  return make("^(?:" + text + ")$");
}

bool Pattern::matches(std::string_view text) const {
  return m_expression == nullptr || re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *m_expression);
}

}  // namespace reconciled::kustomize
