#include "kube/api_answer.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"
#include "kube/api_request.h"

#include <algorithm>
#include <array>

namespace reconciled {

namespace {

constexpr std::size_t k_max_message = 4096;
constexpr std::size_t k_max_masked = 64 << 10;  // looked at; so much more than is shown that no secret is cut in half
constexpr std::size_t k_max_page_text = 200;
constexpr std::size_t k_min_secret = 4;
constexpr std::size_t k_min_secret_line = 8;
constexpr std::string_view k_mask = "[secret]";

/// Refusals that come with 403 and are about the object, not about rights.
constexpr std::array<std::string_view, 5> k_admission_words = {
    "admission webhook", "ValidatingAdmissionPolicy", "violates PodSecurity", "exceeded quota", "is being terminated"};

/// Refusals that come with 500: server-side apply says so of objects that do not fit their schema.
constexpr std::array<std::string_view, 2> k_schema_words = {"failed to create typed patch object",
                                                            "failed to convert new object"};

/// How TLS says that a certificate does not hold at this time: it may be the clock that is wrong.
constexpr std::array<std::string_view, 2> k_date_words = {"expired", "not yet valid"};

template <std::size_t N>
bool holds_any(std::string_view message, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return message.find(word) != message.npos; });
}

ErrorKind kind_of_code(int code, std::string_view message) {
  switch (code) {
    case 401: return ErrorKind::api_auth;
    case 403: return holds_any(message, k_admission_words) ? ErrorKind::api_rejected : ErrorKind::api_auth;
    case 404: return ErrorKind::api_missing;
    case 408: return ErrorKind::api_transient;
    case 409: return ErrorKind::api_conflict;
    case 410: return ErrorKind::api_gone;
    case 429: return ErrorKind::api_transient;
    case 500: return holds_any(message, k_schema_words) ? ErrorKind::api_rejected : ErrorKind::api_transient;
    default: return code >= 500 ? ErrorKind::api_transient : ErrorKind::api_rejected;
  }
}

std::string hint_of_code(int code, ErrorKind kind) {
  if (code == 401) return "the credentials are wrong or expired";
  if (code == 403 && kind == ErrorKind::api_auth) return "grant this right to the identity, or use another one";
  if (code >= 300 && code < 400) return "redirects are not followed: give the server's own URL";
  return {};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Masks a secret, its base64 form, and the lines of a longer one, since quoting changes line ends.
void mask_text(std::string& text, std::string_view secret) {
  if (secret.size() < k_min_secret) return;
  replace_all(text, secret, k_mask);
  replace_all(text, encode_base64(secret), k_mask);
  if (secret.find('\n') == std::string_view::npos) return;
  for (std::size_t begin = 0; begin < secret.size();) {
    const std::size_t end = std::min(secret.find('\n', begin), secret.size());
    if (end - begin >= k_min_secret_line) replace_all(text, secret.substr(begin, end - begin), k_mask);
    begin = end + 1;
  }
}

enum class Everything : bool { no, yes };

/// Masks the strings of a value: the sensitive ones, or all of them.
void mask_strings(std::string& text, const Value& value, Everything everything, int depth = 0) {
  if (depth > 64) return;
  const Everything below = value.sensitive() ? Everything::yes : everything;
  if (value.is_number() && below == Everything::yes) mask_text(text, format_json(value));
  if (value.is_string() && below == Everything::yes) {
    mask_text(text, value.as_string());
    if (const auto plain = decode_base64(value.as_string())) mask_text(text, *plain);
  }
  for (const Value& item : value.items()) mask_strings(text, item, below, depth + 1);
  for (const auto& [key, item] : value.entries()) mask_strings(text, item, below, depth + 1);
}

/// Masks what stands in double quotes, with the exceptions that a person needs.
std::string mask_quoted(const std::string& text, const Call& call) {
  std::string masked;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('"', at);
    if (open == std::string::npos) return masked + text.substr(at);
    std::size_t close = open + 1;
    while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2 : 1;
    close = std::min(close, text.size());
    const std::string_view inner = std::string_view(text).substr(open + 1, close - open - 1);
    const bool manager = std::string_view(text).substr(0, open).ends_with("conflict with ") ||
                         std::string_view(text).substr(0, open).ends_with("conflicts with ");
    const bool known =
        inner == call.name || inner == call.namespace_ || inner == call.type.plural || inner == call.type.gvk.kind;
    masked += text.substr(at, open - at);
    masked += '"';
    masked += manager || known ? inner : k_mask;
    masked += '"';
    at = close + 1;
  }
  return masked;
}

/// Masks Go's way of printing a value of a wrong type: "got &value.valueUnstructured{Value:5}", to the end of the line.
void mask_printed_values(std::string& text) {
  constexpr std::string_view k_open = "{Value:";
  for (std::size_t at = text.find(k_open); at != std::string::npos; at = text.find(k_open, at + k_open.size())) {
    const std::size_t begin = at + k_open.size();
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    text.replace(begin, end - begin, std::string(k_mask) + "}");
  }
}

/// The first words of a page that is no JSON: a proxy's or a load balancer's.
std::string excerpt(const HttpResponse& response, const Call& call) {
  if (response.content_type.find("html") != std::string::npos) return "an HTML page";
  std::string text = redact_text(redact_answer_text(response.body.substr(0, k_max_masked), call));
  if (text.size() > k_max_page_text) text = text.substr(0, k_max_page_text) + "...";
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text.empty() ? "no text" : text;
}

}  // namespace

Result<Value> parse_body(std::string_view body, std::uint64_t max_bytes) {
  Budget budget(Limits{
      .steps = 500'000'000, .bytes = max_bytes * 16 + (1 << 20), .depth = 256, .time = std::chrono::seconds(60)});
  auto value = parse_json(body, budget);
  if (value) return value;
  if (value.error().kind == ErrorKind::limit) return value;
  return fail(ErrorKind::api_transient,
              "the answer is not JSON, it was cut or changed on its way: " + value.error().message);
}

std::string redact_answer_text(std::string text, const Call& call) {
  if (text.size() > k_max_masked) text.resize(k_max_masked);
  const bool secret = call.type.gvk.group.empty() && call.type.gvk.kind == "Secret";
  mask_strings(text, call.body, Everything::no);
  if (secret) {
    for (const char* key : {"data", "stringData"}) mask_strings(text, call.body[key], Everything::yes);
    mask_printed_values(text);
    text = mask_quoted(text, call);
  }
  if (text.size() > k_max_message) text = text.substr(0, k_max_message) + "...";
  return text;
}

Error make_status_error(const Call& call, const Value& status, int code) {
  if (const Value* own = status.find("code");
      own != nullptr && own->is_integer() && own->as_integer() >= 400 && own->as_integer() < 600) {
    code = static_cast<int>(own->as_integer());
  }
  std::string message(status["message"].as_string());
  if (message.empty()) message = status["reason"].as_string();
  if (message.empty()) message = "the server answered " + std::to_string(code) + " without a message";
  const ErrorKind kind = kind_of_code(code, message);
  return Error(kind, redact_answer_text(std::move(message), call), {}, hint_of_code(code, kind))
      .in(describe_call(call));
}

Error make_answer_error(const Call& call, const HttpResponse& response) {
  auto status = parse_body(response.body, response.body.size());
  if (status && (*status)["kind"].as_string() == "Status") return make_status_error(call, *status, response.status);
  const ErrorKind kind = kind_of_code(response.status, {});
  return Error(kind, "the server answered " + std::to_string(response.status) + ": " + excerpt(response, call), {},
               hint_of_code(response.status, kind))
      .in(describe_call(call));
}

Error make_delivery_error(const Call& call, const HttpResponse& response) {
  switch (response.delivery) {
    case Delivery::too_large:
      return Error(ErrorKind::limit, "the answer is too large: " + response.failure, {},
                   "raise the limit of answers if this is expected")
          .in(describe_call(call));
    case Delivery::untrusted: {
      const bool dates = holds_any(response.failure, k_date_words);
      return Error(ErrorKind::api_auth, "no trusted connection: " + response.failure, {},
                   dates ? "check the clock of this machine and the dates of the server's certificate"
                         : "check the certificate authority, the server's name and the client certificate")
          .in(describe_call(call));
    }
    case Delivery::not_connected:
      return Error(ErrorKind::api_transient, "the API server cannot be reached: " + response.failure, {},
                   "check the server's address and the network")
          .in(describe_call(call));
    case Delivery::withheld: return make_late_error().in(describe_call(call));
    case Delivery::complete:
    case Delivery::broken: break;
  }
  return Error(ErrorKind::api_transient, "the connection failed before the answer was whole: " + response.failure)
      .in(describe_call(call));
}

std::vector<std::string> parse_conflicts(const Value& status) {
  std::vector<std::string> conflicts;
  for (const Value& cause : status.at({"details", "causes"}).items()) {
    if (cause["reason"].as_string() != "FieldManagerConflict") continue;
    const std::string_view message = cause["message"].as_string();  // conflict with "kubectl" using apps/v1
    const std::size_t open = message.find('"');
    const std::size_t close = open == message.npos ? message.npos : message.find('"', open + 1);
    const std::string_view manager = close == message.npos ? message : message.substr(open + 1, close - open - 1);
    conflicts.push_back(std::string(manager) + ": " + std::string(cause["field"].as_string()));
  }
  return conflicts;
}

Value with_type(const Value& object, const Call& call) {
  if (!object.is_map()) return object;
  const bool typed = object.find("kind") != nullptr && object.find("apiVersion") != nullptr;
  if (typed && call.representation == Representation::full) return object;
  std::vector<Value::Entry> entries;
  entries.reserve(object.size() + 2);
  entries.push_back({Value("apiVersion"), Value(call.type.gvk.api_version())});
  entries.push_back({Value("kind"), Value(call.type.gvk.kind)});
  for (const auto& entry : object.entries()) {
    if (entry.key.as_string() != "apiVersion" && entry.key.as_string() != "kind") entries.push_back(entry);
  }
  return Value::map_of_distinct(std::move(entries));
}

}  // namespace reconciled
