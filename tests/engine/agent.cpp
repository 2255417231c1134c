#include "tests/engine/agent.h"

#include "base/digest.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace reconciled::test {

void OneBranch::push(Files files) {
  m_head = sha256("commit " + std::to_string(++m_commits)).hex().substr(0, 40);
  m_trees[m_head] = make_memory_tree(std::move(files));
}

Result<Revision> OneBranch::resolve(const SourceRef& ref, MonotonicTime) {
  if (broken) return fail(*broken);
  Revision revision;
  revision.url = ref.url;
  revision.ref = ref.ref;
  revision.commit = m_head;
  return revision;
}

Result<std::shared_ptr<const SourceTree>> OneBranch::open(const Revision& revision) {
  if (broken) return fail(*broken);
  return m_trees.at(revision.commit);
}

Agent::Agent(Fleet& fleet, Files files, const std::function<void(ReconcilerOptions&)>& prepare)
    : m_fleet(fleet),
      m_cluster(sandbox::make_model_cluster(fleet.model, m_inbox, sandbox::Delivery::on_pump)),
      m_loader(source, m_executor) {
  source.push(std::move(files));
  ReconcilerOptions options;
  options.environment = "default";
  options.run.scope.cluster = "default";
  options.run.writer = "daemon/test";
  options.poll = std::chrono::hours(1);
  if (prepare) prepare(options);
  reconciler = std::make_unique<Reconciler>(options, *m_cluster, *this, fleet.clock, m_random, *this);
  reconciler->start();
  reconciler->lead(MonotonicTime::max());
  settle();
}

bool Agent::step() {
  bool moved = m_cluster->pump_one();
  while (auto message = m_inbox.try_take()) {
    moved = true;
    std::visit([&](auto& value) { reconciler->on(std::move(value)); }, *message);
  }
  if (!m_loads.empty()) {
    moved = true;
    const std::uint64_t id = m_loads.front();
    m_loads.pop_front();
    DesiredRequest request;
    request.root = {"https://git.example/fleet.git", "main"};
    request.environment = "default";
    request.cluster = m_facts;
    reconciler->on(LoadAnswer{id, m_loader.load(request), {}, {}});
  }
  const auto next = reconciler->next_wakeup();
  if (next && *next <= m_fleet.clock.monotonic()) {
    moved = true;
    reconciler->tick();
  }
  return moved;
}

void Agent::settle() {
  for (int steps = 0; step(); ++steps) REQUIRE_MESSAGE(steps < 100'000, "it never comes to rest");
}

void Agent::pass(Duration time) {
  const MonotonicTime end = m_fleet.clock.monotonic() + time;
  settle();
  while (m_fleet.clock.monotonic() < end) {
    const auto next = reconciler->next_wakeup();
    const MonotonicTime until = next && *next < end ? *next : end;
    if (until > m_fleet.clock.monotonic()) m_fleet.clock.advance(until - m_fleet.clock.monotonic());
    settle();
  }
}

void Agent::push(Files files) {
  source.push(std::move(files));
  reconciler->wake_source();
  settle();
}

StackView Agent::stack(const std::string& path) const {
  const auto view = reconciler->view();
  const auto at = std::ranges::find_if(view.stacks, [&](const StackView& stack) { return stack.id.path() == path; });
  REQUIRE_MESSAGE(at != view.stacks.end(), "no stack " << path);
  return *at;
}

const StackRecord* Agent::last_record(const std::string& path) const {
  for (auto at = records.rbegin(); at != records.rend(); ++at) {
    if (at->stack.path() == path) return &*at;
  }
  return nullptr;
}

std::size_t Agent::writes() {
  const auto& log = m_fleet.model.log();
  std::size_t count = 0;
  for (; m_log_seen < log.size(); ++m_log_seen) {
    const auto& verb = log[m_log_seen].verb;
    if (verb != "get" && verb != "list" && verb != "watch" && verb != "discover") ++count;
  }
  return count;
}

}  // namespace reconciled::test
