// What a server sends: the first byte chooses verb and status, the rest is the body. Never crashes; a success is an
// object; a value of a Secret never comes back in an error.
#include "kube/api_answer.h"

#include "kube/pending_call.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace reconciled;

namespace {

constexpr std::array k_verbs{Verb::discover, Verb::get, Verb::list, Verb::apply, Verb::create, Verb::remove};
constexpr std::array k_statuses{200, 200, 401, 409, 410, 500};
constexpr std::string_view k_secret = "S3cr3tV4lue";

void check(const Answer& answer) {
  if (answer.object) return;
  const std::string text = format_error(answer.object.error());
  if (text.find(k_secret) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Call call;
  call.verb = k_verbs[data[0] % k_verbs.size()];
  call.type = {{"", "v1", "Secret"}, "secrets", ObjectScope::namespaced, {}};
  call.namespace_ = "n";
  call.name = "a";
  call.body = Value::map({{"stringData", Value::map({{"k", k_secret}})}});
  HttpResponse response;
  response.status = k_statuses[data[0] / k_verbs.size() % k_statuses.size()];
  response.content_type = data[0] % 2 == 0 ? "application/json" : "text/plain";
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  response.warning_headers.push_back(response.body.substr(0, 200));
  PendingCall pending(call, RequestLimits{.page_size = 10, .max_list_bytes = 1 << 20, .max_answer_bytes = 1 << 20});
  for (int round = 0; round < 8; ++round) {
    const PendingCall::Step step = pending.take(response);
    if (step == PendingCall::Step::next) continue;
    const bool failed = step == PendingCall::Step::failed;
    const Answer answer = pending.answer();
    if (failed == answer.object.has_value()) std::abort();
    if (call.verb != Verb::discover) check(answer);  // discovery sends no body that could come back
    break;
  }
  return 0;
}
