// Discovery: which resource types a server has, by the aggregated documents or, on old servers, group by group.
#pragma once

#include "base/value.h"
#include "kube/api_request.h"
#include "kube/http_exchange.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace reconciled {

/// Asks /api, /apis and /version, and the versions of each group where the server does not aggregate. Pure: the owner
/// sends `request` and hands back the response until `finished`.
class DiscoveryReader {
 public:
  explicit DiscoveryReader(const RequestLimits& limits) : m_limits(limits) {}

  [[nodiscard]] HttpRequest request() const;
  /// An error ends the discovery (it may be tried again with the same request). A group that cannot be read is no
  /// error: it is listed as failed.
  Status take(const HttpResponse& response);
  [[nodiscard]] bool finished() const { return m_phase == Phase::finished; }
  /// Once, when finished.
  std::shared_ptr<const Discovery> result();

 private:
  enum class Phase : std::uint8_t { core, groups, legacy, version, finished };
  struct GroupVersion {
    std::string group;
    std::string version;
  };

  Status take_document(const Value& document);
  void take_aggregated(const Value& document);
  void take_legacy_groups(const Value& document);
  void take_legacy_resources(const GroupVersion& from, const Value& document);
  void step();

  RequestLimits m_limits;
  Phase m_phase = Phase::core;
  std::vector<GroupVersion> m_legacy;  ///< to be asked one by one
  std::size_t m_next_legacy = 0;
  Discovery m_discovery;
};

}  // namespace reconciled
