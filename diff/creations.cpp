#include "diff/plan_steps.h"

#include <algorithm>
#include <cctype>

namespace reconciled {
namespace {

bool is_crd(const ObjectId& id) {
  return id.group == "apiextensions.k8s.io" && id.kind == "CustomResourceDefinition";
}
bool is_namespace(const ObjectId& id) {
  return id.group.empty() && id.kind == "Namespace";
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

Creations::Creations(const PlanInput& input) : m_live(input.live) {
  for (const Manifest& manifest : input.desired.manifests) {
    if (is_namespace(manifest.id)) m_namespaces.emplace(manifest.id.name, manifest.id);
    if (!is_crd(manifest.id)) continue;
    const Value& spec = manifest.object["spec"];
    m_kinds.emplace(
        GroupKind{std::string(spec["group"].as_string()), std::string(spec.at({"names", "kind"}).as_string())},
        manifest.id);
  }
}

std::string Creations::namespace_creator(const ObjectId& object) const {
  if (m_namespaces.contains(object.namespace_)) return format_id(m_namespaces.at(object.namespace_));
  const ObjectId id{object.cluster, "", "Namespace", "", object.namespace_};
  return m_live.being_created.contains(id) ? format_id(id) : std::string();
}

std::string Creations::kind_creator(const ObjectId& object) const {
  if (const auto own = m_kinds.find(object.group_kind()); own != m_kinds.end()) return format_id(own->second);
  bool created = false;
  ObjectId crd{object.cluster, "apiextensions.k8s.io", "CustomResourceDefinition", "", ""};
  for (const ObjectId& id : m_live.being_created) {
    if (id.group_kind() != object.group_kind()) continue;
    created = true;
    if (!id.name.empty()) crd.name = id.name;
  }
  if (!created) return {};
  // Only the kind is known: the CRD is named plural.group, and a plural begins as its kind does.
  const std::string stem = lower(object.kind).substr(0, std::max<std::size_t>(1, object.kind.size() - 1));
  for (const ObjectId& id : m_live.being_created) {
    if (!crd.name.empty()) break;
    if (is_crd(id) && id.name.ends_with("." + object.group) && id.name.starts_with(stem)) crd.name = id.name;
  }
  for (const ObjectId& id : m_live.being_created) {
    if (!crd.name.empty()) break;
    if (is_crd(id) && id.name.ends_with("." + object.group)) crd.name = id.name;
  }
  return crd.name.empty() ? "the CustomResourceDefinition of " + object.kind + "." + object.group : format_id(crd);
}

}  // namespace reconciled
