#include "renderers/plain/plain_renderer.h"

#include "base/json.h"
#include "base/yaml.h"
#include "renderers/substitution/substitution.h"
#include "stacks/file_names.h"
#include "stacks/path_patterns.h"

#include <charconv>

namespace reconciled {
namespace {

constexpr std::string_view k_leave_out =
    "if it is no manifest, add it to .sourceignore or to plain.exclude of stack.yaml";
constexpr std::uint64_t k_max_ignore_file = 1U << 20;

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool has_hidden_part(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

/// Which files of one stack are manifests.
class Selection {
 public:
  static Result<Selection> make(const InputSet& inputs) {
    Selection selection;
    const Stack& stack = inputs.stack;
    // The root's patterns are about paths in the environment's own tree; a source of its own has another root.
    TRY(selection.m_root_ignored.add_file("", stack.source_ignore, ".sourceignore"));
    TRY_ASSIGN(const auto own, inputs.files->read(".sourceignore", k_max_ignore_file));
    TRY(selection.m_ignored.add_file("", own.value_or(""), join_path(inputs.files_origin, ".sourceignore")));
    for (const auto& pattern : stack.plain.include) TRY(selection.m_included.add_pattern("", pattern, stack.origin));
    for (const auto& pattern : stack.plain.exclude) TRY(selection.m_excluded.add_pattern("", pattern, stack.origin));
    return selection;
  }

  /// `path` is relative to the stack's folder, `root_path` to the environment's tree (empty when it is not of it).
  Result<bool> takes(const std::string& path, const std::string& root_path, Budget& budget) const {
    if (has_hidden_part(path) || is_values_name(base_name(path)) || path == "stack.yaml" || path == "reconcile.yaml")
      return false;
    TRY_ASSIGN(const bool ignored, m_ignored.matches(path, PathKind::file, budget));
    if (ignored) return false;
    TRY_ASSIGN(const bool root_ignored, m_root_ignored.matches(root_path, PathKind::file, budget));
    if (root_ignored) return false;
    TRY_ASSIGN(const bool excluded, m_excluded.matches(path, PathKind::file, budget));
    if (excluded) return false;
    if (m_included.empty()) return true;
    return m_included.matches(path, PathKind::file, budget);
  }

 private:
  Selection() = default;
  PathPatterns m_root_ignored;
  PathPatterns m_ignored;
  PathPatterns m_included;
  PathPatterns m_excluded;
};

/// One render under way.
struct Reading {
  const InputSet& inputs;
  const Substitution& substitution;
  Budget& budget;
  ManifestSet& set;
};

/// Adds the objects of one document.
Status add_document(const Value& document, const Origin& origin, const Reading& reading) {
  const Where where{.file = origin.file, .line = origin.line, .column = 0, .key_path = {}};
  if (!document.is_map() || (document.find("apiVersion") == nullptr && document.find("kind") == nullptr)) {
    return fail(ErrorKind::render, "the document is no Kubernetes object: it has no apiVersion and no kind", where,
                std::string(k_leave_out));
  }
  if (document["apiVersion"].as_string().starts_with("reconcile/")) {
    return fail(ErrorKind::render, "the document belongs to the repository convention, not to a cluster", where,
                "only the top folder of a stack may hold a stack.yaml; " + std::string(k_leave_out));
  }
  TRY_ASSIGN(auto objects, flatten_list(document, origin));
  for (auto& object : objects) {
    if (!reading.budget.step()) return fail(reading.budget.error("reading manifests", where));
    TRY_ASSIGN(object, reading.substitution.fill_object(std::move(object), origin, reading.budget));
    TRY_ASSIGN(auto manifest, make_manifest(std::move(object), origin, reading.inputs.stack.cluster));
    reading.set.manifests.push_back(std::move(manifest));
  }
  return {};
}

/// The entry whose key a key path begins with: the longest, as keys may hold dots themselves. Null: there is none.
const Value::Entry* find_first_key(const Value& map, std::string_view path) {
  const Value::Entry* longest = nullptr;
  for (const auto& entry : map.entries()) {
    const auto key = entry.key.as_string();
    if (!path.starts_with(key)) continue;
    const bool ends = path.size() == key.size() || path[key.size()] == '.' || path[key.size()] == '[';
    if (ends && (longest == nullptr || key.size() > longest->key.as_string().size())) longest = &entry;
  }
  return longest;
}

/// The keys and indices of a key path, as far as the document has them.
std::vector<std::string> split_key_path(const Value& document, std::string_view path) {
  std::vector<std::string> steps;
  const Value* at = &document;
  while (!path.empty()) {
    if (at->is_list()) {
      const auto end = path.find(']');
      std::size_t number = at->size();
      if (path[0] == '[' && end != std::string_view::npos) std::from_chars(&path[1], &path[end], number);
      if (number >= at->size()) break;
      steps.push_back(std::to_string(number));
      at = &at->items()[number];
      path.remove_prefix(end + 1);
    } else {
      if (path[0] == '.') path.remove_prefix(1);
      const auto* entry = find_first_key(*at, path);
      if (entry == nullptr) break;
      steps.emplace_back(entry->key.as_string());
      at = &entry->value;
      path.remove_prefix(steps.back().size());
    }
  }
  return steps;
}

/// Points the error of a whole document at the key that it is about; items of lists keep the line of their list.
Error refine(Error error, const std::string& text, const YamlDocument& document) {
  if (error.where.key_path.empty() || document.value.find("items") != nullptr) return error;
  const YamlMark mark = find_yaml_mark(text, document.index, split_key_path(document.value, error.where.key_path));
  if (mark.line != 0) {
    error.where.line = mark.line;
    error.where.column = mark.column;
  }
  return error;
}

/// What a file that cannot be read may be instead of a manifest.
Error explain(Error error, const std::string& text, const std::string& file) {
  error.where.file = file;
  const bool syntax = error.kind == ErrorKind::render;
  if (syntax && text.find("{{") != std::string::npos) {
    error.hint = "it looks like a template of a Helm chart; " + std::string(k_leave_out);
  } else if (syntax && error.hint.empty()) {
    error.hint = k_leave_out;
  }
  return error;
}

Status add_file(const std::string& text, const std::string& file, const Reading& reading) {
  if (file.ends_with(".json")) {
    auto value = parse_json(text, reading.budget, DuplicateKeys::refuse);
    if (!value) return fail(explain(std::move(value.error()), text, file));
    return add_document(*value, {file, 1, 0}, reading);
  }
  auto documents = read_yaml(text, file, reading.budget);
  if (!documents) return fail(explain(std::move(documents.error()), text, file));
  for (const auto& document : *documents) {
    auto added = add_document(document.value, {file, document.mark.line, document.index}, reading);
    if (!added) return fail(refine(std::move(added.error()), text, document));
  }
  return {};
}

/// A chart or kustomization in a subfolder is not what this renderer reads, and its files are not all manifests.
Status refuse_other_renderers(const std::string& path, const std::string& file) {
  const auto name = base_name(path);
  const bool chart = name == "Chart.yaml";
  if (!chart && !is_kustomization_name(name)) return {};
  return fail(ErrorKind::render, chart ? "a Helm chart lies in a plain stack" : "a kustomization lies in a plain stack",
              {.file = file},
              "move it to a stack of its own, or leave its folder out by plain.exclude or .sourceignore");
}

}  // namespace

bool PlainRenderer::may_read(std::string_view path) const {
  return path == ".sourceignore" || is_manifest_name(path);
}

Result<RenderOutcome> PlainRenderer::render(const InputSet& inputs, Budget& budget) const {
  TRY_ASSIGN(const auto selection, Selection::make(inputs));
  TRY_ASSIGN(const auto substitution, Substitution::make(inputs.stack, budget));
  ManifestSet set;
  set.stack = inputs.stack.id;
  set.inputs = inputs.digest;
  const Reading reading{inputs, substitution, budget, set};
  const auto visit = [&](const std::string& path, const TreeEntry& entry) -> Status {
    TRY_ASSIGN(const auto in_overlay, inputs.overlay->stat(path));
    const std::string file = join_path(in_overlay ? inputs.overlay_origin : inputs.files_origin, path);
    const bool own_tree = inputs.stack.source.url.empty() || in_overlay;
    const std::string root_path =
        own_tree ? join_path(in_overlay ? inputs.stack.overlay_path : inputs.stack.path, path) : "";
    TRY_ASSIGN(const bool taken, selection.takes(path, root_path, budget));
    if (!taken) return {};
    if (entry.kind == TreeEntry::Kind::submodule) {
      set.warnings.push_back(file + " is a submodule; submodules are never fetched");
      return {};
    }
    const bool manifest_name = is_manifest_name(entry.name);
    if (entry.kind == TreeEntry::Kind::symlink) {
      if (manifest_name)
        return fail(ErrorKind::render, "the file is a symbolic link; links are never followed", {.file = file},
                    "put the file itself there; " + std::string(k_leave_out));
      if (entry.name.find('.') == std::string::npos)
        set.warnings.push_back(file + " is a symbolic link; links are never followed");
      return {};
    }
    TRY(refuse_other_renderers(path, file));
    if (!manifest_name) return {};
    TRY_ASSIGN(const auto text, inputs.files->read(path, k_max_file_bytes));
    if (!text) return fail(ErrorKind::internal, "a listed file cannot be read", {.file = file});
    if (!budget.take(text->size())) return fail(budget.error("reading manifests", {.file = file}));
    return add_file(*text, file, reading);
  };
  TRY(walk_tree(*inputs.files, "", budget, visit));
  if (set.manifests.empty()) set.warnings.push_back(inputs.stack.id.path() + " holds no manifest");
  return set;
}

}  // namespace reconciled
