#include "renderers/helm_manifests.h"

#include "base/json.h"
#include "base/yaml.h"
#include "renderers/helm/values/arena.h"
#include "renderers/helm/values/json.h"
#include "renderers/helm/values/yaml_read.h"

#include <algorithm>

namespace reconciled {
namespace {

/// A document as charts write them: the last of equal keys counts, and there may be none but comments.
Result<Value> read_document(const std::string& text, const Where& where, Budget& budget) {
  helm::Arena arena(budget);
  auto document = helm::read_yaml_document(text, helm::YamlNumbers::typed, arena);
  if (!document) {
    Error error = std::move(document).error();
    error.where = where;
    return fail(std::move(error));
  }
  auto json = helm::to_json(*document, arena, helm::JsonForm::raw);
  if (!json) return fail(ErrorKind::render, json.error().message, where);
  return parse_json(*json, budget);
}

class ManifestMaker {
 public:
  ManifestMaker(const InputSet& inputs, Budget& budget) : m_inputs(inputs), m_budget(budget) {
    set.stack = inputs.stack.id;
    set.inputs = inputs.digest;
  }

  Status add(const helm::RenderedDocument& document, const std::optional<Hook>& hook) {
    const Where where{.file = document.source};
    TRY_ASSIGN(Value value, read_document(document.text, where, m_budget));
    if (value.is_null()) return {};
    return add_value(std::move(value), {document.source, 0, 0}, hook);
  }

  Status add_file(const helm::RenderedDocument& file) {
    TRY_ASSIGN(auto documents, read_yaml(file.text, file.source, m_budget));
    for (auto& document : documents)
      TRY(add_value(std::move(document.value), {file.source, document.mark.line, document.index}, std::nullopt));
    return {};
  }

  ManifestSet set;

 private:
  Status add_value(Value value, const Origin& origin, const std::optional<Hook>& hook) {
    const Where where{.file = origin.file, .line = origin.line, .column = 0, .key_path = {}};
    if (!value.is_map()) return fail(ErrorKind::render, "a document that the chart rendered is no map", where);
    TRY_ASSIGN(auto objects, flatten_list(std::move(value), origin));
    for (auto& object : objects) {
      if (!m_budget.step()) return fail(m_budget.error("reading what the chart rendered", where));
      TRY_ASSIGN(Manifest manifest, make_manifest(std::move(object), origin, m_inputs.stack.cluster));
      manifest.hook = hook;
      set.manifests.push_back(std::move(manifest));
    }
    return {};
  }

  const InputSet& m_inputs;
  Budget& m_budget;
};

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::optional<Hook> make_hook(const helm::RenderedHook& rendered) {
  using helm::HookEvent;
  Hook hook;
  for (const HookEvent event : rendered.events) {
    switch (event) {
      case HookEvent::pre_install: hook.at_install = HookSide::before; break;
      case HookEvent::pre_upgrade: hook.at_upgrade = HookSide::before; break;
      // An object that is on both sides runs once, on the later one.
      case HookEvent::post_install: hook.at_install = HookSide::after; break;
      case HookEvent::post_upgrade: hook.at_upgrade = HookSide::after; break;
      case HookEvent::pre_delete:
      case HookEvent::post_delete:
      case HookEvent::pre_rollback:
      case HookEvent::post_rollback:
      case HookEvent::test: break;
    }
  }
  if (!hook.at_install && !hook.at_upgrade) return std::nullopt;
  hook.weight = rendered.weight;
  if (has(rendered.delete_policies, "hook-succeeded")) hook.when_succeeded = Hook::Afterwards::remove;
  if (has(rendered.delete_policies, "hook-failed")) hook.when_failed = Hook::Afterwards::remove;
  return hook;
}

Result<ManifestSet> make_chart_manifests(const helm::RenderedChart& rendered, const InputSet& inputs,
                                         const HelmBlock& options, Budget& budget) {
  ManifestMaker maker(inputs, budget);
  if (options.include_crds == Enabled::yes) {
    for (const auto& file : rendered.crds) TRY(maker.add_file(file));
  }
  for (const auto& document : rendered.manifests) TRY(maker.add(document, std::nullopt));
  if (options.hooks == Enabled::yes) {
    for (const auto& hook : rendered.hooks) {
      if (const auto made = make_hook(hook)) TRY(maker.add(hook.document, made));
    }
  }
  maker.set.warnings = rendered.warnings;
  if (!rendered.reproducible) {
    maker.set.warnings.push_back(
        "the chart makes passwords, keys or certificates by chance: here they follow from what is in the repository, "
        "so "
        "whoever reads it can compute them; set them in the values");
  }
  return std::move(maker.set);
}

}  // namespace reconciled
