// From what the server said to the Answer of the port.
#pragma once

#include "kube/http_exchange.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// A body that must be JSON; anything else (a truncated one, a proxy's page) is api_transient.
Result<Value> parse_body(std::string_view body, std::uint64_t max_bytes);

/// The error of an answer that is no success: the class by its code, the text from its Status, without secrets.
Error make_answer_error(const Call& call, const HttpResponse& response);

/// The same for a Status object alone (an ERROR event of a watch); `code` is used where the object has none.
Error make_status_error(const Call& call, const Value& status, int code);

/// The error of an exchange that was not completed.
Error make_delivery_error(const Call& call, const HttpResponse& response);

/// "kubectl: .spec.replicas" for each conflict that a Status lists; fields of one manager in the server's order.
std::vector<std::string> parse_conflicts(const Value& status);

/// The text without what may be secret: sensitive values of the call's body, and for Secrets also every quoted text
/// that is not the object's own name, namespace or a field manager.
std::string redact_answer_text(std::string text, const Call& call);

/// The object with its apiVersion and kind in front: lists leave them out, metadata-only answers carry their own.
Value with_type(const Value& object, const Call& call);

}  // namespace reconciled
