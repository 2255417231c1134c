// Functions and methods: their arguments, and calling them.
#include "renderers/helm/template/arguments.h"
#include "renderers/helm/template/executor.h"

namespace reconciled::helm {
namespace {

std::size_t fixed_count(const GoFunction& function) {
  return function.parameters.size() - (function.variadic ? 1 : 0);
}

GoParameter parameter_at(const GoFunction& function, std::size_t index) {
  return index < fixed_count(function) ? function.parameters[index] : function.parameters.back();
}

bool is_integer(GoParameter parameter) {
  return parameter == GoParameter::int_ || parameter == GoParameter::int64 || parameter == GoParameter::duration;
}

/// The integer types, of which Go's `call` converts one into another.
bool is_integer(GoValue value) {
  return value.kind() == GoKind::integer || value.kind() == GoKind::unsigned_integer;
}

/// reflect.Value.String().
std::string reflect_string(GoValue value) {
  if (value.type() == GoType::invalid) return "<invalid Value>";
  if (value.is_string()) return std::string(value.as_text());
  return "<" + std::string(value.type_name()) + " Value>";
}

}  // namespace

bool Executor::check_count(const Callee& callee, std::size_t operands, const GoValue* piped) {
  const std::size_t given = operands + (piped == nullptr ? 0 : 1);
  const std::size_t fixed = fixed_count(*callee.function);
  const std::string subject = "wrong number of args for " + std::string(callee.name) + ": want ";
  if (callee.function->variadic) {
    if (given >= fixed) return true;
    raise(subject + "at least " + std::to_string(fixed) + " got " + std::to_string(operands));
  } else {
    if (given == fixed) return true;
    raise(subject + std::to_string(fixed) + " got " + std::to_string(given));
  }
  return false;
}

GoValue Executor::call(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped) {
  if (!operands.empty()) operands = operands.subspan(1);
  const std::size_t given = operands.size() + (piped == nullptr ? 0 : 1);
  const std::size_t fixed = fixed_count(*callee.function);
  if (callee.function->variadic ? given < fixed : given != fixed) {
    check_count(callee, operands.size(), piped);
    return {};
  }
  if (callee.special == FunctionTable::Special::and_ || callee.special == FunctionTable::Special::or_)
    return call_and_or(dot, callee, operands, piped);
  const ArgumentStack::Mark mark = m_arguments.mark();
  const GoValue result = call_with(dot, callee, operands, piped, {m_arguments.push(given), given});
  m_arguments.release(mark);
  return result;
}

GoValue Executor::call_with(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped,
                            std::span<GoValue> values) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    values[i] = argument(dot, parameter_at(*callee.function, i), operands[i]);
    if (failed()) return {};
  }
  if (piped != nullptr) {
    values.back() = validated(*piped, parameter_at(*callee.function, values.size() - 1));
    if (failed()) return {};
  }
  if (callee.special == FunctionTable::Special::call) return call_value(callee, operands, values);
  return invoke(callee, values);
}

GoValue Executor::invoke(const Callee& callee, std::span<const GoValue> values) {
  FunctionCall function_call{values, m_world, callee.receiver};
  auto result = callee.function->call(function_call);
  if (!result) {
    at(callee.node);
    return raise_from_call(callee.name, result.error());
  }
  if (!m_world.arena.within_budget()) return raise_limit("running the templates");
  return *result;
}

/// They evaluate no more than they need, and give one of their operands.
GoValue Executor::call_and_or(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped) {
  GoValue value;
  for (const NodeId operand : operands) {
    value = argument(dot, GoParameter::reflect_value, operand);
    if (failed()) return {};
    if (is_true(value) == (callee.special == FunctionTable::Special::or_)) return value;
  }
  return piped == nullptr ? value : *piped;
}

/// The built-in `call`: the first argument is the function.
GoValue Executor::call_value(const Callee& callee, Operands operands, std::span<const GoValue> values) {
  const auto refused = [&](std::string message) {
    at(callee.node);
    return raise_from_call(callee.name, Error(ErrorKind::render, std::move(message)));
  };
  const GoValue target = values[0].unboxed();
  const std::string name = operands.empty() ? reflect_string(target) : text_of_node(operands[0]);
  if (target.type() == GoType::invalid) return refused("call of nil");
  if (target.type() != GoType::function)
    return refused("non-function " + name + " of type " + std::string(target.type_name()));
  const GoFunction& function = *target.as_function();
  const std::size_t given = values.size() - 1;
  const std::size_t fixed = fixed_count(function);
  if (function.variadic ? given < fixed : given != fixed) {
    return refused("wrong number of args for " + name + ": got " + std::to_string(given) + " want " +
                   (function.variadic ? "at least " : "") + std::to_string(fixed));
  }
  std::vector<GoValue> prepared;
  for (std::size_t i = 0; i < given; ++i) {
    const GoParameter parameter = parameter_at(function, i);
    const GoValue value = values[i + 1].unboxed();
    const std::string wanted(go_parameter_name(parameter));
    const std::string place = "arg " + std::to_string(i) + ": ";
    if (value.type() == GoType::invalid) {
      if (!can_be_nil(parameter)) return refused(place + "value is nil; should be of type " + wanted);
      prepared.push_back(zero_of(parameter));
    } else if (is_assignable(value, parameter)) {
      prepared.push_back(assigned(value, parameter));
    } else if (is_integer(value) && is_integer(parameter)) {
      const GoType type = parameter == GoParameter::int_ ? GoType::int_ : GoType::int64;
      prepared.push_back(
          GoValue::integer(value.as_int(), parameter == GoParameter::duration ? GoType::duration : type));
    } else {
      return refused(place + "value has type " + std::string(value.type_name()) + "; should be " + wanted);
    }
  }
  return invoke({&function, FunctionTable::Special::none, callee.name, callee.node}, prepared);
}

GoValue Executor::validated(GoValue value, GoParameter parameter) {
  if (value.type() == GoType::invalid) {
    if (can_be_nil(parameter)) return zero_of(parameter);
    return raise("invalid value; expected " + std::string(go_parameter_name(parameter)));
  }
  if (parameter == GoParameter::any || parameter == GoParameter::reflect_value) return assigned(value, parameter);
  if (value.type() != GoType::nil && is_assignable(value, parameter)) return assigned(value, parameter);
  return raise("wrong type for value; expected " + std::string(go_parameter_name(parameter)) + "; got " +
               std::string(value.type() == GoType::nil ? "interface {}" : value.type_name()));
}

GoValue Executor::argument(GoValue dot, GoParameter parameter, NodeId operand) {
  at(operand);
  GoValue value;
  switch (node(operand).kind) {
    case NodeKind::dot: return validated(dot, parameter);
    case NodeKind::nil:
      if (can_be_nil(parameter)) return zero_of(parameter);
      return raise("cannot assign nil to " + std::string(go_parameter_name(parameter)));
    case NodeKind::field: value = evaluate_field(dot, operand, {}, nullptr); break;
    case NodeKind::variable: value = evaluate_variable(dot, operand, {}, nullptr); break;
    case NodeKind::pipe: value = evaluate_pipe(dot, operand); break;
    case NodeKind::identifier: value = evaluate_function(dot, operand, operand, {}, nullptr); break;
    case NodeKind::chain: value = evaluate_chain(dot, operand, {}, nullptr); break;
    default: return literal(parameter, operand);
  }
  return failed() ? GoValue() : validated(value, parameter);
}

/// A constant takes the type of its parameter.
GoValue Executor::literal(GoParameter parameter, NodeId operand) {
  const Node& constant_node = node(operand);
  switch (parameter) {
    case GoParameter::boolean:
      if (constant_node.kind == NodeKind::boolean) return GoValue::boolean(constant_node.flag);
      return raise("expected bool; found " + text_of_node(operand));
    case GoParameter::string:
      if (constant_node.kind == NodeKind::string) return GoValue::string(m_frame.program->strings[constant_node.first]);
      return raise("expected string; found " + text_of_node(operand));
    case GoParameter::int_:
    case GoParameter::int64:
    case GoParameter::duration:
    case GoParameter::uint32: return integer_literal(parameter, operand);
    case GoParameter::float64:
      if (constant_node.kind == NodeKind::number && m_frame.program->numbers[constant_node.first].is_float)
        return GoValue::number(m_frame.program->numbers[constant_node.first].as_float);
      return raise("expected float; found " + text_of_node(operand));
    case GoParameter::any:
    case GoParameter::reflect_value: return constant(operand);
    case GoParameter::bytes:
    case GoParameter::list_any:
    case GoParameter::list_string:
    case GoParameter::map_any:
    case GoParameter::map_string:
    case GoParameter::time:
    case GoParameter::location:
    case GoParameter::version:
    case GoParameter::certificate: break;
  }
  return raise("can't handle " + text_of_node(operand) + " for arg of type " +
               std::string(go_parameter_name(parameter)));
}

GoValue Executor::integer_literal(GoParameter parameter, NodeId operand) {
  const Node& constant_node = node(operand);
  const NumberConstant* number =
      constant_node.kind == NodeKind::number ? &m_frame.program->numbers[constant_node.first] : nullptr;
  if (parameter == GoParameter::uint32) {
    if (number == nullptr || !number->is_uint)
      return raise("expected unsigned integer; found " + text_of_node(operand));
    return GoValue::unsigned_integer(static_cast<std::uint32_t>(number->as_uint), GoType::uint32);
  }
  if (number == nullptr || !number->is_int) return raise("expected integer; found " + text_of_node(operand));
  const GoType type = parameter == GoParameter::int_    ? GoType::int_
                      : parameter == GoParameter::int64 ? GoType::int64
                                                        : GoType::duration;
  return GoValue::integer(number->as_int, type);
}

}  // namespace reconciled::helm
