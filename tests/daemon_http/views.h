// A daemon's view with a bit of everything, for the tests of daemon/http.
#pragma once

#include "daemon/http/board.h"

#include <memory>

namespace reconciled::test {

inline WallTime at(int seconds) {
  return WallTime{std::chrono::seconds(1'700'000'000 + seconds)};
}

inline StackView make_stack_view(std::string layer, std::string name) {
  StackView stack;
  stack.id = {"prod", std::move(layer), std::move(name)};
  stack.namespace_ = "shop";
  stack.repository = "https://git.example/fleet.git";
  stack.revision = "1111111111111111111111111111111111111111";
  stack.applied_revision = stack.revision;
  stack.sync = SyncState::in_sync;
  stack.health = {HealthState::healthy, ""};
  stack.last_result = RunResult::succeeded;
  stack.last_run = at(10);
  stack.objects = 4;
  return stack;
}

inline StackView make_drifted_view() {
  StackView stack = make_stack_view("applications", "shop");
  const ObjectId web{"main", "apps", "Deployment", "shop", "web"};
  stack.sync = SyncState::drifted;
  stack.health = {HealthState::degraded, "Deployment shop/web: 1 of 3 replicas are ready"};
  stack.drifted = 1;
  stack.missing = 1;
  stack.drift_since = at(5);
  stack.drift = {{web, ChangeCause::manual, "spec.replicas", "kubectl-edit", "2023-11-14T22:13:20Z", "3", "1"},
                 {web, ChangeCause::manual, "spec.paused", "kubectl-edit", "2023-11-14T22:13:20Z", "", "true"},
                 {{"main", "", "ConfigMap", "shop", "settings"}, ChangeCause::missing, "", "", "", "", ""}};
  stack.unhealthy = {{web, {HealthState::degraded, "1 of 3 replicas are ready"}}};
  stack.last_result = RunResult::failed;
  return stack;
}

inline EnvironmentView make_environment_view() {
  EnvironmentView environment;
  environment.environment = "prod";
  environment.cluster = "main";
  environment.cluster_uid = "01234567-89ab-cdef-0123-456789abcdef";
  environment.server_version = "v1.35.4";
  environment.revision = {"https://git.example/fleet.git",
                          "main",
                          "1111111111111111111111111111111111111111",
                          "",
                          "Jo \"x\" Doe",
                          "Raise replicas",
                          at(0)};
  environment.source_success = at(20);
  environment.leader = true;
  environment.ready = true;
  environment.queued = 2;
  environment.oldest_queued = std::chrono::seconds(3);
  environment.running = 1;
  StackView suspended = make_stack_view("platform", "vault");
  suspended.suspended = "waiting for the audit";
  suspended.automated = false;
  environment.stacks = {make_drifted_view(), make_stack_view("infrastructure", "ingress"), suspended};
  environment.watches = {{{"apps", "v1", "Deployment"}, true, std::chrono::seconds(2), std::nullopt},
                         {{"", "v1", "ConfigMap"}, true, std::chrono::milliseconds(1500), std::nullopt}};
  return environment;
}

inline std::shared_ptr<DaemonView> make_view() {
  auto view = std::make_shared<DaemonView>();
  view->made = at(30);
  view->made_at = MonotonicTime(std::chrono::seconds(1000));
  view->started = at(-100);
  view->reload.at = at(-100);
  view->environments = {make_environment_view()};
  return view;
}

}  // namespace reconciled::test
