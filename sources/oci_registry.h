// Charts of an OCI registry, by the distribution API.
#pragma once

#include "ports/chart.h"
#include "sources/chart_fetch.h"

#include <mutex>
#include <string>
#include <vector>

namespace reconciled {

/// Speaks to the registries of `oci://HOST/PATH` repositories. A challenge is answered by the token that its realm
/// gives out; credentials go to a realm only when it is on the registry's own server, or when the settings name it.
/// Tokens are kept until they are refused.
class OciRegistry {
 public:
  explicit OciRegistry(FetchOptions options) : m_options(std::move(options)) {}

  Result<std::vector<std::string>> list(const std::string& repository, const std::string& name, MonotonicTime deadline);
  Result<ChartPin> resolve(const ChartRef& ref, MonotonicTime deadline);
  /// The bytes of a pin's layer; the caller looks at their digest.
  Result<std::string> download(const ChartPin& pin, MonotonicTime deadline);

 private:
  /// How a repository of a registry wants to be asked.
  struct Session {
    std::string place;  ///< of the repository
    SecretString token;
    FetchRequest::Authorization basic = FetchRequest::Authorization::none;
  };
  /// GET in the name of one repository; answers challenges.
  Result<FetchAnswer> get(FetchRequest request);
  Result<SecretString> fetch_token(const FetchAnswer& challenge, const FetchRequest& request);
  void use_session(FetchRequest& request) const;
  void keep_session(const FetchRequest& request);

  FetchOptions m_options;
  mutable std::mutex m_mutex;
  std::vector<Session> m_sessions;  // guarded by m_mutex
};

}  // namespace reconciled
