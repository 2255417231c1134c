// libcurl's handles, and what every request to a source sets: its transport, its credential, the words of its errors.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "sources/git_source.h"

#include <string>

struct curl_slist;  // NOLINT(readability-identifier-naming): the name is libcurl's
struct Curl_URL;

namespace reconciled {

/// CURL and CURLM are both void.
struct EasyFree {
  void operator()(void* handle) const;
};
struct MultiFree {
  void operator()(void* handle) const;
};
struct ListFree {
  void operator()(curl_slist* list) const;
};
struct UrlFree {
  void operator()(Curl_URL* url) const;
};

void start_curl();

/// "scheme|host|port|" of a URL, so that two may be compared; empty for what is no URL.
std::string origin_of(const std::string& url);

/// The password of a credential, from its file where it names one.
Result<SecretString> read_password(const GitCredential& credential);

/// HTTP/1.1 over TLS 1.2 or later, no redirects, no netrc, the credential's proxy and authorities.
void set_transport(void* easy, const GitCredential& credential, const GitLimits& limits);
/// The client certificate, and the token or the name and password.
void set_credentials(void* easy, const GitCredential& credential, const SecretString& password);

/// " (by the proxy http://proxy:3128)", for messages about a server; empty without a proxy.
std::string by_proxy(const GitCredential& credential);

/// What a failed transfer means. `code` is a CURLcode, `message` is that of CURLOPT_ERRORBUFFER.
Error curl_error(int code, std::string message, const std::string& server);

}  // namespace reconciled
