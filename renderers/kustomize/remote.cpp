#include "renderers/kustomize/remote.h"

#include "renderers/kustomize/loader.h"
#include "renderers/kustomize/node_edit.h"

#include <algorithm>
#include <array>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_file_scheme = "file://";

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (text.size() < prefix.size() ||
      !std::equal(prefix.begin(), prefix.end(), text.begin(), [&](char b, char a) { return same(a, b); }))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  return cut_prefix(text, prefix);
}

std::string unescape(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void read_query(std::string_view query, RepositoryUrl& url) {
  std::string ref, version;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    const auto key = unescape(pair.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::string() : unescape(pair.substr(equals + 1));
    if (key == "ref" && ref.empty()) ref = value;
    if (key == "version" && version.empty()) version = value;
    constexpr std::array<std::string_view, 6> k_no{"0", "f", "F", "false", "FALSE", "False"};
    if (key == "submodules" && std::find(k_no.begin(), k_no.end(), value) != k_no.end()) url.submodules = false;
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  url.ref = ref.empty() ? version : ref;
}

/// Cuts "user@" off.
std::string cut_user(std::string_view& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::size_t end = 0;
  while (end < text.size() &&
         (letter(text[end]) || (end > 0 && ((text[end] >= '0' && text[end] <= '9') || text[end] == '-'))))
    ++end;
  if (end == 0 || end == text.size() || text[end] != '@') return {};
  std::string user(text.substr(0, end + 1));
  text.remove_prefix(end + 1);
  return user;
}

/// Splits off scheme, user and host; what is left is the path.
Result<std::string_view> read_host(std::string_view text, RepositoryUrl& url) {
  cut_prefix(text, "git::");
  std::string scheme;
  for (const std::string_view known : {"ssh://", "https://", "http://", "file://"}) {
    if (!cut_prefix(text, known)) continue;
    scheme = known;
    break;
  }
  std::string user = cut_user(text);
  const bool github = starts_with_any_case(text, "github.com/") || starts_with_any_case(text, "github.com:");
  const bool scp = scheme.empty() && (!user.empty() || github);
  if (scheme.empty() && !scp) return fail_render("failed to parse scheme");
  if (scheme == k_file_scheme) {
    url.host = scheme + user;
    return text;
  }
  auto end = text.find('/');
  if (scp) {
    const auto colon = text.find(':');
    if (end == std::string_view::npos || (colon != std::string_view::npos && colon > 0 && colon < end)) end = colon;
  }
  std::string host(end == std::string_view::npos ? text : text.substr(0, end + 1));
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (github) {
    const bool ssh = scheme == "ssh://" || !user.empty();
    scheme = ssh ? "" : "https://";
    host = ssh ? "github.com:" : "github.com/";
    if (!ssh) user.clear();
  }
  if (host.empty()) return fail_render("failed to parse host segment");
  url.host = scheme + user + host;
  return text;
}

/// Where the repository ends and the base's path in it begins: at a mark, else after two names.
bool split_repository(std::string_view text, bool is_file, RepositoryUrl& url) {
  constexpr std::string_view k_azure = "_git/", k_git = ".git";
  if (const auto mark = text.find(k_azure); mark != std::string_view::npos) {
    const auto begin = mark + k_azure.size();
    const auto end = std::min(text.find('/', begin), text.size());
    url.repository = text.substr(0, end);
    url.path = text.substr(std::min(end + 1, text.size()));
  } else if (const auto twice = text.find("//"); twice != std::string_view::npos) {
    url.repository = text.substr(0, twice);
    url.path = text.substr(twice + 2);
  } else if (const auto suffix = text.find(k_git); suffix != std::string_view::npos) {
    url.repository = text.substr(0, suffix + k_git.size());
    url.path = text.substr(suffix + k_git.size());
  } else if (is_file) {
    url.repository = text;
  } else {
    const auto first = text.find('/');
    if (first == std::string_view::npos) return false;
    const auto second = std::min(text.find('/', first + 1), text.size());
    url.repository = text.substr(0, second);
    url.path = text.substr(std::min(second + 1, text.size()));
  }
  return !url.repository.empty();
}

}  // namespace

Result<RepositoryUrl> parse_repository_url(std::string_view text) {
  if (text.starts_with('/')) return fail_render("uri looks like abs path: " + std::string(text));
  RepositoryUrl url;
  const auto question = text.find('?');
  if (question != std::string_view::npos) read_query(text.substr(question + 1), url);
  TRY_ASSIGN(const auto rest, read_host(text.substr(0, question), url));
  if (!split_repository(rest, url.host.starts_with(k_file_scheme), url))
    return fail_render("failed to parse repo path segment");
  std::string_view path = url.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto clean = clean_path(path);
  if (clean == ".." || clean.starts_with("../")) return fail_render("url path exits repo: " + std::string(rest));
  url.path = std::string(path);
  return url;
}

bool is_remote_file(std::string_view path) {
  return starts_with_any_case(path, "http://") || starts_with_any_case(path, "https://");
}

std::shared_ptr<const SourceTree> NoRemotes::find_repository(const RepositoryUrl& url) const {
  m_repositories.push_back(url);
  return nullptr;
}

std::optional<std::string> NoRemotes::find_file(std::string_view url) const {
  m_files.emplace_back(url);
  return std::nullopt;
}

std::shared_ptr<const SourceTree> NoRemotes::find_chart(const ChartRef& chart) const {
  m_charts.push_back(chart);
  return nullptr;
}

}  // namespace reconciled::kustomize
