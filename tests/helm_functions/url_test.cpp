#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/go_url.h"
#include "tests/helm_functions/function_scene.h"

#include <doctest/doctest.h>

namespace reconciled::helm {
namespace {

using testing::FunctionScene;

std::string error_of(std::string_view text) {
  const auto url = parse_go_url(text);
  return url ? "no error" : url.error().message;
}

TEST_CASE("a URL in its parts") {
  FunctionScene scene(url_functions());
  CHECK(scene.show("urlParse", {"HTTP://me:s%40crt@example.com:8080/a%20b?q=1#x%2fy"}) ==
        "map[fragment:x/y host:example.com:8080 hostname:example.com opaque: path:/a b query:q=1 scheme:http "
        "userinfo:me:s%40crt]");
  CHECK(scene.show("urlParse", {"mailto:me@example.com"}) ==
        "map[fragment: host: hostname: opaque:me@example.com path: query: scheme:mailto userinfo:]");
  CHECK(scene.show("urlParse", {"http://[fe80::1%25en0]:8080/"}) ==
        "map[fragment: host:[fe80::1%en0]:8080 hostname:fe80::1%en0 opaque: path:/ query: scheme:http userinfo:]");
  CHECK(parse_go_url("http://a:80:80/")->hostname() == "a:80");
  CHECK(scene.show("urlParse", {"%"}) == "error: unable to parse url: parse \"%\": invalid URL escape \"%\"");
}

TEST_CASE("what is no URL is told in Go's words") {
  CHECK(error_of(":a") == "parse \":a\": missing protocol scheme");
  CHECK(error_of("a:b/c") == "no error");
  CHECK(error_of("1a:b/c") == "parse \"1a:b/c\": first path segment in URL cannot contain colon");
  CHECK(error_of("http://a b/#f") == "parse \"http://a b/\": invalid character \" \" in host name");
  CHECK(error_of("http://a:b/") == "parse \"http://a:b/\": invalid port \":b\" after host");
  CHECK(error_of("http://[::1/") == "parse \"http://[::1/\": missing ']' in host");
  CHECK(error_of("http://a[::1]/") == "parse \"http://a[::1]/\": invalid IP-literal");
  CHECK(error_of("http://[1.2.3.4]/") == "parse \"http://[1.2.3.4]/\": invalid IP-literal");
  CHECK(error_of("http://[::g]/") ==
        "parse \"http://[::g]/\": invalid host: ParseAddr(\"::g\"): each colon-separated field must have at least one "
        "digit (at \"g\")");
  CHECK(error_of("http://a|b@c/") == "parse \"http://a|b@c/\": net/url: invalid userinfo");
  CHECK(error_of("http://a/\n") == "parse \"http://a/\\n\": net/url: invalid control character in URL");
  CHECK(error_of("/#%zz") == "parse \"/#%zz\": invalid URL escape \"%zz\"");
}

TEST_CASE("a URL out of its parts") {
  FunctionScene scene(url_functions());
  const auto join = [&](std::initializer_list<std::pair<std::string_view, GoValue>> parts) {
    GoMap* map = make_map(scene.arena);
    for (const auto& [key, value] : parts) map->set(key, value);
    return scene.show(scene.call("urlJoin", {GoValue::map(map)}));
  };
  const auto text = [](std::string_view part) { return GoValue::string(part); };
  CHECK(join({{"scheme", text("https")}, {"host", text("example.com")}, {"path", text("a b")}, {"query", text("q")}}) ==
        "https://example.com/a%20b?q");
  CHECK(join({{"host", text("h")}, {"userinfo", text("me/w")}}) == "//h");
  CHECK(join({{"host", text("h")}, {"userinfo", text("me:pw")}, {"fragment", text("x y")}}) == "//me:pw@h#x%20y");
  CHECK(join({{"path", text("a:b/c")}}) == "./a:b/c");
  CHECK(join({{"scheme", text("mailto")}, {"opaque", text("a@b")}}) == "mailto:a@b");
  CHECK(join({}) == "");
  CHECK(join({{"host", GoValue::number(1)}}) ==
        "error: unable to parse host key, must be of type string, but float64 found");
  CHECK(join({{"host", GoValue::nil()}}) == "error: runtime error: invalid memory address or nil pointer dereference");
  CHECK(join({{"userinfo", text("%")}}) ==
        "error: unable to parse userinfo in dict: parse \"proto://%@host\": invalid URL escape \"%\"");
}

}  // namespace
}  // namespace reconciled::helm
