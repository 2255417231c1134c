#include "kube/credentials.h"

#include "base/base64.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr auto k_file_age = std::chrono::minutes(1);
constexpr auto k_expiry_margin = std::chrono::seconds(10);

std::string_view trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; });
}

/// The new content of a file, or nullopt when there is nothing new or nothing to be had.
std::optional<std::string> changed(const FileReader& read, const std::string& path, std::string_view old) {
  if (path.empty()) return std::nullopt;
  auto text = read(path);
  if (!text || !*text || trim(**text).empty() || **text == old) return std::nullopt;
  return std::move(*text);
}

}  // namespace

Credentials::Credentials(ClusterAccess access, FileReader read, const Clock& clock)
    : m_access(std::move(access)), m_read(std::move(read)), m_clock(clock), m_files_read(clock.monotonic()) {
  if (!m_access.exec) make_endpoint();
}

std::shared_ptr<const Endpoint> Credentials::current() {
  if (m_clock.monotonic() - m_files_read >= k_file_age && read_files() && m_endpoint) make_endpoint();
  if (m_access.exec && credential_expired()) m_endpoint.reset();
  return m_endpoint;
}

bool Credentials::refresh_after(const Endpoint* refused) {
  if (refused != m_endpoint.get()) return true;  // there are newer ones already
  if (m_access.exec) {
    m_credential.reset();
    m_endpoint.reset();
    read_files();
    return true;
  }
  if (!read_files()) return false;
  make_endpoint();
  return true;
}

bool Credentials::credential_expired() const {
  return !m_credential || (m_credential->expires && m_clock.wall() + k_expiry_margin >= *m_credential->expires);
}

void Credentials::take(ExecCredential credential) {
  // A credential that is about to expire is used all the same, once for each run of the plugin.
  if (credential.expires && m_clock.wall() + k_expiry_margin >= *credential.expires) {
    credential.expires = m_clock.wall() + 2 * k_expiry_margin;
  }
  m_credential = std::move(credential);
  make_endpoint();
}

bool Credentials::read_files() {
  m_files_read = m_clock.monotonic();
  bool any = false;
  if (auto text = changed(m_read, m_access.token_file, {})) {
    const std::string_view token = trim(*text);
    if (token != m_access.token.reveal() && is_header_text(token)) {
      m_access.token = SecretString(token);
      any = true;
    }
  }
  if (auto ca = changed(m_read, m_access.ca_file, m_access.ca_pem)) {
    m_access.ca_pem = std::move(*ca);
    any = true;
  }
  auto cert = changed(m_read, m_access.client_cert_file, m_access.client_cert_pem);
  auto key = changed(m_read, m_access.client_key_file, m_access.client_key.reveal());
  if (cert) m_access.client_cert_pem = std::move(*cert);
  if (key) m_access.client_key = SecretString(*key);
  return any || cert || key;
}

void Credentials::make_endpoint() {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->server = m_access.server;
  endpoint->ca_pem = m_access.ca_pem;
  const bool plugin_certificate = m_credential && !m_credential->client_key.empty();
  endpoint->client_cert_pem = plugin_certificate ? m_credential->client_cert_pem : m_access.client_cert_pem;
  endpoint->client_key = plugin_certificate ? m_credential->client_key.clone() : m_access.client_key.clone();
  const SecretString& token = m_credential && !m_credential->token.empty() ? m_credential->token : m_access.token;
  if (!token.empty() && is_header_text(token.reveal())) {
    endpoint->authorization = SecretString("Bearer " + std::string(token.reveal()));
  } else if (m_access.basic) {
    const std::string login = m_access.basic->user + ":" + std::string(m_access.basic->password.reveal());
    endpoint->authorization = SecretString("Basic " + encode_base64(login));
  }
  endpoint->proxy_url = m_access.proxy_url;
  endpoint->no_proxy = m_access.no_proxy;
  endpoint->tls_server_name = m_access.tls_server_name;
  endpoint->verification = m_access.verification;
  endpoint->compression = m_access.compression;
  endpoint->identity = m_access.identity;
  m_endpoint = std::move(endpoint);
}

}  // namespace reconciled
