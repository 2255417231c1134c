#include "sandbox/model.h"

#include "sandbox/authorizer.h"
#include "sandbox/discovery.h"
#include "sandbox/watch.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

constexpr std::size_t k_max_logged = 200'000;

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    if (path[0] == '/') {
      path.remove_prefix(1);
      continue;
    }
    const std::size_t end = path.find('/');
    out.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return out;
}

ApiResponse failed(const Failure& failure) {
  ApiResponse response;
  response.status = failure.code;
  response.body = make_status(failure);
  response.retry_after = failure.retry_after;
  return response;
}

/// "kubectl/v1.35 (linux)" -> "kubectl"
std::string manager_of(const ApiRequest& request) {
  if (const std::string_view named = query_value(request, "fieldManager"); !named.empty()) return std::string(named);
  return request.user_agent.substr(0, request.user_agent.find('/'));
}

std::string verb_of(const ApiRequest& request, bool named) {
  if (request.method == "GET") {
    if (named) return "get";
    const std::string_view watch = query_value(request, "watch");
    return watch == "true" || watch == "1" ? "watch" : "list";
  }
  if (request.method == "POST") return named ? "" : "create";
  if (request.method == "PUT") return named ? "update" : "";
  if (request.method == "PATCH") {
    if (!named) return "";
    return request.content_type.starts_with("application/apply-patch+yaml") ? "apply" : "patch";
  }
  if (request.method == "DELETE") return named ? "delete" : "deletecollection";
  return "";
}

enum class Accepted { full, metadata, none };

/// The first representation of an Accept header that is modelled.
Accepted read_accept(std::string_view accept) {
  if (accept.empty()) return Accepted::full;
  while (!accept.empty()) {
    const std::size_t comma = accept.find(',');
    std::string_view clause = accept.substr(0, comma);
    accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    while (!clause.empty() && clause[0] == ' ') clause.remove_prefix(1);
    const std::string_view media = clause.substr(0, clause.find(';'));
    if (media != "application/json" && media != "*/*" && media != "application/*") continue;
    if (clause.find("as=PartialObjectMetadata") != std::string_view::npos) return Accepted::metadata;
    if (clause.find("as=") == std::string_view::npos) return Accepted::full;
  }
  return Accepted::none;
}

void add_service_account_groups(const std::string& user, std::vector<std::string>& groups) {
  constexpr std::string_view k_prefix = "system:serviceaccount:";
  if (!user.starts_with(k_prefix)) return;
  groups.emplace_back("system:serviceaccounts");
  const std::string rest = user.substr(k_prefix.size());
  groups.push_back("system:serviceaccounts:" + rest.substr(0, rest.find(':')));
}

}  // namespace

std::string_view query_value(const ApiRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return {};
}

const ServedResource* ApiModel::find_resource(std::string_view group, std::string_view version,
                                              std::string_view plural) const {
  for (const ServedResource& resource : m_resources) {
    if (resource.plural == plural && resource.group == group && resource.version == version) return &resource;
  }
  return nullptr;
}

ApiResponse ApiModel::handle(const ApiRequest& request) {
  settle();
  LoggedRequest entry;
  ApiResponse response = answer(request, entry);
  entry.status = response.status;
  m_log.push_back(std::move(entry));
  if (m_log.size() > k_max_logged) m_log.pop_front();
  return response;
}

ApiResponse ApiModel::answer(const ApiRequest& request, LoggedRequest& entry) {
  entry.resource = request.path;
  entry.user = request.impersonated_user.empty() ? request.user : request.impersonated_user;
  Outcome<Target> target = route(request);
  if (target && target->resource != nullptr) {
    entry.verb = target->verb;
    entry.resource = target->resource->storage_key();
    if (!target->subresource.empty()) entry.resource += "/" + target->subresource;
    entry.namespace_ = target->namespace_;
    entry.name = target->name;
    entry.manager = target->manager;
    entry.dry_run = target->dry_run;
    const Value& preconditions = request.body["preconditions"];
    entry.uid = preconditions["uid"].as_string();
    entry.resource_version = preconditions["resourceVersion"].as_string(query_value(request, "resourceVersion"));
  } else {
    entry.verb = request.method;
  }
  const Fault* fault = match_fault(entry);
  const auto say = [&](int code) {
    Failure failure{.code = code, .reason = {}, .message = "a scripted fault"};
    failure.retry_after = fault->retry_after;
    if (code == 429) failure.reason = "TooManyRequests";
    if (code == 500) failure.reason = "InternalError";
    if (code == 503) failure.reason = "ServiceUnavailable";
    return failed(failure);
  };
  if (fault != nullptr && fault->effect == Fault::Effect::status) return say(fault->status);
  if (!target) return failed(target.error());
  Outcome<ApiResponse> response = target->resource == nullptr ? non_resource(request) : dispatch(request, *target);
  ApiResponse out = response ? std::move(*response) : failed(response.error());
  if (fault == nullptr) return out;
  switch (fault->effect) {
    case Fault::Effect::lost_answer: return say(fault->status);
    case Fault::Effect::cut: out.cut_after = fault->cut_after; break;
    case Fault::Effect::delay: out.delay = fault->delay; break;
    case Fault::Effect::expired_watch:
      if (auto* stream = dynamic_cast<ModelWatch*>(out.watch.get()))
        stream->fail(gone("too old resource version: a scripted fault"));
      break;
    case Fault::Effect::stale: {
      if (target->resource == nullptr || (entry.verb != "get" && entry.verb != "list")) break;
      const std::int64_t version = std::max(m_store.compacted(), m_store.version() - fault->versions_behind);
      Value items = Value::list();
      for (const Value& object : m_store.list_at(target->resource->storage_key(), target->namespace_, version)) {
        if (entry.verb == "list" || object.at({"metadata", "name"}).as_string() == entry.name)
          items.append(present(*target->resource, object, target->form));
      }
      if (entry.verb == "list") {
        out.body.set("items", items);
        out.body.edit("metadata").set("resourceVersion", std::to_string(version));
      } else if (items.size() == 1) {
        out.status = 200;
        out.body = items.items()[0];
      } else {
        return failed(not_found(target->resource->group, target->resource->plural, entry.name));
      }
      break;
    }
    case Fault::Effect::status: break;
  }
  return out;
}

const Fault* ApiModel::match_fault(const LoggedRequest& entry) {
  const auto fits = [](const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; };
  for (PendingFault& pending : m_faults) {
    const Fault& fault = pending.fault;
    if (!fits(fault.verb, entry.verb) || !fits(fault.resource, entry.resource) ||
        !fits(fault.namespace_, entry.namespace_) || !fits(fault.name, entry.name)) {
      continue;
    }
    ++pending.seen;
    if (pending.seen >= fault.nth && pending.seen < fault.nth + fault.count) return &fault;
  }
  return nullptr;
}

/// /api/v1/... and /apis/GROUP/VERSION/...; a Target without resource is a path that is none.
Outcome<ApiModel::Target> ApiModel::route(const ApiRequest& request) const {
  Target target;
  const std::vector<std::string> parts = split_path(request.path);
  if (parts.empty() || (parts[0] != "api" && parts[0] != "apis")) return target;
  const std::size_t base = parts[0] == "api" ? 2 : 3;
  if (parts.size() <= base) return target;
  const std::string group = base == 2 ? "" : parts[1];
  const std::string& version = parts[base - 1];
  if (group == "authorization.k8s.io" || group == "authentication.k8s.io") return target;
  std::size_t at = base;
  if (parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status" && parts[at + 2] != "finalize") {
    target.namespace_ = parts[at + 1];
    at += 2;
  }
  target.resource = find_resource(group, version, parts[at]);
  const bool in_namespace = !target.namespace_.empty();
  if (target.resource == nullptr || (in_namespace && !target.resource->namespaced())) return refuse(no_such_resource());
  if (parts.size() > at + 1) target.name = parts[at + 1];
  if (parts.size() > at + 2) target.subresource = parts[at + 2];
  if (parts.size() > at + 3) return refuse(no_such_resource());
  if (target.resource->namespaced() && !in_namespace && !target.name.empty()) return refuse(no_such_resource());
  target.verb = verb_of(request, !target.name.empty());
  const bool writes_all = target.resource->namespaced() && !in_namespace && request.method != "GET";
  if (target.verb.empty() || writes_all) return refuse(method_not_allowed());
  if (target.verb == "deletecollection" && target.resource->has(k_no_collection)) return refuse(method_not_allowed());
  target.dry_run = query_value(request, "dryRun") == "All" || request.body["dryRun"].size() > 0;
  target.manager = manager_of(request);
  const Accepted accepted = read_accept(request.accept);
  if (accepted == Accepted::none) {
    return refuse(Failure{.code = 406,
                          .reason = "NotAcceptable",
                          .message = "406: Not Acceptable\n\nAvailable representations: application/json, "
                                     "application/json;stream=watch",
                          .before_routing = true});
  }
  target.form = accepted == Accepted::metadata ? Target::Form::metadata : Target::Form::full;
  return target;
}

std::optional<Failure> ApiModel::authorise(const ApiRequest& request, Target& target) const {
  const auto complete = [](std::string& user, std::vector<std::string>& groups) {
    if (user.empty()) {
      user = "system:anonymous";
      groups.emplace_back("system:unauthenticated");
    } else {
      groups.emplace_back("system:authenticated");
    }
  };
  target.user = request.user;
  target.groups = request.groups;
  complete(target.user, target.groups);
  if (!request.impersonated_user.empty()) {
    const bool account = request.impersonated_user.starts_with("system:serviceaccount:");
    AccessQuestion question{target.user, target.groups, "impersonate", "", account ? "serviceaccounts" : "users", "",
                            ""};
    question.name = account ? request.impersonated_user.substr(request.impersonated_user.rfind(':') + 1)
                            : request.impersonated_user;
    if (account) {
      const std::string rest = request.impersonated_user.substr(std::string_view("system:serviceaccount:").size());
      question.namespace_ = rest.substr(0, rest.find(':'));
    }
    if (!is_allowed(m_store, question)) {
      const std::string where =
          question.namespace_.empty() ? "at the cluster scope" : "in the namespace \"" + question.namespace_ + "\"";
      return forbidden("", question.resource, question.name,
                       "User \"" + target.user + "\" cannot impersonate resource \"" + question.resource +
                           "\" in API group \"\" " + where);
    }
    target.user = request.impersonated_user;
    target.groups = request.impersonated_groups;
    if (target.groups.empty()) add_service_account_groups(target.user, target.groups);
    complete(target.user, target.groups);
  }
  const std::string verb = target.verb == "apply" ? "patch" : target.verb;
  std::string resource = target.resource->plural;
  if (!target.subresource.empty()) resource += "/" + target.subresource;
  // A namespace is inside itself for authorisation.
  const std::string in = target.resource->storage_key() == "namespaces" ? target.name : target.namespace_;
  AccessQuestion question{target.user, target.groups, verb, target.resource->group, resource, in, target.name};
  if (is_allowed(m_store, question)) return std::nullopt;
  std::string message = "User \"" + target.user + "\" cannot " + verb + " resource \"" + resource +
                        "\" in API group \"" + target.resource->group + "\" ";
  message += in.empty() ? "at the cluster scope" : "in the namespace \"" + in + "\"";
  return forbidden(target.resource->group, target.resource->plural, target.name, message);
}

Outcome<ApiResponse> ApiModel::dispatch(const ApiRequest& request, Target& target) {
  if (auto failure = authorise(request, target)) return refuse(std::move(*failure));
  const std::string dry_run(query_value(request, "dryRun"));
  if (!dry_run.empty() && dry_run != "All") {
    const std::string options = target.verb == "create"   ? "CreateOptions"
                                : target.verb == "update" ? "UpdateOptions"
                                : target.verb == "delete" ? "DeleteOptions"
                                                          : "PatchOptions";
    return refuse(make_invalid(
        "meta.k8s.io", options, "",
        {{FieldError::Kind::not_supported, "dryRun", Value::list({dry_run}), "supported values: \"All\""}}));
  }
  const std::string& sub = target.subresource;
  if (sub == "scale" && target.resource->has(k_scale)) return scale(request, target);
  if (!sub.empty() && !(sub == "status" && target.resource->has(k_status))) {
    if (target.resource->custom || sub == "status" || sub == "scale") return refuse(no_such_resource());
    return refuse(not_implemented("the subresource " + target.resource->plural + "/" + sub));
  }
  if (target.verb == "get") return get(request, target);
  if (target.verb == "list") return list(request, target);
  if (target.verb == "watch") return watch(request, target);
  if (target.verb == "create") return create(request, target);
  if (target.verb == "update") return update(request, target);
  if (target.verb == "patch" || target.verb == "apply") return patch(request, target);
  if (!sub.empty()) return refuse(method_not_allowed());
  return target.verb == "delete" ? remove(request, target) : remove_collection(request, target);
}

Outcome<ApiResponse> ApiModel::non_resource(const ApiRequest& request) {
  const std::vector<std::string> parts = split_path(request.path);
  if (parts.size() == 4 && (parts[1] == "authorization.k8s.io" || parts[1] == "authentication.k8s.io"))
    return review(request, parts[3]);
  ApiResponse response;
  if (request.method != "GET") return refuse(method_not_allowed());
  if (parts.size() == 1 && (parts[0] == "healthz" || parts[0] == "livez" || parts[0] == "readyz")) {
    response.text = "ok";
    return response;
  }
  const bool known = !parts.empty() && (parts[0] == "version" || parts[0] == "api" || parts[0] == "apis");
  if (known && parts[0] != "version" && request.user.empty()) {
    return refuse(Failure{.code = 403,
                          .reason = "Forbidden",
                          .message = "forbidden: User \"system:anonymous\" cannot get path \"" + request.path + "\""});
  }
  if (known) {
    if (auto document = make_discovery(m_resources, parts, request.accept)) {
      response.body = std::move(*document);
      return response;
    }
  }
  if (!parts.empty() && parts[0] == "openapi") return refuse(not_implemented("OpenAPI documents"));
  response.status = 404;
  response.text = "404 page not found\n";
  return response;
}

Outcome<ApiResponse> ApiModel::review(const ApiRequest& request, std::string_view plural) {
  if (request.method != "POST") return refuse(method_not_allowed());
  Target target;
  std::vector<std::string> warnings;
  auto body = read_body(request, target, warnings);
  if (!body) return refuse(body.error());
  std::vector<std::string> groups = request.groups;
  groups.emplace_back("system:authenticated");
  ApiResponse response;
  response.status = 201;
  response.body = *body;
  if (!response.body["metadata"].is_map()) response.body.set("metadata", Value::map());
  if (plural == "selfsubjectreviews") {
    Value list = Value::list();
    for (const std::string& group : groups) list.append(group);
    Value user = Value::map({{"username", request.user}, {"groups", std::move(list)}});
    response.body.set("status", Value::map({{"userInfo", std::move(user)}}));
    return response;
  }
  if (plural != "selfsubjectaccessreviews") return refuse(not_implemented(std::string(plural)));
  const Value& ask = body->at({"spec", "resourceAttributes"});
  if (!ask.is_map()) return refuse(not_implemented("access reviews without resourceAttributes"));
  AccessQuestion question{request.user,
                          groups,
                          std::string(ask["verb"].as_string()),
                          std::string(ask["group"].as_string()),
                          std::string(ask["resource"].as_string()),
                          std::string(ask["namespace"].as_string()),
                          std::string(ask["name"].as_string())};
  if (const std::string_view sub = ask["subresource"].as_string(); !sub.empty())
    question.resource += "/" + std::string(sub);
  response.body.set("status", Value::map({{"allowed", is_allowed(m_store, question)}}));
  return response;
}

void ApiModel::compact() {
  m_store.compact(m_store.version());
}

}  // namespace reconciled::sandbox
