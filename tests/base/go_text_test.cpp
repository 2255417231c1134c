#include "base/go_text.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("white space is Unicode's, and broken bytes are none") {
  CHECK(trim_space("\u00A0\u2003 a b\u3000\r\n\v") == "a b");
  CHECK(trim_space(" \x85 a \xA0 ") == "\x85 a \xA0");
  CHECK(trim_space("\u200Ba\u200B") == "\u200Ba\u200B");  // has no width, and is no space
  CHECK(trim_space(" \t\u2028").empty());
  CHECK(trim_space_left("\u0085 a ") == "a ");
  CHECK(to_lower("aÄB\xFF\u01C5") == "aäb\xFF\u01C6");
  CHECK(without_bom("\uFEFF\uFEFFa") == "\uFEFFa");
}
