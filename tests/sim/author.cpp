#include "tests/sim/author.h"

#include "ports/memory_tree.h"
#include "ports/object_id.h"

#include <algorithm>
#include <array>

namespace reconciled::sim {
namespace {

constexpr std::size_t k_max_stacks = 12;
constexpr std::size_t k_max_pieces = 8;
constexpr std::size_t k_past = 8;

const std::string k_widgets = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
)";

std::string base64_of_canary(std::uint32_t value) {
  // base64 of "canary" is Y2FuYXJ5; the number goes behind it as a group of its own: 3 bytes, 4 letters.
  constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "Y2FuYXJ5";
  for (int shift = 18; shift >= 0; shift -= 6) text += k_letters[(value >> shift) & 63];
  return text;
}

ObjectId id_of(const Piece& piece) {
  switch (piece.kind) {
    case Piece::Kind::config_map: return {"", "", "ConfigMap", piece.namespace_, piece.name};
    case Piece::Kind::secret: return {"", "", "Secret", piece.namespace_, piece.name};
    case Piece::Kind::deployment: return {"", "apps", "Deployment", piece.namespace_, piece.name};
    case Piece::Kind::widget: return {"", "example.com", "Widget", piece.namespace_, piece.name};
    case Piece::Kind::service_account: return {"", "", "ServiceAccount", piece.namespace_, piece.name};
  }
  return {};
}

std::string essence_of_piece(const Piece& piece) {
  const std::string number = std::to_string(piece.value);
  switch (piece.kind) {
    case Piece::Kind::config_map: return number;
    case Piece::Kind::secret: return base64_of_canary(piece.value);
    case Piece::Kind::deployment: return "example.com/web:" + number;
    case Piece::Kind::widget: return number;
    case Piece::Kind::service_account: return number;
  }
  return {};
}

std::string manifest_of(const Piece& piece) {
  // The label stays ours when somebody takes the value.
  const std::string meta =
      "metadata: {name: " + piece.name + ", namespace: " + piece.namespace_ + ", labels: {app: sim";
  const std::string essence = essence_of_piece(piece);
  switch (piece.kind) {
    case Piece::Kind::config_map:
      return "apiVersion: v1\nkind: ConfigMap\n" + meta + "}}\ndata: {key: \"" + essence + "\"}\n";
    case Piece::Kind::secret:
      return "apiVersion: v1\nkind: Secret\n" + meta + "}}\ndata: {token: \"" + essence + "\"}\n";
    case Piece::Kind::deployment:
      return "apiVersion: apps/v1\nkind: Deployment\n" + meta +
             "}}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: " + piece.name +
             "}}\n  template:\n    metadata: {labels: {app: " + piece.name +
             "}}\n    spec: {containers: [{name: web, image: \"" + essence + "\"}]}\n";
    case Piece::Kind::widget:
      return "apiVersion: example.com/v1\nkind: Widget\n" + meta + "}}\nspec: {size: " + essence + "}\n";
    case Piece::Kind::service_account:
      return "apiVersion: v1\nkind: ServiceAccount\n" + meta + ", version: \"" + essence + "\"}}\n";
  }
  return {};
}

}  // namespace

std::string essence_of(const Value& object) {
  const std::string_view kind = object["kind"].as_string();
  if (kind == "ConfigMap") return std::string(object.at({"data", "key"}).as_string());
  if (kind == "Secret") return std::string(object.at({"data", "token"}).as_string());
  if (kind == "Widget") return std::to_string(object.at({"spec", "size"}).as_integer());
  if (kind == "ServiceAccount") return std::string(object.at({"metadata", "labels", "version"}).as_string());
  if (kind == "Deployment") {
    const auto containers = object.at({"spec", "template", "spec", "containers"}).items();
    return containers.empty() ? "" : std::string(containers[0]["image"].as_string());
  }
  return "there";
}

Author::Author(GitServer& server, const Clock& clock, std::uint64_t seed, std::string prefix, std::size_t stacks,
               Variety variety)
    : m_server(server), m_clock(clock), m_dice(seed), m_prefix(std::move(prefix)), m_variety(variety) {
  for (const char* name : {"a", "b", "c"}) m_namespaces.push_back(m_prefix + name);
  for (std::size_t i = 0; i < stacks; ++i) add_stack();
  push("begin");
}

Piece Author::make_piece() {
  if (m_announced) return *std::exchange(m_announced, std::nullopt);
  Piece piece;
  const std::size_t roll = m_dice.below(100);
  using Kind = Piece::Kind;
  piece.kind = roll < 55 || m_variety == Variety::config_maps ? Kind::config_map
               : roll < 65                                    ? Kind::secret
               : roll < 80                                    ? Kind::deployment
               : roll < 92                                    ? Kind::widget
                                                              : Kind::service_account;
  piece.namespace_ = m_dice.pick(m_namespaces);
  piece.name = m_prefix + "o" + std::to_string(++m_count);
  piece.value = ++m_count;
  return piece;
}

Piece Author::next_piece() {
  if (!m_announced) m_announced = make_piece();
  return *m_announced;
}

void Author::push(const std::string& subject) {
  auto commit = std::make_shared<Commit>();
  std::map<std::string, std::string> files;
  const auto want = [&](const ObjectId& id, const std::string& stack, const std::string& essence) {
    commit->wanted.try_emplace(encode_id(id), Wanted{stack, essence});
    commit->rendering.insert(stack);
  };
  const std::string base = "infrastructure/" + m_prefix + "base";
  commit->stacks.insert(base);
  for (const auto& name : m_namespaces) {
    files[base + "/" + name + ".yaml"] =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {app: sim}}\n";
    want({"", "", "Namespace", "", name}, base, "there");
  }
  if (m_variety == Variety::all_kinds) {
    files[base + "/widgets.yaml"] = k_widgets;
    want({"", "apiextensions.k8s.io", "CustomResourceDefinition", "", "widgets.example.com"}, base, "there");
  }
  for (const auto& folder : m_folders) {
    const std::string path = folder.path();
    commit->stacks.insert(path);
    std::string settings = "apiVersion: reconcile/v1\nkind: Stack\nnamespace: " + m_namespaces.front() + "\n";
    if (!folder.depends_on.empty()) {
      settings += "dependsOn: [";
      for (const auto& other : folder.depends_on) settings += (settings.back() == '[' ? "" : ", ") + other;
      settings += "]\n";
    }
    if (folder.damage == Folder::Damage::settings) settings += "colour: blue\n";
    files[path + "/stack.yaml"] = settings;
    for (const auto& piece : folder.pieces) files[path + "/" + piece.name + ".yaml"] = manifest_of(piece);
    if (folder.damage == Folder::Damage::manifest) files[path + "/zz-broken.yaml"] = "kind: [ConfigMap\n";
    if (folder.damage != Folder::Damage::none) commit->broken.insert(path);
    if (folder.damage != Folder::Damage::none) continue;
    for (const auto& piece : folder.pieces) want(id_of(piece), path, essence_of_piece(piece));
  }
  SeededRandom random(++m_commits * 7919ULL + m_dice.next());
  std::string id = random.uuid() + random.uuid();
  std::erase(id, '-');
  commit->revision.commit = id.substr(0, 40);
  commit->revision.tree = commit->revision.commit;
  commit->revision.url = m_server.url();
  commit->revision.author = "author";
  commit->revision.subject = subject;
  commit->revision.time = m_clock.wall();
  commit->tree = make_memory_tree(std::move(files));
  m_past.emplace_back(commit, m_folders);
  if (m_past.size() > k_past) m_past.erase(m_past.begin());
  m_server.push(std::move(commit));
}

Folder* Author::some_folder() {
  return m_folders.empty() ? nullptr : &m_dice.pick(m_folders);
}

std::string Author::add_stack() {
  Folder folder;
  folder.layer = m_dice.permille(300) ? "platform" : "applications";
  folder.name = m_prefix + "s" + std::to_string(++m_count);
  const std::size_t pieces = 1 + m_dice.below(5);
  for (std::size_t i = 0; i < pieces; ++i) folder.pieces.push_back(make_piece());
  for (const auto& other : m_folders) {
    if (other.layer == folder.layer && m_dice.permille(150)) folder.depends_on.push_back(other.path());
  }
  m_folders.push_back(std::move(folder));
  return "add " + m_folders.back().path();
}

std::string Author::rename_stack() {
  Folder* folder = some_folder();
  if (folder == nullptr) return add_stack();
  const std::string before = folder->path();
  folder->name = m_prefix + "s" + std::to_string(++m_count);
  for (auto& other : m_folders) std::ranges::replace(other.depends_on, before, folder->path());
  return "rename " + before + " to " + folder->path();
}

std::string Author::move_piece() {
  Folder* from = some_folder();
  Folder* to = some_folder();
  if (from == nullptr || from == to || from->pieces.empty()) return {};
  const std::size_t index = m_dice.below(from->pieces.size());
  const std::string name = from->pieces[index].name;
  // A folder has one file of a name.
  if (std::ranges::find(to->pieces, name, &Piece::name) != to->pieces.end()) return {};
  to->pieces.push_back(from->pieces[index]);
  // Sometimes it is forgotten where it was.
  if (!m_dice.permille(150)) from->pieces.erase(from->pieces.begin() + static_cast<std::ptrdiff_t>(index));
  return "move " + name + " from " + from->path() + " to " + to->path();
}

std::string Author::remove_pieces(std::size_t count) {
  Folder* folder = some_folder();
  if (folder == nullptr) return {};
  std::string removed;
  for (; count > 0 && !folder->pieces.empty(); --count) {
    const std::size_t index = m_dice.below(folder->pieces.size());
    removed += " " + folder->pieces[index].name;
    folder->pieces.erase(folder->pieces.begin() + static_cast<std::ptrdiff_t>(index));
  }
  return "remove" + removed + " from " + folder->path();
}

std::string Author::push_something() {
  std::string did;
  for (int tries = 0; did.empty() && tries < 10; ++tries) {
    const std::size_t roll = m_dice.below(100);
    Folder* folder = some_folder();
    if (folder == nullptr || (roll < 8 && m_folders.size() < k_max_stacks)) {
      did = add_stack();
    } else if (roll < 25 && folder->pieces.size() < k_max_pieces) {
      folder->pieces.push_back(make_piece());
      did = "add " + folder->pieces.back().name + " to " + folder->path();
    } else if (roll < 50 && !folder->pieces.empty()) {
      Piece& piece = m_dice.pick(folder->pieces);
      piece.value = ++m_count;
      did = "change " + piece.name + " of " + folder->path();
    } else if (roll < 60) {
      did = move_piece();
    } else if (roll < 72) {
      did = remove_pieces(1);
    } else if (roll < 77) {
      did = remove_pieces(4);
    } else if (roll < 80) {
      did = remove_pieces(100);
    } else if (roll < 84) {
      did = rename_stack();
    } else if (roll < 87 && m_folders.size() > 2) {
      did = "remove the stack " + folder->path();
      const std::string path = folder->path();
      m_folders.erase(m_folders.begin() + (folder - m_folders.data()));
      for (auto& other : m_folders) std::erase(other.depends_on, path);
    } else if (roll < 91) {
      folder->damage = m_dice.permille(500) ? Folder::Damage::manifest : Folder::Damage::settings;
      did = "break " + folder->path();
    } else if (roll < 96) {
      const auto broken =
          std::ranges::find_if(m_folders, [](const Folder& f) { return f.damage != Folder::Damage::none; });
      if (broken == m_folders.end()) continue;
      broken->damage = Folder::Damage::none;
      did = "repair " + broken->path();
    } else {
      const auto& [commit, folders] = m_dice.pick(m_past);
      m_folders = folders;
      m_server.push(commit);
      return "force-push back to " + commit->revision.commit.substr(0, 8);
    }
  }
  if (did.empty()) did = add_stack();
  push(did);
  return did + " as " + m_server.head()->revision.commit.substr(0, 8);
}

void Author::mend() {
  std::set<std::string> known;
  for (auto& folder : m_folders) {
    folder.damage = Folder::Damage::none;
    std::erase_if(folder.pieces, [&](const Piece& piece) { return !known.insert(piece.name).second; });
  }
  push("mend everything");
}

}  // namespace reconciled::sim
