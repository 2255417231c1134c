#include "base/log.h"

#include "base/redact.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <thread>

using namespace reconciled;

namespace {
struct Capture {
  std::string text;
  Logger make(LogFormat format, LogLevel level = LogLevel::info) {
    return Logger(
        format, level, [this](std::string_view line) { text += line; },
        [] { return WallTime(std::chrono::seconds(1770000000)); });
  }
};
}  // namespace

TEST_CASE("logfmt quotes what needs quotes") {
  Capture capture;
  Logger log = capture.make(LogFormat::logfmt);
  log.info("synced",
           {{"stack", "applications/shop"}, {"empty", ""}, {"text", "two words"}, {"equals", "a=b"}, {"bad key", "v"}});
  CHECK(capture.text ==
        "ts=2026-02-02T02:40:00Z level=info msg=synced stack=applications/shop empty=\"\" text=\"two words\" "
        "equals=\"a=b\" bad_key=v\n");
}

TEST_CASE("JSON lines are JSON, and levels below the threshold are not written") {
  Capture capture;
  Logger log = capture.make(LogFormat::json, LogLevel::warn);
  log.debug("no");
  log.info("no");
  log.warn("say \"hi\"\n", {{"k", "\x01\xFF\xE2\x80\xAE"}});
  const auto line = nlohmann::json::parse(capture.text);
  CHECK(line["ts"] == "2026-02-02T02:40:00Z");
  CHECK(line["level"] == "warn");
  CHECK(line["msg"] == "say \"hi\"\n");
  CHECK(capture.text.find("\\u0001\\ufffd\\u202e") != std::string::npos);
  CHECK(std::count(capture.text.begin(), capture.text.end(), '\n') == 1);
}

TEST_CASE("nothing that a terminal acts upon is written as it is") {
  for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
    Capture capture;
    Logger log = capture.make(format);
    log.info("\x1b[2J\x9b\u202etxt.exe\u2066\u200b\r\nlevel=error msg=forged\u2028\u0085\x7f\U000E0041",
             {{"k", "\ttab\u00e9"}});
    for (const char* bad :
         {"\x1b", "\u202e", "\u2066", "\u200b", "\r", "\u2028", "\u0085", "\x7f", "\t", "\U000E0041"}) {
      CHECK(capture.text.find(bad) == std::string::npos);
    }
    CHECK(capture.text.find("\u00e9") != std::string::npos);
    CHECK(std::count(capture.text.begin(), capture.text.end(), '\n') == 1);
  }
}

TEST_CASE("a secret is found in each of its forms") {
  const std::string secret = "s3cr3t/T\u00f6ken+\"=";
  Capture capture;
  Logger log = capture.make(LogFormat::json);
  log.redact(secret);
  log.redact("abc");  // too short to be one
  const auto base64_of = [](const std::string& text) {
    // Independent of the code under test: one group of three bytes at a time.
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
      unsigned group = 0;
      for (std::size_t j = 0; j < 3; ++j)
        group = group << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
      for (int shift = 18; shift >= 0; shift -= 6) out += digits[group >> shift & 63U];
    }
    return out;
  };
  for (const std::string& around : {std::string(), std::string("a"), std::string("ab"), std::string("user:")}) {
    capture.text.clear();
    log.info("x " + base64_of(around + secret + around) + " y");
    CHECK(capture.text.find("[secret]") != std::string::npos);
  }
  capture.text.clear();
  log.info("plain " + secret, {{"field", "in " + secret}});
  log.info("hex 7333637233742f54c3b66b656e2b223d and 7333637233742F54C3B66B656E2B223D");
  log.info("url s3cr3t%2FT%C3%B6ken%2B%22%3D and s3cr3t%2fT%c3%b6ken%2b%22%3d");
  log.info("json s3cr3t/T\u00f6ken+\\\"=");
  log.info("abc stays");
  CHECK(capture.text.find("s3cr3t") == std::string::npos);
  CHECK(capture.text.find("733363") == std::string::npos);
  CHECK(capture.text.find("abc stays") != std::string::npos);
}

TEST_CASE("credentials in URLs and headers are replaced without being told") {
  const auto same = [](const char* text) { CHECK(redact_text(text) == text); };
  CHECK(redact_text("clone https://user:pa%40ss@host/x.git failed") == "clone https://[secret]@host/x.git failed");
  CHECK(redact_text("https://tok3n@host https://a:b@c") == "https://[secret]@host https://[secret]@c");
  CHECK(redact_text("https://user:p@ss@host/") == "https://[secret]@host/");
  CHECK(redact_text("https://user:pa/ss@host/") == "https://[secret]@host/");
  CHECK(redact_text("Authorization: Bearer abcdefgh.ijk") == "Authorization: [secret]");
  CHECK(redact_text("a\nauthorization: Basic dXNlcjpwYXNz\nb") == "a\nauthorization: [secret]\nb");
  CHECK(redact_text("{\"Authorization\": \"Bearer abcdefgh\"}").find("abcdefgh") == std::string::npos);
  CHECK(redact_text("used bearer abcdefghijk, then") == "used bearer [secret], then");
  CHECK(redact_text("PRIVATE-TOKEN: glpat-1") == "PRIVATE-TOKEN: [secret]");
  same("https://host:8443/path?q=a@b");
  same("https://host/a@b");
  same("ssh and git@host:path");
  same("the basic idea of a bearer");
  same("");
  same("://");
  same("authorization:");
}

TEST_CASE("a field of megabytes is cut") {
  Capture capture;
  Logger log = capture.make(LogFormat::json);
  log.info(std::string(1'000'000, 'x'));
  CHECK(capture.text.size() < 20'000);
  CHECK(capture.text.find("more bytes") != std::string::npos);
}

TEST_CASE("lines of several threads stay whole") {
  Capture capture;
  Logger log = capture.make(LogFormat::json);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) log.info("line", {{"i", std::to_string(i)}});
      log.redact("a secret of thread");
    });
  }
  for (auto& thread : threads) thread.join();
  std::size_t lines = 0;
  for (std::size_t at = 0; at < capture.text.size(); ++lines) {
    const std::size_t end = capture.text.find('\n', at);
    CHECK(nlohmann::json::accept(capture.text.substr(at, end - at)));
    at = end + 1;
  }
  CHECK(lines == 400);
}
