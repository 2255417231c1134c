// Actions and control structures.
#include "renderers/helm/template/arguments.h"
#include "renderers/helm/template/executor.h"
#include "renderers/helm/values/format.h"
#include "renderers/helm/values/quote.h"

namespace reconciled::helm {
namespace {

constexpr std::uint32_t k_deepest_template = 100000;

}  // namespace

void Executor::write(std::string_view text) {
  if (!budget().take(text.size())) {
    raise_limit("the output of the templates");
    return;
  }
  m_out += text;
}

Executor::Flow Executor::print(NodeId action, GoValue value) {
  at(action);
  if (value.type() == GoType::string) {
    write(value.as_text());
  } else if (value.type() == GoType::function) {
    raise("can't print " + text_of_node(action) + " of type " + std::string(value.type_name()));
  } else {
    const std::size_t before = m_out.size();
    const Status printed = append_printed(m_out, value, m_world.arena);
    if (!printed) {
      raise(printed.error().message, printed.error().kind);
    } else if (!budget().take(m_out.size() - before)) {
      raise_limit("the output of the templates");
    }
  }
  return failed() ? Flow::failed : Flow::next;
}

Executor::Flow Executor::walk_list(GoValue dot, NodeId list) {
  at(list);
  for (const NodeId child : m_frame.program->children_of(node(list))) {
    const Flow flow = walk(dot, child);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Executor::Flow Executor::walk(GoValue dot, NodeId id) {
  at(id);
  if (!budget().step()) {
    raise_limit("running the templates");
    return Flow::failed;
  }
  const Node& current = node(id);
  switch (current.kind) {
    case NodeKind::text: write(m_frame.program->strings[current.first]); return failed() ? Flow::failed : Flow::next;
    case NodeKind::action: {
      const GoValue value = evaluate_pipe(dot, current.first);
      if (failed()) return Flow::failed;
      return node(current.first).extra > 0 ? Flow::next : print(id, value);
    }
    case NodeKind::if_:
    case NodeKind::with: return walk_branch(dot, current);
    case NodeKind::range: return walk_range(dot, id);
    case NodeKind::template_: return walk_template(dot, id);
    case NodeKind::break_: return Flow::break_;
    case NodeKind::continue_: return Flow::continue_;
    default: raise("unknown node: " + text_of_node(id), ErrorKind::internal); return Flow::failed;
  }
}

Executor::Flow Executor::walk_branch(GoValue dot, const Node& branch) {
  const std::size_t variables = m_variables.size();
  const GoValue value = evaluate_pipe(dot, branch.first);
  if (failed()) return Flow::failed;
  Flow flow = Flow::next;
  if (is_true(value)) {
    flow = walk_list(branch.kind == NodeKind::with ? value : dot, branch.count);
  } else if (branch.extra != k_no_node) {
    flow = walk_list(dot, branch.extra);
  }
  m_variables.resize(variables);
  return flow;
}

/// What each iteration of a range needs.
struct Executor::RangeLoop {
  const Node& range;
  Operands declared;
  bool assigns = false;
  std::size_t variables = 0;  // how many there are before the body declares more
  bool ran = false;
};

Executor::Flow Executor::iterate(RangeLoop& loop, GoValue index, GoValue element) {
  loop.ran = true;
  if (!budget().step()) {
    raise_limit("running the templates");
    return Flow::failed;
  }
  const std::size_t count = loop.declared.size();
  if (count > 0 && !loop.assigns) {
    m_variables[loop.variables - 1].value = element;
    if (count > 1) m_variables[loop.variables - 2].value = index;
  } else if (count > 0) {
    if (!set_variable(loop.declared[0], count > 1 ? index : element)) return Flow::failed;
    if (count > 1 && !set_variable(loop.declared[1], element)) return Flow::failed;
  }
  const Flow flow = walk_list(element, loop.range.count);
  m_variables.resize(loop.variables);
  return flow == Flow::continue_ ? Flow::next : flow;
}

Executor::Flow Executor::range_over_integers(RangeLoop& loop, GoValue value) {
  if (loop.declared.size() > 1) {
    std::string text;
    if (append_v(text, value, m_world.arena)) raise("can't use " + text + " to iterate over more than one variable");
    return Flow::failed;
  }
  const bool is_signed = value.kind() == GoKind::integer;
  if (is_signed && value.as_int() <= 0) return Flow::next;
  const std::uint64_t count = is_signed ? static_cast<std::uint64_t>(value.as_int()) : value.as_uint();
  for (std::uint64_t i = 0; i < count; ++i) {
    const GoValue element = is_signed ? GoValue::integer(static_cast<std::int64_t>(i), value.type())
                                      : GoValue::unsigned_integer(i, value.type());
    const Flow flow = iterate(loop, {}, element);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Executor::Flow Executor::range_over_list(RangeLoop& loop, GoValue value) {
  const bool is_bytes = value.type() == GoType::bytes;
  const std::size_t count = is_bytes ? value.as_text().size() : value.items().size();
  const bool boxes = value.type() == GoType::list;
  for (std::size_t i = 0; i < count; ++i) {
    GoValue element;
    if (is_bytes) {
      element = GoValue::unsigned_integer(static_cast<unsigned char>(value.as_text()[i]), GoType::uint8);
    } else {
      element = boxes ? value.items()[i].boxed() : value.items()[i];
    }
    const Flow flow = iterate(loop, GoValue::integer(static_cast<std::int64_t>(i)), element);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

/// Over the entries as they are now: the body may change the map.
Executor::Flow Executor::range_over_map(RangeLoop& loop, GoValue value) {
  if (value.as_map() == nullptr) return Flow::next;
  const std::size_t start = m_entries.size();
  const auto entries = value.as_map()->entries();
  const std::size_t count = entries.size();
  const bool boxes = value.type() == GoType::map || value.type() == GoType::values;
  m_entries.insert(m_entries.end(), entries.begin(), entries.end());
  Flow flow = Flow::next;
  for (std::size_t i = 0; i < count && flow == Flow::next; ++i) {
    const GoMap::Entry entry = m_entries[start + i];
    flow = iterate(loop, GoValue::string(entry.key), boxes ? entry.value.boxed() : entry.value);
  }
  m_entries.resize(start);
  return flow;
}

Executor::Flow Executor::walk_range(GoValue dot, NodeId id) {
  const std::size_t variables = m_variables.size();
  const Node& range = node(id);
  const GoValue value = evaluate_pipe(dot, range.first).unboxed();
  if (failed()) return Flow::failed;
  const Node& pipe = node(range.first);
  RangeLoop loop{range, m_frame.program->declarations_of(pipe), pipe.flag, m_variables.size()};
  Flow flow = Flow::next;
  switch (value.kind()) {
    case GoKind::integer:
    case GoKind::unsigned_integer: flow = range_over_integers(loop, value); break;
    case GoKind::slice: flow = range_over_list(loop, value); break;
    case GoKind::map: flow = range_over_map(loop, value); break;
    case GoKind::invalid:
    case GoKind::interface: break;
    default: {
      std::string text;
      const Status printed = append_v(text, value, m_world.arena);
      if (printed) raise("range can't iterate over " + text);
      if (!printed) raise(printed.error().message, printed.error().kind);
      return Flow::failed;
    }
  }
  if (flow == Flow::break_) flow = Flow::next;
  if (flow == Flow::next && !loop.ran && range.extra != k_no_node) flow = walk_list(dot, range.extra);
  m_variables.resize(variables);
  return flow;
}

Executor::Flow Executor::walk_template(GoValue dot, NodeId id) {
  const Node& call_node = node(id);
  const std::string_view name = m_frame.program->strings[call_node.first];
  const auto target = find_template(name);
  if (!target) {
    raise("template " + quoted(name) + " not defined");
    return Flow::failed;
  }
  if (m_frame.depth == k_deepest_template || is_spent()) {
    raise("exceeded maximum template depth (" + std::to_string(k_deepest_template) + ")");
    return Flow::failed;
  }
  GoValue data;
  if (call_node.count != k_no_node) data = evaluate_pipe(dot, call_node.count);
  if (failed()) return Flow::failed;
  return run(*target, name, data, m_frame.depth + 1) ? Flow::next : Flow::failed;
}

}  // namespace reconciled::helm
