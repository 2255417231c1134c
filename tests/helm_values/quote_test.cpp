#include "renderers/helm/values/quote.h"

#include <doctest/doctest.h>

#include <string>

using namespace reconciled::helm;

TEST_CASE("texts are quoted as strconv quotes them") {
  CHECK(quoted("plain \"x\" \\") == R"("plain \"x\" \\")");
  CHECK(quoted("a\n\t\x01\x7f") == R"("a\n\t\x01\x7f")");
  CHECK(quoted("h\u00e9 \u4e16 \U0001F600") == "\"h\u00e9 \u4e16 \U0001F600\"");
  CHECK(quoted("\u00a0\u200b\ufeff") == R"("\u00a0\u200b\ufeff")");
  CHECK(quoted("a\xff") == R"("a\xff")");
  std::string ascii;
  append_quoted(ascii, "\u00e9\U0001F600", QuoteRange::ascii);
  CHECK(ascii == R"("\u00e9\U0001f600")");
  std::string rune;
  append_quoted_rune(rune, '\'');
  append_quoted_rune(rune, 0xD800);
  CHECK(rune == "'\\'''\uFFFD'");
}

TEST_CASE("literals are read as strconv reads them") {
  struct Row {
    const char* literal;
    const char* value;  // null: an error
  };
  for (const Row& row :
       {Row{R"("a\tb")", "a\tb"}, Row{R"("\x41\u00e9\101")", "A\u00e9A"}, Row{R"("\'")", nullptr}, Row{R"("\"")", "\""},
        Row{R"("\z")", nullptr}, Row{R"("\u12")", nullptr}, Row{R"("\ud800")", nullptr}, Row{R"("\400")", nullptr},
        Row{"`raw\\n\r`", "raw\\n"}, Row{"`", nullptr}, Row{"\"a\nb\"", nullptr}, Row{"\"a", nullptr},
        Row{"\"\xff\"", "\uFFFD"}, Row{R"("\xff")", "\xff"}, Row{"'a'", nullptr}}) {
    CAPTURE(row.literal);
    const auto value = unquote(row.literal);
    CHECK(value.has_value() == (row.value != nullptr));
    if (value) CHECK(*value == row.value);
  }
}

TEST_CASE("only what a raw string can hold is put in backticks") {
  CHECK(can_backquote("a\tb \u00e9"));
  for (const char* text : {"a`b", "a\nb", "\x7f", "\xff", "\ufeff"}) {
    CAPTURE(text);
    CHECK(!can_backquote(text));
  }
}

TEST_CASE("bytes that are no UTF-8 count as one character each") {
  CHECK(count_runes("h\u00e9\xff\xfe") == 4);
  CHECK(first_rune("\xe4\xb8").length == 1);
  CHECK(first_rune("").length == 0);
}
