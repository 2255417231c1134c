// One error for the whole program: what went wrong, where, in which context, and what to do next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// What class of trouble an error is. The class decides the exit code and whether a retry may help; the table in
/// error.cpp holds both.
enum class ErrorKind : std::uint8_t {
  usage,             ///< wrong flags or arguments
  config,            ///< the operator's settings or kubeconfig are wrong
  source_transient,  ///< a Git server is unreachable, slow or answers 5xx
  source_auth,       ///< a Git server refuses our credentials
  source_integrity,  ///< a Git server or mirror lies: bad hash, HTML for a pack, an empty ref list
  source_missing,    ///< a branch, tag, commit, path or repository does not exist
  render,            ///< the repository's content is wrong: syntax, convention, unknown renderer
  limit,             ///< input needs more steps, bytes, depth or time than its budget
  policy,            ///< a stack reaches beyond what its team may do
  api_transient,     ///< the API server is unreachable, overloaded (429) or answers 5xx
  api_auth,          ///< 401 or 403
  api_rejected,      ///< 400, 422, admission: the object is refused as it stands
  api_conflict,      ///< 409: another field manager, another writer, a failed precondition
  api_missing,       ///< 404: the object or its resource type does not exist
  api_gone,          ///< 410: the resourceVersion or continue token is too old
  apply_failed,      ///< some objects of a run failed to apply
  timeout,           ///< a deadline passed
  refused,           ///< a guard said no: prune guard, stale plan, another cluster
  local,             ///< this machine: disk full, permissions, file descriptors
  cancelled,         ///< the caller gave up
  internal,          ///< a bug
};

/// The place an error speaks of. Empty or zero members are unknown.
struct Where {
  std::string file{};      ///< path as the user knows it (relative to its repository, or as given on the command line)
  std::uint32_t line = 0;  ///< from 1
  std::uint32_t column = 0;  ///< from 1
  std::string key_path{};    ///< for example "spec.containers[0].image"

  [[nodiscard]] bool empty() const { return file.empty() && line == 0 && key_path.empty(); }
  bool operator==(const Where&) const = default;
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;               ///< why, in one sentence, without a trailing full stop; never holds a secret
  Where where;                       ///< where, if known
  std::string hint;                  ///< what to do next; may be empty
  std::vector<std::string> context;  ///< what was being done, innermost first: "render applications/shop"

  Error() = default;
  Error(ErrorKind kind_, std::string message_, Where where_ = {}, std::string hint_ = {})
      : kind(kind_), message(std::move(message_)), where(std::move(where_)), hint(std::move(hint_)) {}

  /// Adds what the caller was doing; returns itself so that it can end a return statement.
  Error&& in(std::string doing) && {
    context.push_back(std::move(doing));
    return std::move(*this);
  }
  bool operator==(const Error&) const = default;
};

/// "file:line:col", with the parts that are known; empty when nothing is.
std::string format_where(const Where& where);

/// One line for a person: "outer: inner: file:line:col: message (hint)".
std::string format_error(const Error& error);

/// The field's name of a kind, as reports print it: "render", "api-conflict".
std::string_view name_of(ErrorKind kind);

/// The exit code that a command ends with for this kind: 2 usage and config, 3 source, 4 render, limit and policy, 5
/// cluster, 6 apply failed, 7 timeout, 8 refused, 1 for the rest (notes: docs/exit-codes.md).
int exit_code(ErrorKind kind);

/// Whether the same call may succeed later with nothing changed by a person.
bool retryable(ErrorKind kind);

}  // namespace reconciled
