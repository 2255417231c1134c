#include "sandbox/discovery.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

struct Version {
  std::string name;
  std::vector<const ServedResource*> resources;
};
struct Group {
  std::string name;
  std::vector<Version> versions;
};

/// Kinds of requests that are answered but not stored.
struct Review {
  std::string_view group, plural, singular, kind;
};
constexpr Review k_reviews[] = {
    {"authentication.k8s.io", "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview"},
    {"authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview"},
};

std::vector<Group> group_resources(const std::vector<ServedResource>& resources) {
  std::vector<Group> out;
  for (const ServedResource& resource : resources) {
    auto group = std::find_if(out.begin(), out.end(), [&](const Group& other) { return other.name == resource.group; });
    if (group == out.end()) group = out.insert(out.end(), {resource.group, {}});
    auto& versions = group->versions;
    auto version = std::find_if(versions.begin(), versions.end(),
                                [&](const Version& other) { return other.name == resource.version; });
    if (version == versions.end()) version = versions.insert(versions.end(), {resource.version, {}});
    version->resources.push_back(&resource);
  }
  for (const Review& review : k_reviews) out.push_back({std::string(review.group), {{"v1", {}}}});
  return out;
}

Value words(std::string_view text) {
  Value out = Value::list();
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    out.append(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

Value verbs_of(const ServedResource& resource) {
  Value out = words("create delete deletecollection get list patch update watch");
  if (resource.has(k_no_collection)) out.erase_item(2);
  return out;
}

Value aggregated_resource(const ServedResource& resource) {
  const auto kind = [&](std::string_view group, std::string_view version, std::string_view name) {
    return Value::map({{"group", group}, {"version", version}, {"kind", name}});
  };
  Value out = Value::map({{"resource", resource.plural},
                          {"responseKind", kind(resource.group, resource.version, resource.kind)},
                          {"scope", resource.namespaced() ? "Namespaced" : "Cluster"},
                          {"singularResource", resource.singular},
                          {"verbs", verbs_of(resource)}});
  if (!resource.short_names.empty()) out.set("shortNames", words(resource.short_names));
  if (!resource.categories.empty()) out.set("categories", words(resource.categories));
  Value subresources = Value::list();
  if (resource.has(k_scale)) {
    subresources.append(Value::map({{"subresource", "scale"},
                                    {"responseKind", kind("autoscaling", "v1", "Scale")},
                                    {"verbs", words("get patch update")}}));
  }
  if (resource.has(k_status)) {
    subresources.append(Value::map({{"subresource", "status"},
                                    {"responseKind", kind(resource.group, resource.version, resource.kind)},
                                    {"verbs", words("get patch update")}}));
  }
  if (subresources.size() > 0) out.set("subresources", std::move(subresources));
  return out;
}

Value review_resource(const Review& review) {
  return Value::map({{"resource", review.plural},
                     {"responseKind", Value::map({{"group", ""}, {"version", ""}, {"kind", review.kind}})},
                     {"scope", "Cluster"},
                     {"singularResource", review.singular},
                     {"verbs", words("create")}});
}

Value aggregated(const std::vector<Group>& groups, bool core) {
  Value items = Value::list();
  for (const Group& group : groups) {
    if (group.name.empty() != core) continue;
    Value versions = Value::list();
    for (const Version& version : group.versions) {
      Value resources = Value::list();
      for (const ServedResource* resource : version.resources) resources.append(aggregated_resource(*resource));
      for (const Review& review : k_reviews) {
        if (review.group == group.name) resources.append(review_resource(review));
      }
      versions.append(
          Value::map({{"version", version.name}, {"resources", std::move(resources)}, {"freshness", "Current"}}));
    }
    Value metadata = Value::map();
    if (!core) metadata.set("name", group.name);
    items.append(Value::map({{"metadata", std::move(metadata)}, {"versions", std::move(versions)}}));
  }
  return Value::map({{"kind", "APIGroupDiscoveryList"},
                     {"apiVersion", "apidiscovery.k8s.io/v2"},
                     {"metadata", Value::map()},
                     {"items", std::move(items)}});
}

Value legacy_group(const Group& group) {
  Value versions = Value::list();
  for (const Version& version : group.versions) {
    versions.append(Value::map({{"groupVersion", group.name + "/" + version.name}, {"version", version.name}}));
  }
  const Value preferred = versions.items()[0];
  return Value::map({{"name", group.name}, {"versions", std::move(versions)}, {"preferredVersion", preferred}});
}

Value legacy_groups(const std::vector<Group>& groups) {
  Value list = Value::list();
  for (const Group& group : groups) {
    if (!group.name.empty()) list.append(legacy_group(group));
  }
  return Value::map({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}});
}

Value legacy_version(const Group& group, const Version& version) {
  Value list = Value::list();
  for (const ServedResource* resource : version.resources) {
    Value entry = Value::map({{"name", resource->plural},
                              {"singularName", resource->singular},
                              {"namespaced", resource->namespaced()},
                              {"kind", resource->kind},
                              {"verbs", verbs_of(*resource)}});
    if (!resource->short_names.empty()) entry.set("shortNames", words(resource->short_names));
    if (!resource->categories.empty()) entry.set("categories", words(resource->categories));
    list.append(std::move(entry));
    if (resource->has(k_status)) {
      list.append(Value::map({{"name", resource->plural + "/status"},
                              {"singularName", ""},
                              {"namespaced", resource->namespaced()},
                              {"kind", resource->kind},
                              {"verbs", words("get patch update")}}));
    }
    if (resource->has(k_scale)) {
      list.append(Value::map({{"name", resource->plural + "/scale"},
                              {"singularName", ""},
                              {"namespaced", resource->namespaced()},
                              {"group", "autoscaling"},
                              {"version", "v1"},
                              {"kind", "Scale"},
                              {"verbs", words("get patch update")}}));
    }
  }
  for (const Review& review : k_reviews) {
    if (review.group != group.name) continue;
    list.append(Value::map({{"name", review.plural},
                            {"singularName", review.singular},
                            {"namespaced", false},
                            {"kind", review.kind},
                            {"verbs", words("create")}}));
  }
  return Value::map({{"kind", "APIResourceList"},
                     {"apiVersion", "v1"},
                     {"groupVersion", group.name.empty() ? version.name : group.name + "/" + version.name},
                     {"resources", std::move(list)}});
}

Value version_document() {
  return Value::map({{"major", "1"},
                     {"minor", "35"},
                     {"gitVersion", k_server_version},
                     {"gitCommit", "0000000000000000000000000000000000000000"},
                     {"gitTreeState", "clean"},
                     {"buildDate", "1970-01-01T00:00:00Z"},
                     {"goVersion", "none"},
                     {"compiler", "none"},
                     {"platform", "linux/amd64"}});
}

}  // namespace

std::optional<Value> make_discovery(const std::vector<ServedResource>& resources, const std::vector<std::string>& parts,
                                    std::string_view accept) {
  if (parts.size() == 1 && parts[0] == "version") return version_document();
  const std::vector<Group> groups = group_resources(resources);
  const bool core = parts[0] == "api";
  if (parts.size() == 1) {
    const std::size_t at = accept.find("as=APIGroupDiscoveryList");
    if (at != std::string_view::npos && accept.find("v=v2") != std::string_view::npos) return aggregated(groups, core);
    if (!core) return legacy_groups(groups);
    return Value::map({{"kind", "APIVersions"}, {"versions", Value::list({"v1"})}});
  }
  for (const Group& group : groups) {
    if (group.name != (core ? "" : parts[1])) continue;
    if (!core && parts.size() == 2) {
      Value out = legacy_group(group);
      out.set("kind", "APIGroup");
      out.set("apiVersion", "v1");
      return out;
    }
    for (const Version& version : group.versions) {
      if (parts.size() == (core ? 2U : 3U) && version.name == parts.back()) return legacy_version(group, version);
    }
  }
  return std::nullopt;
}

}  // namespace reconciled::sandbox
