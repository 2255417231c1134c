#include "sources/oci_answer.h"

#include "base/json.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 2> k_chart_layers{"application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                                                         "application/tar+gzip"};
constexpr std::string_view k_digest_prefix = "sha256:";
constexpr std::size_t k_max_tag = 128;

Error broken(const std::string& why) {
  return {ErrorKind::source_integrity, "the registry's answer is " + why, {}, "check the URL of the chart"};
}

Result<Value> read_object(std::string_view text, std::string_view what, Budget& budget) {
  auto value = parse_json(text, budget);
  if (!value && value.error().kind == ErrorKind::limit) return fail(std::move(value).error());
  if (!value || !value->is_map()) return fail(broken("no " + std::string(what)));
  return value;
}

bool is_sha256(std::string_view hex) {
  return hex.size() == 64 &&
         std::ranges::all_of(hex, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<ChartLayer> read_chart_manifest(std::string_view text, Budget& budget) {
  TRY_ASSIGN(const Value manifest, read_object(text, "manifest", budget));
  if (manifest["manifests"].is_list()) return fail(broken("an index of several images, not a chart"));
  for (const Value& layer : manifest["layers"].items()) {
    if (std::ranges::find(k_chart_layers, layer["mediaType"].as_string()) == k_chart_layers.end()) continue;
    const std::string_view digest = layer["digest"].as_string();
    if (!digest.starts_with(k_digest_prefix) || !is_sha256(digest.substr(k_digest_prefix.size())))
      return fail(broken("a manifest whose chart has no SHA-256 digest"));
    const std::int64_t size = layer["size"].as_integer(0);
    if (size <= 0) return fail(broken("a manifest whose chart has no size"));
    return ChartLayer{std::string(digest.substr(k_digest_prefix.size())), static_cast<std::uint64_t>(size)};
  }
  return fail(broken("a manifest without a chart: no layer has the media type of one"));
}

Result<std::vector<std::string>> read_tag_list(std::string_view text, Budget& budget) {
  TRY_ASSIGN(const Value list, read_object(text, "list of tags", budget));
  std::vector<std::string> tags;
  for (const Value& tag : list["tags"].items()) {
    if (tag.is_string() && !tag.as_string().empty() && tag.as_string().size() <= k_max_tag)
      tags.emplace_back(tag.as_string());
  }
  return tags;
}

std::optional<TokenChallenge> read_challenge(std::string_view header) {
  constexpr std::string_view k_scheme = "bearer ";
  const auto scheme = header.substr(0, k_scheme.size());
  const bool bearer = std::ranges::equal(scheme, k_scheme, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
  if (!bearer) return std::nullopt;
  header.remove_prefix(k_scheme.size());
  TokenChallenge challenge;
  while (!header.empty()) {
    const auto equals = header.find('=');
    if (equals == std::string_view::npos) break;
    std::string_view name = header.substr(0, equals);
    while (name.starts_with(' ') || name.starts_with(',')) name.remove_prefix(1);
    header.remove_prefix(equals + 1);
    std::string value;
    if (header.starts_with('"')) {
      header.remove_prefix(1);
      while (!header.empty() && header.front() != '"') {
        if (header.front() == '\\' && header.size() > 1) header.remove_prefix(1);
        value += header.front();
        header.remove_prefix(1);
      }
      header.remove_prefix(header.empty() ? 0 : 1);
    } else {
      const auto end = std::min(header.find(','), header.size());
      value = header.substr(0, end);
      header.remove_prefix(end);
    }
    if (name == "realm") challenge.realm = value;
    if (name == "service") challenge.service = value;
    if (name == "scope") challenge.scope = value;
  }
  if (challenge.realm.empty()) return std::nullopt;
  return challenge;
}

Result<std::string> read_token(std::string_view text, Budget& budget) {
  TRY_ASSIGN(const Value answer, read_object(text, "token", budget));
  for (const std::string_view key : {"token", "access_token"}) {
    const std::string_view token = answer[key].as_string();
    const bool printable = std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; });
    if (!token.empty() && printable) return std::string(token);
  }
  return fail(broken("no token"));
}

std::string read_next_link(std::string_view header) {
  const auto open = header.find('<');
  const auto close = header.find('>', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  const std::string_view rest = header.substr(close);
  if (rest.find("rel=\"next\"") == std::string_view::npos && rest.find("rel=next") == std::string_view::npos) return {};
  return std::string(header.substr(open + 1, close - open - 1));
}

std::string tag_of_version(std::string_view version) {
  std::string tag(version);
  std::ranges::replace(tag, '+', '_');
  return tag;
}

std::string version_of_tag(std::string_view tag) {
  std::string version(tag);
  std::ranges::replace(version, '_', '+');
  return version;
}

}  // namespace reconciled
