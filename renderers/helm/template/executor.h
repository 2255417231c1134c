// The state of a running template, and what its nodes do.
#pragma once

#include "renderers/helm/template/execution.h"
#include "renderers/helm/template/program.h"
#include "renderers/helm/values/go_function.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace reconciled::helm {

/// Room for the arguments of calls that are being made: a stack whose entries never move.
class ArgumentStack {
 public:
  GoValue* push(std::size_t count);
  struct Mark {
    std::size_t chunk = 0;
    std::size_t used = 0;
  };
  [[nodiscard]] Mark mark() const { return {m_chunk, m_used}; }
  void release(Mark mark) {
    m_chunk = mark.chunk;
    m_used = mark.used;
  }

 private:
  struct Chunk {
    std::unique_ptr<GoValue[]> values;
    std::size_t size = 0;
  };
  std::vector<Chunk> m_chunks;
  std::size_t m_chunk = 0;
  std::size_t m_used = 0;
};

/// Follows reflect's view of values: `invalid` is no value, `nil` a nil interface, a boxed value one inside an
/// interface. After each step that can fail `failed()` tells; the values given back are then without meaning.
class Executor final : public TemplateRunner {
 public:
  Executor(const TemplateSet& templates, RenderWorld& world);
  tl::expected<std::string_view, ExecutionFailure> execute(std::string_view name, GoValue data);
  Result<std::string_view> include(std::string_view name, GoValue data) override;
  Result<std::string_view> tpl(std::string_view text, GoValue data) override;

 private:
  enum class Flow : std::uint8_t { next, break_, continue_, failed };
  using Operands = std::span<const NodeId>;

  /// What a tpl call defines, seen by all that runs inside of it.
  struct Scope {
    const Program* program = nullptr;
    const Scope* outer = nullptr;
  };
  /// The template that is running.
  struct Frame {
    const Program* program = nullptr;
    std::string_view name;
    std::size_t variables = 0;  ///< where its own begin
    NodeId at = k_no_node;      ///< what errors speak of
    std::uint32_t depth = 0;    ///< of templates within templates
  };
  struct Variable {
    std::uint32_t number = 0;
    GoValue value;
  };
  /// A function or method about to be called.
  struct Callee {
    const GoFunction* function = nullptr;
    FunctionTable::Special special = FunctionTable::Special::none;
    std::string_view name;
    NodeId node = k_no_node;  ///< what the error of the call itself is at
    GoValue receiver{};
  };

  // executor.cpp: templates, errors
  [[nodiscard]] std::optional<Template> find_template(std::string_view name) const;
  /// Appends what the template gives to the output.
  bool run(const Template& target, std::string_view name, GoValue data, std::uint32_t depth);
  Result<std::string_view> run_apart(const Template& target, std::string_view name, GoValue data);
  Result<std::string_view> run_tpl(const Program& program, std::string_view text, GoValue data);
  Result<const Program*> parse_tpl(std::string_view text);
  [[nodiscard]] bool failed() const { return m_failure.has_value(); }
  GoValue raise(std::string_view message, ErrorKind kind = ErrorKind::render);
  GoValue raise_from_call(std::string_view name, const Error& cause);
  GoValue raise_limit(std::string_view what);
  void fail_at_node(std::string_view message, ErrorKind kind, std::size_t cause_size);
  void at(NodeId id) { m_frame.at = id; }
  [[nodiscard]] const Node& node(NodeId id) const { return m_frame.program->nodes[id]; }
  [[nodiscard]] std::string text_of_node(NodeId id) const;
  [[nodiscard]] bool is_spent();
  [[nodiscard]] Budget& budget() const { return m_world.arena.budget(); }

  // walk.cpp: actions and control structures
  Flow walk_list(GoValue dot, NodeId list);
  Flow walk(GoValue dot, NodeId id);
  Flow walk_branch(GoValue dot, const Node& branch);
  Flow walk_range(GoValue dot, NodeId id);
  struct RangeLoop;
  Flow iterate(RangeLoop& loop, GoValue index, GoValue element);
  Flow range_over_integers(RangeLoop& loop, GoValue value);
  Flow range_over_list(RangeLoop& loop, GoValue value);
  Flow range_over_map(RangeLoop& loop, GoValue value);
  Flow walk_template(GoValue dot, NodeId id);
  Flow print(NodeId action, GoValue value);
  void write(std::string_view text);

  // evaluate.cpp: pipelines, operands, fields
  GoValue evaluate_pipe(GoValue dot, NodeId pipe);
  GoValue evaluate_command(GoValue dot, NodeId command, const GoValue* piped);
  GoValue evaluate_field(GoValue dot, NodeId field, Operands operands, const GoValue* piped);
  GoValue evaluate_chain(GoValue dot, NodeId chain, Operands operands, const GoValue* piped);
  GoValue evaluate_variable(GoValue dot, NodeId variable, Operands operands, const GoValue* piped);
  GoValue evaluate_function(GoValue dot, NodeId identifier, NodeId command, Operands operands, const GoValue* piped);
  GoValue evaluate_untyped(GoValue dot, NodeId operand);
  GoValue follow(GoValue dot, GoValue receiver, NodeId at_node, std::span<const std::string_view> names,
                 Operands operands, const GoValue* piped);
  GoValue field_of(GoValue dot, std::string_view name, NodeId at_node, Operands operands, const GoValue* piped,
                   GoValue receiver);
  [[nodiscard]] const GoFunction* method_of(GoValue receiver, std::string_view name) const;
  GoValue constant(NodeId id);
  bool refuse_arguments(Operands operands, const GoValue* piped);
  void push_variable(std::uint32_t number, GoValue value) { m_variables.push_back({number, value}); }
  bool set_variable(NodeId variable, GoValue value);
  [[nodiscard]] GoValue* find_variable(std::uint32_t number);

  // call.cpp: functions, methods and their arguments
  GoValue call(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped);
  GoValue call_with(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped,
                    std::span<GoValue> values);
  bool check_count(const Callee& callee, std::size_t operands, const GoValue* piped);
  GoValue call_and_or(GoValue dot, const Callee& callee, Operands operands, const GoValue* piped);
  GoValue call_value(const Callee& callee, Operands operands, std::span<const GoValue> values);
  GoValue invoke(const Callee& callee, std::span<const GoValue> values);
  GoValue argument(GoValue dot, GoParameter parameter, NodeId operand);
  GoValue literal(GoParameter parameter, NodeId operand);
  GoValue integer_literal(GoParameter parameter, NodeId operand);
  GoValue validated(GoValue value, GoParameter parameter);

  const TemplateSet& m_templates;
  RenderWorld& m_world;
  Frame m_frame;
  const Scope* m_scope = nullptr;
  std::string m_out;  // of all templates that run; an included one's lies behind its includer's
  std::vector<Variable> m_variables;
  std::vector<GoMap::Entry> m_entries;  // of maps that are being ranged over
  ArgumentStack m_arguments;
  std::map<std::string, int, std::less<>> m_included;  // how often each name is being included
  std::unordered_map<std::string_view, std::unique_ptr<const Program>> m_tpl_programs;  // by their source
  std::optional<ExecutionFailure> m_failure;
  std::optional<ExecutionFailure> m_inner;  // of what include or tpl ran, until the call's own error is made of it
  const char* m_stack = nullptr;            // where the C++ stack was when execution began
};

}  // namespace reconciled::helm
