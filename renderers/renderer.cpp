#include "renderers/renderer.h"

#include "renderers/helm_renderer.h"
#include "renderers/kustomize_renderer.h"
#include "renderers/plain/plain_renderer.h"

namespace reconciled {
namespace {

/// Grows whenever equal inputs may render otherwise than before.
constexpr std::string_view k_render_version = "3";

Value describe(const SubstitutionOptions& options) {
  return Value::list({static_cast<int>(options.mode), static_cast<int>(options.undefined),
                      options.always == Enabled::yes, options.variables});
}

std::string describe(const Stack& stack) {
  const auto texts = [](const std::vector<std::string>& items) {
    Value list = Value::list();
    for (const auto& item : items) list.append(item);
    return list;
  };
  return Value::map({{"id", stack.id.key()},
                     {"cluster", stack.cluster},
                     {"path", stack.path},
                     {"overlay", stack.overlay_path},
                     {"external", !stack.source.url.empty()},
                     {"renderer", static_cast<int>(stack.renderer)},
                     {"ignore", stack.source_ignore},
                     {"include", texts(stack.plain.include)},
                     {"exclude", texts(stack.plain.exclude)},
                     {"helm", stack.helm},
                     {"kustomize", stack.kustomize},
                     {"substitution", describe(stack.substitution)},
                     {"namespace", stack.namespace_}})
      .digest()
      .hex();
}

void add_pin(Sha256& sum, const ChartPin& pin) {
  for (const auto& text : {pin.repository, pin.name, pin.version, pin.digest, pin.url}) sum.field(text);
}

/// Charts and bases that were brought.
void add_fetched(Sha256& sum, const InputSet& inputs) {
  for (const auto& chart : inputs.dependencies)
    add_pin(sum.field(chart.ref.repository).field(chart.ref.name).field(chart.ref.version), chart.pin);
  for (const auto& base : inputs.bases)
    sum.field(base.ref.source.url).field(base.ref.source.ref).field(base.ref.path).field(base.commit);
  sum.field(std::to_string(inputs.time.time_since_epoch().count()));
}

/// What only charts see.
Status add_chart_inputs(Sha256& sum, const InputSet& inputs) {
  if (inputs.chart) {
    sum.field(inputs.chart->origin);
    if (inputs.chart->pin) add_pin(sum, *inputs.chart->pin);
    if (inputs.chart->tree) {
      TRY_ASSIGN(const std::string tree, inputs.chart->tree->id(""));
      sum.field(tree);
    }
    if (inputs.chart->archive) sum.field(sha256(*inputs.chart->archive).hex());
  }
  sum.field(inputs.cluster.kube_version);
  for (const auto& version : inputs.cluster.api_versions) sum.field(version);
  return {};
}

}  // namespace

bool Renderer::may_read(std::string_view) const {
  return true;
}

const Renderer& renderer_for(RendererKind kind) {
  static const PlainRenderer plain;
  static const HelmRenderer helm;
  static const KustomizeRenderer kustomize;
  switch (kind) {
    case RendererKind::helm: return helm;
    case RendererKind::kustomize: return kustomize;
    case RendererKind::plain: break;
  }
  return plain;
}

std::uint64_t seed_of(const Digest& inputs) {
  std::uint64_t seed = 0;
  for (std::size_t i = 0; i < 8; ++i) seed = seed << 8 | inputs.bytes[i];
  return seed;
}

Result<Digest> digest_inputs(const InputSet& inputs) {
  TRY_ASSIGN(const std::string files, inputs.files->id(""));
  TRY_ASSIGN(const std::string overlay, inputs.overlay->id(""));
  Sha256 sum;
  sum.field("render").field(k_render_version).field(files).field(overlay);
  sum.field(inputs.files_origin).field(inputs.overlay_origin).field(describe(inputs.stack));
  if (inputs.stack.renderer == RendererKind::helm) TRY(add_chart_inputs(sum, inputs));
  if (inputs.stack.renderer != RendererKind::plain) add_fetched(sum, inputs);
  return sum.finish();
}

}  // namespace reconciled
