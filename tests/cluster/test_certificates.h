// Certificates and keys for servers and clients of tests, made when they are needed.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Both as PEM. The key is P-256.
struct KeyPair {
  std::string certificate;
  std::string key;
};

/// A certificate authority of one test run. Everything it signs is valid from an hour ago for two days.
Result<KeyPair> make_authority(std::string_view common_name);

/// Names are "localhost", IPs "127.0.0.1".
struct ServerNames {
  std::vector<std::string> dns;
  std::vector<std::string> ip;
};
Result<KeyPair> make_server_certificate(const KeyPair& authority, const ServerNames& names);

/// Kubernetes reads the common name as the user and each organization as a group.
Result<KeyPair> make_client_certificate(const KeyPair& authority, std::string_view user,
                                        const std::vector<std::string>& groups);

/// Both as PEM, P-256: for signing and checking service account tokens.
struct SigningKey {
  std::string public_key;
  std::string private_key;
};
Result<SigningKey> make_signing_key();

}  // namespace reconciled
