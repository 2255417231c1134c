#include "kube/discovery.h"

#include "kube/api_answer.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr std::string_view k_aggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
constexpr std::size_t k_max_legacy_versions = 2'000;

const Call& discover_call() {
  static const Call call = [] {
    Call made;
    made.verb = Verb::discover;
    return made;
  }();
  return call;
}

std::vector<std::string> read_verbs(const Value& list) {
  std::vector<std::string> verbs;
  for (const Value& verb : list.items()) verbs.emplace_back(verb.as_string());
  return verbs;
}

std::string join_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

Error unexpected(std::string_view what) {
  return Error(ErrorKind::api_transient, "the server's discovery answer is no " + std::string(what), {},
               "check that the server's URL is one of a Kubernetes API")
      .in(describe_call(discover_call()));
}

}  // namespace

HttpRequest DiscoveryReader::request() const {
  HttpRequest request;
  request.accept = m_phase == Phase::core || m_phase == Phase::groups ? k_aggregated : "application/json";
  request.max_bytes = m_limits.max_answer_bytes;
  switch (m_phase) {
    case Phase::core: request.target = "/api"; break;
    case Phase::groups: request.target = "/apis"; break;
    case Phase::version: request.target = "/version"; break;
    case Phase::finished: break;
    case Phase::legacy: {
      const GroupVersion& next = m_legacy[m_next_legacy];
      request.target = next.group.empty() ? "/api/" : "/apis/" + escape_url(next.group) + "/";
      request.target += escape_url(next.version);
      break;
    }
  }
  return request;
}

Status DiscoveryReader::take(const HttpResponse& response) {
  if (response.delivery != Delivery::complete) return fail(make_delivery_error(discover_call(), response));
  const bool success = response.status >= 200 && response.status < 300;
  if (!success) {
    const bool optional = m_phase == Phase::version || m_phase == Phase::legacy;
    if (!optional || response.status == 401 || response.status == 429) {
      return fail(make_answer_error(discover_call(), response));
    }
    if (m_phase == Phase::legacy) {
      const GroupVersion& failed = m_legacy[m_next_legacy];
      m_discovery.failed_groups.push_back(join_version(failed.group, failed.version));
    }
    step();
    return {};
  }
  auto document = parse_body(response.body, m_limits.max_answer_bytes);
  if (!document) return fail(std::move(document).error().in(describe_call(discover_call())));
  return take_document(*document);
}

Status DiscoveryReader::take_document(const Value& document) {
  const std::string_view kind = document["kind"].as_string();
  switch (m_phase) {
    case Phase::core:
      if (kind == "APIGroupDiscoveryList") {
        take_aggregated(document);
      } else if (kind == "APIVersions") {
        for (const Value& version : document["versions"].items()) {
          if (!version.as_string().empty()) m_legacy.push_back({"", std::string(version.as_string())});
        }
      } else {
        return fail(unexpected("list of API versions"));
      }
      break;
    case Phase::groups:
      if (kind == "APIGroupDiscoveryList") {
        take_aggregated(document);
      } else if (kind == "APIGroupList") {
        take_legacy_groups(document);
      } else {
        return fail(unexpected("list of API groups"));
      }
      break;
    case Phase::legacy:
      if (kind != "APIResourceList") return fail(unexpected("list of resources"));
      take_legacy_resources(m_legacy[m_next_legacy], document);
      break;
    case Phase::version: m_discovery.server_version = document["gitVersion"].as_string(); break;
    case Phase::finished: break;
  }
  step();
  return {};
}

void DiscoveryReader::step() {
  if (m_phase == Phase::core) {
    m_phase = Phase::groups;
  } else if (m_phase == Phase::groups) {
    m_phase = m_legacy.empty() ? Phase::version : Phase::legacy;
  } else if (m_phase == Phase::legacy) {
    if (++m_next_legacy == m_legacy.size()) m_phase = Phase::version;
  } else {
    m_phase = Phase::finished;
  }
}

void DiscoveryReader::take_aggregated(const Value& document) {
  for (const Value& group : document["items"].items()) {
    const std::string_view group_name = group.at({"metadata", "name"}).as_string();
    for (const Value& version : group["versions"].items()) {
      const std::string_view version_name = version["version"].as_string();
      if (version_name.empty()) continue;
      if (version["freshness"].as_string() == "Stale") {
        m_discovery.failed_groups.push_back(join_version(group_name, version_name));
        continue;
      }
      for (const Value& resource : version["resources"].items()) {
        const std::string_view kind = resource.at({"responseKind", "kind"}).as_string();
        const std::string_view plural = resource["resource"].as_string();
        if (kind.empty() || plural.empty()) continue;
        const bool namespaced = resource["scope"].as_string() == "Namespaced";
        m_discovery.types.push_back({{std::string(group_name), std::string(version_name), std::string(kind)},
                                     std::string(plural),
                                     namespaced ? ObjectScope::namespaced : ObjectScope::cluster,
                                     read_verbs(resource["verbs"])});
      }
    }
  }
}

void DiscoveryReader::take_legacy_groups(const Value& document) {
  for (const Value& group : document["groups"].items()) {
    const std::string_view name = group["name"].as_string();
    const std::string_view preferred = group.at({"preferredVersion", "version"}).as_string();
    std::vector<GroupVersion> versions;
    for (const Value& version : group["versions"].items()) {
      const std::string_view text = version["version"].as_string();
      if (name.empty() || text.empty()) continue;
      const GroupVersion entry{std::string(name), std::string(text)};
      versions.insert(text == preferred ? versions.begin() : versions.end(), entry);
    }
    for (GroupVersion& version : versions) {
      if (m_legacy.size() < k_max_legacy_versions) m_legacy.push_back(std::move(version));
    }
  }
}

void DiscoveryReader::take_legacy_resources(const GroupVersion& from, const Value& document) {
  for (const Value& resource : document["resources"].items()) {
    const std::string_view plural = resource["name"].as_string();
    const std::string_view kind = resource["kind"].as_string();
    if (plural.empty() || kind.empty() || plural.find('/') != plural.npos) continue;
    m_discovery.types.push_back({{from.group, from.version, std::string(kind)},
                                 std::string(plural),
                                 resource["namespaced"].as_bool() ? ObjectScope::namespaced : ObjectScope::cluster,
                                 read_verbs(resource["verbs"])});
  }
}

std::shared_ptr<const Discovery> DiscoveryReader::result() {
  return std::make_shared<const Discovery>(std::move(m_discovery));
}

}  // namespace reconciled
