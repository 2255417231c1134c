#include "renderers/kustomize/field_spec.h"

#include "renderers/kustomize/field_spec_table.h"
#include "renderers/kustomize/go_sort.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reconciled::kustomize {
namespace {

struct Member {
  FieldSpecs TransformerConfig::* specs;
  std::string_view name;  ///< as the error of a conflict calls it
};

constexpr std::array k_members{
    Member{&TransformerConfig::name_prefix, "NamePrefix"},
    Member{&TransformerConfig::name_suffix, "NameSuffix"},
    Member{&TransformerConfig::name_space, "NameSpace"},
    Member{&TransformerConfig::common_annotations, "CommonAnnotations"},
    Member{&TransformerConfig::common_labels, "CommonLabels"},
    Member{&TransformerConfig::labels, "Labels"},
    Member{&TransformerConfig::template_labels, "TemplateLabels"},
    Member{&TransformerConfig::var_reference, "VarReference"},
    Member{&TransformerConfig::images, "Images"},
    Member{&TransformerConfig::replicas, "Replicas"},
};

/// Go's sort leaves what is sorted as it is, and most lists are.
template <class T, class Less>
void sort_unless_sorted(std::vector<T>& items, Less less) {
  if (!std::is_sorted(items.begin(), items.end(), less)) go_sort(items, less);
}

Status merge_reference(std::vector<NameReference>& references, const NameReference& other) {
  bool found = false;
  for (auto& reference : references) {
    if (reference.target != other.target) continue;
    found = true;
    TRY(merge_specs(reference.referrers, other.referrers));
  }
  if (!found) references.push_back(other);
  return {};
}

TransformerConfig make_default() {
  TransformerConfig config;
  const auto copy = [](std::span<const FieldSpec> specs) { return FieldSpecs(specs.begin(), specs.end()); };
  const FieldSpecTable& table = k_field_specs;
  config.name_prefix = copy(table.name_prefix);
  config.name_suffix = copy(table.name_suffix);
  config.name_space = copy(table.name_space);
  config.common_labels = copy(table.common_labels);
  config.template_labels = copy(table.template_labels);
  config.common_annotations = copy(table.common_annotations);
  config.var_reference = copy(table.var_reference);
  config.images = copy(table.images);
  config.replicas = copy(table.replicas);
  for (const auto& row : table.references)
    config.name_reference.push_back({row.target, copy(table.referrers.subspan(row.first, row.count))});
  return config;
}

}  // namespace

Status merge_spec(FieldSpecs& specs, const FieldSpec& spec) {
  const auto known = std::find_if(specs.begin(), specs.end(), [&](const FieldSpec& other) {
    return other.path == spec.path && other.gvk.selected_by(spec.gvk);
  });
  if (known == specs.end()) {
    specs.push_back(spec);
  } else if (known->create != spec.create) {
    return fail_render("conflicting fieldspecs");
  }
  return {};
}

Status merge_specs(FieldSpecs& specs, std::span<const FieldSpec> more) {
  for (const auto& spec : more) TRY(merge_spec(specs, spec));
  return {};
}

Status TransformerConfig::merge(const TransformerConfig& other) {
  for (const auto& member : k_members) {
    const auto merged = merge_specs(this->*member.specs, other.*member.specs);
    if (!merged) return fail(wrap(merged.error(), "failed to merge " + std::string(member.name) + " fieldSpec"));
  }
  for (const auto& reference : other.name_reference) {
    const auto merged = merge_reference(name_reference, reference);
    if (!merged) return fail(wrap(merged.error(), "failed to merge NameReference fieldSpec"));
  }
  sort();
  return {};
}

void TransformerConfig::sort() {
  const auto by_kind = [](const FieldSpec& a, const FieldSpec& b) { return gvk_less(a.gvk, b.gvk); };
  for (const auto& member : k_members) sort_unless_sorted(this->*member.specs, by_kind);
  sort_unless_sorted(name_reference,
                     [](const NameReference& a, const NameReference& b) { return gvk_less(a.target, b.target); });
}

const TransformerConfig& default_config() {
  static const TransformerConfig config = make_default();
  return config;
}

}  // namespace reconciled::kustomize
