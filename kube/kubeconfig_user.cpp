#include "kube/kubeconfig_user.h"

#include "base/base64.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr std::string_view k_exec_v1 = "client.authentication.k8s.io/v1";
constexpr std::string_view k_exec_v1beta1 = "client.authentication.k8s.io/v1beta1";

std::string trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

Result<std::string> read_named_file(const MergedKubeConfig& merged, const KubeConfigEntry& entry, std::string_view key,
                                    const std::string& path, const FileReader& read) {
  const std::string name(key);
  auto text = read(path);
  if (!text) return fail(merged.error_at(entry, {name}, text.error().message));
  if (!*text) return fail(merged.error_at(entry, {name}, "the file " + path + " does not exist"));
  return std::move(**text);
}

Status check_pem(const MergedKubeConfig& merged, const KubeConfigEntry& entry, const std::string& key,
                 std::string_view text) {
  if (text.find("-----BEGIN ") != std::string_view::npos) return {};
  return fail(merged.error_at(entry, {key}, key + " holds no PEM text",
                              "it begins with -----BEGIN ...-----; -data keys are that text in base64"));
}

/// Variables of the plugin: ours, then the kubeconfig's in place of ours.
Result<Variables> exec_environment(const MergedKubeConfig& merged, const KubeConfigEntry& exec,
                                   const Variables& inherited) {
  Variables variables = inherited;
  const Value& list = exec.body["env"];
  if (!list.is_null() && !list.is_list()) return fail(merged.error_at(exec, {"env"}, "env is not a list"));
  for (const Value& item : list.items()) {
    const Value& name = item["name"];
    const Value& value = item["value"];
    if (!name.is_string() || name.as_string().empty() || !(value.is_string() || value.is_null())) {
      return fail(merged.error_at(exec, {"env"}, "an item of env is not {name, value} of texts"));
    }
    std::erase_if(variables, [&](const auto& old) { return old.first == name.as_string(); });
    variables.emplace_back(std::string(name.as_string()), std::string(value.as_string()));
  }
  return variables;
}

/// spec.cluster of KUBERNETES_EXEC_INFO.
Value exec_cluster(const KubeConfigEntry& cluster, const ClusterAccess& access) {
  Value info = Value::map({{"server", access.server}});
  if (!access.tls_server_name.empty()) info.set("tls-server-name", access.tls_server_name);
  if (access.verification == TlsVerification::skip) info.set("insecure-skip-tls-verify", true);
  if (!access.ca_pem.empty()) info.set("certificate-authority-data", encode_base64(access.ca_pem));
  if (!access.proxy_url.empty()) info.set("proxy-url", access.proxy_url);
  for (const Value& item : cluster.body["extensions"].items()) {
    if (item["name"].as_string() == "client.authentication.k8s.io/exec") info.set("config", item["extension"]);
  }
  return info;
}

Status resolve_exec(const MergedKubeConfig& merged, const KubeConfigEntry& user, const KubeConfigEntry& cluster,
                    ExecPlugins allowed, const KubeEnvironment& environment, ClusterAccess& access) {
  const KubeConfigEntry exec = merged.below(user, "exec");
  if (!exec.body.is_map()) return fail(merged.error_at(user, {"exec"}, "exec is not a map"));
  if (allowed == ExecPlugins::refuse) {
    return fail(merged.error_at(
        user, {"exec"}, "user \"" + access.user + "\" takes its credentials from a program, which is not allowed here",
        "allow exec plugins for this cluster in the settings, or use a token or a client certificate"));
  }
  ExecPlugin plugin;
  TRY_ASSIGN(plugin.api_version, merged.text(exec, "apiVersion"));
  if (plugin.api_version != k_exec_v1 && plugin.api_version != k_exec_v1beta1) {
    return fail(merged.error_at(exec, {"apiVersion"}, "this apiVersion of exec plugins is unknown",
                                "use " + std::string(k_exec_v1) + " or " + std::string(k_exec_v1beta1)));
  }
  TRY_ASSIGN(plugin.command, merged.text(exec, "command"));
  if (plugin.command.empty()) return fail(merged.error_at(exec, {"command"}, "exec names no command"));
  if (plugin.command.find('/') != std::string::npos) {
    plugin.command = resolve_beside(merged.files[exec.file].path, plugin.command);
  }
  TRY_ASSIGN(plugin.arguments, merged.texts(exec, "args"));
  TRY_ASSIGN(plugin.environment, exec_environment(merged, exec, environment.variables));
  TRY_ASSIGN(plugin.install_hint, merged.text(exec, "installHint"));
  TRY_ASSIGN(const std::string mode, merged.text(exec, "interactiveMode"));
  if (mode.empty() && plugin.api_version == k_exec_v1) {
    return fail(
        merged.error_at(exec, {"interactiveMode"}, "exec has no interactiveMode", "set it to Never or IfAvailable"));
  }
  if (!mode.empty() && mode != "Never" && mode != "IfAvailable") {
    return fail(merged.error_at(exec, {"interactiveMode"},
                                mode == "Always" ? "this exec plugin needs a terminal, which it does not get here"
                                                 : "interactiveMode is none of Never, IfAvailable, Always",
                                "set it to Never or IfAvailable"));
  }
  TRY_ASSIGN(const bool provide, merged.flag(exec, "provideClusterInfo"));
  if (provide) plugin.cluster = exec_cluster(cluster, access);
  access.exec = std::move(plugin);
  return {};
}

Status resolve_certificate(const MergedKubeConfig& merged, const KubeConfigEntry& user, const FileReader& read,
                           ClusterAccess& access) {
  TRY_ASSIGN(access.client_cert_pem,
             read_kubeconfig_pem(merged, user, "client-certificate", read, access.client_cert_file));
  TRY_ASSIGN(const std::string key, read_kubeconfig_pem(merged, user, "client-key", read, access.client_key_file));
  access.client_key = SecretString(key);
  if (access.client_cert_pem.empty() == access.client_key.empty()) return {};
  return fail(merged.error_at(user, {},
                              access.client_key.empty()
                                  ? "user \"" + access.user + "\" has a client certificate without its key"
                                  : "user \"" + access.user + "\" has a client key without its certificate",
                              "give both client-certificate and client-key"));
}

Status resolve_impersonation(const MergedKubeConfig& merged, const KubeConfigEntry& user, ClusterAccess& access) {
  TRY_ASSIGN(access.identity.user, merged.text(user, "as"));
  TRY_ASSIGN(access.identity.groups, merged.texts(user, "as-groups"));
  for (const char* key : {"as-uid", "as-user-extra"}) {
    if (!user.body[key].is_null()) {
      return fail(merged.error_at(user, {key}, std::string(key) + " is not supported",
                                  "impersonate with `as` and `as-groups` alone"));
    }
  }
  if (access.identity.user.empty() && !access.identity.groups.empty()) {
    return fail(merged.error_at(user, {"as-groups"}, "groups are impersonated without a user", "add `as:`"));
  }
  return {};
}

}  // namespace

Result<std::string> read_kubeconfig_pem(const MergedKubeConfig& merged, const KubeConfigEntry& entry,
                                        std::string_view key, const FileReader& read, std::string& file) {
  const std::string data_key = std::string(key) + "-data";
  TRY_ASSIGN(const std::string data, merged.text(entry, data_key));
  if (!data.empty()) {
    auto pem = decode_base64(data);
    if (!pem) return fail(merged.error_at(entry, {data_key}, data_key + " is not base64"));
    TRY(check_pem(merged, entry, data_key, *pem));
    return std::move(*pem);
  }
  TRY_ASSIGN(file, merged.path(entry, key));
  if (file.empty()) return std::string();
  TRY_ASSIGN(std::string pem, read_named_file(merged, entry, key, file, read));
  TRY(check_pem(merged, entry, std::string(key), pem));
  return pem;
}

Status resolve_kubeconfig_user(const MergedKubeConfig& merged, const KubeConfigEntry& user,
                               const KubeConfigEntry& cluster, ExecPlugins exec_plugins,
                               const KubeEnvironment& environment, ClusterAccess& access) {
  if (!user.body["auth-provider"].is_null()) {
    return fail(merged.error_at(user, {"auth-provider"}, "auth-provider is not supported; kubectl removed it, too",
                                "use an exec plugin of your provider instead"));
  }
  TRY(resolve_certificate(merged, user, environment.read, access));
  TRY_ASSIGN(const std::string token, merged.text(user, "token"));
  TRY_ASSIGN(access.token_file, merged.path(user, "tokenFile"));
  access.token = SecretString(token);
  if (!access.token_file.empty()) {
    TRY_ASSIGN(const std::string text, read_named_file(merged, user, "tokenFile", access.token_file, environment.read));
    access.token = SecretString(trim(text));
    if (access.token.empty())
      return fail(merged.error_at(user, {"tokenFile"}, "the file " + access.token_file + " is empty"));
  }
  TRY_ASSIGN(std::string name, merged.text(user, "username"));
  TRY_ASSIGN(const std::string password, merged.text(user, "password"));
  if (!name.empty() || !password.empty()) access.basic = BasicLogin{std::move(name), SecretString(password)};
  const bool exec = !user.body["exec"].is_null();
  if (static_cast<int>(!access.token.empty()) + static_cast<int>(access.basic.has_value()) + static_cast<int>(exec) >
      1) {
    return fail(merged.error_at(user, {}, "user \"" + access.user + "\" has more than one of token, username and exec",
                                "keep one of them"));
  }
  TRY(resolve_impersonation(merged, user, access));
  if (exec) return resolve_exec(merged, user, cluster, exec_plugins, environment, access);
  return {};
}

}  // namespace reconciled
