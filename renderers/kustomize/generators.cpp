#include "renderers/kustomize/generators.h"

#include "base/go_text.h"
#include "base/json.h"
#include "base/utf8.h"
#include "renderers/kustomize/data_node.h"
#include "renderers/kustomize/node_edit.h"

#include <map>

namespace reconciled::kustomize {
namespace {

constexpr std::size_t k_longest_line = 64U << 10;  ///< a longer one silently ends the file

std::string format_list(const Texts& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() == 1 ? "" : " ") + text;
  return out + "]";
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Result<std::pair<std::string, std::string>> parse_literal(std::string_view source) {
  const auto equals = source.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return fail_render("invalid literal source " + std::string(source) + ", expected key=value");
  auto value = source.substr(equals + 1);
  if (value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\''))
    value = value.substr(1, value.size() - 2);
  return std::pair(std::string(source.substr(0, equals)), std::string(value));
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return ".";
  if (path == "/") return "/";
  return std::string(path.substr(path.rfind('/') + 1));
}

/// "[key=]path".
Result<std::pair<std::string, std::string>> parse_file_source(const std::string& source) {
  const auto equals = source.find('=');
  if (equals == std::string::npos) return std::pair(base_name(source), source);
  if (source.find('=', equals + 1) != std::string::npos)
    return fail_render("source " + quoted(source) + " key name or file path contains '='");
  const std::string key = source.substr(0, equals), path = source.substr(equals + 1);
  if (key.empty())
    return fail_render("missing key name for file path " + quoted(path) + " in source " + quoted(source));
  if (path.empty())
    return fail_render("missing file path for key name " + quoted(key) + " in source " + quoted(source));
  return std::pair(key, path);
}

class Sources {
 public:
  Sources(Context& context, const Loader& loader) : m_context(context), m_loader(loader) {}

  Result<KeyValues> load(const GeneratorArgs& args) {
    TRY(named("env source files: ", args.envs, [this](const std::string& path) { return add_env(path); }));
    TRY(named("literal sources ", args.literals, [this](const std::string& literal) { return add_literal(literal); }));
    TRY(named("file sources: ", args.files, [this](const std::string& source) { return add_file(source); }));
    return std::move(m_pairs);
  }

 private:
  template <class Add>
  static Status named(std::string_view what, const Texts& sources, Add add) {
    for (const auto& source : sources) {
      if (auto done = add(source); !done)
        return fail(wrap(std::move(done.error()), std::string(what) + format_list(sources)));
    }
    return {};
  }
  Status add_env(const std::string& path) {
    TRY_ASSIGN(const auto text, m_loader.load(path, m_context.budget()));
    TRY_ASSIGN(auto pairs, read_env_lines(text));
    m_pairs.insert(m_pairs.end(), std::make_move_iterator(pairs.begin()), std::make_move_iterator(pairs.end()));
    return {};
  }
  Status add_literal(const std::string& literal) {
    TRY_ASSIGN(auto pair, parse_literal(literal));
    m_pairs.push_back(std::move(pair));
    return {};
  }
  Status add_file(const std::string& source) {
    TRY_ASSIGN(auto pair, parse_file_source(source));
    TRY_ASSIGN(pair.second, m_loader.load(pair.second, m_context.budget()));
    m_pairs.push_back(std::move(pair));
    return {};
  }

  Context& m_context;
  const Loader& m_loader;
  KeyValues m_pairs;
};

void fill_in(std::optional<TextPairs>& own, const std::optional<TextPairs>& defaults) {
  if (!own) {
    own = defaults;
  } else if (defaults) {
    own->insert(defaults->begin(), defaults->end());
  }
}

std::optional<GeneratorOptions> merged_options(const GeneratorArgs& args,
                                               const std::optional<GeneratorOptions>& defaults) {
  if (!defaults) return args.options;
  GeneratorOptions options = args.options.value_or(GeneratorOptions{});
  fill_in(options.labels, defaults->labels);
  fill_in(options.annotations, defaults->annotations);
  options.disable_name_suffix_hash = options.disable_name_suffix_hash || defaults->disable_name_suffix_hash;
  options.immutable = options.immutable || defaults->immutable;
  return options;
}

class Maker {
 public:
  Maker(NodeArena& arena, Node* root) : m_arena(arena), m_root(root) {}

  void set(Node* map, std::string_view key, Node* value) { m_arena.append(*map, m_arena.scalar(key), value); }
  Node* child(std::string_view key) {
    Node* map = find(m_root, key);
    if (map == nullptr) {
      map = m_arena.make(Kind::mapping);
      set(m_root, key, map);
    }
    return map;
  }
  void add_texts(std::string_view key, const std::optional<TextPairs>& pairs) {
    if (!pairs || pairs->empty()) return;
    Node* map = m_arena.make(Kind::mapping);
    for (const auto& [name, value] : *pairs) set(map, name, m_arena.string(value));
    set(child("metadata"), key, map);
  }
  void add_data(GeneratedKind kind, const std::map<std::string, std::string>& data) {
    if (kind == GeneratedKind::secret) child("data");
    for (const auto& [key, value] : data) {
      if (kind == GeneratedKind::secret) {
        set(child("data"), key, secret_node(m_arena, value));
      } else {
        set(child(valid_text(value) ? "data" : "binaryData"), key, data_node(m_arena, value));
      }
    }
  }

 private:
  NodeArena& m_arena;
  Node* m_root;
};

Behavior behavior_named(std::string_view name) {
  if (name == "replace") return Behavior::replace;
  if (name == "merge") return Behavior::merge;
  return name == "create" ? Behavior::create : Behavior::unspecified;
}

}  // namespace

Result<KeyValues> read_env_lines(std::string_view text) {
  KeyValues pairs;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.size() >= k_longest_line) break;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_utf8(line)) return fail_render("a line has invalid utf8 bytes : " + std::string(line));
    if (std::exchange(first, false)) line = without_bom(line);
    line = trim_space_left(line);
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == 0) continue;
    pairs.emplace_back(line.substr(0, equals),
                       equals == std::string_view::npos ? std::string_view() : line.substr(equals + 1));
  }
  return pairs;
}

Result<Resource> generate(Context& context, const Loader& loader, GeneratedKind kind, const GeneratorArgs& args,
                          const std::optional<GeneratorOptions>& defaults) {
  NodeArena& arena = context.arena();
  const bool secret = kind == GeneratedKind::secret;
  if (args.name.empty()) return fail_render("a configmap must have a name");
  auto pairs = Sources(context, loader).load(args);
  if (!pairs) return fail(wrap(std::move(pairs.error()), "loading KV pairs"));
  std::map<std::string, std::string> data;
  for (auto& [key, value] : *pairs) {
    if (!data.emplace(key, std::move(value)).second)
      return fail_render("configmap " + args.name + " illegally repeats the key `" + key + "`");
  }
  Node* root = arena.make(Kind::mapping, Tag::map);
  Maker maker(arena, root);
  maker.set(root, "apiVersion", arena.scalar("v1", Tag::string));
  maker.set(root, "kind", arena.scalar(secret ? "Secret" : "ConfigMap", Tag::string));
  maker.set(maker.child("metadata"), "name", arena.string(args.name));
  if (!args.name_space.empty()) maker.set(maker.child("metadata"), "namespace", arena.string(args.name_space));
  if (secret) maker.set(root, "type", arena.string(args.type.empty() ? "Opaque" : args.type));
  maker.add_data(kind, data);
  const auto options = merged_options(args, defaults);
  if (options) {
    maker.add_texts("labels", options->labels);
    maker.add_texts("annotations", options->annotations);
    if (options->immutable) maker.set(root, "immutable", arena.scalar("true", Tag::boolean));
  }
  TRY(context.check_budget());
  Resource made;
  made.root = root;
  made.is_generated = true;
  made.needs_hash = !options || !options->disable_name_suffix_hash;
  made.behavior = behavior_named(args.behavior);
  return made;
}

}  // namespace reconciled::kustomize
