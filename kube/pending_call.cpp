#include "kube/pending_call.h"

#include "kube/api_answer.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr int k_max_list_restarts = 3;
constexpr std::size_t k_max_warnings = 256;

bool may_repeat(const HttpResponse& response, bool harmless) {
  switch (response.delivery) {
    case Delivery::not_connected: return true;
    case Delivery::too_large:
    case Delivery::withheld:
    case Delivery::untrusted: return false;
    case Delivery::broken: return harmless;
    case Delivery::complete: break;
  }
  if (response.status == 429) return true;
  return harmless && (response.status < 300 || response.status == 408 || response.status >= 500) &&
         response.status != 501;
}

/// Whether an object is the one that a call is about. Another one, from a proxy that mixes answers up, would look like
/// an object that somebody deleted and made again.
bool is_asked_for(const Value& object, const Call& call) {
  if (call.verb == Verb::remove) return true;  // answered by a Status, too
  const Value& metadata = object["metadata"];
  const std::string_view name = call.name.empty() ? call.body.at({"metadata", "name"}).as_string() : call.name;
  if (!name.empty() && metadata["name"].as_string() != name) return false;
  if (!call.namespace_.empty() && metadata["namespace"].as_string() != call.namespace_) return false;
  const bool other_kind = call.representation == Representation::metadata || !call.subresource.empty();
  const std::string_view kind = object["kind"].as_string();
  return other_kind || kind.empty() || kind == call.type.gvk.kind;
}

std::string describe_object(const Value& object) {
  const Value& metadata = object["metadata"];
  std::string text(object["kind"].as_string());
  for (const char* part : {"namespace", "name"}) {
    if (metadata[part].is_string()) text.append(text.empty() ? "" : " ").append(metadata[part].as_string());
  }
  return text.empty() ? "nothing that has a name" : text;
}

}  // namespace

Duration back_off(const RetryPolicy& policy, int failed_attempts, Random& random) {
  Duration delay = policy.first_delay;
  for (int i = 1; i < failed_attempts && delay < policy.max_delay; ++i) delay *= 2;
  delay = std::min(delay, policy.max_delay);
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  return delay - Duration(static_cast<Duration::rep>(half == 0 ? 0 : random.next() % half));
}

PendingCall::PendingCall(Call call, const RequestLimits& limits) : m_call(std::move(call)), m_limits(limits) {
  m_answer.id = m_call.id;
  if (m_call.verb == Verb::discover) {
    m_discovery.emplace(limits);
    m_request = m_discovery->request();
  } else {
    m_request = make_request(m_call, m_limits);
  }
}

bool PendingCall::harmless_twice() const {
  switch (m_call.verb) {
    case Verb::create: return m_call.dry_run == DryRun::yes;
    case Verb::merge_patch:
      return m_call.dry_run == DryRun::yes || m_call.body.at({"metadata", "resourceVersion"}).is_null();
    default: return true;
  }
}

PendingCall::Step PendingCall::take(HttpResponse response) {
  m_answer.http_status = response.status;
  for (const std::string& header : response.warning_headers) {
    for (std::string& text : parse_warning_header(header)) {
      text = redact_answer_text(std::move(text), m_call);
      const bool known = std::ranges::find(m_answer.warnings, text) != m_answer.warnings.end();
      if (!known && m_answer.warnings.size() < k_max_warnings) m_answer.warnings.push_back(std::move(text));
    }
  }
  if (m_discovery) return take_discovery(response);
  if (response.delivery != Delivery::complete) return fail_with(make_delivery_error(m_call, response), response);
  if (m_call.verb == Verb::list) return take_list_page(response);
  if (response.status < 200 || response.status >= 300) return fail_with(make_answer_error(m_call, response), response);
  auto object = parse_body(response.body, m_limits.max_answer_bytes);
  if (!object) return fail_with(std::move(object).error().in(describe_call(m_call)), response);
  if (!object->is_map()) {
    return fail_with(Error(ErrorKind::api_transient, "the answer is no object").in(describe_call(m_call)), response);
  }
  if (!is_asked_for(*object, m_call)) {
    return fail_with(
        Error(ErrorKind::api_transient, "the answer is about " + describe_object(*object)).in(describe_call(m_call)),
        response);
  }
  m_answer.object = m_call.verb == Verb::get ? with_type(*object, m_call) : std::move(*object);
  return Step::finished;
}

PendingCall::Step PendingCall::fail_with(Error error, const HttpResponse& response) {
  const bool final = error.kind == ErrorKind::limit || error.kind == ErrorKind::api_rejected;
  m_repeatable = !final && may_repeat(response, harmless_twice());
  m_retry_after = response.retry_after;
  m_answer.conflicts.clear();
  if (response.status == 409 && m_call.verb == Verb::apply) {
    if (const auto status = parse_body(response.body, response.body.size()))
      m_answer.conflicts = parse_conflicts(*status);
  }
  m_answer.object = fail(std::move(error));
  return Step::failed;
}

PendingCall::Step PendingCall::take_list_page(HttpResponse& response) {
  const bool later_page = !m_items.empty() || !m_list.is_null();
  if (response.status == 410 && later_page && m_list_restarts < k_max_list_restarts) {
    ++m_list_restarts;  // the continue token expired: a list is whole or it is none
    m_items.clear();
    m_list = Value();
    m_list_bytes = 0;
    m_request = make_request(m_call, m_limits);
    return Step::next;
  }
  if (response.status < 200 || response.status >= 300) return fail_with(make_answer_error(m_call, response), response);
  auto page = parse_body(response.body, m_limits.max_list_bytes);
  if (!page) return fail_with(std::move(page).error().in(describe_call(m_call)), response);
  const Value* items = page->find("items");
  if (!page->is_map() || (items != nullptr && !items->is_list() && !items->is_null())) {
    return fail_with(Error(ErrorKind::api_transient, "the answer is no list").in(describe_call(m_call)), response);
  }
  const std::string_view kind = (*page)["kind"].as_string();
  const bool full = m_call.representation == Representation::full;
  if (full && kind.ends_with("List") && kind != m_call.type.gvk.kind + "List" && kind != "List") {
    return fail_with(Error(ErrorKind::api_transient, "the answer is a " + std::string(kind)).in(describe_call(m_call)),
                     response);
  }
  m_list_bytes += response.body.size();
  if (m_list_bytes > m_limits.max_list_bytes) {
    return fail_with(
        Error(ErrorKind::limit, "the list is larger than " + std::to_string(m_limits.max_list_bytes) + " bytes")
            .in(describe_call(m_call)),
        response);
  }
  if (items != nullptr) {
    for (const Value& item : items->items()) m_items.push_back(with_type(item, m_call));
  }
  const std::string next((*page).at({"metadata", "continue"}).as_string());
  if (m_list.is_null()) {
    m_list = std::move(*page);
    m_list.erase("items");
  }
  if (next.empty() || m_call.limit != 0) return finish_list(next);
  m_request = make_request(m_call, m_limits, next);
  m_request.max_bytes = m_limits.max_list_bytes - m_list_bytes;
  return Step::next;
}

PendingCall::Step PendingCall::finish_list(const std::string& next) {
  Value& metadata = m_list.edit("metadata");
  if (next.empty()) metadata.erase("continue");
  metadata.erase("remainingItemCount");
  m_list.set("items", Value::list(std::move(m_items)));
  m_answer.object = std::move(m_list);
  return Step::finished;
}

PendingCall::Step PendingCall::take_discovery(const HttpResponse& response) {
  if (auto taken = m_discovery->take(response); !taken) return fail_with(std::move(taken).error(), response);
  if (!m_discovery->finished()) {
    m_request = m_discovery->request();
    return Step::next;
  }
  m_answer.discovery = m_discovery->result();
  m_answer.object = Value();
  return Step::finished;
}

Answer PendingCall::answer() {
  return std::move(m_answer);
}

}  // namespace reconciled
