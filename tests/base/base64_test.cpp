#include "base/base64.h"

#include <doctest/doctest.h>

using namespace reconciled;

TEST_CASE("base64 is decoded as strictly as Go does it") {
  CHECK(decode_base64("YQ==") == "a");
  CHECK(decode_base64("YW\nJj") == "abc");
  CHECK(decode_base64("") == "");
  for (const char* wrong : {"YQ", "YQ=", "Y===", "YQ==YQ==", "Y Q=", "=", "YWJj=", "YWJj===="}) {
    CAPTURE(wrong);
    CHECK_FALSE(decode_base64(wrong).has_value());
  }
  for (const std::string text : {"", "a", "ab", "abc", "abcd"}) CHECK(decode_base64(encode_base64(text)) == text);
}
