#include "base/error.h"

#include "base/result.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("an error prints its context from the outside in, then where, why and what to do") {
  Error error(ErrorKind::render, "bad", {.file = "a.yaml", .line = 3, .column = 7}, "do it");
  CHECK(format_error(std::move(error).in("inner").in("outer")) == "outer: inner: a.yaml:3:7: bad (do it)");
  CHECK(format_where({}).empty());
  CHECK(format_where({.line = 3}) == "line 3");
  CHECK(format_where({.file = "f", .key_path = "spec.x"}) == "f: spec.x");
}

TEST_CASE("the kinds of errors have the documented exit codes") {
  CHECK(exit_code(ErrorKind::usage) == 2);
  CHECK(exit_code(ErrorKind::config) == 2);
  CHECK(exit_code(ErrorKind::source_auth) == 3);
  CHECK(exit_code(ErrorKind::render) == 4);
  CHECK(exit_code(ErrorKind::policy) == 4);
  CHECK(exit_code(ErrorKind::api_conflict) == 5);
  CHECK(exit_code(ErrorKind::apply_failed) == 6);
  CHECK(exit_code(ErrorKind::timeout) == 7);
  CHECK(exit_code(ErrorKind::refused) == 8);
  CHECK(exit_code(ErrorKind::internal) == 1);
  CHECK(retryable(ErrorKind::api_transient));
  CHECK_FALSE(retryable(ErrorKind::render));
  CHECK(name_of(ErrorKind::api_conflict) == "api-conflict");
}

TEST_CASE("TRY passes errors up and values on") {
  const auto half = [](int number) -> Result<int> {
    if (number % 2 != 0) return fail(ErrorKind::usage, "odd");
    return number / 2;
  };
  const auto quarter = [&](int number) -> Result<int> {
    TRY_ASSIGN(const int once, half(number));
    TRY(half(once));
    return once / 2;
  };
  CHECK(quarter(12).value() == 3);
  CHECK(quarter(6).error().message == "odd");
}
