#include "renderers/kustomize/patches.h"

#include "base/go_text.h"
#include "base/json.h"
#include "renderers/kustomize/json_patch.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_reader.h"
#include "renderers/kustomize/node_value.h"
#include "renderers/kustomize/selector.h"
#include "renderers/kustomize/strategic_merge.h"

#include <algorithm>

namespace reconciled::kustomize {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// A merge patch onto one resource; name, namespace and kind stay unless the patch may change them.
Status merge_into(Context& context, Resource& target, const Resource& patch) {
  NodeArena& arena = context.arena();
  const std::string name(target.name()), name_space(target.name_space()), kind(target.kind());
  if (patch.name_change_allowed || patch.kind_change_allowed) target.remember_id(arena);
  TRY_ASSIGN(Node * merged, merge_strategically(arena, context.schema(), target.root, patch.root, ListGrowth::prepend));
  if (merged == nullptr) target.root = nullptr;
  TRY(context.check_budget());
  if (target.is_gone()) return {};
  if (!patch.kind_change_allowed) TRY(target.set_kind(arena, kind));
  if (!patch.name_change_allowed) TRY(target.set_name(arena, name));
  return target.set_namespace(arena, name_space);
}

/// Each of the resources takes a copy of the patch, which speaks of their kind. Ids may collide then.
Status merge_into_selected(Context& context, ResourceMap& map, const std::vector<Resource*>& selected,
                           const Resource& patch) {
  NodeArena& arena = context.arena();
  std::vector<Resource*> left;
  for (Resource* resource : map.all()) {
    if (std::find(selected.begin(), selected.end(), resource) != selected.end()) {
      Resource copied = patch.clone(arena);
      TRY(copied.take_metadata_of(arena, patch));
      TRY(copied.set_api_version(arena, std::string(resource->api_version())));
      TRY(copied.set_kind(arena, std::string(patch.kind())));
      TRY(merge_into(context, *resource, copied));
    }
    if (!resource->is_gone()) left.push_back(resource);
  }
  map.replace_all({});
  return map.append_all(left);
}

/// Operations work on JSON; where the original keeps its history in annotations, there are annotations.
Status patch_as_json(Context& context, Resource& resource, const Value& operations) {
  NodeArena& arena = context.arena();
  TRY_ASSIGN(Value document, value_of(arena, *resource.root));
  if (resource.has_history() && document["metadata"].is_map() && !document["metadata"]["annotations"].is_map())
    document.edit("metadata").set("annotations", Value::map());
  TRY_ASSIGN(document, apply_json_patch(std::move(document), operations, context.budget()));
  if (!document.is_map())
    return fail_render("json: cannot unmarshal array into Go value of type map[string]interface {}");
  resource.root = node_of(arena, document);
  TRY(context.check_budget());
  return resource.set_annotations(arena, resource.annotations());
}

Result<std::vector<Resource*>> read_owned(Context& context, std::string_view text) {
  TRY_ASSIGN(auto resources, read_resources(context.arena(), text));
  return context.own_all(std::move(resources));
}

}  // namespace

Result<LoadedPatch> load_patch(Context& context, const Loader& loader, const PatchEntry& entry,
                               const std::string& config) {
  LoadedPatch loaded;
  loaded.target = entry.target;
  std::string text(trim_space(entry.patch));
  if (text.empty() && entry.path.empty()) return fail_render("must specify one of patch and path in\n" + config);
  if (!text.empty() && !entry.path.empty())
    return fail_render("patch and path can't be set at the same time\n" + config);
  if (!text.empty()) {
    loaded.source = "[patch: " + quoted(text) + "]";
  } else {
    auto content = loader.load(entry.path, context.budget());
    if (!content)
      return fail(wrap(std::move(content.error()), "failed to get the patch file from path(" + entry.path + ")"));
    text = std::move(*content);
    loaded.source = "[path: " + quoted(entry.path) + "]";
  }
  auto strategic = read_owned(context, text);
  auto json = read_json_patch(text, context.budget());
  if (strategic && json && !strategic->empty() && json->size() > 0)
    return fail_render("illegally qualifies as both an SM and JSON patch: " + loaded.source);
  for (const Error* error : {strategic ? nullptr : &strategic.error(), json ? nullptr : &json.error()}) {
    if (error != nullptr && error->kind != ErrorKind::render) return fail(*error);
  }
  if (!strategic && !json) return fail_render("unable to parse SM or JSON patch from " + loaded.source);
  if (!strategic || strategic->empty()) {
    loaded.json = json ? std::move(*json) : Value::list();
    return loaded;
  }
  const auto allowed = [&](const std::string& option) {
    const auto it = entry.options.find(option);
    return it != entry.options.end() && it->second;
  };
  loaded.strategic = std::move(*strategic);
  for (Resource* patch : loaded.strategic) {
    patch->name_change_allowed = allowed("allowNameChange");
    patch->kind_change_allowed = allowed("allowKindChange");
  }
  return loaded;
}

Status apply_patch(Context& context, ResourceMap& map, const LoadedPatch& patch) {
  if (patch.strategic.empty()) {
    if (!patch.target) return fail_render("must specify a target for JSON patch " + patch.source);
    TRY_ASSIGN(const auto selected, select_resources(map, *patch.target));
    for (Resource* resource : selected) {
      resource->remember_id(context.arena());
      TRY(patch_as_json(context, *resource, *patch.json));
    }
    return {};
  }
  if (patch.target) {
    if (patch.strategic.size() > 1)
      return fail_render(
          "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: " +
          patch.source);
    auto selected = select_resources(map, *patch.target);
    if (!selected) {
      const Selector& target = *patch.target;
      return fail(wrap(std::move(selected.error()), "unable to find patch target \"" + format_id(target.id.view()) +
                                                        ":a=" + target.annotation_selector +
                                                        ":l=" + target.label_selector + "\" in `resources`"));
    }
    return merge_into_selected(context, map, *selected, *patch.strategic.front());
  }
  for (const Resource* each : patch.strategic) {
    const ResourceId id = each->original_id();
    auto target = map.find_target(id);
    if (!target)
      return fail(
          wrap(std::move(target.error()), "no resource matches strategic merge patch \"" + format_id(id) + "\""));
    TRY(merge_into(context, **target, *each));
  }
  return {};
}

Result<std::vector<Resource*>> load_strategic_patches(Context& context, const Loader& loader, const Texts& items,
                                                      const std::string& more) {
  std::vector<Resource*> patches;
  const auto add = [&](const std::vector<Resource*>& some) { patches.insert(patches.end(), some.begin(), some.end()); };
  for (const auto& item : items) {
    if (auto inline_patch = read_owned(context, item)) {
      add(*inline_patch);
      continue;
    }
    TRY_ASSIGN(const auto content, loader.load(item, context.budget()));
    auto loaded = read_owned(context, content);
    if (!loaded) {
      if (is_malformed_yaml(loaded.error())) loaded.error().message += " in File: " + item;
      return fail(std::move(loaded.error()));
    }
    add(*loaded);
  }
  if (!more.empty()) {
    TRY_ASSIGN(const auto inline_patches, read_owned(context, more));
    add(inline_patches);
  }
  if (!patches.empty()) return patches;
  std::string names;
  for (const auto& item : items) names += (names.empty() ? "" : " ") + item;
  return fail_render("patch appears to be empty; files=[" + names + "], Patch=" + more);
}

Status apply_strategic_patches(Context& context, ResourceMap& map, const std::vector<Resource*>& patches) {
  for (const Resource* patch : patches) {
    TRY_ASSIGN(Resource * target, map.find_target(patch->original_id()));
    TRY(merge_into_selected(context, map, map.with_current_id(target->current_id()), *patch));
  }
  return {};
}

Result<LoadedJsonPatch> load_json_patch(Context& context, const Loader& loader, const PatchEntry& entry) {
  if (!entry.target || entry.target->id.name.empty()) return fail_render("must specify the target name");
  if (entry.path.empty() && entry.patch.empty()) return fail_render("empty file path and empty jsonOp");
  if (!entry.path.empty() && !entry.patch.empty()) return fail_render("must specify a file path or jsonOp, not both");
  std::string text = entry.patch;
  if (!entry.path.empty()) {
    TRY_ASSIGN(text, loader.load(entry.path, context.budget()));
    if (text.empty()) return fail_render("patch file '" + entry.path + "' empty seems to be empty");
  }
  LoadedJsonPatch loaded;
  loaded.target = *entry.target;
  auto operations = read_json_patch(text, context.budget());
  if (!operations) {
    Error error = std::move(operations.error());
    if (!error.message.starts_with("yaml:")) error = wrap(std::move(error), "decoding " + text);
    return fail(std::move(error));
  }
  loaded.operations = std::move(*operations);
  if (loaded.operations.size() == 0)
    return fail_render("patch appears to be empty; file=" + entry.path + ", JsonOp=" + text);
  return loaded;
}

Status apply_json_patch_to(Context& context, ResourceMap& map, const LoadedJsonPatch& patch) {
  TRY_ASSIGN(const auto selected, select_resources(map, patch.target));
  for (Resource* resource : selected) TRY(patch_as_json(context, *resource, patch.operations));
  return {};
}

}  // namespace reconciled::kustomize
