// Which template runs, what it sees of others, and how failures are worded and chained.
#include "renderers/helm/template/executor.h"

#include "renderers/helm/template/helm_errors.h"
#include "renderers/helm/template/node_text.h"
#include "renderers/helm/template/parser.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

constexpr int k_most_nested_references = 1000;
constexpr std::string_view k_root_name = "gotpl";          // Helm's name of the set, and of every text given to tpl
constexpr std::ptrdiff_t k_largest_stack = 5 * (1 << 20);  // of the 8 MiB that a thread usually has
constexpr std::size_t k_chunk_size = 1024;

const char* stack_pointer() {
  return static_cast<const char*>(__builtin_frame_address(0));
}

}  // namespace

GoValue* ArgumentStack::push(std::size_t count) {
  while (m_chunk < m_chunks.size() && m_chunks[m_chunk].size - m_used < count) {
    ++m_chunk;
    m_used = 0;
  }
  if (m_chunk == m_chunks.size()) {
    const std::size_t size = std::max(count, k_chunk_size);
    m_chunks.push_back({std::make_unique<GoValue[]>(size), size});
    m_used = 0;
  }
  GoValue* values = m_chunks[m_chunk].values.get() + m_used;
  m_used += count;
  std::fill_n(values, count, GoValue());
  return values;
}

Execution::Execution(const TemplateSet& templates, RenderWorld& world)
    : m_executor(std::make_unique<Executor>(templates, world)) {}
Execution::~Execution() = default;

tl::expected<std::string_view, ExecutionFailure> Execution::execute(std::string_view name, GoValue data) {
  return m_executor->execute(name, data);
}

Executor::Executor(const TemplateSet& templates, RenderWorld& world) : m_templates(templates), m_world(world) {}

tl::expected<std::string_view, ExecutionFailure> Executor::execute(std::string_view name, GoValue data) {
  m_stack = stack_pointer();
  m_frame = {};
  m_scope = nullptr;
  m_out.clear();
  m_variables.clear();
  m_entries.clear();
  m_included.clear();
  m_failure.reset();
  m_inner.reset();
  TemplateRunner* const runner = std::exchange(m_world.runner, this);
  if (const auto target = find_template(name)) {
    run(*target, name, data.unboxed(), 0);
  } else {
    raise("no template " + quoted(name) + " associated with template " + quoted(k_root_name));
  }
  m_world.runner = runner;
  if (failed()) return tl::unexpected<ExecutionFailure>(std::move(*m_failure));
  return m_out;
}

/// The innermost tpl's definitions come first, but an empty one does not hide another.
std::optional<Template> Executor::find_template(std::string_view name) const {
  std::optional<Template> empty;
  for (const Scope* scope = m_scope; scope != nullptr; scope = scope->outer) {
    for (const NamedRoot& root : scope->program->roots) {
      if (root.name != name) continue;
      const Template found{scope->program, root.root};
      if (!root.is_empty || name == k_root_name) return found;
      empty = found;
    }
  }
  const Template* found = m_templates.find(name);
  return found == nullptr ? empty : std::optional(*found);
}

bool Executor::run(const Template& target, std::string_view name, GoValue data, std::uint32_t depth) {
  const Frame caller = m_frame;
  m_frame = {target.program, name, m_variables.size(), k_no_node, depth};
  push_variable(0, data);
  walk_list(data, target.root);
  m_variables.resize(m_frame.variables);
  m_frame = caller;
  return !failed();
}

Result<std::string_view> Executor::run_apart(const Template& target, std::string_view name, GoValue data) {
  const std::size_t start = m_out.size();
  if (!run(target, name, data.unboxed(), 0)) {
    m_inner = std::move(m_failure);
    m_failure.reset();
    return fail(m_inner->error);
  }
  const std::string_view text = m_world.arena.copy(std::string_view(m_out).substr(start));
  m_out.resize(start);
  return text;
}

Result<std::string_view> Executor::include(std::string_view name, GoValue data) {
  auto count = m_included.find(name);
  if (count == m_included.end()) count = m_included.emplace(name, 0).first;
  if (count->second > k_most_nested_references) {
    return fail(ErrorKind::render, "rendering template has a nested reference name: " + std::string(name) +
                                       ": unable to execute template");
  }
  if (is_spent()) return fail(ErrorKind::limit, "templates include one another too deeply");
  const auto target = find_template(name);
  if (!target) {
    return fail(ErrorKind::render,
                "template: no template " + quoted(name) + " associated with template " + quoted(k_root_name));
  }
  ++count->second;
  auto text = run_apart(*target, name, data);
  --count->second;
  return text;
}

Result<const Program*> Executor::parse_tpl(std::string_view text) {
  const auto known = m_tpl_programs.find(text);
  if (known != m_tpl_programs.end()) return known->second.get();
  auto program = parse_program(k_root_name, text, SourceText::copy, m_templates.functions(), budget());
  if (!program) {
    const Error& error = program.error();
    return fail(error.kind, "cannot parse template " + quoted(text) + ": " + error.message, error.where);
  }
  const Program* parsed = program->get();
  m_tpl_programs.emplace(parsed->source, std::move(*program));
  return parsed;
}

Result<std::string_view> Executor::run_tpl(const Program& program, std::string_view text, GoValue data) {
  const Scope scope{&program, m_scope};
  m_scope = &scope;
  auto result = run_apart({&program, program.roots.back().root}, k_root_name, data);
  m_scope = scope.outer;
  if (result) return result;
  return fail(result.error().kind,
              "error during tpl function execution for " + quoted(text) + ": " + result.error().message);
}

Result<std::string_view> Executor::tpl(std::string_view text, GoValue data) {
  std::string_view result = text;
  if (text.find("{{") != std::string_view::npos) {
    if (is_spent()) return fail(ErrorKind::limit, "templates call tpl too deeply");
    TRY_ASSIGN(const Program* program, parse_tpl(text));
    TRY_ASSIGN(result, run_tpl(*program, text, data));
  }
  if (result.find(k_no_value) == std::string_view::npos) return result;
  return m_world.arena.copy(without_no_value(result));
}

std::string Executor::text_of_node(NodeId id) const {
  return node_text(*m_frame.program, id);
}

bool Executor::is_spent() {
  return m_stack - stack_pointer() > k_largest_stack;
}

/// The message behind the place; the last `cause_size` bytes of it are the text of the error that caused it.
void Executor::fail_at_node(std::string_view message, ErrorKind kind, std::size_t cause_size) {
  ExecutionFailure failure;
  std::string text = "template: ";
  if (m_frame.at == k_no_node) {
    if (!m_frame.name.empty()) text.append(m_frame.name).append(": ");
  } else {
    failure.error.where = node_where(*m_frame.program, m_frame.at);
    text += node_place(*m_frame.program, m_frame.at) + ": executing " + quoted(m_frame.name) + " at <" +
            text_of_node(m_frame.at) + ">: ";
  }
  text += message;
  if (cause_size > 0) failure.links.push_back(text.size() - cause_size);
  failure.error.kind = kind;
  failure.error.message = std::move(text);
  m_failure = std::move(failure);
}

GoValue Executor::raise(std::string_view message, ErrorKind kind) {
  fail_at_node(message, kind, 0);
  return {};
}

GoValue Executor::raise_from_call(std::string_view name, const Error& cause) {
  fail_at_node("error calling " + std::string(name) + ": " + cause.message, cause.kind, cause.message.size());
  if (!m_inner) return {};
  const std::string& inner = m_inner->error.message;
  const std::string& whole = m_failure->error.message;
  if (cause.message.ends_with(inner)) {
    const std::size_t start = whole.size() - inner.size();
    if (start != m_failure->links.back()) m_failure->links.push_back(start);
    for (const std::size_t link : m_inner->links) m_failure->links.push_back(start + link);
  }
  m_inner.reset();
  return {};
}

GoValue Executor::raise_limit(std::string_view what) {
  return raise(budget().error(std::string(what)).message, ErrorKind::limit);
}

}  // namespace reconciled::helm
