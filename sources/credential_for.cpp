#include "sources/credential_for.h"

namespace reconciled {

Result<const GitCredential*> credential_for(const std::vector<GitCredential>& credentials, const GitUrl& url) {
  static const GitCredential k_none;
  const GitCredential* best = &k_none;
  for (const auto& credential : credentials) {
    TRY_ASSIGN(const GitUrl prefix, parse_git_url_prefix(credential.url_prefix));
    if (covers(prefix, url) && credential.url_prefix.size() >= best->url_prefix.size()) best = &credential;
  }
  return best;
}

GitCredential GitCredential::clone() const {
  GitCredential copy;
  copy.url_prefix = url_prefix;
  copy.username = username;
  copy.password = password.clone();
  copy.password_file = password_file;
  copy.token = token.clone();
  copy.ca_file = ca_file;
  copy.ca_pem = ca_pem;
  copy.client_certificate_file = client_certificate_file;
  copy.client_key_file = client_key_file;
  copy.ssh_key_file = ssh_key_file;
  copy.known_hosts_file = known_hosts_file;
  copy.proxy = proxy;
  return copy;
}

}  // namespace reconciled
