#include "tests/parity/make_kustomization.h"

#include "tests/parity/make_resource.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace reconciled::parity {
namespace {

using Words = std::string_view;

constexpr std::array<Words, 4> k_any_paths{"metadata.name", "metadata.labels.app", "metadata.annotations.note",
                                           "metadata.annotations.[a.b/c]"};
constexpr std::array<Words, 7> k_workload_paths{"spec.template.spec.containers.[name=a].image",
                                                "spec.template.spec.containers.*.image",
                                                "spec.template.spec.containers.0.image",
                                                "spec.template.spec.containers.[name=a].env.[name=A].value",
                                                "spec.template.metadata.labels.app",
                                                "spec.replicas",
                                                "spec.template.spec.serviceAccountName"};
constexpr std::array<Words, 7> k_thing_paths{"spec.image",          "spec.list.[name=z].v", "spec.list.0.name",
                                             "spec.plain.1",        "spec.map.l.m.0",       "spec.ref.name",
                                             "spec.list.[name=n].v"};
constexpr std::array<Words, 7> k_any_operations{"{op: add, path: /metadata/annotations, value: {a~1b: c}}",
                                                "{op: replace, path: /metadata/name, value: renamed}",
                                                "{op: copy, from: /metadata/name, path: /metadata/generateName}",
                                                "{op: add, path: /metadata/labels, value: {l: \"1\"}}",
                                                "{op: add, path: /extra, value: [1.0, x, {y: null}]}",
                                                "{op: test, path: /spec}",
                                                "{op: test, path: /metadata/namespace}"};
constexpr std::array<Words, 5> k_workload_operations{
    "{op: replace, path: /spec/template/spec/containers/0/image, value: other}",
    "{op: remove, path: /spec/template/spec/containers/0/image}",
    "{op: add, path: /spec/template/spec/containers/-, value: {name: n, image: nginx}}",
    "{op: add, path: /spec/replicas, value: 3}", "{op: move, from: /spec, path: /moved}"};
constexpr std::array<Words, 4> k_thing_operations{
    "{op: add, path: /spec/added, value: {x: [1, b]}}", "{op: replace, path: /spec/image, value: other}",
    "{op: add, path: /spec/list, value: [{name: z}]}", "{op: remove, path: /spec/image}"};

bool is_workload(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "Job";
}

/// Makes the files of one tree. Resources that were made are remembered: patches and replacements speak of them.
class TreeMaker {
 public:
  explicit TreeMaker(Dice& dice) : m_dice(dice) {}

  std::string make() {
    const std::size_t levels = 1 + m_dice.below(3);
    std::string below;
    constexpr std::array<Words, 3> k_levels{"base", "mid", "app"};
    for (std::size_t level = 3 - levels; level < 3; ++level) {
      const std::string folder(k_levels[level]);
      below = folder_of(folder, below);
      // Beside it another one of the same base, for the level above.
      if (level == 1 && levels == 3 && m_dice.one_in(6)) {
        m_files["twin/kustomization.yaml"] =
            "resources: [../base]\nnamePrefix: twin-\n" + std::string(m_dice.one_in(2) ? "namespace: two\n" : "");
        below += ", ../twin";
      }
    }
    std::string text = m_files["app/kustomization.yaml"];
    m_files.erase("app/kustomization.yaml");
    for (const auto& [path, content] : m_files) text += "=== " + path + "\n" + content;
    return text;
  }

 private:
  struct Made {
    ResourceType type;
    std::string name;
  };
  bool often() { return !m_dice.one_in(3); }
  bool rarely() { return m_dice.one_in(6); }

  /// Writes a folder over what `below` lists; the answer lists it.
  std::string folder_of(const std::string& folder, const std::string& below) {
    m_file.clear();
    m_folder = folder;
    std::string resources = below;
    const std::size_t files = below.empty() ? 1 + m_dice.below(3) : m_dice.below(2);
    for (std::size_t i = 0; i < files; ++i) {
      const std::string name = "r" + std::to_string(i) + ".yaml";
      m_files[folder + "/" + name] = resource_file();
      resources += (resources.empty() ? "" : ", ") + name;
    }
    if (!resources.empty()) line("resources: [" + resources + "]");
    if (m_dice.one_in(5)) add_component();
    fields();
    m_files[folder + "/kustomization.yaml"] = m_file;
    return "../" + folder;
  }

  void line(const std::string& text) { m_file += text + "\n"; }
  void indented(const std::string& text, std::size_t indent) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const auto end = std::min(text.find('\n', begin), text.size());
      line(std::string(indent, ' ') + text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  std::string resource_file() {
    std::string text;
    const std::size_t documents = 1 + m_dice.below(3);
    for (std::size_t i = 0; i < documents; ++i) {
      const Made made{make_type(m_dice), std::string(make_name(m_dice))};
      const bool known = std::ranges::any_of(
          m_made, [&](const Made& other) { return other.type.kind == made.type.kind && other.name == made.name; });
      if (known && !m_dice.one_in(20)) continue;
      if (!text.empty()) text += "---\n";
      text += make_resource(m_dice, made.type, made.name);
      m_made.push_back(made);
    }
    return text;
  }

  Made some() {
    if (m_made.empty() || m_dice.one_in(40)) return {make_type(m_dice), std::string(make_name(m_dice))};
    return m_made[m_dice.below(m_made.size())];
  }
  Made some_workload() {
    Made made = some();
    for (int tries = 0; tries < 6 && !is_workload(made.type.kind); ++tries) made = some();
    return made;
  }

  std::string operation(const Made& made) {
    if (is_workload(made.type.kind) && often()) return std::string(m_dice.pick_of(k_workload_operations));
    if (made.type.kind == "Thing" && often()) return std::string(m_dice.pick_of(k_thing_operations));
    return std::string(m_dice.pick_of(k_any_operations));
  }
  std::string field_path(const Made& made) {
    if (is_workload(made.type.kind) && often()) return std::string(m_dice.pick_of(k_workload_paths));
    if (made.type.kind == "Thing" && often()) return std::string(m_dice.pick_of(k_thing_paths));
    return std::string(m_dice.pick_of(k_any_paths));
  }

  std::string target_selector(const Made& made) {
    switch (m_dice.below(12)) {
      case 0: return "{kind: " + std::string(made.type.kind) + "}";
      case 1: return "{name: " + made.name + ".*}";
      case 2: return "{labelSelector: app=" + std::string(make_name(m_dice)) + "}";
      case 3: return "{kind: Deploy.*|Thing}";
      default: return "{kind: " + std::string(made.type.kind) + ", name: " + made.name + "}";
    }
  }

  void patches() {
    line("patches:");
    const std::size_t count = 1 + m_dice.below(2);
    for (std::size_t i = 0; i < count; ++i) {
      const Made made = some();
      const bool json = m_dice.one_in(3);
      const bool in_file = !json && m_dice.one_in(3);
      std::string start = "- ";
      if (json || rarely()) {
        line("- target: " + target_selector(made));
        start = "  ";
      }
      if (!json && rarely()) {
        line(start + "options: {allowNameChange: true" + (m_dice.one_in(2) ? ", allowKindChange: true}" : "}"));
        start = "  ";
      }
      if (in_file) {
        const std::string path = "p" + std::to_string(i) + ".yaml";
        m_files[m_folder + "/" + path] = make_merge_patch(m_dice, made.type, made.name);
        line(start + "path: " + path);
        continue;
      }
      line(start + "patch: |");
      if (!json) {
        indented(make_merge_patch(m_dice, made.type, made.name), 4);
        continue;
      }
      line("    - " + operation(made));
      if (m_dice.one_in(3)) line("    - " + operation(made));
    }
  }

  void generator(std::string_view field) {
    line(std::string(field) + ":");
    const std::string name(make_name(m_dice));
    const bool known = !m_generated.insert(std::string(field) + name).second;
    line("- name: " + name);
    if (m_dice.one_in(30) || known) line(m_dice.one_in(2) ? "  behavior: merge" : "  behavior: replace");
    if (m_dice.one_in(20)) line("  namespace: one");
    if (often()) line("  literals: [k=v" + make_count(m_dice) + ", 'q=\"x y\"', e=]");
    if (m_dice.one_in(3)) {
      m_files[m_folder + "/e.env"] = "A=1\n# c\n  B = 2 \nC\n";
      line("  envs: [e.env]");
    }
    if (m_dice.one_in(3)) {
      m_files[m_folder + "/f.txt"] = "text\nof " + make_count(m_dice) + " lines\n";
      line("  files: [f.txt, g=f.txt]");
    }
    if (field == "secretGenerator" && rarely()) line("  type: kubernetes.io/tls");
    if (rarely())
      line("  options: {labels: {gen: x}, annotations: {g: h}" +
           std::string(m_dice.one_in(2) ? ", disableNameSuffixHash: true}" : ", immutable: true}"));
  }

  void replacements() {
    const Made from = some(), to = some();
    line("replacements:");
    if (rarely()) {
      line("- sourceValue: \"" + std::string(make_name(m_dice)) + ":1\"");
    } else {
      line("- source:");
      line("    kind: " + std::string(from.type.kind));
      line("    name: " + from.name);
      if (m_dice.one_in(3)) line("    fieldPath: " + field_path(from));
      if (rarely()) line("    options: {delimiter: \":\", index: " + std::to_string(m_dice.below(3)) + "}");
    }
    line("  targets:");
    line("  - select: " +
         (m_dice.one_in(3) ? target_kind(to) : "{kind: " + std::string(to.type.kind) + ", name: " + to.name + "}"));
    if (rarely()) line("    reject: [{name: " + std::string(make_name(m_dice)) + "}]");
    line("    fieldPaths:");
    line("    - " + field_path(to));
    if (often())
      line(rarely()
               ? "    options: {delimiter: \":\", index: " + std::to_string(static_cast<int>(m_dice.below(4)) - 1) + "}"
               : "    options: {create: true}");
  }
  static std::string target_kind(const Made& made) { return "{kind: " + std::string(made.type.kind) + "}"; }

  void add_component() {
    const std::string folder = "part-" + m_folder;
    std::string outer = std::exchange(m_file, {});
    const std::string outer_folder = std::exchange(m_folder, folder);
    line("apiVersion: kustomize.config.k8s.io/v1alpha1");
    line("kind: Component");
    if (m_dice.one_in(3)) {
      m_files[folder + "/r.yaml"] = resource_file();
      line("resources: [r.yaml]");
    }
    fields();
    m_files[folder + "/kustomization.yaml"] = m_file;
    m_file = std::move(outer);
    m_folder = outer_folder;
    line("components: [../" + folder + "]");
  }

  void labels() {
    if (m_dice.one_in(2)) return line("commonLabels: {app: " + std::string(make_name(m_dice)) + ", common: \"1\"}");
    line("labels:");
    line("- pairs: {team: " + std::string(make_name(m_dice)) + "}");
    if (m_dice.one_in(3)) line("  includeSelectors: true");
    if (m_dice.one_in(3)) line("  includeTemplates: true");
    if (rarely()) line("  fields: [{path: spec/extra, create: true, kind: Thing}]");
  }

  void vars() {
    const Made made = some();
    line("vars:");
    line("- name: " + std::string(m_dice.one_in(2) ? "V" : "W"));
    line("  objref: {kind: " + std::string(made.type.kind) + ", name: " + made.name +
         ", apiVersion: " + std::string(made.type.api_version) + "}");
    if (rarely()) line("  fieldref: {fieldPath: " + field_path(made) + "}");
  }

  void configurations() {
    m_files[m_folder + "/config.yaml"] =
        "nameReference:\n- kind: ConfigMap\n  fieldSpecs: [{path: spec/ref/name, kind: Thing}, {path: spec/list/name, "
        "kind: Thing}]\n"
        "images: [{path: spec/image, kind: Thing}]\nvarReference: [{path: spec/map/k}]\n"
        "commonLabels: [{path: spec/selector, create: true, kind: Thing}]\n";
    line("configurations: [config.yaml]");
  }

  void fields() {
    if (m_dice.one_in(3))
      line("namespace: " + std::string(m_dice.pick_of(std::array<Words, 3>{"one", "two", "default"})));
    if (m_dice.one_in(3)) line("namePrefix: " + std::string(m_dice.pick_of(std::array<Words, 3>{"p-", "dev-", "a"})));
    if (m_dice.one_in(5)) line("nameSuffix: " + std::string(m_dice.pick_of(std::array<Words, 2>{"-s", "-v1"})));
    if (m_dice.one_in(3)) labels();
    if (rarely()) line("commonAnnotations: {note: " + std::string(m_dice.one_in(2) ? "all" : "\"1\"") + "}");
    if (m_dice.one_in(3)) patches();
    if (m_dice.one_in(3)) generator("configMapGenerator");
    if (m_dice.one_in(4)) generator("secretGenerator");
    if (rarely())
      line("generatorOptions: {labels: {all: generated}" +
           std::string(m_dice.one_in(3) ? ", disableNameSuffixHash: true}" : "}"));
    if (m_dice.one_in(5))
      line("images: [{name: " + std::string(m_dice.pick_of(std::array<Words, 4>{"nginx", "app", "repo/app", "n.*"})) +
           std::string(m_dice.pick_of(std::array<Words, 5>{", newTag: \"2\"}]", ", newName: mine/x}]",
                                                           ", digest: sha256:0f}]", ", tagSuffix: -x}]",
                                                           ", newName: mine, newTag: v3, digest: sha256:1}]"})));
    if (m_dice.one_in(8)) {
      const Made made = some_workload();
      if (made.type.kind == "Deployment" || made.type.kind == "StatefulSet")
        line("replicas: [{name: " + made.name + ", count: " + make_count(m_dice) + "}]");
    }
    if (m_dice.one_in(5)) replacements();
    if (m_dice.one_in(8)) vars();
    if (m_dice.one_in(6)) configurations();
    if (m_dice.one_in(12)) line("sortOptions: {order: " + std::string(m_dice.one_in(2) ? "fifo}" : "legacy}"));
    if (m_dice.one_in(12)) line("buildMetadata: [originAnnotations, transformerAnnotations]");
  }

  Dice& m_dice;
  std::map<std::string, std::string> m_files;
  std::string m_folder, m_file;
  std::vector<Made> m_made;
  std::set<std::string> m_generated;  ///< field and name of what generators made
};

}  // namespace

std::string make_kustomizations(Dice& dice) {
  return TreeMaker(dice).make();
}

}  // namespace reconciled::parity
