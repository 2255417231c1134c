#include "base/json.h"
#include "tests/conformance/cases.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <regex>
#include <thread>
#include <tuple>

namespace reconciled {
namespace {

using Names = std::map<std::string, std::string, std::less<>>;

/// Fields whose values no two servers share.
bool is_volatile(std::string_view key) {
  return key == "resourceVersion" || key == "clusterIP" || key == "continue" || key == "nodePort" ||
         key == "remainingItemCount" || key == "uid";
}

std::string mask_text(std::string_view text, const std::string& namespace_) {
  static const std::regex k_uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex k_time("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z");
  std::string out(text);
  if (out.size() < 4096) {
    out = std::regex_replace(out, k_uuid, "{uuid}");
    out = std::regex_replace(out, k_time, "{time}");
  }
  for (std::size_t at = 0; (at = out.find(namespace_, at)) != std::string::npos;)
    out.replace(at, namespace_.size(), "{ns}");
  return out;
}

/// What controllers of a real cluster write at times of their own.
bool is_moved_by_controllers(const Value& object) {
  constexpr std::string_view k_kinds[] = {"Deployment",
                                          "ReplicaSet",
                                          "StatefulSet",
                                          "DaemonSet",
                                          "Job",
                                          "CronJob",
                                          "CustomResourceDefinition",
                                          "PodDisruptionBudget",
                                          "ResourceQuota",
                                          "HorizontalPodAutoscaler",
                                          "PersistentVolume",
                                          "PersistentVolumeClaim"};
  return std::find(std::begin(k_kinds), std::end(k_kinds), object["kind"].as_string()) != std::end(k_kinds);
}

Value without_controllers(const Value& object) {
  Value out = object;
  if (is_moved_by_controllers(object)) out.erase("status");
  if (!object.at({"metadata", "annotations", "deployment.kubernetes.io/revision"}).is_null()) {
    Value& annotations = out.edit("metadata").edit("annotations");
    annotations.erase("deployment.kubernetes.io/revision");
    if (annotations.size() == 0) out.edit("metadata").erase("annotations");
  }
  const Value& fields = object.at({"metadata", "managedFields"});
  if (!fields.is_list()) return out;
  std::vector<Value> kept;
  for (const Value& entry : fields.items()) {
    if (!entry["manager"].as_string().starts_with("kube-")) kept.push_back(entry);
  }
  // They are sorted by time; whether two fall into one second is chance.
  std::sort(kept.begin(), kept.end(), [](const Value& a, const Value& b) {
    return std::tuple(a["manager"].as_string(), a["operation"].as_string(), a["subresource"].as_string()) <
           std::tuple(b["manager"].as_string(), b["operation"].as_string(), b["subresource"].as_string());
  });
  out.edit("metadata").set("managedFields", Value::list(std::move(kept)));
  return out;
}

Value sorted(const Value& list) {
  std::vector<Value> items(list.items().begin(), list.items().end());
  std::ranges::sort(items, {}, [](const Value& item) { return format_json(item, JsonStyle::canonical); });
  return Value::list(std::move(items));
}

Value normalise(const Value& raw, const std::string& namespace_) {
  const Value value = raw.is_map() ? without_controllers(raw) : raw;
  if (value.is_string()) return mask_text(value.as_string(), namespace_);
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.append(normalise(item, namespace_));
    return out;
  }
  if (!value.is_map()) return value;
  const bool status = value["kind"].as_string() == "Status";
  Value out = Value::map();
  for (const Value::Entry& entry : value.entries()) {
    const std::string key = mask_text(entry.key.as_string(), namespace_);
    if (is_volatile(key)) {
      out.set(key, "*");
    } else if (key == "clusterIPs") {
      out.set(key, Value::list({"*"}));
    } else if ((key == "message" && (status || value.find("field") != nullptr))) {
      continue;  // words may differ; reasons, codes and fields may not
    } else if (key == "causes" && entry.value.is_list()) {
      out.set(key,
              sorted(normalise(entry.value, namespace_)));  // the server takes them from a map: their order is chance
    } else {
      out.set(key, normalise(entry.value, namespace_));
    }
  }
  return out;
}

std::string substitute(const std::string& text, const Names& names) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    const auto name = close == std::string::npos ? names.end() : names.find(text.substr(at + 1, close - at - 1));
    if (name == names.end()) {
      out.push_back(text[at++]);
    } else {
      out += name->second;
      at = close + 1;
    }
  }
  return out;
}

Value parse_answer(const std::string& body, bool watch) {
  Budget budget;
  if (!watch) return parse_json(body, budget).value_or(Value(body));
  Value events = Value::list();
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    if (end > at) events.append(parse_json(body.substr(at, end - at), budget).value_or(Value("not JSON")));
    at = end + 1;
  }
  return Value::map({{"events", std::move(events)}});
}

/// Steps are separated by dots; a step may be an index, and "#" is the length.
const Value* look_up(const Value& value, std::string_view path, Value& length) {
  const Value* at = &value;
  while (!path.empty()) {
    std::size_t end = path[0] == '"' ? path.find('"', 1) : path.find('.');
    std::string step(path[0] == '"' ? path.substr(1, end - 1) : path.substr(0, end));
    if (path[0] == '"' && end != std::string_view::npos) ++end;
    path.remove_prefix(end >= path.size() ? path.size() : end + 1);
    if (step == "#") {
      length = static_cast<std::int64_t>(at->size());
      return &length;
    }
    if (at->is_list()) {
      std::size_t index = 0;
      std::from_chars(step.data(), step.data() + step.size(), index);
      if (index >= at->size()) return nullptr;
      at = &at->items()[index];
    } else {
      at = at->find(step);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

Value substitute_all(const Value& value, const Names& names) {
  if (value.is_string()) return substitute(std::string(value.as_string()), names);
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.append(substitute_all(item, names));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map();
  for (const Value::Entry& entry : value.entries())
    out.set(substitute(std::string(entry.key.as_string()), names), substitute_all(entry.value, names));
  return out;
}

class Runner {
 public:
  Runner(ApiUnderTest& api, const ConformanceCase& one, std::string namespace_)
      : m_api(api), m_case(one), m_namespace(std::move(namespace_)) {
    const std::string base = "/api/v1/namespaces/" + m_namespace;
    m_names = {{"ns", m_namespace},
               {"cm", base + "/configmaps"},
               {"secret", base + "/secrets"},
               {"svc", base + "/services"},
               {"deploy", "/apis/apps/v1/namespaces/" + m_namespace + "/deployments"},
               {"crd", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"}};
  }

  CaseOutcome run() {
    RawRequest make;
    make.method = "POST";
    make.path = "/api/v1/namespaces";
    make.body = R"({"metadata":{"name":")" + m_namespace + "\"}}";
    if (const auto made = m_api.request(make); !made || made->status != 201) {
      m_outcome.failures.push_back("the namespace cannot be made: " + (made ? made->body : format_error(made.error())));
      return std::move(m_outcome);
    }
    for (std::size_t index = 0; index < m_case.steps.size();) index = run_step(index);
    return std::move(m_outcome);
  }

 private:
  /// A request with the checks behind it, again while they fail and attempts are left.
  std::size_t run_step(std::size_t index) {
    const CaseStep& step = m_case.steps[index];
    if (step.kind == CaseStep::Kind::expire) {
      if (const auto done = m_api.expire_history(); !done) say(step, format_error(done.error()));
      return index + 1;
    }
    std::size_t end = index + 1;
    while (end < m_case.steps.size() && m_case.steps[end].kind != CaseStep::Kind::request &&
           m_case.steps[end].kind != CaseStep::Kind::expire) {
      ++end;
    }
    for (int attempt = 1;; ++attempt) {
      const std::size_t before = m_outcome.failures.size();
      send(step);
      for (std::size_t at = index + 1; at < end; ++at) check(m_case.steps[at]);
      if (m_outcome.failures.size() == before || attempt >= step.attempts) break;
      m_outcome.failures.resize(before);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (step.recorded)
      m_outcome.answers.push_back(std::to_string(step.line) + ": " + std::to_string(m_status) + " " +
                                  format_json(normalise(m_answer, m_namespace), JsonStyle::canonical));
    return end;
  }

  void send(const CaseStep& step) {
    RawRequest request = step.request;
    request.path = substitute(request.path, m_names);
    request.body = substitute(request.body, m_names);
    const auto answer = m_api.request(request);
    if (!answer) {
      say(step, format_error(answer.error()));
      return;
    }
    m_status = answer->status;
    m_answer = parse_answer(answer->body, request.path.find("watch=") != std::string::npos && answer->status == 200);
    if (answer->status != step.status)
      say(step, "answered " + std::to_string(answer->status) + ", not " + std::to_string(step.status) + ": " +
                    answer->body.substr(0, 2000));
    if (answer->status == 501) say(step, "is not modelled");
  }

  void check(const CaseStep& step) {
    Value length;
    const Value* found = look_up(m_answer, substitute(step.path, m_names), length);
    const std::string shown = found == nullptr ? "absent" : format_json(*found);
    switch (step.kind) {
      case CaseStep::Kind::absent:
        if (found != nullptr) say(step, step.path + " is " + shown + ", not absent");
        break;
      case CaseStep::Kind::equals: {
        const Value wanted = substitute_all(step.value, m_names);
        if (found == nullptr || !(*found == wanted))
          say(step, step.path + " is " + shown + ", not " + format_json(wanted));
        break;
      }
      case CaseStep::Kind::contains:
        if (found == nullptr || found->as_string().find(substitute(step.text, m_names)) == std::string_view::npos)
          say(step, step.path + " is " + shown + " without " + step.text);
        break;
      case CaseStep::Kind::save:
        if (found == nullptr) {
          say(step, step.path + " is absent");
        } else {
          m_names[step.text] = found->is_string() ? std::string(found->as_string()) : format_json(*found);
        }
        break;
      default: break;
    }
  }

  void say(const CaseStep& step, const std::string& text) {
    m_outcome.failures.push_back(m_case.file + ":" + std::to_string(step.line) + ": " + text);
  }

  ApiUnderTest& m_api;
  const ConformanceCase& m_case;
  std::string m_namespace;
  Names m_names;
  CaseOutcome m_outcome;
  int m_status = 0;
  Value m_answer;
};

}  // namespace

CaseOutcome run_case(ApiUnderTest& api, const ConformanceCase& one, const std::string& namespace_) {
  return Runner(api, one, namespace_).run();
}

}  // namespace reconciled
