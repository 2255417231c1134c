#include "sources/curl_easy.h"

#include "base/file.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <mutex>

namespace reconciled {
namespace {

constexpr std::size_t k_max_password_bytes = 64 << 10;

}  // namespace

void EasyFree::operator()(void* handle) const {
  curl_easy_cleanup(handle);
}
void MultiFree::operator()(void* handle) const {
  curl_multi_cleanup(handle);
}
void ListFree::operator()(curl_slist* list) const {
  curl_slist_free_all(list);
}
void UrlFree::operator()(Curl_URL* url) const {
  curl_url_cleanup(url);
}

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::string origin_of(const std::string& text) {
  const std::unique_ptr<CURLU, UrlFree> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return {};
  std::string origin;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    char* value = nullptr;
    if (curl_url_get(url.get(), part, &value, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    origin += value;
    origin += '|';
    curl_free(value);
  }
  std::ranges::transform(origin, origin.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return origin;
}

Result<SecretString> read_password(const GitCredential& credential) {
  if (credential.password_file.empty()) return credential.password.clone();
  auto text = read_file(credential.password_file, k_max_password_bytes);
  if (!text) return fail(std::move(text).error().in("read the password or token for " + credential.url_prefix));
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    return fail(ErrorKind::config, "it holds no password or token", {credential.password_file, 0, 0, {}},
                "write it into the file, or remove the file from the settings");
  }
  return SecretString(*text);
}

void set_transport(void* easy, const GitCredential& credential, const GitLimits& limits) {
  const auto connect_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limits.connect_time).count();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_ms));
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
  curl_easy_setopt(easy, CURLOPT_PROXY, credential.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  if (!credential.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, credential.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!credential.ca_pem.empty()) {
    curl_blob blob{
        .data = const_cast<char*>(credential.ca_pem.data()), .len = credential.ca_pem.size(), .flags = CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
}

void set_credentials(void* easy, const GitCredential& credential, const SecretString& password) {
  if (!credential.client_certificate_file.empty())
    curl_easy_setopt(easy, CURLOPT_SSLCERT, credential.client_certificate_file.c_str());
  if (!credential.client_key_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, credential.client_key_file.c_str());
  if (!credential.token.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, std::string(credential.token.reveal()).c_str());
  } else if (!password.empty() || !credential.username.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_USERNAME, credential.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, std::string(password.reveal()).c_str());
  }
}

std::string by_proxy(const GitCredential& credential) {
  return credential.proxy.empty() ? "" : " (by the proxy " + credential.proxy + ")";
}

Error curl_error(int code, std::string message, const std::string& server) {
  if (message.empty()) message = curl_easy_strerror(static_cast<CURLcode>(code));
  std::ranges::replace_if(message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return Error(ErrorKind::source_integrity, "the certificate of " + server + " is not trusted: " + message, {},
                   "check the clock, the host name and the CA in the source's credential");
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorKind::config, "a certificate or key of the source's credential cannot be used: " + message);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Error(ErrorKind::config, "the URL cannot be used: " + message);
    case CURLE_OUT_OF_MEMORY: return Error(ErrorKind::local, message);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return Error(ErrorKind::source_transient, "the connection to " + server + " was cut: " + message);
    default: return Error(ErrorKind::source_transient, "the server " + server + " cannot be reached: " + message);
  }
}

}  // namespace reconciled
