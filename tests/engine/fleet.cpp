#include "tests/engine/fleet.h"

#include "tests/support/no_source.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace reconciled::test {
Fleet::Fleet(sandbox::SandboxControllers controllers) : model(clock, random, controllers) {}

RunRecord Fleet::run(const Files& files, RunMode mode, const std::function<void(RunRequest&)>& prepare) {
  DesiredRequest wanted;
  wanted.local = OpenTree{{}, make_memory_tree(files)};
  wanted.local->revision.url = "/fleet";
  wanted.environment = environment;
  wanted.stacks = stacks;
  NoSource source;
  auto desired = load_desired(wanted, source);
  if (!desired) {
    RunRecord record;
    record.error = desired.error();
    return record;
  }
  if (alter) alter(*desired);
  RunRequest request;
  request.scope.cluster = desired->graph.stacks.empty() ? "" : desired->graph.stacks.front().cluster;
  request.mode = mode;
  request.writer = "test/" + std::to_string(++m_runs);
  request.health_timeout = std::chrono::seconds(30);
  if (prepare) prepare(request);

  QueueInbox inbox;
  const auto cluster = sandbox::make_model_cluster(model, inbox, sandbox::Delivery::on_pump);
  Run run(std::move(request), std::move(*desired), *cluster, clock, watcher);
  run.start();
  while (!run.done()) {
    const bool pumped = cluster->pump_one();
    if (auto message = inbox.try_take()) {
      if (auto* answer = std::get_if<Answer>(&*message)) run.on(std::move(*answer));
    } else if (!pumped) {
      const auto next = run.next_wakeup();
      REQUIRE_MESSAGE(next.has_value(), "the run waits for nothing and is not done");
      if (*next > clock.monotonic()) clock.advance(*next - clock.monotonic());
    }
    run.tick();
  }
  return run.take_record();
}

Answer Fleet::call(Verb verb, const std::string& api_version, const std::string& kind, const std::string& namespace_,
                   const std::string& name, const Value& body, const std::string& manager) {
  Call call;
  call.verb = verb;
  call.namespace_ = namespace_;
  call.name = name;
  call.body = body;
  call.field_manager = manager;
  if (verb == Verb::remove) {
    const Value live = get(api_version, kind, namespace_, name);
    call.uid = live.at({"metadata", "uid"}).as_string();
    call.resource_version = live.at({"metadata", "resourceVersion"}).as_string();
  }
  return send(std::move(call), api_version, kind);
}

void Fleet::call_status(const std::string& api_version, const std::string& kind, const std::string& namespace_,
                        const std::string& name, const Value& body) {
  Call call;
  call.verb = Verb::merge_patch;
  call.namespace_ = namespace_;
  call.name = name;
  call.subresource = "status";
  call.body = body;
  call.field_manager = "kube-controller-manager";
  const Answer answer = send(std::move(call), api_version, kind);
  REQUIRE_MESSAGE(answer.object.has_value(), format_error(answer.object.error()));
}

Answer Fleet::send(Call call, const std::string& api_version, const std::string& kind) {
  QueueInbox inbox;
  const auto cluster = sandbox::make_model_cluster(model, inbox);
  Call discover;
  discover.verb = Verb::discover;
  discover.id = ++m_calls;
  const Answer discovered = ask(*cluster, inbox, std::move(discover));
  const ResourceType* type = discovered.discovery->find(make_gvk(api_version, kind));
  REQUIRE(type != nullptr);
  call.id = ++m_calls;
  call.type = *type;
  return ask(*cluster, inbox, std::move(call));
}

Value Fleet::get(const std::string& api_version, const std::string& kind, const std::string& namespace_,
                 const std::string& name) {
  const Answer answer = call(Verb::get, api_version, kind, namespace_, name);
  return answer.object ? *answer.object : Value();
}

std::size_t Fleet::count_requests(const std::string& verb) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(model.log(), [&](const sandbox::LoggedRequest& entry) { return entry.verb == verb; }));
}

const StackRun& stack_run(const RunRecord& record, const std::string& path) {
  const auto at =
      std::ranges::find_if(record.stacks, [&](const StackRun& run) { return run.plan.stack.path() == path; });
  REQUIRE_MESSAGE(at != record.stacks.end(), "no stack " << path);
  return *at;
}

const Action* find_action(const RunRecord& record, const std::string& object) {
  for (const auto& run : record.stacks) {
    for (const auto& action : run.plan.actions) {
      if (format_id(action.id) == object) return &action;
    }
  }
  return nullptr;
}

std::size_t count_actions(const RunRecord& record, ActionKind kind) {
  std::size_t count = 0;
  for (const auto& run : record.stacks) count += run.plan.count(kind);
  return count;
}

bool in_sync(const RunRecord& record) {
  return !record.error && std::ranges::all_of(record.stacks, [](const StackRun& run) { return run.plan.in_sync(); });
}

std::string config_map(const std::string& name, const std::string& value) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {key: \"" + value + "\"}\n";
}

std::string name_space(const std::string& name) {
  return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + "}\n";
}

}  // namespace reconciled::test
