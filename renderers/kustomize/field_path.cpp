#include "renderers/kustomize/field_path.h"

#include "renderers/kustomize/node_edit.h"

namespace reconciled::kustomize {
namespace {

using Path = std::span<const std::string>;

class Walk {
 public:
  Walk(NodeArena& arena, const FieldSpec& spec, FieldCreation creation, const FieldVisitor& visit)
      : m_arena(arena), m_spec(spec), m_creation(creation), m_visit(visit) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the path
  Status run(Node* node, Path path) {
    if (!m_arena.budget().step()) return fail(m_arena.budget_error());
    if (path.empty()) return m_visit(node);
    if (node == nullptr || node->is_null()) return {};
    if (node->is_list()) return enter_list(node, path);
    if (node->is_map()) return enter_map(node, path);
    return fail_render("expected sequence or mapping node");
  }

 private:
  Status enter_list(Node* node, Path path) {
    for (Node* item : node->content()) {
      if (auto done = run(item, path); !done) {
        std::string text = "visit traversal on path: [";
        for (const auto& part : path) text += (text.back() == '[' ? "" : " ") + part;
        return fail(wrap(std::move(done.error()), text + "]"));
      }
    }
    return {};
  }
  Status enter_map(Node* node, Path path) {
    std::string_view name = path.front();
    const bool demands_list = name.ends_with("[]");
    if (demands_list) name.remove_suffix(2);
    if (name.empty()) return fail_render("cannot set or create an empty field name");
    FieldCreation made{};
    bool creates = false;
    if (!m_spec.create || m_creation.kind == Kind::none || demands_list) {
      if (demands_list) made.kind = Kind::sequence;
    } else {
      creates = true;
      made = path.size() <= 1 ? m_creation : FieldCreation{Kind::mapping, Tag::map};
    }
    const std::string_view step[] = {name};
    auto field = lookup(m_arena, node, step, creates ? create_of(made.kind) : Create::nothing);
    if (!field) return fail(wrap(std::move(field.error()), "fieldName: " + std::string(name)));
    if (*field == nullptr) return {};
    if ((*field)->is_null() && made.kind != Kind::none) become(**field, made);
    return run(*field, path.subspan(1));
  }
  static void become(Node& node, FieldCreation made) {
    if (made.kind != Kind::scalar) {
      node.size = node.capacity = 0;
      node.children = nullptr;
    }
    node.kind = made.kind;
    node.tag = made.tag;
  }

  NodeArena& m_arena;
  const FieldSpec& m_spec;
  FieldCreation m_creation;
  const FieldVisitor& m_visit;
};

}  // namespace

Status visit_field(NodeArena& arena, Node* root, const FieldSpec& spec, FieldCreation creation,
                   const FieldVisitor& visit) {
  const Gvk gvk = gvk_of(find_text(root, "apiVersion"), find_text(root, "kind"));
  if (!gvk.selected_by(spec.gvk)) return {};
  const auto path = split_path(spec.path, '/');
  auto done = Walk(arena, spec, creation, visit).run(root, path);
  if (done) return done;
  const Node* meta = find(root, "metadata");
  const ResourceId id{gvk, find_text(meta, "name"), find_text(meta, "namespace"), false};
  return fail(
      wrap(std::move(done.error()), "considering field '" + std::string(spec.path) + "' of object " + format_id(id)));
}

Status visit_fields(NodeArena& arena, Node* root, std::span<const FieldSpec> specs, FieldCreation creation,
                    const FieldVisitor& visit) {
  for (const auto& spec : specs) TRY(visit_field(arena, root, spec, creation, visit));
  return {};
}

Status set_entry(NodeArena& arena, Node* root, std::span<const FieldSpec> specs, std::string_view key,
                 std::string_view value) {
  Node* made = arena.scalar(value, Tag::string);
  return visit_fields(arena, root, specs, {Kind::mapping, Tag::map}, [&](Node* map) -> Status {
    TRY(set_field(arena, map, key, made));
    return {};
  });
}

}  // namespace reconciled::kustomize
