// A certificate authority of its own and a server certificate for loopback, made in memory.
#pragma once

#include "base/result.h"

#include <string>

namespace reconciled::sandbox {

/// PEM texts. The authority's key is thrown away after signing.
struct ServerCertificate {
  std::string authority;
  std::string certificate;
  std::string key;
};

/// ECDSA on P-256, valid for ten years, for 127.0.0.1, ::1 and localhost.
Result<ServerCertificate> make_server_certificate();

}  // namespace reconciled::sandbox
