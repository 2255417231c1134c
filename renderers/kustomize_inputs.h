// What a kustomization takes from elsewhere: found among the inputs of a render, or noted as missing.
#pragma once

#include "renderers/kustomize/remote.h"
#include "renderers/renderer.h"

namespace reconciled {

/// Looks into an InputSet, which must outlive it.
class KustomizeInputs final : public kustomize::Remotes {
 public:
  KustomizeInputs(const InputSet& inputs, Budget& budget) : m_inputs(inputs), m_budget(budget) {}

  [[nodiscard]] std::shared_ptr<const SourceTree> find_repository(const kustomize::RepositoryUrl& url) const override;
  /// Nothing: files are never fetched by HTTP.
  [[nodiscard]] std::optional<std::string> find_file(std::string_view url) const override;
  [[nodiscard]] std::shared_ptr<const SourceTree> find_chart(const ChartRef& chart) const override;

  /// What was asked for and is not there.
  [[nodiscard]] const Missing& missing() const { return m_missing; }

 private:
  const InputSet& m_inputs;
  Budget& m_budget;
  mutable Missing m_missing;
};

/// The folders of a repository that a base in it is built from.
Result<std::shared_ptr<const SourceTree>> select_base(std::shared_ptr<const SourceTree> tree, const std::string& path);

}  // namespace reconciled
