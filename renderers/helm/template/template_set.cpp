#include "renderers/helm/template/template_set.h"

#include "renderers/helm/template/parser.h"

namespace reconciled::helm {

TemplateSet::TemplateSet(const FunctionTable& functions) : m_functions(&functions) {}
TemplateSet::~TemplateSet() = default;
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;

Status TemplateSet::parse(std::string_view name, std::string_view text, Budget& budget) {
  return parse(name, text, SourceText::copy, budget);
}

Status TemplateSet::parse(std::string_view name, std::string_view text, SourceText source, Budget& budget) {
  TRY_ASSIGN(auto program, parse_program(name, text, source, *m_functions, budget));
  for (const NamedRoot& root : program->roots) {
    const auto known = m_templates.find(root.name);
    if (known == m_templates.end()) {
      m_templates.emplace(root.name, Template{program.get(), root.root});
    } else if (!root.is_empty) {
      known->second = Template{program.get(), root.root};
    }
  }
  m_programs.push_back(std::move(program));
  return {};
}

const Template* TemplateSet::find(std::string_view name) const {
  const auto found = m_templates.find(name);
  return found == m_templates.end() ? nullptr : &found->second;
}

}  // namespace reconciled::helm
