#include "engine/loading.h"

#include "engine/lock.h"
#include "engine/open_environment.h"

#include <algorithm>

namespace reconciled {
namespace {

/// Whether equal commits must fail in the same way.
bool is_settled(const Error& error) {
  return error.kind == ErrorKind::render || error.kind == ErrorKind::policy || error.kind == ErrorKind::source_missing;
}

/// A stack that failed because its ref could not be resolved is settled as long as the ref cannot be resolved.
bool is_settled(const LoadedStack& loaded, const PinnedSource& source) {
  if (loaded.manifests || is_settled(loaded.manifests.error())) return true;
  const auto pin = source.pins().find(loaded.stack.source);
  return pin != source.pins().end() && !pin->second;
}

bool same(const LoadedStack& a, const LoadedStack& b) {
  return a.inputs == b.inputs && a.manifests == b.manifests && a.stack == b.stack;
}

bool same(const LoadedEnvironment& a, const LoadedEnvironment& b) {
  return a.revision == b.revision && a.cluster == b.cluster && a.repository == b.repository && a.graph == b.graph &&
         std::ranges::equal(a.stacks, b.stacks, [](const auto& one, const auto& other) { return same(one, other); });
}

}  // namespace

bool EnvironmentLoader::nothing_moved(const DesiredRequest& request, PinnedSource& source) const {
  if (!m_basis || request.local) return false;
  if (m_basis->root != request.root || m_basis->environment != request.environment ||
      m_basis->limits != request.limits || (m_last->cluster && m_last->cluster != request.cluster)) {
    return false;
  }
  const auto unmoved = [&](const SourceRef& ref, const Result<Revision>& before) {
    return source.resolve(ref, request.deadline) == before;
  };
  // The root first: when it moved, which other refs count is for the new commit to say.
  return unmoved(request.root, m_basis->pins.at(request.root)) &&
         std::ranges::all_of(m_basis->pins, [&](const auto& pin) { return unmoved(pin.first, pin.second); }) &&
         source.charts_are(m_basis->charts, request.deadline);
}

/// Those that failed the last time come last: a server that hangs may use up the time of itself alone.
void EnvironmentLoader::resolve_sources(const StackGraph& graph, PinnedSource& source, MonotonicTime deadline) const {
  std::vector<SourceRef> refs;
  for (const auto& stack : graph.stacks) {
    if (!stack.source.url.empty()) refs.push_back(stack.source);
  }
  std::ranges::stable_partition(refs, [&](const SourceRef& ref) { return !m_failed.contains(ref); });
  for (const auto& ref : refs) static_cast<void>(source.resolve(ref, deadline));  // pinned, with its error
}

LoadedStack EnvironmentLoader::load_stack(Stack stack, const OpenTree& environment, const DesiredRequest& request,
                                          PinnedSource& source, Memory& memory) {
  LoadedStack loaded{std::move(stack), {}, Pack()};
  const std::string key = loaded.stack.id.key();
  const auto known = m_memory.find(key);
  const auto render = [&](const InputSet& inputs) -> Result<std::variant<Pack, Missing>> {
    loaded.inputs = inputs.digest;
    loaded.chart = inputs.stack.renderer == RendererKind::helm;
    if (known == m_memory.end() || known->second.inputs != inputs.digest) {
      ++m_rendered;
      auto outcome = m_executor.render(inputs, request.limits);
      if (!outcome) {
        if (is_settled(outcome.error())) memory.insert_or_assign(key, Known{inputs.digest, fail(outcome.error())});
        return fail(std::move(outcome).error());
      }
      if (auto* missing = std::get_if<Missing>(&*outcome)) return std::move(*missing);
      auto pack = std::make_shared<const PackedManifests>(std::get<PackedManifests>(std::move(*outcome)));
      return memory.insert_or_assign(key, Known{inputs.digest, std::move(pack)}).first->second.manifests.value();
    }
    ++m_remembered;
    const auto& manifests = memory.insert(*known).first->second.manifests;
    if (!manifests) return fail(manifests.error());
    return *manifests;
  };
  loaded.manifests =
      lock_and_render<Pack>(loaded.stack, {environment, source, request.deadline, request.cluster}, render);
  // What could not be locked or rendered may come back as it was.
  if (!loaded.manifests && known != m_memory.end()) memory.insert(*known);
  return loaded;
}

void EnvironmentLoader::remember(std::shared_ptr<const LoadedEnvironment> loaded, const DesiredRequest& request,
                                 const PinnedSource& source) {
  const bool settled =
      std::ranges::all_of(loaded->graph.broken, [](const auto& broken) { return is_settled(broken.error); }) &&
      std::ranges::all_of(loaded->stacks, [&](const auto& stack) { return is_settled(stack, source); });
  m_failed.clear();
  for (const auto& [ref, revision] : source.pins()) {
    if (!revision) m_failed.insert(ref);
  }
  m_basis.reset();
  if (settled && !request.local)
    m_basis = Basis{request.root, request.environment, request.limits, source.pins(), source.charts()};
  // What was tried anew may have come to the same.
  if (!m_last || !same(*m_last, *loaded)) m_last = std::move(loaded);
}

Result<std::shared_ptr<const LoadedEnvironment>> EnvironmentLoader::load(const DesiredRequest& request) {
  PinnedSource source(m_source);
  if (nothing_moved(request, source)) return m_last;
  Budget budget(request.limits);
  TRY_ASSIGN(auto opened, open_environment(request, source, budget));
  auto loaded = std::make_shared<LoadedEnvironment>();
  // Ids of a working folder cost as much as reading it.
  StackMemory* memory_of_stacks = request.local ? nullptr : &m_stack_memory;
  TRY_ASSIGN(loaded->graph, load_stacks(opened.repository, opened.name, *opened.own.tree, budget, memory_of_stacks));
  loaded->repository = std::move(opened.repository);
  loaded->revision = opened.own.revision;
  resolve_sources(loaded->graph, source, request.deadline);
  std::vector<Stack> stacks = std::exchange(loaded->graph.stacks, {});
  Memory memory;
  loaded->stacks.reserve(stacks.size());
  for (auto& stack : stacks) {
    loaded->stacks.push_back(load_stack(std::move(stack), opened.own, request, source, memory));
  }
  m_memory = std::move(memory);
  if (std::ranges::any_of(loaded->stacks, &LoadedStack::chart)) loaded->cluster = request.cluster;
  remember(std::move(loaded), request, source);
  return m_last;
}

}  // namespace reconciled
