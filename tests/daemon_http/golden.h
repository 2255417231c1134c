// Texts that are compared with files of the repository; RECONCILED_UPDATE_GOLDEN=1 writes them.
#pragma once

#include "base/file.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace reconciled::test {

/// `path` starts from testdata/.
inline void check_golden(const std::string& path, const std::string& made) {
  const std::string full = std::string(RECONCILED_TESTDATA) + "/" + path;
  if (const char* update = std::getenv("RECONCILED_UPDATE_GOLDEN");
      update != nullptr && std::string_view(update) == "1")
    REQUIRE(write_file_atomically(full, made).has_value());
  const auto committed = read_file(full);
  REQUIRE_MESSAGE(committed.has_value(), full << " cannot be read");
  CHECK_MESSAGE(*committed == made,
                full << " is out of date: run with RECONCILED_UPDATE_GOLDEN=1 and look at the changes");
}

}  // namespace reconciled::test
