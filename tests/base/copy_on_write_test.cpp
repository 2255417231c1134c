#include "base/copy_on_write.h"

#include <doctest/doctest.h>

#include <string>

namespace reconciled {

TEST_CASE("copies share their value until one is changed, and only that one changes") {
  CopyOnWrite<std::string> one(std::string("a long text that no string keeps inside of itself"));
  CopyOnWrite<std::string> other = one;
  CHECK(one.get() == other.get());
  other.edit() += "!";
  CHECK(one.get() != other.get());
  CHECK(other->ends_with("itself!"));
  CHECK(one->ends_with("itself"));
  const std::string* const alone = other.get();
  other.edit() += "!";
  CHECK(other.get() == alone);
}

}  // namespace reconciled
