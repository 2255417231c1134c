#include "renderers/kustomize_renderer.h"

#include "base/json.h"
#include "ports/memory_tree.h"
#include "ports/random.h"
#include "ports/selected_tree.h"
#include "renderers/kustomize/build.h"
#include "renderers/kustomize/folders.h"
#include "renderers/kustomize_charts.h"
#include "renderers/kustomize_inputs.h"
#include "renderers/substitution/substitution.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

/// Where the kustomization lies that the stack's settings make: beside nothing that a repository has.
constexpr std::string_view k_made_folder = "reconcile-kustomize";

constexpr std::array<std::string_view, 3> k_own_keys{"path", "sort", "components"};
struct Renamed {
  std::string_view setting;
  std::string_view field;
};
constexpr std::array k_fields{Renamed{"images", "images"},
                              Renamed{"patches", "patches"},
                              Renamed{"namespace", "namespace"},
                              Renamed{"prefix", "namePrefix"},
                              Renamed{"suffix", "nameSuffix"},
                              Renamed{"labels", "labels"},
                              Renamed{"annotations", "commonAnnotations"},
                              Renamed{"replicas", "replicas"}};

std::string key_list() {
  std::string keys;
  for (const auto key : k_own_keys) keys.append(keys.empty() ? "" : ", ").append(key);
  for (const auto& row : k_fields) keys.append(", ").append(row.setting);
  return keys;
}

Status check_settings(const Stack& stack) {
  for (const auto& [key, value] : stack.kustomize.entries()) {
    const auto name = key.as_string();
    const bool known = std::ranges::find(k_own_keys, name) != k_own_keys.end() ||
                       std::ranges::any_of(k_fields, [&](const Renamed& row) { return row.setting == name; });
    if (known) continue;
    Where where = stack.origin;
    where.key_path = "kustomize." + std::string(name);
    return fail(ErrorKind::render, "the kustomize block has no \"" + std::string(name) + '"', where,
                "it has " + key_list());
  }
  return {};
}

bool changes_anything(const Value& settings) {
  return std::ranges::any_of(settings.entries(), [](const Value::Entry& entry) {
    return entry.key.as_string() != "path" && entry.key.as_string() != "sort";
  });
}

/// Patches whose files lie in the stack's folder, with the text of these: another folder's kustomization may not read
/// them.
Result<Value> inline_patches(const Value& patches, const SourceTree& tree, std::string_view folder) {
  Value all = Value::list();
  for (Value patch : patches.items()) {
    const std::string path(patch["path"].as_string());
    if (!path.empty()) {
      const std::string file = kustomize::clean_path(join_path(folder, path));
      TRY_ASSIGN(const auto text, tree.read(file, k_max_file_bytes));
      if (!text) return fail(ErrorKind::render, "there is no patch " + file, {.file = file});
      patch.erase("path");
      patch.set("patch", *text);
    }
    all.append(std::move(patch));
  }
  return all;
}

/// A kustomization over the stack's that does what the settings say.
Result<std::string> make_file(const Value& settings, const SourceTree& tree, std::string_view root,
                              std::string_view folder) {
  Value file = Value::map();
  file.set("resources", Value::list({Value("../" + std::string(root))}));
  Value components = Value::list();
  for (const auto& component : settings["components"].items())
    components.append("../" + join_path(folder, component.as_string()));
  if (components.size() != 0) file.set("components", std::move(components));
  for (const auto& row : k_fields) {
    if (const Value* value = settings.find(row.setting)) file.set(row.field, *value);
  }
  if (file["patches"].is_list()) {
    TRY_ASSIGN(auto patches, inline_patches(file["patches"], tree, folder));
    file.set("patches", std::move(patches));
  }
  return format_json(file);
}

Result<kustomize::ResourceOrder> order_of(const Stack& stack) {
  const auto sort = stack.kustomize["sort"].as_string("legacy");
  if (sort == "legacy") return kustomize::ResourceOrder::legacy;
  if (sort == "fifo") return kustomize::ResourceOrder::fifo;
  Where where = stack.origin;
  where.key_path = "kustomize.sort";
  return fail(ErrorKind::render, "kustomize.sort is legacy or fifo, not \"" + std::string(sort) + '"', where);
}

/// What the engine says, with what a person can do about it.
Error explain(Error error, const InputSet& inputs, const std::string& file) {
  if (error.kind == ErrorKind::source_missing && error.hint.empty())
    error.hint = "copy it into the repository: files are not fetched, only folders of Git repositories are";
  if (error.where.empty()) error.where.file = join_path(inputs.files_origin, file);
  return error;
}

}  // namespace

std::string kustomization_folder(const Stack& stack, const SourceTree& tree) {
  if (stack.source.url.empty() && kustomize::is_kustomization(tree, stack.overlay_path)) return stack.overlay_path;
  return kustomize::clean_path(join_path(stack.path, stack.kustomize["path"].as_string()));
}

Result<std::shared_ptr<const SourceTree>> select_kustomization(const Stack& stack,
                                                               std::shared_ptr<const SourceTree> tree) {
  Budget budget;
  const std::string folder = kustomization_folder(stack, *tree);
  TRY_ASSIGN(auto folders, kustomize::find_folders(*tree, folder, budget));
  for (const auto& component : stack.kustomize["components"].items()) {
    const std::string path = kustomize::clean_path(join_path(stack.path, component.as_string()));
    if (path == ".." || path.starts_with("../")) continue;
    TRY_ASSIGN(const auto more, kustomize::find_folders(*tree, path, budget));
    folders.insert(folders.end(), more.begin(), more.end());
  }
  return std::shared_ptr<const SourceTree>(make_selected_tree(std::move(tree), std::move(folders)));
}

Result<RenderOutcome> KustomizeRenderer::render(const InputSet& inputs, Budget& budget) const {
  const Stack& stack = inputs.stack;
  TRY(check_settings(stack));
  TRY_ASSIGN(const auto substitution, Substitution::make(stack, budget));
  TRY_ASSIGN(const auto order, order_of(stack));
  std::string folder = kustomization_folder(stack, *inputs.files);
  const std::string shown = folder;
  std::shared_ptr<const SourceTree> tree = inputs.files;
  if (changes_anything(stack.kustomize)) {
    TRY_ASSIGN(const std::string file, make_file(stack.kustomize, *tree, folder, stack.path));
    std::shared_ptr<const SourceTree> made = make_memory_tree({{join_path(k_made_folder, "kustomization.yaml"), file}});
    tree = make_overlay_tree(std::move(tree), std::move(made));
    folder = k_made_folder;
  }
  kustomize::BuildOptions options;
  options.order = order;
  SeededRandom random(seed_of(inputs.digest));
  const helm::RenderPorts ports{.random = random, .now = inputs.time};
  options.render_chart = make_chart_renderer(ports, helm::HelmProfile::helm3);
  const KustomizeInputs remotes(inputs, budget);
  const std::string root = inputs.files_origin.empty() ? "." : inputs.files_origin;
  auto built = kustomize::build_values({tree, root}, folder, options, remotes, budget);
  if (!built.output) {
    if (remotes.missing() != Missing{}) return RenderOutcome(remotes.missing());
    return fail(explain(std::move(built.output.error()), inputs, shown));
  }
  ManifestSet set;
  set.stack = stack.id;
  set.inputs = inputs.digest;
  set.warnings = std::move(built.warnings);
  std::uint32_t number = 0;
  for (auto& value : *built.output) {
    if (!budget.step()) return fail(budget.error("reading manifests"));
    const Origin origin{join_path(inputs.files_origin, shown), 1, number++};
    TRY_ASSIGN(auto object, substitution.fill_object(std::move(value), origin, budget));
    TRY_ASSIGN(auto manifest, make_manifest(std::move(object), origin, stack.cluster));
    set.manifests.push_back(std::move(manifest));
  }
  for (const auto& chart : inputs.dependencies) set.charts.push_back(chart.pin);
  std::ranges::sort(set.charts);
  if (set.manifests.empty()) set.warnings.push_back(stack.id.path() + " holds no manifest");
  return set;
}

}  // namespace reconciled
