#include "diff/inventory.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

StackInventory sample() {
  StackInventory row;
  row.stack = {"prod", "applications", "shop"};
  row.stack_uid = "0123456789abcdef0123456789abcdef";
  row.revision = "3f2c1ab";
  row.writer = "cli/1";
  row.epoch = 7;
  row.entries = {{{"prod", "", "Namespace", "", "shop"}, "u1", sha256("a")},
                 {{"prod", "apps", "Deployment", "shop", "web"}, "u2", sha256("b")}};
  row.intent = {{{"prod", "apps", "Deployment", "shop", "api"}, "", sha256("c")},
                {{"prod", "apps", "Deployment", "shop", "web"}, "u2", sha256("d")}};
  return row;
}

TEST_CASE("a row reads back as it was written") {
  const StackInventory row = sample();
  const std::string text = encode_row(row);
  const auto back = decode_row(text, "prod");
  REQUIRE(back.has_value());
  CHECK(*back == row);
  CHECK(encode_row(*back) == text);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(decode_row(encode_row({{"e", "l", "n"}, "", "", {}, {}, "", 0, {}}), "prod").has_value());
}

TEST_CASE("a row of a newer schema is refused and says what to do") {
  std::string text = encode_row(sample());
  text.replace(text.find("\"v\":1"), 5, "\"v\":2");
  const auto back = decode_row(text, "prod");
  REQUIRE_FALSE(back.has_value());
  CHECK(back.error().kind == ErrorKind::refused);
  CHECK(back.error().message == "the inventory has schema version 2, this program knows up to 1");
  CHECK(back.error().hint.find("newer release") != std::string::npos);
}

TEST_CASE("a damaged row is an error, whatever is wrong with it") {
  const std::string text = encode_row(sample());
  for (std::size_t cut = 0; cut < text.size(); ++cut) CHECK_FALSE(decode_row(text.substr(0, cut), "prod").has_value());
  const auto refused = [&](std::string from, const std::string& to) {
    std::string damaged = text;
    REQUIRE(damaged.find(from) != std::string::npos);
    damaged.replace(damaged.find(from), from.size(), to);
    const auto row = decode_row(damaged, "prod");
    CHECK_MESSAGE(!row.has_value(), to);
  };
  refused("prod/applications/shop", "applications/shop");
  refused("prod/applications/shop", "prod//shop");
  refused("\"epoch\":7", "\"epoch\":-7");
  refused("\"epoch\":7", "\"epoch\":\"7\"");
  refused("\"u1\"", "1");
  refused(sha256("a").hex(), "00");
  refused("/Namespace//shop", "Namespace");
  refused("apps/Deployment/shop/api", "apps/Deployment/shop/web");
  refused("\"v\":1", "\"v\":0");
  refused("\"v\":1", "\"v\":\"1\"");
  refused("\"intent\"", "\"intended\"");
  CHECK_FALSE(decode_row("[]", "prod").has_value());
  CHECK_FALSE(decode_row(std::string(9 << 20, ' '), "prod").has_value());
}

TEST_CASE("an inventory knows the committed entry before the intended one") {
  const StackInventory row = sample();
  const ObjectId web{"prod", "apps", "Deployment", "shop", "web"};
  const ObjectId api{"prod", "apps", "Deployment", "shop", "api"};
  CHECK(row.find(web)->desired == sha256("b"));
  CHECK(row.find(api)->desired == sha256("c"));
  CHECK(row.find({"prod", "", "Namespace", "", "pay"}) == nullptr);
  CHECK(row.find_committed(api) == nullptr);
  REQUIRE(row.all().size() == 3);
  CHECK(row.all()[1].id == api);
  CHECK(row.all()[2].desired == sha256("b"));
}

TEST_CASE("the owner of an object is the row that has it committed") {
  Inventory all;
  const ObjectId id{"prod", "", "ConfigMap", "shop", "a"};
  all.stacks["prod/a/a"].edit().intent.push_back({id, "", {}});
  CHECK(all.owner_of(id) == all.stacks["prod/a/a"].get());
  all.stacks["prod/b/b"].edit().entries.push_back({id, "u", {}});
  CHECK(all.owner_of(id) == all.stacks["prod/b/b"].get());
  CHECK(all.owner_of({"prod", "", "ConfigMap", "shop", "b"}) == nullptr);
}

}  // namespace
}  // namespace reconciled
