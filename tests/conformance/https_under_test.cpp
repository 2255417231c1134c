#include "tests/conformance/api_under_test.h"

#include <curl/curl.h>

namespace reconciled {
namespace {

constexpr std::size_t k_max_body = 64U << 20;
constexpr long k_patience_seconds = 30;

std::size_t take(char* data, std::size_t, std::size_t length, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + length > k_max_body) return 0;
  body.append(data, length);
  return length;
}

}  // namespace

Result<RawAnswer> HttpsUnderTest::request(const RawRequest& raw) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
  if (ready != CURLE_OK || !handle) return fail(ErrorKind::internal, "libcurl does not start");
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  add("Accept: " + raw.accept);
  add("Content-Type: " + raw.content_type);
  add("User-Agent: conformance");
  add("Expect:");
  if (raw.caller == Caller::admin) add("Authorization: Bearer " + m_server.admin_token);
  if (raw.caller == Caller::reader) add("Authorization: Bearer " + m_server.reader_token);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, &curl_slist_free_all);

  CURL* const easy = handle.get();
  const std::string url = m_server.url + raw.path;
  RawAnswer answer;
  char reason[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, raw.method.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, k_patience_seconds);
  curl_easy_setopt(easy, CURLOPT_CAINFO, m_server.ca_file.c_str());
  if (!raw.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(raw.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, raw.body.data());
  }
  if (const CURLcode code = curl_easy_perform(easy); code != CURLE_OK)
    return fail(ErrorKind::api_transient,
                raw.method + " " + raw.path + ": " + (reason[0] != '\0' ? reason : curl_easy_strerror(code)));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace reconciled
