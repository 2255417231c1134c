#include "sandbox/workload_rules.h"

#include "sandbox/names.h"

#include <algorithm>
#include <set>

namespace reconciled::sandbox {
namespace {

void check_ports(const Value& container, const std::string& path, Errors& errors) {
  std::size_t index = 0;
  for (const Value& port : container["ports"].items()) {
    const std::string at = path + ".ports[" + std::to_string(index++) + "]";
    const std::int64_t number = port["containerPort"].as_integer();
    if (number == 0) {
      required(errors, at + ".containerPort");
    } else if (number < 1 || number > 65535) {
      invalid(errors, at + ".containerPort", port["containerPort"], "must be between 1 and 65535, inclusive");
    }
    const std::string_view protocol = port["protocol"].as_string();
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
      unsupported(errors, at + ".protocol", protocol, {"SCTP", "TCP", "UDP"});
  }
}

void check_containers(const Value& spec, const std::string& path, Errors& errors) {
  if (spec["containers"].size() == 0) required(errors, path + ".containers");
  std::set<std::string> volumes;
  for (const Value& volume : spec["volumes"].items()) volumes.emplace(volume["name"].as_string());
  std::set<std::string> names;
  for (const char* list : {"initContainers", "containers"}) {
    std::size_t index = 0;
    for (const Value& container : spec[list].items()) {
      const std::string at = path + "." + list + "[" + std::to_string(index++) + "]";
      const std::string name(container["name"].as_string());
      if (name.empty()) {
        required(errors, at + ".name");
      } else if (!is_dns_label(name)) {
        invalid(errors, at + ".name", name, k_label_rule);
      } else if (!names.insert(name).second) {
        errors.push_back({ErrorType::duplicate, at + ".name", name, ""});
      }
      if (container["image"].as_string().empty()) required(errors, at + ".image");
      const std::string_view pull = container["imagePullPolicy"].as_string();
      if (pull != "Always" && pull != "IfNotPresent" && pull != "Never")
        unsupported(errors, at + ".imagePullPolicy", pull, {"Always", "IfNotPresent", "Never"});
      check_ports(container, at, errors);
      std::size_t mount_index = 0;
      for (const Value& mount : container["volumeMounts"].items()) {
        const std::string mount_at = at + ".volumeMounts[" + std::to_string(mount_index++) + "].name";
        if (!volumes.contains(std::string(mount["name"].as_string())))
          errors.push_back({ErrorType::not_found, mount_at, mount["name"], ""});
      }
    }
  }
}

void check_template(const Value& object, std::initializer_list<std::string_view> restart, Errors& errors) {
  const Value& pod_template = object.at({"spec", "template"});
  check_labels(pod_template.at({"metadata", "labels"}), "spec.template.labels", errors);
  check_containers(pod_template["spec"], "spec.template.spec", errors);
  const std::string_view policy = pod_template.at({"spec", "restartPolicy"}).as_string();
  if (std::find(restart.begin(), restart.end(), policy) != restart.end()) return;
  if (restart.size() > 1 && policy == "Always") {  // a default that these kinds do not take
    required(errors, "spec.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
  } else {
    unsupported(errors, "spec.template.spec.restartPolicy", policy, restart);
  }
}

void check_selector(const Value& object, Errors& errors) {
  const Value& selector = object.at({"spec", "selector"});
  const Value& labels = object.at({"spec", "template", "metadata", "labels"});
  if (selector.is_null()) {
    required(errors, "spec.selector");
  } else if (selector["matchLabels"].size() == 0 && selector["matchExpressions"].size() == 0) {
    invalid(errors, "spec.selector", selector, "empty selector is invalid for " + std::string("deployment"));
  }
  bool matches = !selector.is_null();
  for (const Value::Entry& entry : selector["matchLabels"].entries()) {
    const Value* value = labels.find(entry.key.as_string());
    matches = matches && value != nullptr && *value == entry.value;
  }
  if (!matches) invalid(errors, "spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
}

void check_replicas(const Value& object, Errors& errors) {
  if (object.at({"spec", "replicas"}).as_integer() < 0)
    invalid(errors, "spec.replicas", object.at({"spec", "replicas"}), "must be greater than or equal to 0");
}

}  // namespace

void check_workload(const Value& object, const Value& old, Errors& errors) {
  check_replicas(object, errors);
  check_selector(object, errors);
  if (!old.is_null()) immutable(errors, object, old, {"spec", "selector"});
  check_template(object, {"Always"}, errors);
}

void check_stateful_set(const Value& object, const Value& old, Errors& errors) {
  check_workload(object, old, errors);
  if (old.is_null()) return;
  Value before = old["spec"];
  Value after = object["spec"];
  for (const char* field : {"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "selector",
                            "persistentVolumeClaimRetentionPolicy", "minReadySeconds"}) {
    before.erase(field);
    after.erase(field);
  }
  if (before == after) return;
  errors.push_back({ErrorType::forbidden,
                    "spec",
                    {},
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                    "'minReadySeconds' are forbidden"});
}

void check_job(const Value& object, const Value& old, Errors& errors) {
  check_template(object, {"OnFailure", "Never"}, errors);
  if (old.is_null()) return;
  immutable(errors, object, old, {"spec", "completions"});
  immutable(errors, object, old, {"spec", "selector"});
  if (!old.at({"spec", "suspend"}).as_bool()) immutable(errors, object, old, {"spec", "template"});
  immutable(errors, object, old, {"spec", "completionMode"});
}

void check_cron_job(const Value& object, const Value&, Errors& errors) {
  const std::string_view schedule = object.at({"spec", "schedule"}).as_string();
  if (schedule.empty()) {
    required(errors, "spec.schedule");
  } else if (schedule[0] != '@' && std::count(schedule.begin(), schedule.end(), ' ') != 4) {
    invalid(errors, "spec.schedule", schedule,
            "expected exactly 5 fields, found " +
                std::to_string(std::count(schedule.begin(), schedule.end(), ' ') + 1) + ": [" + std::string(schedule) +
                "]");
  }
  const Value& spec = object.at({"spec", "jobTemplate", "spec", "template", "spec"});
  check_containers(spec, "spec.jobTemplate.spec.template.spec", errors);
  const std::string_view policy = spec["restartPolicy"].as_string();
  if (policy != "OnFailure" && policy != "Never")
    unsupported(errors, "spec.jobTemplate.spec.template.spec.restartPolicy", policy, {"OnFailure", "Never"});
}

void check_pod(const Value& object, const Value& old, Errors& errors) {
  check_containers(object["spec"], "spec", errors);
  if (old.is_null()) return;
  const auto fixed = [](const Value& pod) {
    Value spec = pod["spec"];
    for (const char* field : {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"})
      spec.erase(field);
    for (const char* list : {"containers", "initContainers"}) {
      for (std::size_t index = 0; index < spec[list].size(); ++index) spec.edit(list).edit_item(index).erase("image");
    }
    return spec;
  };
  if (fixed(object) == fixed(old)) return;
  errors.push_back({ErrorType::forbidden,
                    "spec",
                    {},
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                    "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                    "previously negative)"});
}

}  // namespace reconciled::sandbox
