// From a Call to the HTTP request that carries it.
#pragma once

#include "kube/http_exchange.h"

#include <string>
#include <string_view>

namespace reconciled {

/// What the requests of one adapter have in common.
struct RequestLimits {
  std::uint32_t page_size = 500;                 ///< objects a page of a list
  std::uint64_t max_list_bytes = 256ULL << 20;   ///< of a whole list, all pages together
  std::uint64_t max_answer_bytes = 16ULL << 20;  ///< of any other answer, and of one watch event
  bool operator==(const RequestLimits&) const = default;
};

/// A path segment or query value with everything but unreserved characters percent-encoded.
std::string escape_url(std::string_view text);

/// Refuses calls that could mean more than they say: no name (that would be the whole collection), a namespaced type
/// without a namespace, a delete without both preconditions, names that are no path segment.
Status check_call(const Call& call);

/// The path of the resource, with the subresource, without a query.
std::string make_path(const Call& call);

/// The request of every verb but discover; `continue_token` is of the page before.
HttpRequest make_request(const Call& call, const RequestLimits& limits, std::string_view continue_token = {});

/// "get Deployment shop/web": for messages.
std::string describe_call(const Call& call);

}  // namespace reconciled
