#include "sandbox/model_cluster.h"

#include "sandbox/discovery.h"

#include <algorithm>
#include <deque>

namespace reconciled::sandbox {
namespace {

ErrorKind kind_of(int status) {
  if (status == 401 || status == 403) return ErrorKind::api_auth;
  if (status == 404) return ErrorKind::api_missing;
  if (status == 409) return ErrorKind::api_conflict;
  if (status == 410) return ErrorKind::api_gone;
  if (status == 429 || status >= 500) return ErrorKind::api_transient;
  return ErrorKind::api_rejected;
}

std::string path_of(const Call& call) {
  std::string out = call.type.gvk.group.empty() ? "/api/" : "/apis/" + call.type.gvk.group + "/";
  out += call.type.gvk.version;
  if (call.type.scope == ObjectScope::namespaced && !call.namespace_.empty()) out += "/namespaces/" + call.namespace_;
  out += "/" + call.type.plural;
  if (!call.name.empty()) out += "/" + call.name;
  if (!call.subresource.empty()) out += "/" + call.subresource;
  return out;
}

void add(ApiRequest& request, std::string_view name, const std::string& value) {
  if (!value.empty()) request.query.emplace_back(name, value);
}

ApiRequest make_request(const Call& call, const Identity& own) {
  ApiRequest request;
  request.path = path_of(call);
  request.user = own.user;
  request.groups = own.groups;
  request.impersonated_user = call.scope.identity.user;
  request.impersonated_groups = call.scope.identity.groups;
  request.user_agent = "model-cluster";
  if (call.representation == Representation::metadata) {
    const bool many = call.verb == Verb::list || call.verb == Verb::watch;
    request.accept = many ? "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
                          : "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  }
  const bool writes = call.verb == Verb::create || call.verb == Verb::apply || call.verb == Verb::merge_patch;
  if (writes) {
    add(request, "fieldManager", call.field_manager);
    request.body = call.body;
  }
  if (call.dry_run == DryRun::yes && call.verb != Verb::remove) request.query.emplace_back("dryRun", "All");
  switch (call.verb) {
    case Verb::create:
      request.method = "POST";
      if (!call.name.empty() && call.subresource.empty())
        request.path.resize(request.path.size() - call.name.size() - 1);
      break;
    case Verb::apply:
      request.method = "PATCH";
      request.content_type = "application/apply-patch+yaml";
      if (call.force == Force::yes) request.query.emplace_back("force", "true");
      break;
    case Verb::merge_patch:
      request.method = "PATCH";
      request.content_type = "application/merge-patch+json";
      break;
    case Verb::remove:
      request.method = "DELETE";
      request.body =
          Value::map({{"kind", "DeleteOptions"},
                      {"apiVersion", "v1"},
                      {"propagationPolicy", call.propagation},
                      {"preconditions", Value::map({{"uid", call.uid}, {"resourceVersion", call.resource_version}})}});
      if (call.dry_run == DryRun::yes) request.body.set("dryRun", Value::list({"All"}));
      break;
    case Verb::watch:
      request.query.emplace_back("watch", "true");
      request.query.emplace_back("allowWatchBookmarks", "true");
      request.query.emplace_back("timeoutSeconds", std::to_string(watch_length(call).count()));
      [[fallthrough]];
    case Verb::list:
      if (call.limit != 0) request.query.emplace_back("limit", std::to_string(call.limit));
      add(request, "continue", call.continue_token);
      add(request, "resourceVersion", call.resource_version);
      add(request, "labelSelector", call.label_selector);
      add(request, "fieldSelector", call.field_selector);
      break;
    default: break;
  }
  return request;
}

Error make_error(const Value& status, int code) {
  std::string message(status["message"].as_string());
  if (message.empty()) message = "the API server answered " + std::to_string(code);
  return Error(kind_of(code), std::move(message));
}

std::vector<std::string> read_conflicts(const Value& status) {
  std::vector<std::string> out;
  for (const Value& cause : status.at({"details", "causes"}).items()) {
    if (cause["reason"].as_string() != "FieldManagerConflict") continue;
    std::string_view who = cause["message"].as_string();
    if (const std::size_t open = who.find('"'); open != std::string_view::npos) {
      who.remove_prefix(open + 1);
      who = who.substr(0, who.find('"'));
    }
    out.push_back(std::string(who) + ": " + std::string(cause["field"].as_string()));
  }
  return out;
}

/// The port's objects carry their own type, also in lists and with metadata alone.
Value with_type(Value object, const Call& call) {
  if (!object.is_map()) return object;
  if (call.representation == Representation::full && object.find("kind") && object.find("apiVersion")) return object;
  object.set("apiVersion", call.type.gvk.api_version());
  object.set("kind", call.type.gvk.kind);
  return object;
}

Value typed_answer(Value body, const Call& call) {
  if (call.verb == Verb::get) return with_type(std::move(body), call);
  if (call.verb != Verb::list) return body;
  Value items = Value::list();
  for (const Value& item : body["items"].items()) items.append(with_type(item, call));
  body.set("items", std::move(items));
  return body;
}

class Port final : public ModelCluster {
 public:
  Port(ApiModel& model, Inbox& inbox, Delivery delivery, Identity own)
      : m_model(model), m_inbox(inbox), m_delivery(delivery), m_own(std::move(own)) {}

  void start(Call call) override {
    if (m_delivery == Delivery::at_once) {
      run(call);
    } else {
      m_waiting.push_back(std::move(call));
    }
  }

  void cancel(CallId id) override {
    const auto matches = [&](const auto& entry) { return entry.id == id; };
    const auto waiting = std::find_if(m_waiting.begin(), m_waiting.end(), matches);
    const auto watch = std::find_if(m_watches.begin(), m_watches.end(), matches);
    if (waiting == m_waiting.end() && watch == m_watches.end()) return;
    if (waiting != m_waiting.end()) m_waiting.erase(waiting);
    if (watch != m_watches.end()) m_watches.erase(watch);
    Answer answer;
    answer.id = id;
    answer.object = fail(ErrorKind::cancelled, "the call was cancelled");
    m_inbox.deliver(std::move(answer));
  }

  bool pump_one() override {
    if (!m_waiting.empty()) {
      const Call call = std::move(m_waiting.front());
      m_waiting.pop_front();
      run(call);
      return true;
    }
    m_model.settle();
    for (std::size_t index = 0; index < m_watches.size(); ++index) {
      if (pump_watch(index)) return true;
    }
    return false;
  }

 private:
  struct OpenWatch {
    CallId id = 0;
    Call call;
    std::shared_ptr<WatchStream> stream;
  };

  bool pump_watch(std::size_t index) {
    const OpenWatch watch = m_watches[index];
    if (auto event = watch.stream->next()) {
      const std::string_view type = (*event)["type"].as_string();
      if (type != "ERROR") {
        WatchEvent out;
        out.id = watch.id;
        out.kind = type == "ADDED"      ? WatchEvent::Kind::added
                   : type == "MODIFIED" ? WatchEvent::Kind::modified
                   : type == "DELETED"  ? WatchEvent::Kind::deleted
                                        : WatchEvent::Kind::bookmark;
        out.object = with_type((*event)["object"], watch.call);
        m_inbox.deliver(std::move(out));
        return true;
      }
      const int code = static_cast<int>(event->at({"object", "code"}).as_integer());
      finish_watch(index, fail(make_error((*event)["object"], code)), code);
      return true;
    }
    if (!watch.stream->ended()) return false;
    finish_watch(index, Value(), 200);
    return true;
  }

  void finish_watch(std::size_t index, Result<Value> result, int status) {
    Answer answer;
    answer.id = m_watches[index].id;
    answer.object = std::move(result);
    answer.http_status = status;
    m_watches.erase(m_watches.begin() + static_cast<std::ptrdiff_t>(index));
    m_inbox.deliver(std::move(answer));
  }

  void run(const Call& call) {
    Answer answer;
    answer.id = call.id;
    if (m_model.clock().monotonic() >= call.start_before) {
      answer.object = fail(make_late_error());
    } else if (call.verb == Verb::discover) {
      answer.discovery = discover();
      answer.http_status = 200;
    } else if (call.verb == Verb::remove && (call.uid.empty() || call.resource_version.empty())) {
      answer.object = fail(ErrorKind::internal, "a delete needs a UID and a resourceVersion as preconditions");
    } else {
      ApiResponse response = m_model.handle(make_request(call, m_own));
      answer.http_status = response.status;
      answer.warnings = std::move(response.warnings);
      if (response.watch != nullptr) {
        m_watches.push_back({call.id, call, std::move(response.watch)});
        return;
      }
      if (response.cut_after) {
        answer.object = fail(ErrorKind::api_transient, "the connection was cut");
      } else if (response.status >= 400) {
        answer.object = fail(make_error(response.body, response.status));
        answer.conflicts = read_conflicts(response.body);
      } else {
        answer.object = typed_answer(std::move(response.body), call);
      }
    }
    m_inbox.deliver(std::move(answer));
  }

  std::shared_ptr<const Discovery> discover() {
    m_model.settle();
    auto out = std::make_shared<Discovery>();
    out->server_version = k_server_version;
    for (const ServedResource& resource : m_model.resources()) {
      ResourceType type;
      type.gvk = {resource.group, resource.version, resource.kind};
      type.plural = resource.plural;
      type.scope = resource.scope;
      type.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
      out->types.push_back(std::move(type));
    }
    return out;
  }

  ApiModel& m_model;
  Inbox& m_inbox;
  Delivery m_delivery;
  Identity m_own;
  std::deque<Call> m_waiting;
  std::vector<OpenWatch> m_watches;
};

}  // namespace

std::unique_ptr<ModelCluster> make_model_cluster(ApiModel& model, Inbox& inbox, Delivery delivery, Identity own) {
  return std::make_unique<Port>(model, inbox, delivery, std::move(own));
}

}  // namespace reconciled::sandbox
