#include "daemon/workers/crash_memory.h"

#include <doctest/doctest.h>

#include <string>

using namespace reconciled;

namespace {

MonotonicTime at(int seconds) {
  return MonotonicTime(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("inputs are refused from the second crash on, until they are old or rendered well") {
  CrashMemory memory(std::chrono::seconds(100));
  const Digest inputs = sha256("a");
  const Error error(ErrorKind::internal, "it crashed");
  memory.note(inputs, error, at(1));
  CHECK_FALSE(memory.find(inputs, at(2)));
  memory.note(inputs, error, at(10));
  REQUIRE(memory.find(inputs, at(11)));
  CHECK(memory.find(inputs, at(11))->message.starts_with("it crashed, 2 times"));
  CHECK_FALSE(memory.find(sha256("b"), at(11)));
  CHECK(memory.find(inputs, at(109)));
  CHECK_FALSE(memory.find(inputs, at(110)));
  memory.note(inputs, error, at(111));  // counted anew
  CHECK_FALSE(memory.find(inputs, at(112)));
  memory.note(inputs, error, at(113));
  CHECK(memory.find(inputs, at(114)));
  memory.forget(inputs);
  CHECK_FALSE(memory.find(inputs, at(114)));
}

TEST_CASE("the memory of crashes is bounded: the oldest is forgotten") {
  CrashMemory memory(std::chrono::hours(1));
  const Error error(ErrorKind::internal, "it crashed");
  for (int i = 0; i <= static_cast<int>(CrashMemory::k_most); ++i) {
    const Digest inputs = sha256(std::to_string(i));
    memory.note(inputs, error, at(i));
    memory.note(inputs, error, at(i));
  }
  CHECK_FALSE(memory.find(sha256("0"), at(2000)));
  CHECK(memory.find(sha256("1"), at(2000)));
  CHECK(memory.find(sha256(std::to_string(CrashMemory::k_most)), at(2000)));
}
