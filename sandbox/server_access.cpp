#include "sandbox/server_access.h"

#include "base/base64.h"

namespace reconciled::sandbox {
namespace {

std::string make_token(Random& random) {
  std::string out = random.uuid() + random.uuid();
  std::erase(out, '-');
  return out;
}

}  // namespace

Tokens make_tokens(Random& random) {
  return {make_token(random), make_token(random)};
}

std::optional<Failure> authenticate(std::string_view authorization, const Tokens& tokens, ApiRequest& request) {
  if (authorization.empty()) return std::nullopt;
  if (authorization == "Bearer " + tokens.admin) {
    request.user = "sandbox-admin";
    request.groups = {"system:masters"};
    return std::nullopt;
  }
  if (authorization == "Bearer " + tokens.reader) {
    request.user = "sandbox-reader";
    request.groups = {"sandbox:readers"};
    return std::nullopt;
  }
  return Failure{.code = 401, .reason = "Unauthorized", .message = "Unauthorized"};
}

Failure body_too_large(std::uint64_t limit) {
  return {.code = 413,
          .reason = "RequestEntityTooLarge",
          .message = "Request entity too large: limit is " + std::to_string(limit)};
}

ApiResponse make_refusal(const Failure& failure) {
  ApiResponse response;
  response.status = failure.code;
  response.body = make_status(failure);
  return response;
}

std::string make_kubeconfig(const std::string& name, const std::string& url, std::string_view authority,
                            const std::string& token) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: " + name + "\nclusters:\n- name: " + name +
         "\n  cluster:\n    server: " + url + "\n    certificate-authority-data: " + encode_base64(authority) +
         "\nusers:\n- name: " + name + "\n  user:\n    token: " + token + "\ncontexts:\n- name: " + name +
         "\n  context:\n    cluster: " + name + "\n    user: " + name + "\n    namespace: default\n";
}

}  // namespace reconciled::sandbox
