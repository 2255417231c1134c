#include "daemon/http/message.h"

#include "daemon/http/buffer_budget.h"
#include "daemon/http/route_table.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace reconciled;

TEST_CASE("a header is found by its name without case, and never when it is repeated") {
  const std::array<WebHeader, 3> headers{{{"X-One", "1"}, {"x-two", "2"}, {"X-TWO", "3"}}};
  CHECK(find_header(headers, "x-oNE").value == "1");
  CHECK(find_header(headers, "X-Two").found == HeaderValue::Found::repeated);
  CHECK(find_header(headers, "X-Two").value.empty());
  CHECK(find_header(headers, "X-On").found == HeaderValue::Found::no);
  CHECK_FALSE(find_header({}, "").once());
}

TEST_CASE("percent escapes are decoded or refused") {
  CHECK(decode_percent("a%20b+c", Plus::literal) == "a b+c");
  CHECK(decode_percent("a%20b+c", Plus::space) == "a b c");
  CHECK(decode_percent("%41%6a%6A", Plus::space) == "Ajj");
  CHECK(decode_percent("", Plus::space) == "");
  for (const char* broken : {"%", "%4", "%4g", "%g4", "a%", "%%41", "%-1"}) {
    CAPTURE(broken);
    CHECK_FALSE(decode_percent(broken, Plus::literal).has_value());
  }
}

TEST_CASE("the first query parameter of a name counts") {
  CHECK(query_value("a=1&b=2&b=3", "b") == "2");
  CHECK(query_value("a", "a") == "");
  CHECK(query_value("a=b=c", "a") == "b=c");
  CHECK_FALSE(query_value("ab=1", "a").has_value());
  CHECK_FALSE(query_value("", "a").has_value());
  CHECK_FALSE(query_value("a=%", "a").has_value());
}

TEST_CASE("a target is a path and a query, also as proxies send it") {
  CHECK(split_target("/a/b?c=d?e") == std::pair<std::string_view, std::string_view>("/a/b", "c=d?e"));
  CHECK(split_target("https://h:1/a?b") == std::pair<std::string_view, std::string_view>("/a", "b"));
  CHECK(split_target("http://h") == std::pair<std::string_view, std::string_view>("/", ""));
  CHECK(split_target("*").first == "*");
  CHECK(split_target("").first.empty());
}

TEST_CASE("a route is one of its listener, and a path without the method names those it has") {
  const std::vector<Route> routes{
      {"a", "GET", "/x", {}}, {"a", "POST", "/x", {}}, {"b", "GET", "/x/", {}}, {"b", "GET", "/", {}}};
  CHECK(find_route(routes, "a", "POST", "/x").route == &routes[1]);
  CHECK(find_route(routes, "a", "HEAD", "/x").route == &routes[0]);
  CHECK(find_route(routes, "a", "PUT", "/x").allowed == "GET, POST");
  CHECK(find_route(routes, "b", "GET", "/x/y/z").route == &routes[2]);
  CHECK(find_route(routes, "b", "GET", "/").route == &routes[3]);
  CHECK(find_route(routes, "b", "GET", "/x").route == nullptr);
  CHECK(find_route(routes, "b", "GET", "/y").allowed.empty());
}

TEST_CASE("the head of an answer says how long it is and whether the connection stays") {
  WebResponse response = make_json_response(503, "{}");
  response.headers = {{"X-More", "1"}};
  CHECK(*response.body == "{}\n");
  CHECK(format_head(response, 3, AfterAnswer::close) ==
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 3\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-More: 1\r\nRetry-After: 1\r\n"
        "Connection: close\r\n\r\n");
  CHECK(format_head(make_text_response(299, ""), 0, AfterAnswer::keep).starts_with("HTTP/1.1 299 \r\n"));
}

TEST_CASE("a budget gives no more than it has, and a shared text counts once until its last user is done") {
  BufferBudget budget(100);
  CHECK(budget.take(60));
  CHECK_FALSE(budget.take(41));
  CHECK_FALSE(budget.take(static_cast<std::size_t>(-1)));
  const auto text = std::make_shared<const std::string>(40, 'x');
  const auto other = std::make_shared<const std::string>(1, 'x');
  CHECK(budget.take_shared(text));
  CHECK(budget.take_shared(text));
  CHECK(budget.used() == 100);
  CHECK_FALSE(budget.take_shared(other));
  budget.give_shared(text);
  CHECK(budget.used() == 100);
  budget.give_shared(text);
  CHECK(budget.used() == 60);
  budget.give_shared(text);
  CHECK(budget.used() == 60);
  CHECK(budget.take_shared(other));
}
