#include "cli/writer_name.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace reconciled;

TEST_CASE("a writer of this machine is gone when its process has ended, and another one's life is not judged") {
  SeededRandom random(1);
  const std::string name = make_writer_name(random);
  CHECK(name.starts_with("cli/"));
  CHECK(make_writer_name(random) == name);
  CHECK_FALSE(is_gone(name));

  const std::string process = name.substr(0, name.rfind('-'));  // without the time of its start
  CHECK(is_gone(process + "-1"));                               // the number was given to another process since
  const std::string here = process.substr(0, process.rfind('-'));
  const pid_t child = fork();
  if (child == 0) _exit(0);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(is_gone(here + "-" + std::to_string(child) + "-17"));

  for (const char* other : {"", "cli/", "cli/1f2e3d4c", "daemon/one", "cli/00000000-1-2-3", "test/1"}) {
    CAPTURE(other);
    CHECK_FALSE(is_gone(other));
  }
  for (const char* strange : {"-", "-x-1", "-17", "-../self-1", ""}) {
    CAPTURE(strange);
    CHECK_FALSE(is_gone(here + strange));
  }
}
