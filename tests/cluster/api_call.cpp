#include "tests/cluster/api_call.h"

#include <curl/curl.h>

#include <memory>

namespace reconciled {
namespace {

constexpr std::size_t k_max_body = 256U << 20;

std::size_t take(char* data, std::size_t, std::size_t length, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + length > k_max_body) return 0;
  body.append(data, length);
  return length;
}

struct Headers {
  curl_slist* list = nullptr;
  void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
  ~Headers() { curl_slist_free_all(list); }
};

}  // namespace

Result<ApiAnswer> call_api(const ApiServerAccess& access, const ApiCall& call) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
  if (ready != CURLE_OK || !handle) return fail(ErrorKind::internal, "libcurl does not start");
  Headers headers;
  headers.add("Accept: application/json");
  headers.add("Content-Type: " + call.content_type);
  headers.add("Expect:");
  for (const auto& line : call.headers) headers.add(line);
  if (!access.token.empty()) headers.add("Authorization: Bearer " + access.token);

  CURL* const easy = handle.get();
  const std::string url = access.server + call.path;
  ApiAnswer answer;
  char reason[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.list);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.patience.count()));
  if (!access.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, access.ca_file.c_str());
  if (!call.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
  }
  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    const auto kind = code == CURLE_OPERATION_TIMEDOUT ? ErrorKind::timeout : ErrorKind::api_transient;
    const std::string why = reason[0] != '\0' ? reason : curl_easy_strerror(code);
    return fail(kind, call.method + " " + call.path + ": " + why);
  }
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace reconciled
