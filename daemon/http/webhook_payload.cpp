#include "daemon/http/webhook_payload.h"

#include "base/json.h"
#include "daemon/http/message.h"

#include <initializer_list>

namespace reconciled {
namespace {

using Path = std::initializer_list<std::string_view>;

constexpr std::size_t k_max_url = 2048;
constexpr std::size_t k_max_ref = 1024;
constexpr std::size_t k_max_pushes = 100;
constexpr std::size_t k_max_clone_links = 8;

std::string join(Path path) {
  std::string text;
  for (const auto step : path) text += (text.empty() ? "" : ".") + std::string(step);
  return text;
}

tl::unexpected<Error> wrong(const std::string& field, std::string_view want) {
  return fail(ErrorKind::source_integrity, "the payload's " + field + " is not " + std::string(want));
}

/// The text at a path; empty when it or anything above it is absent or null.
Result<std::string> text_at(const Value& payload, Path path, std::size_t max_bytes) {
  const Value* at = &payload;
  for (const auto step : path) {
    if (at->is_null()) return std::string();
    if (!at->is_map()) return wrong(join(path), "inside a map");
    at = at->find(step);
    if (at == nullptr) return std::string();
  }
  if (at->is_null()) return std::string();
  if (!at->is_string()) return wrong(join(path), "a text");
  if (at->as_string().size() > max_bytes)
    return wrong(join(path), "a text of at most " + std::to_string(max_bytes) + " bytes");
  return std::string(at->as_string());
}

Status add_urls(const Value& payload, std::initializer_list<Path> paths, PushNotice& push) {
  for (const Path path : paths) {
    TRY_ASSIGN(auto url, text_at(payload, path, k_max_url));
    if (!url.empty()) push.urls.push_back(std::move(url));
  }
  return {};
}

Result<std::vector<PushNotice>> one(PushNotice push, std::string_view where) {
  if (push.urls.empty()) return wrong(std::string(where), "one with a URL");
  return std::vector<PushNotice>{std::move(push)};
}

/// Data Center lists ways to clone: {"href": "ssh://...", "name": "ssh"}.
Status add_clone_links(const Value& payload, std::string_view list, PushNotice& push) {
  const Value& links = payload.at({"repository", "links", list});
  if (links.is_null()) return {};
  if (!links.is_list()) return wrong("repository.links." + std::string(list), "a list");
  std::size_t count = 0;
  for (const Value& link : links.items()) {
    if (++count > k_max_clone_links) break;
    if (!link.is_map()) return wrong("repository.links." + std::string(list), "a list of maps");
    TRY(add_urls(link, {{"href"}}, push));
  }
  return {};
}

/// Cloud: {"new": {"type": "branch", "name": "main", "target": {"hash": ...}}, "old": ...}, `new` null when deleted.
Status read_cloud_change(const Value& change, PushNotice& push) {
  const Value& side = change["new"].is_null() ? change["old"] : change["new"];
  TRY_ASSIGN(const auto name, text_at(side, {"name"}, k_max_ref));
  TRY_ASSIGN(const auto type, text_at(side, {"type"}, k_max_ref));
  if (name.empty()) return wrong("push.changes", "a list of named refs");
  push.ref = (type == "tag" ? "refs/tags/" : "refs/heads/") + name;
  TRY_ASSIGN(push.revision, text_at(side, {"target", "hash"}, k_max_ref));
  return {};
}

Status read_data_center_change(const Value& change, PushNotice& push) {
  TRY_ASSIGN(push.ref, text_at(change, {"ref", "id"}, k_max_ref));
  if (push.ref.empty()) return wrong("changes", "a list of named refs");
  TRY_ASSIGN(push.revision, text_at(change, {"toHash"}, k_max_ref));
  return {};
}

}  // namespace

Result<std::vector<PushNotice>> read_generic_push(const Value& payload) {
  PushNotice push;
  TRY(add_urls(payload, {{"repo"}, {"url"}, {"repository"}}, push));
  TRY_ASSIGN(push.ref, text_at(payload, {"ref"}, k_max_ref));
  TRY_ASSIGN(push.revision, text_at(payload, {"revision"}, k_max_ref));
  return one(std::move(push), "\"repo\"");
}

Result<std::vector<PushNotice>> read_github_push(const Value& payload) {
  PushNotice push;
  TRY_ASSIGN(push.ref, text_at(payload, {"ref"}, k_max_ref));
  if (push.ref.empty()) return wrong("ref", "the name of what was pushed");
  TRY_ASSIGN(push.revision, text_at(payload, {"after"}, k_max_ref));
  TRY_ASSIGN(push.default_branch, text_at(payload, {"repository", "default_branch"}, k_max_ref));
  TRY(add_urls(
      payload,
      {{"repository", "clone_url"}, {"repository", "ssh_url"}, {"repository", "git_url"}, {"repository", "html_url"}},
      push));
  return one(std::move(push), "repository");
}

Result<std::vector<PushNotice>> read_gitlab_push(const Value& payload) {
  PushNotice push;
  TRY_ASSIGN(push.ref, text_at(payload, {"ref"}, k_max_ref));
  if (push.ref.empty()) return wrong("ref", "the name of what was pushed");
  TRY_ASSIGN(push.revision, text_at(payload, {"after"}, k_max_ref));
  TRY_ASSIGN(push.default_branch, text_at(payload, {"project", "default_branch"}, k_max_ref));
  TRY(add_urls(payload,
               {{"project", "git_http_url"},
                {"project", "git_ssh_url"},
                {"project", "web_url"},
                {"repository", "git_http_url"},
                {"repository", "git_ssh_url"}},
               push));
  return one(std::move(push), "project");
}

Result<std::vector<PushNotice>> read_bitbucket_push(const Value& payload) {
  const bool cloud = !payload["push"].is_null();
  PushNotice common;
  if (cloud) {
    TRY(add_urls(payload, {{"repository", "links", "html", "href"}}, common));
  } else {
    TRY(add_clone_links(payload, "clone", common));
  }
  if (common.urls.empty()) return wrong("repository.links", "one with a URL");
  const Value& changes = cloud ? payload.at({"push", "changes"}) : payload["changes"];
  if (!changes.is_list() || changes.size() == 0)
    return wrong(cloud ? "push.changes" : "changes", "a list of what was pushed");
  std::vector<PushNotice> pushes;
  for (const Value& change : changes.items()) {
    if (pushes.size() == k_max_pushes) {  // whatever else moved: it is one look at the repository
      pushes.back().ref.clear();
      break;
    }
    PushNotice push = common;
    TRY(cloud ? read_cloud_change(change, push) : read_data_center_change(change, push));
    pushes.push_back(std::move(push));
  }
  return pushes;
}

Result<Value> read_payload(std::string_view body, std::string_view content_type) {
  std::string decoded;
  if (content_type.substr(0, content_type.find(';')) == "application/x-www-form-urlencoded") {
    auto field = query_value(body, "payload");
    if (!field) return fail(ErrorKind::source_integrity, "the form has no readable field \"payload\"");
    decoded = std::move(*field);
    body = decoded;
  }
  Budget budget(Limits{.steps = 500'000, .bytes = 32U << 20, .depth = 64, .time = std::chrono::milliseconds(500)});
  auto payload = parse_json(body, budget);
  if (!payload) return fail(ErrorKind::source_integrity, "the body is not readable JSON: " + payload.error().message);
  if (!payload->is_map()) return fail(ErrorKind::source_integrity, "the body is no JSON object");
  return payload;
}

}  // namespace reconciled
