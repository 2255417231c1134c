// urlParse and urlJoin.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/go_url.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"

#include <array>

namespace reconciled::helm {
namespace {

Result<GoValue> call_url_parse(FunctionCall& call) {
  const auto url = parse_go_url(call.arguments[0].as_text());
  if (!url) return fail(url.error().kind, "unable to parse url: " + url.error().message);
  GoMap* parts = make_map(call.arena());
  const auto set = [&](std::string_view key, std::string_view part) {
    parts->set_shared(key, make_string(call.arena(), part));
  };
  set("scheme", url->scheme);
  set("host", url->host);
  set("hostname", url->hostname());
  set("path", url->path);
  set("query", url->query);
  set("opaque", url->opaque);
  set("fragment", url->fragment);
  set("userinfo", url->user ? format_url_user(*url->user) : "");
  return GoValue::map(parts);
}

/// Empty when the map has no such key.
Result<std::string> part_of(const GoMap* parts, std::string_view key) {
  const GoValue* part = parts == nullptr ? nullptr : parts->find(key);
  if (part == nullptr) return std::string();
  if (part->is_nil()) return fail_nil_pointer();
  if (!part->is_string()) {
    return fail(ErrorKind::render, "unable to parse " + std::string(key) + " key, must be of type string, but " +
                                       std::string(part->kind_name()) + " found");
  }
  return std::string(part->as_text());
}

Result<GoValue> call_url_join(FunctionCall& call) {
  const GoMap* parts = call.arguments[0].is_map() ? call.arguments[0].as_map() : nullptr;
  GoUrl url;
  TRY_ASSIGN(url.scheme, part_of(parts, "scheme"));
  TRY_ASSIGN(url.host, part_of(parts, "host"));
  TRY_ASSIGN(url.path, part_of(parts, "path"));
  TRY_ASSIGN(url.query, part_of(parts, "query"));
  TRY_ASSIGN(url.opaque, part_of(parts, "opaque"));
  TRY_ASSIGN(url.fragment, part_of(parts, "fragment"));
  TRY_ASSIGN(const std::string user, part_of(parts, "userinfo"));
  if (!user.empty()) {
    auto with_user = parse_go_url("proto://" + user + "@host");
    if (!with_user) {
      return fail(with_user.error().kind, "unable to parse userinfo in dict: " + with_user.error().message);
    }
    url.user = std::move(with_user->user);
  }
  return make_string(call.arena(), format_go_url(url));
}

constexpr std::array k_functions{
    GoFunction{"urlParse", k_takes<GoParameter::string>, k_fixed, &call_url_parse},
    GoFunction{"urlJoin", k_takes<GoParameter::map_any>, k_fixed, &call_url_join},
};

}  // namespace

std::span<const GoFunction> url_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
