// Pipelines, operands, variables and fields.
#include "renderers/helm/template/arguments.h"
#include "renderers/helm/template/executor.h"

namespace reconciled::helm {

GoValue Executor::evaluate_pipe(GoValue dot, NodeId pipe) {
  at(pipe);
  const Node& current = node(pipe);
  GoValue value;
  const GoValue* piped = nullptr;
  for (const NodeId command : m_frame.program->children_of(current)) {
    value = evaluate_command(dot, command, piped).unboxed();
    if (failed()) return {};
    piped = &value;
  }
  for (const NodeId variable : m_frame.program->declarations_of(current)) {
    if (!current.flag) {
      push_variable(node(variable).extra, value);
    } else if (!set_variable(variable, value)) {
      return {};
    }
  }
  return value;
}

GoValue Executor::evaluate_command(GoValue dot, NodeId command, const GoValue* piped) {
  const Operands operands = m_frame.program->children_of(node(command));
  const NodeId first = operands[0];
  switch (node(first).kind) {
    case NodeKind::field: return evaluate_field(dot, first, operands, piped);
    case NodeKind::chain: return evaluate_chain(dot, first, operands, piped);
    case NodeKind::identifier: return evaluate_function(dot, first, command, operands, piped);
    case NodeKind::pipe:
      if (refuse_arguments(operands, piped)) return {};
      return evaluate_pipe(dot, first);
    case NodeKind::variable: return evaluate_variable(dot, first, operands, piped);
    default: break;
  }
  at(first);
  if (refuse_arguments(operands, piped)) return {};
  if (node(first).kind == NodeKind::dot) return dot;
  if (node(first).kind == NodeKind::nil) return raise("nil is not a command");
  return constant(first);
}

/// Whether something is given to what takes nothing, which fails.
bool Executor::refuse_arguments(Operands operands, const GoValue* piped) {
  if (operands.size() <= 1 && piped == nullptr) return false;
  // A variable as an operand stands for itself: there is no first of the command then.
  raise("can't give argument to non-function " + (operands.empty() ? std::string() : text_of_node(operands[0])));
  return true;
}

/// A literal where nothing asks for a type.
GoValue Executor::constant(NodeId id) {
  at(id);
  const Node& literal_node = node(id);
  if (literal_node.kind == NodeKind::boolean) return GoValue::boolean(literal_node.flag);
  if (literal_node.kind == NodeKind::string) return GoValue::string(m_frame.program->strings[literal_node.first]);
  if (literal_node.kind != NodeKind::number)
    return raise("can't handle assignment of " + text_of_node(id) + " to empty interface argument");
  const NumberConstant& number = m_frame.program->numbers[literal_node.first];
  const GoValue value = number.ideal();
  if (value.type() == GoType::invalid) return raise(std::string(number.text) + " overflows int");
  return value;
}

GoValue* Executor::find_variable(std::uint32_t number) {
  for (std::size_t i = m_variables.size(); i > m_frame.variables; --i) {
    if (m_variables[i - 1].number == number) return &m_variables[i - 1].value;
  }
  return nullptr;
}

bool Executor::set_variable(NodeId variable, GoValue value) {
  GoValue* place = find_variable(node(variable).extra);
  if (place != nullptr) {
    *place = value;
    return true;
  }
  raise("undefined variable: " + std::string(m_frame.program->variables[node(variable).extra]));
  return false;
}

GoValue Executor::evaluate_variable(GoValue dot, NodeId variable, Operands operands, const GoValue* piped) {
  at(variable);
  const Node& current = node(variable);
  const GoValue* value = find_variable(current.extra);
  if (value == nullptr) return raise("undefined variable: " + std::string(m_frame.program->variables[current.extra]));
  if (current.count > 1)
    return follow(dot, *value, variable, m_frame.program->names_of(current).subspan(1), operands, piped);
  const GoValue result = *value;
  if (refuse_arguments(operands, piped)) return {};
  return result;
}

GoValue Executor::evaluate_field(GoValue dot, NodeId field, Operands operands, const GoValue* piped) {
  at(field);
  return follow(dot, dot, field, m_frame.program->names_of(node(field)), operands, piped);
}

GoValue Executor::evaluate_chain(GoValue dot, NodeId chain, Operands operands, const GoValue* piped) {
  at(chain);
  const Node& current = node(chain);
  const GoValue value = evaluate_untyped(dot, current.extra);
  if (failed()) return {};
  return follow(dot, value, chain, m_frame.program->names_of(current), operands, piped);
}

/// What a chain of fields begins with.
GoValue Executor::evaluate_untyped(GoValue dot, NodeId operand) {
  at(operand);
  if (node(operand).kind == NodeKind::pipe) return evaluate_pipe(dot, operand);
  return evaluate_function(dot, operand, operand, {}, nullptr);
}

GoValue Executor::evaluate_function(GoValue dot, NodeId identifier, NodeId command, Operands operands,
                                    const GoValue* piped) {
  at(identifier);
  const Node& current = node(identifier);
  const FunctionTable::Entry& entry = m_frame.program->functions[current.extra];
  return call(dot, {entry.function, entry.special, m_frame.program->names[current.first], command}, operands, piped);
}

/// .X.Y.Z from the receiver on; only the last may be given arguments.
GoValue Executor::follow(GoValue dot, GoValue receiver, NodeId at_node, std::span<const std::string_view> names,
                         Operands operands, const GoValue* piped) {
  for (const std::string_view name : names.first(names.size() - 1)) {
    receiver = field_of(dot, name, at_node, {}, nullptr, receiver);
    if (failed()) return {};
  }
  return field_of(dot, names.back(), at_node, operands, piped, receiver);
}

const GoFunction* Executor::method_of(GoValue receiver, std::string_view name) const {
  if (receiver.type() == GoType::object) return receiver.as_object()->method(name);
  if (receiver.type() == GoType::map) return nullptr;
  return m_templates.functions().find_method(receiver.type(), name);
}

GoValue Executor::field_of(GoValue dot, std::string_view name, NodeId at_node, Operands operands, const GoValue* piped,
                           GoValue receiver) {
  if (receiver.type() == GoType::invalid) return {};
  const auto refused = [&](std::string_view why) { return raise(why); };
  if (receiver.type() == GoType::nil) return refused("nil pointer evaluating interface {}." + std::string(name));
  const bool has_arguments = operands.size() > 1 || piped != nullptr;
  if (const GoFunction* method = method_of(receiver, name))
    return call(dot, {method, FunctionTable::Special::none, name, at_node, receiver.unboxed()}, operands, piped);
  if (receiver.is_map()) {
    if (has_arguments) return refused(std::string(name) + " is not a method but has arguments");
    const GoValue* found = receiver.as_map() == nullptr ? nullptr : receiver.as_map()->find(name);
    if (receiver.type() == GoType::map || receiver.type() == GoType::values)
      return found == nullptr ? GoValue::nil() : found->boxed();
    if (found != nullptr) return *found;
    return GoValue::string({}, receiver.type() == GoType::files ? GoType::bytes : GoType::string);
  }
  GoValue field;
  if (receiver.type() == GoType::object && receiver.as_object()->field(name, m_world.arena, field)) {
    if (has_arguments) return refused(std::string(name) + " has arguments but cannot be invoked as function");
    return field;
  }
  return refused("can't evaluate field " + std::string(name) + " in type " + std::string(static_type_name(receiver)));
}

}  // namespace reconciled::helm
