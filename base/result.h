// Result<T>: a value or an Error, and the two macros that pass an error up.
#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace reconciled {

/// Failed, absent and present are three types: Result<std::optional<T>> where something may be absent.
template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// An Error on its way out of a function that returns any Result.
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, Where where = {}, std::string hint = {}) {
  return tl::unexpected<Error>(Error(kind, std::move(message), std::move(where), std::move(hint)));
}

}  // namespace reconciled

#define RECONCILED_CAT2(a, b) a##b
#define RECONCILED_CAT(a, b) RECONCILED_CAT2(a, b)

/// Returns the error of `expr` from the enclosing function, if it has one.
#define TRY(expr)                                                                                        \
  do {                                                                                                   \
    if (auto try_result = (expr); !try_result) return ::reconciled::fail(std::move(try_result).error()); \
  } while (false)

/// `TRY_ASSIGN(auto tree, open(...))`: declares or assigns the value, or returns the error.
#define TRY_ASSIGN(lhs, expr) TRY_ASSIGN_NAMED(RECONCILED_CAT(try_assign_, __LINE__), lhs, expr)
#define TRY_ASSIGN_NAMED(name, lhs, expr)                        \
  auto name = (expr);                                            \
  if (!name) return ::reconciled::fail(std::move(name).error()); \
  lhs = std::move(*name)
