// Single GET requests of chart repositories and registries: bounded, with the credential of the server that is asked.
#pragma once

#include "base/result.h"
#include "sources/git_source.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reconciled {

struct FetchRequest {
  std::string url;                   ///< http or https, without user-info
  std::vector<std::string> headers;  ///< "Accept: text/plain"
  std::uint64_t max_bytes = 4U << 20;
  MonotonicTime deadline{};
  SecretString bearer;         ///< sent instead of a credential of the settings, to the first server alone
  std::string credential_url;  ///< by which the first server's credential is chosen; empty: `url`
  enum class Authorization : bool { none, send };
  Authorization authorization = Authorization::send;  ///< none: no name and password to the first server
  enum class Encoding : bool { identity, compressed };
  Encoding encoding = Encoding::identity;
};

/// An answer with status 200, 304 or 401.
struct FetchAnswer {
  long status = 0;
  std::string body{};
  std::string etag{};
  std::string last_modified{};
  std::string authenticate{};  ///< of a 401: WWW-Authenticate
  std::string link{};
  std::string content_type{};
  std::string content_digest{};  ///< Docker-Content-Digest
  bool authorized = false;       ///< a credential was sent
};

struct FetchOptions {
  std::shared_ptr<const std::vector<GitCredential>> credentials;
  GitLimits limits;
  PlainHttp plain_http = PlainHttp::loopback;
};

/// A credential goes to the servers that its prefix names and to no other: a redirect to another host is followed with
/// that host's own credential, or none. Never from https to http. Errors: source_auth (403), source_missing (404),
/// source_transient (unreachable, 429, 5xx, slow), source_integrity (bad certificate, odd answers), limit (too large),
/// timeout.
Result<FetchAnswer> fetch_url(const FetchOptions& options, const FetchRequest& request);

/// The error of a 401 answer.
Error unauthorized(const FetchAnswer& answer, const std::string& url);

/// Whether two URLs name the same scheme, host and port.
bool same_server(const std::string& a, const std::string& b);
/// `relative` as seen from `base`, or ErrorKind::source_integrity.
Result<std::string> join_url(const std::string& base, const std::string& relative);

}  // namespace reconciled
