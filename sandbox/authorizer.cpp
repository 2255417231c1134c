#include "sandbox/authorizer.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

bool lists(const Value& list, std::string_view text, bool star) {
  return std::any_of(list.items().begin(), list.items().end(),
                     [&](const Value& item) { return item.as_string() == text || (star && item.as_string() == "*"); });
}

bool rule_allows(const Value& rule, const AccessQuestion& question) {
  if (!lists(rule["verbs"], question.verb, true) || !lists(rule["apiGroups"], question.group, true)) return false;
  bool resource = lists(rule["resources"], question.resource, true);
  if (const std::size_t slash = question.resource.find('/'); slash != std::string::npos)
    resource = resource || lists(rule["resources"], "*" + question.resource.substr(slash), false);
  if (!resource) return false;
  return rule["resourceNames"].size() == 0 ||
         (!question.name.empty() && lists(rule["resourceNames"], question.name, false));
}

bool is_subject(const Value& subject, const AccessQuestion& question, std::string_view binding_namespace) {
  const std::string_view kind = subject["kind"].as_string();
  const std::string name(subject["name"].as_string());
  if (kind == "User") return question.user == name;
  if (kind == "Group") return std::find(question.groups.begin(), question.groups.end(), name) != question.groups.end();
  std::string in(subject["namespace"].as_string());
  if (in.empty()) in = binding_namespace;
  return kind == "ServiceAccount" && question.user == "system:serviceaccount:" + in + ":" + name;
}

bool binding_allows(const ObjectStore& store, const Value& binding, const AccessQuestion& question) {
  const std::string in(binding.at({"metadata", "namespace"}).as_string());
  const auto subjects = binding["subjects"].items();
  if (std::none_of(subjects.begin(), subjects.end(),
                   [&](const Value& subject) { return is_subject(subject, question, in); })) {
    return false;
  }
  const bool cluster_role = binding.at({"roleRef", "kind"}).as_string() == "ClusterRole";
  const std::string type = cluster_role ? "clusterroles.rbac.authorization.k8s.io" : "roles.rbac.authorization.k8s.io";
  const Value* role =
      store.find({type, cluster_role ? "" : in, std::string(binding.at({"roleRef", "name"}).as_string())});
  if (role == nullptr) return false;
  const auto rules = (*role)["rules"].items();
  return std::any_of(rules.begin(), rules.end(), [&](const Value& rule) { return rule_allows(rule, question); });
}

}  // namespace

bool is_allowed(const ObjectStore& store, const AccessQuestion& question) {
  if (std::find(question.groups.begin(), question.groups.end(), "system:masters") != question.groups.end()) return true;
  for (const Value& binding : store.list("clusterrolebindings.rbac.authorization.k8s.io", "")) {
    if (binding_allows(store, binding, question)) return true;
  }
  if (question.namespace_.empty()) return false;
  for (const Value& binding : store.list("rolebindings.rbac.authorization.k8s.io", question.namespace_)) {
    if (binding_allows(store, binding, question)) return true;
  }
  return false;
}

}  // namespace reconciled::sandbox
