#include "engine/planning.h"

#include "ports/builtin_types.h"
#include "stacks/load.h"

#include <algorithm>

namespace reconciled {
namespace {

bool is_namespace(const ObjectId& id) {
  return id.group.empty() && id.kind == "Namespace";
}

/// Kinds whose replicas an autoscaler may control: those with a scale subresource.
bool scalable(const Manifest& manifest) {
  return manifest.object.at({"spec"}).find("replicas") != nullptr || manifest.gvk.kind == "Deployment" ||
         manifest.gvk.kind == "StatefulSet";
}

bool matches_any(const std::vector<std::string>& patterns, const std::string& text) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches_pattern(pattern, text); });
}

/// The types that a CustomResourceDefinition will serve.
std::vector<ResourceType> types_of_crd(const Value& crd) {
  std::vector<ResourceType> types;
  const Value& spec = crd["spec"];
  for (const auto& version : spec["versions"].items()) {
    if (!version["served"].as_bool()) continue;
    types.push_back({{std::string(spec["group"].as_string()), std::string(version["name"].as_string()),
                      std::string(spec.at({"names", "kind"}).as_string())},
                     std::string(spec.at({"names", "plural"}).as_string()),
                     spec["scope"].as_string() == "Cluster" ? ObjectScope::cluster : ObjectScope::namespaced,
                     {}});
  }
  return types;
}

/// What a HorizontalPodAutoscaler scales.
ObjectId target_of(const Manifest& autoscaler) {
  const Value& target = autoscaler.object.at({"spec", "scaleTargetRef"});
  const auto gvk = make_gvk(target["apiVersion"].as_string(), target["kind"].as_string());
  return {autoscaler.id.cluster, gvk.group, gvk.kind, autoscaler.id.namespace_,
          std::string(target["name"].as_string())};
}

bool in_doubt(const Action& action, Ask ask) {
  switch (action.kind) {
    case ActionKind::update: return ask == Ask::all || action.doubt == Doubt::yes;
    case ActionKind::adopt:
    case ActionKind::recreate: return true;
    case ActionKind::create:
    case ActionKind::prune:
    case ActionKind::keep:
    case ActionKind::hold: return false;
  }
  return true;
}

}  // namespace

void add_claims(Claims& claims, const StackId& stack, const ManifestSet& manifests) {
  for (const auto& manifest : manifests.manifests) {
    claims.desired_by.emplace(manifest.id, stack);
    if (manifest.id.group_kind() == k_crd_kind) {
      for (auto& type : types_of_crd(manifest.object)) claims.types.push_back(std::move(type));
    }
    // An autoscaler that the environment brings controls its target from the start.
    if (manifest.gvk.kind == "HorizontalPodAutoscaler") claims.autoscaled.insert(target_of(manifest));
  }
}

void move_to_cluster(ManifestSet& manifests, const std::string& cluster) {
  for (auto& manifest : manifests.manifests) manifest.id.cluster = cluster;
}

const ResourceType* Survey::type_of(const GroupVersionKind& gvk) const {
  if (const ResourceType* type = discovery->find(gvk); type != nullptr) return type;
  const auto at = std::ranges::find(claims->types, gvk, &ResourceType::gvk);
  return at == claims->types.end() ? nullptr : &*at;
}

Scope scope_of(const Stack& stack, const Scope& own) {
  if (stack.bounds.service_account.empty()) return own;
  Scope scope = own;
  scope.identity.user = "system:serviceaccount:" + stack.namespace_ + ":" + stack.bounds.service_account;
  scope.identity.groups = {"system:serviceaccounts", "system:serviceaccounts:" + stack.namespace_,
                           "system:authenticated"};
  return scope;
}

Planning::Planning(const RunRequest& request, Desired desired, std::optional<Known> known, Calls& calls,
                   InventoryStore& store, Timers& timers, RunWatcher& watcher)
    : m_request(request),
      m_desired(std::move(desired)),
      m_known(std::move(known)),
      m_calls(calls),
      m_store(store),
      m_timers(timers),
      m_watcher(watcher) {}

void Planning::start(Done done) {
  m_done = std::move(done);
  if (!m_known) return look_around();
  m_survey.discovery = m_known->discovery;
  m_survey.cluster_uid = m_known->cluster_uid;
  m_survey.inventory = m_known->inventory;
  m_survey.claims = m_known->claims;
  m_shared = m_known->shared;
  begin();
}

void Planning::look_around() {
  m_preparing = 3;
  Call discover;
  discover.scope = m_request.scope;
  discover.verb = Verb::discover;
  m_calls.start(std::move(discover), [this](Answer answer) {
    if (!answer.object) m_failed = Error(answer.object.error()).in("discover what the API server serves");
    m_survey.discovery = std::move(answer.discovery);
    if (!m_failed) m_watcher.on_event({RunEvent::Kind::discovered, m_survey.discovery->server_version});
    prepared();
  });
  Call identify;
  identify.scope = m_request.scope;
  identify.verb = Verb::get;
  identify.type = k_namespace_type;
  identify.name = "kube-system";
  identify.representation = Representation::metadata;
  m_calls.start(std::move(identify), [this](const Answer& answer) {
    if (answer.object)
      m_survey.cluster_uid = answer.object->at({"metadata", "uid"}).as_string();
    else
      m_failed = Error(answer.object.error()).in("identify the cluster by its namespace kube-system");
    prepared();
  });
  load_inventory();
}

void Planning::fail_with(Error error) {
  const Done done = std::exchange(m_done, nullptr);
  done(fail(std::move(error)));
}

void Planning::prepared() {
  if (--m_preparing != 0) return;
  if (m_failed) return fail_with(std::move(*m_failed));
  m_store.set_cluster_uid(m_survey.cluster_uid);
  m_shared = std::make_shared<const std::set<ObjectId>>(find_shared(*m_survey.inventory));
  begin();
}

void Planning::begin() {
  for (const auto& group : m_survey.discovery->failed_groups)
    m_survey.warnings.push_back("the API group " + group + " does not answer: its kinds are unknown");
  collect_stacks();
  for (auto& planned : m_survey.stacks) {
    if (const auto at = m_busy.find(planned.stack.id.key()); at != m_busy.end()) planned.busy = at->second;
  }
  if (!m_known) {
    resolve_all_scopes();
    claim_objects();
  }
  observe();
}

void Planning::collect_stacks() {
  std::set<std::string> known;
  for (auto& entry : m_desired.stacks) {
    PlannedStack planned;
    known.insert(entry.stack.id.key());
    planned.stack = std::move(entry.stack);
    planned.stack.cluster = m_request.scope.cluster;
    planned.selected = entry.selected;
    if (entry.manifests)
      planned.manifests = std::move(*entry.manifests);
    else
      planned.error = std::move(entry.manifests).error();
    move_to_cluster(planned.manifests, m_request.scope.cluster);
    m_survey.stacks.push_back(std::move(planned));
  }
  for (const auto& broken : m_desired.graph.broken) {
    PlannedStack planned;
    known.insert(broken.id.key());
    planned.stack.id = broken.id;
    planned.stack.cluster = m_request.scope.cluster;
    planned.error = broken.error;
    m_survey.stacks.push_back(std::move(planned));
  }
  const auto add_vanished = [this](const StackId& stack) {
    PlannedStack planned;
    planned.stack.id = stack;
    planned.stack.cluster = m_request.scope.cluster;
    planned.manifests.stack = stack;
    planned.vanished = true;
    m_survey.stacks.push_back(std::move(planned));
  };
  if (m_known) {
    for (const auto& stack : m_known->vanished) add_vanished(stack);
  } else if (m_desired.whole) {
    for (const auto& [key, row] : m_survey.inventory->stacks) {
      if (row->stack.environment == m_desired.graph.environment && !known.contains(key)) add_vanished(row->stack);
    }
  }
}

void Planning::resolve_all_scopes() {
  std::vector<const ManifestSet*> all;
  for (const auto& planned : m_survey.stacks) all.push_back(&planned.manifests);
  for (auto& planned : m_survey.stacks) {
    if (planned.error || planned.vanished) continue;
    if (auto status = resolve_scopes(planned.manifests, planned.stack, m_survey.discovery.get(), all); !status)
      planned.error = std::move(status).error();
  }
}

void Planning::claim_objects() {
  auto claims = std::make_shared<Claims>();
  for (const auto& planned : m_survey.stacks) {
    if (planned.error)
      claims->unreadable.push_back(planned.stack.id);
    else
      add_claims(*claims, planned.stack.id, planned.manifests);
  }
  m_survey.claims = std::move(claims);
}

void Planning::observe() {
  m_observation = std::make_unique<Observation>(m_calls, m_request.scope.cluster, *m_survey.discovery,
                                                m_known ? m_known->seen : SeenVersion{});
  for (const auto& planned : m_survey.stacks) {
    if (planned.selected == Selected::no) continue;
    const Scope scope = scope_of(planned.stack, m_request.scope);
    if (const auto row = m_survey.inventory->stacks.find(planned.stack.id.key());
        row != m_survey.inventory->stacks.end()) {
      for (const auto& entry : row->second->all()) m_observation->want(scope, entry.id, "");
    }
    if (planned.error) continue;
    for (const auto& manifest : planned.manifests.manifests) {
      m_observation->want(scope, manifest.id, manifest.gvk.version);
      if (scalable(manifest)) m_observation->want_autoscalers(scope, manifest.id.namespace_);
    }
  }
  m_observation->start([this](LiveState live) {
    m_survey.live = std::move(live);
    m_watcher.on_event({RunEvent::Kind::observed, "", m_survey.live.objects.size()});
    m_survey.live.autoscaled.insert(m_survey.claims->autoscaled.begin(), m_survey.claims->autoscaled.end());
    plan_all();
    predict();
  });
}

PruneAnswer Planning::prune_answer(const PlannedStack& planned, std::string& reason) const {
  const std::string& recorded =
      m_request.expected_cluster_uid.empty() ? m_survey.inventory->cluster_uid : m_request.expected_cluster_uid;
  if (!recorded.empty() && recorded != m_survey.cluster_uid) {
    reason = "this is another cluster (kube-system has UID " + m_survey.cluster_uid + ") than the recorded one (" +
             recorded + ")";
    return PruneAnswer::forbidden;
  }
  for (const auto& other : m_survey.claims->unreadable) {
    if (other == planned.stack.id) continue;
    reason = "it may have moved to the stack " + other.path() + ", which could not be read";
    return PruneAnswer::forbidden;
  }
  const auto& failed = m_survey.discovery->failed_groups;
  if (planned.stack.renderer == RendererKind::helm && !failed.empty()) {
    reason = "the API group " + failed.front() + " does not answer, and the chart may render less without it";
    return PruneAnswer::forbidden;
  }
  return matches_any(m_request.confirm_prune, planned.stack.id.path()) ? PruneAnswer::confirmed : PruneAnswer::guarded;
}

void Planning::plan_all() {
  for (auto& planned : m_survey.stacks) {
    if (planned.selected == Selected::no) continue;
    plan_one(planned);
    for (const auto& action : planned.plan.actions) {
      if (action.kind != ActionKind::create) continue;
      if (is_namespace(action.id)) m_survey.live.being_created.insert(action.id);
      if (action.id.group_kind() != k_crd_kind) continue;
      m_survey.live.being_created.insert(action.id);
      for (const auto& type : types_of_crd(action.body))
        m_survey.live.being_created.insert({action.id.cluster, type.gvk.group, type.gvk.kind, "", ""});
    }
  }
}

void Planning::plan_one(PlannedStack& planned) {
  planned.plan = {};
  planned.plan.stack = planned.stack.id;
  planned.plan.error = planned.error;
  if (planned.error) return;
  std::string reason;
  const auto row = m_survey.inventory->stacks.find(planned.stack.id.key());
  const PlanInput input{
      .stack = planned.stack,
      .desired = planned.manifests,
      .live = m_survey.live,
      .inventory = row == m_survey.inventory->stacks.end() ? nullptr : row->second.get(),
      .all = *m_survey.inventory,
      .desired_by = m_survey.claims->desired_by,
      .guard = m_request.guard,
      .adopt = matches_any(m_request.adopt, planned.stack.id.path()) ? Adopt::yes : Adopt::no,
      .prune = prune_answer(planned, reason),
      .forbidden_reason = reason,
      .shared = m_shared.get(),
  };
  planned.plan = make_plan(input);
}

void Planning::predict() {
  m_survey.mode = m_request.diff == DiffMode::local ? "local" : "server";
  if (m_request.diff != DiffMode::local) {
    for (const auto& planned : m_survey.stacks) {
      for (const auto& action : planned.plan.actions) {
        const ResourceType* type = in_doubt(action, m_request.ask) ? m_survey.type_of(action.gvk) : nullptr;
        if (type == nullptr) continue;
        Call call;
        call.scope = scope_of(planned.stack, m_request.scope);
        call.verb = Verb::apply;
        call.type = *type;
        call.namespace_ = action.id.namespace_;
        call.name = action.id.name;
        call.body = action.body;
        call.field_manager = k_field_manager;
        call.force = action.force;
        call.dry_run = DryRun::yes;
        ++m_predicting;
        m_calls.start(std::move(call),
                      [this, id = action.id](Answer answer) { take_prediction(id, std::move(answer)); });
      }
    }
  }
  if (m_predicting == 0) {
    m_watcher.on_event({RunEvent::Kind::planned, "", m_survey.stacks.size()});
    const Done done = std::exchange(m_done, nullptr);
    done(std::move(m_survey));
  }
}

void Planning::take_prediction(const ObjectId& id, Answer answer) {
  Observed& observed = m_survey.live.objects[id];
  if (answer.object) {
    observed.predicted = std::move(*answer.object);
  } else if (answer.object.error().kind == ErrorKind::api_conflict) {
    observed.conflicts = std::move(answer.conflicts);
  } else if (answer.object.error().kind == ErrorKind::api_rejected) {
    observed.rejected = answer.object.error().message;
  } else if (answer.object.error().kind == ErrorKind::api_auth && m_request.diff == DiffMode::automatic) {
    m_dry_run_forbidden = true;
  } else {
    m_survey.warnings.push_back(format_id(id) + ": the dry-run apply failed, so the difference was judged locally: " +
                                format_error(answer.object.error()));
  }
  if (--m_predicting != 0) return;
  if (m_dry_run_forbidden) m_survey.mode = "local";
  for (auto& planned : m_survey.stacks) {
    const bool asked = std::ranges::any_of(planned.plan.actions,
                                           [&](const Action& action) { return in_doubt(action, m_request.ask); });
    if (planned.selected == Selected::yes && asked) plan_one(planned);
  }
  m_watcher.on_event({RunEvent::Kind::planned, "", m_survey.stacks.size()});
  const Done done = std::exchange(m_done, nullptr);
  done(std::move(m_survey));
}

}  // namespace reconciled
