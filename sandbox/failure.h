// A refused API request: the Status object that a Kubernetes API server answers with.
#pragma once

#include "base/result.h"
#include "base/value.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::sandbox {

/// One entry of details.causes.
struct Cause {
  std::string reason;  ///< "FieldValueInvalid"
  std::string message;
  std::string field;
  bool operator==(const Cause&) const = default;
};

/// What is wrong with a request, in the terms of metav1.Status.
struct Failure {
  int code = 500;
  std::string reason{};  ///< "NotFound"; empty for an unknown one
  std::string message{};
  std::string group{};  ///< of details
  std::string kind{};   ///< of details: the resource for NotFound and Conflict, the kind for Invalid
  std::string name{};
  std::string uid{};
  std::vector<Cause> causes{};
  bool before_routing = false;   ///< answered before an object was known: details is printed, though empty
  int retry_after = 0;           ///< seconds; 0: not said
  std::string continue_token{};  ///< metadata.continue of an expired list
};

template <class T>
using Outcome = tl::expected<T, Failure>;

inline tl::unexpected<Failure> refuse(Failure failure) {
  return tl::unexpected<Failure>(std::move(failure));
}

/// The Status object of a failure.
Value make_status(const Failure& failure);
/// The Status object of a success without an object (DELETE).
Value make_success(std::string_view group, std::string_view resource, std::string_view name, std::string_view uid);

Failure bad_request(std::string message);
/// 404 without an object: no such path.
Failure no_such_resource();
Failure method_not_allowed();
Failure not_found(std::string_view group, std::string_view resource, std::string_view name);
Failure already_exists(std::string_view group, std::string_view resource, std::string_view name);
/// 409 of optimistic locking and preconditions.
Failure conflict(std::string_view group, std::string_view resource, std::string_view name, const std::string& message);
Failure forbidden(std::string_view group, std::string_view resource, std::string_view name, const std::string& message);
Failure gone(std::string message);
/// 501: what the sandbox does not model.
Failure not_implemented(std::string what);

/// One field error; joined by make_invalid as the API server joins them.
struct FieldError {
  enum class Kind {
    required,
    invalid,
    not_found,
    not_supported,
    duplicate,
    forbidden,
    too_many,
    too_long,
    type_invalid
  };
  Kind kind = Kind::invalid;
  std::string field;
  Value value;         ///< the bad value; not printed for required and forbidden
  std::string detail;  ///< not_supported: the list of supported values
};
/// 422; "Deployment.apps" in the message is made of kind and group.
Failure make_invalid(std::string_view group, std::string_view kind, std::string_view name,
                     const std::vector<FieldError>& errors);

}  // namespace reconciled::sandbox
