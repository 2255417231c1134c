// Everything a connection to one API server needs, with credentials as of now.
#pragma once

#include "kube/access.h"

#include <memory>
#include <string>

namespace reconciled {

/// Immutable: fresh credentials make a new one, so that a request shows with which it was sent.
struct Endpoint {
  std::string server;
  std::string ca_pem;
  std::string client_cert_pem;
  SecretString client_key;
  SecretString authorization;  ///< value of the Authorization header; empty: none
  std::string proxy_url;
  std::string no_proxy;
  std::string tls_server_name;
  TlsVerification verification = TlsVerification::verify;
  Compression compression = Compression::gzip;
  Identity identity;  ///< impersonated where a call names no identity of its own
};

}  // namespace reconciled
