#include "renderers/kustomize/output.h"

#include "base/go_yaml_resolve.h"
#include "base/go_yaml_writer.h"
#include "base/number.h"
#include "renderers/kustomize/node_edit.h"
#include "renderers/kustomize/node_text.h"
#include "renderers/kustomize/node_value.h"

#include <algorithm>
#include <cmath>

namespace reconciled::kustomize {
namespace {

struct Entry {
  std::string_view key;
  const Node* value;
  const Node* key_node;
};

class Writer {
 public:
  Writer(const NodeArena& arena, std::string& out) : m_arena(arena), m_yaml(out, GoYaml::v2) {}

  Status write(const Node& root) {
    m_root = &root;
    return write(root, Surroundings::block, m_arena.budget().max_depth() * 2);
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
  Status write(const Node& node, Surroundings around, std::uint32_t depth) {
    if (depth == 0 || !m_arena.budget().step()) return fail(m_arena.budget_error());
    if ((node.style & style::k_flow) != 0) around = Surroundings::flow;
    if (node.is_scalar()) return write_scalar(node, around);
    if (node.is_list()) {
      m_yaml.begin_list(node.size);
      for (const Node* item : node.content()) TRY(write(*item, around, depth - 1));
      m_yaml.end_list();
      return {};
    }
    if (node.is_map()) return write_map(node, around, depth);
    m_yaml.null();
    return {};
  }
  Status write_map(const Node& node, Surroundings around, std::uint32_t depth) {
    const std::size_t begin = m_entries.size();
    const auto content = node.content();
    for (std::size_t i = 0; i + 1 < content.size(); i += 2) {
      const Node& key = *content[i];
      if (key.tag == Tag::string) {
        m_entries.push_back({key.text(), content[i + 1], &key});
        continue;
      }
      TRY_ASSIGN(const auto text, key_text(m_arena, key, around));
      m_entries.push_back({text, content[i + 1], &key});
    }
    const auto first = m_entries.begin() + static_cast<std::ptrdiff_t>(begin);
    TRY(sort(first));
    const std::size_t end = m_entries.size();
    m_yaml.begin_map(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      m_yaml.key(m_entries[i].key);
      TRY(write(*m_entries[i].value, around, depth - 1));
    }
    m_yaml.end_map();
    m_entries.resize(begin);
    return {};
  }
  Status sort(std::vector<Entry>::iterator first) {
    const auto less = [](const Entry& a, const Entry& b) { return natural_less(a.key, b.key, GoYaml::v2); };
    if (!std::is_sorted(first, m_entries.end(), less)) std::stable_sort(first, m_entries.end(), less);
    for (auto it = first; it != m_entries.end() && it + 1 != m_entries.end(); ++it) {
      if (it->key != (it + 1)->key) continue;
      return fail_render("yaml: unmarshal errors:\n  line " + std::to_string(line_of(*m_root, (it + 1)->key_node)) +
                         ": mapping key \"" + std::string(it->key) + "\" already defined at line " +
                         std::to_string(line_of(*m_root, it->key_node)));
    }
    return {};
  }
  Status write_scalar(const Node& node, Surroundings around) {
    if (node.tag == Tag::string) {
      m_yaml.string(node.text());
      return {};
    }
    TRY_ASSIGN(const auto meaning, meaning_of(m_arena, node, around));
    const GoYamlScalar& scalar = meaning.scalar;
    using Type = GoYamlScalar::Type;
    switch (scalar.type) {
      case Type::null: m_yaml.null(); break;
      case Type::boolean: m_yaml.boolean(scalar.boolean); break;
      case Type::integer: m_yaml.integer(scalar.integer); break;
      case Type::unsigned_integer: m_yaml.unsigned_integer(scalar.unsigned_integer); break;
      case Type::number: return write_number(scalar.number);
      case Type::timestamp: m_yaml.string(timestamp_text(meaning.text())); break;
      case Type::string: m_yaml.string(meaning.text()); break;
    }
    return {};
  }
  /// A double goes through JSON, and what stands there without a point is an integer again.
  Status write_number(double number) {
    if (!std::isfinite(number)) return fail_render("json: unsupported value: " + format_go_float(number, 'g', -1));
    std::string json;
    append_go_json_float(json, number);
    const auto scalar = resolve_go_yaml(json, GoYaml::v2);
    using Type = GoYamlScalar::Type;
    if (scalar.type == Type::integer) {
      m_yaml.integer(scalar.integer);
    } else if (scalar.type == Type::unsigned_integer) {
      m_yaml.unsigned_integer(scalar.unsigned_integer);
    } else {
      m_yaml.number(number);
    }
    return {};
  }

  const NodeArena& m_arena;
  GoYamlWriter m_yaml;
  std::vector<Entry> m_entries;  // of all maps that are open
  const Node* m_root = nullptr;
};

/// What stands before the error of a resource: the whole as Go prints it, or nothing when it cannot be read.
Error in_resource(Error error) {
  if (error.kind != ErrorKind::render) return error;
  const bool unreadable = error.message.starts_with("yaml:");
  return wrap(std::move(error), unreadable ? "map[string]interface {}(nil)" : "map[string]interface {}{...}");
}

}  // namespace

Result<std::string> format_resource(const NodeArena& arena, const Resource& resource) {
  std::string out;
  if (resource.root == nullptr) return std::string("{}\n");
  TRY(Writer(arena, out).write(*resource.root));
  return out;
}

Result<std::string> format_resources(const NodeArena& arena, std::span<Resource* const> resources) {
  std::string out;
  for (const Resource* resource : resources) {
    if (!out.empty()) out += "---\n";
    const std::size_t before = out.size();
    if (auto written = Writer(arena, out).write(*resource->root); !written)
      return fail(in_resource(std::move(written.error())));
    if (!arena.budget().take(out.size() - before)) return fail(arena.budget_error());
  }
  return out;
}

}  // namespace reconciled::kustomize
