// What the tests of this folder share.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ports/source.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>

namespace reconciled {

/// The value, or the end of the test with the error's text.
template <class T>
T take(Result<T> result) {
  if (!result) FAIL(format_error(result.error()));
  return std::move(*result);
}
inline void check_ok(const Status& status) {
  if (!status) FAIL(format_error(status.error()));
}

inline MonotonicTime soon(int seconds = 30) {
  return monotonic_now() + std::chrono::seconds(seconds);
}

/// The error, or the end of the test.
template <class T>
Error error_of(Result<T> result) {
  if (result) FAIL("succeeded, and should not");
  return std::move(result).error();
}

inline bool says(const Error& error, std::string_view words) {
  return format_error(error).find(words) != std::string::npos;
}

}  // namespace reconciled
