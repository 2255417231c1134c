#include "renderers/kustomize/variables.h"

#include "base/go_float.h"
#include "base/number.h"
#include "renderers/kustomize/field_path.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <optional>

namespace reconciled::kustomize {
namespace {

/// A value that keeps the type of its field; something else than text, number or boolean is none.
struct Meaning {
  Tag tag = Tag::string;
  std::string text;    ///< as it is written into a node
  std::string inside;  ///< as it stands in a longer text
};
using Meanings = std::map<std::string, std::optional<Meaning>, std::less<>>;

Gvk kind_of(const VarEntry& entry) {
  Gvk gvk = entry.object.view().gvk;
  if (entry.api_version.empty()) return gvk;
  const auto slash = entry.api_version.find('/');
  if (slash == std::string::npos) {
    gvk.version = entry.api_version;
  } else if (entry.api_version.find('/', slash + 1) == std::string::npos) {
    gvk.group = std::string_view(entry.api_version).substr(0, slash);
    gvk.version = std::string_view(entry.api_version).substr(slash + 1);
  }
  return gvk;
}

/// "a[0]" as two steps; steps that are only an index stay as they are.
std::vector<std::string> split_indices(const std::vector<std::string>& path) {
  std::vector<std::string> steps;
  for (const auto& part : path) {
    const auto open = part.rfind('[');
    const bool index = part.ends_with(']') && open != std::string::npos && open + 2 < part.size() &&
                       std::all_of(part.begin() + static_cast<std::ptrdiff_t>(open) + 1, part.end() - 1,
                                   [](char c) { return c >= '0' && c <= '9'; });
    if (!index) {
      steps.push_back(part);
      continue;
    }
    if (open != 0) steps.push_back(part.substr(0, open));
    steps.push_back(part.substr(open + 1, part.size() - open - 2));
  }
  return steps;
}

Result<std::optional<Meaning>> meaning_of_field(NodeArena& arena, const Resource& resource, const std::string& path) {
  const auto parts = split_indices(split_bracket_path(path, '.'));
  const std::vector<std::string_view> steps(parts.begin(), parts.end());
  TRY_ASSIGN(const Node* node, lookup(arena, resource.root, steps));
  if (node == nullptr) return fail_render("no field named '" + path + "'");
  if (!node->is_scalar()) return std::optional<Meaning>();
  const std::string text(node->text());
  if (node->tag == Tag::number) {
    const auto number = parse_double(text);
    if (!number) return fail_render("not a number");
    return std::optional(Meaning{Tag::number, format_go_float(*number, 'f', -1), format_go_float(*number, 'g', -1)});
  }
  if (node->tag == Tag::integer) {
    long number = 0;
    if (!is_whole_number(text, number)) return fail_render("strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    return std::optional(Meaning{Tag::integer, std::to_string(number), std::to_string(number)});
  }
  if (node->tag == Tag::boolean) {
    const std::string flag = text.front() == 't' || text.front() == 'T' ? "true" : "false";
    return std::optional(Meaning{Tag::boolean, flag, flag});
  }
  return std::optional(Meaning{Tag::string, text, text});
}

/// What a text becomes: "$(A)" alone keeps A's type, "$$" is "$", what is not known stays.
Meaning expand(std::string_view text, const Meanings& meanings) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$' || at + 1 >= text.size()) continue;
    out += text.substr(done, at - done);
    const char next = text[at + 1];
    std::size_t advance = 1;
    if (next == '$') {
      out += '$';
    } else if (const auto end = next == '(' ? text.find(')', at + 2) : std::string_view::npos;
               end != std::string_view::npos) {
      const auto name = text.substr(at + 2, end - at - 2);
      const auto it = meanings.find(name);
      const bool known = it != meanings.end() && it->second;
      if (known && at == 0 && end + 1 == text.size()) return *it->second;
      out += known ? it->second->inside : std::string(text.substr(at, end + 1 - at));
      advance = end - at;
    } else {
      out += '$';
      out += next;
    }
    at += advance;
    done = at + 1;
  }
  out += text.substr(done);
  return {Tag::string, out, out};
}

class Expander {
 public:
  Expander(NodeArena& arena, const Meanings& meanings) : m_arena(arena), m_meanings(meanings) {}

  Status set(Node* node) {
    if (is_missing(node)) return {};
    if (node->is_scalar()) {
      if (node->may_be_string()) expand_in(*node);
      return {};
    }
    const auto content = node->content();
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (node->is_list()) {
        if (!content[i]->may_be_string()) return fail_render("invalid value type expect a string");
        expand_in(*content[i]);
        continue;
      }
      if (i % 2 == 0) {
        if (!content[i]->may_be_string())
          return fail_render("invalid map key: value='" + std::string(content[i]->text()) + "', tag='" +
                             std::string(m_arena.tag_text(*content[i])) + "'");
      } else if (content[i]->may_be_string()) {
        expand_in(*content[i]);
      }
    }
    return {};
  }

 private:
  void expand_in(Node& node) {
    const auto text = node.text();
    if (text.find('$') != std::string_view::npos) {
      const Meaning meaning = expand(text, m_meanings);
      m_arena.set_text(node, m_arena.copy(meaning.text));
      node.tag = meaning.tag;
    } else {
      node.tag = Tag::string;
    }
    node.style = style::k_plain;
  }

  NodeArena& m_arena;
  const Meanings& m_meanings;
};

/// As Go prints a var.
std::string format_var(const VarEntry& entry, const Gvk& kind, std::string_view path) {
  return "{" + entry.name + " " + format_gvk(kind) + " {" + std::string(path) + "}}";
}

}  // namespace

Status merge_variables(const Variables& from, Variables& variables) {
  for (const auto& [name, variable] : from) {
    if (!variables.emplace(name, variable).second) return fail_render("var '" + name + "' already encountered");
  }
  return {};
}

Status add_variables(Context& context, const ResourceMap& map, const std::vector<VarEntry>& entries,
                     Variables& variables) {
  std::string all;
  for (const auto& entry : entries)
    all += (all.empty() ? "" : " ") + format_var(entry, entry.object.view().gvk, entry.field_path);
  const auto refuse = [&](const std::string& why) { return fail_render("merging vars [" + all + "]: " + why); };
  for (const auto& entry : entries) {
    ResourceId wanted = entry.object.view();
    wanted.gvk = kind_of(entry);
    const auto matched = map.with_any_id([&](const ResourceId& id) {
      return wanted.name_space.empty() ? wanted.same_but_namespace(id) : wanted.same(id);
    });
    if (matched.size() > 1)
      return refuse("found " + std::to_string(matched.size()) + " resId matches for var " +
                    format_var(entry, wanted.gvk, entry.field_path) + " (unable to disambiguate)");
    if (matched.size() == 1) matched.front()->vars.push_back(context.arena().copy(entry.name));
  }
  for (const auto& entry : entries) {
    const std::string path = entry.field_path.empty() ? "metadata.name" : entry.field_path;
    if (!variables.emplace(entry.name, Variable{path, format_var(entry, kind_of(entry), path)}).second)
      return refuse("var '" + entry.name + "' already encountered");
  }
  return {};
}

Status resolve_variables(Context& context, const ResourceMap& map, const Variables& variables,
                         const FieldSpecs& specs) {
  if (variables.empty()) return {};
  NodeArena& arena = context.arena();
  Meanings meanings;
  for (const auto& [name, variable] : variables) {
    const auto all = map.all();
    const auto source = std::find_if(all.begin(), all.end(), [&, &wanted = name](const Resource* resource) {
      return std::find(resource->vars.begin(), resource->vars.end(), wanted) != resource->vars.end();
    });
    if (source == all.end())
      return fail_render("var '" + variable.shown + "' cannot be mapped to a field in the set of known resources");
    auto meaning = meaning_of_field(arena, **source, variable.field_path);
    if (!meaning)
      return fail_render("field specified in var '" + variable.shown + "' not found in corresponding resource");
    meanings.emplace(name, std::move(*meaning));
  }
  Expander expander(arena, meanings);
  for (Resource* resource : map.all()) {
    for (const auto& spec : specs)
      TRY(visit_field(arena, resource->root, spec, {}, [&](Node* node) { return expander.set(node); }));
  }
  return context.check_budget();
}

}  // namespace reconciled::kustomize
