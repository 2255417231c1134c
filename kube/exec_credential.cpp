#include "kube/exec_credential.h"

#include "base/json.h"
#include "base/log.h"
#include "base/process.h"

#include <algorithm>

namespace reconciled {

namespace {

constexpr std::size_t k_max_output = 1 << 20;
constexpr std::size_t k_shown_stderr = 300;

/// The last words of what the plugin said, on one line.
std::string last_words(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() > k_shown_stderr) text.remove_prefix(text.size() - k_shown_stderr);
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  return redact_text(line);
}

Error plugin_error(std::string message, std::string hint = {}) {
  return Error(ErrorKind::api_auth, std::move(message), {}, std::move(hint));
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; });
}

}  // namespace

Result<ExecCredential> parse_exec_credential(std::string_view text, std::string_view api_version) {
  Budget budget(Limits{.steps = 100'000, .bytes = 16 << 20, .depth = 64, .time = std::chrono::seconds(5)});
  const auto parsed = parse_json(text, budget);
  if (!parsed || !parsed->is_map()) return fail(plugin_error("the exec plugin printed no JSON object"));
  const Value& credential = *parsed;
  if (credential["kind"].as_string() != "ExecCredential")
    return fail(plugin_error("the exec plugin printed no ExecCredential"));
  if (credential["apiVersion"].as_string() != api_version) {
    return fail(plugin_error("the exec plugin printed another apiVersion than the kubeconfig names",
                             "use the version that the plugin supports"));
  }
  const Value& status = credential["status"];
  ExecCredential result;
  result.token = SecretString(status["token"].as_string());
  result.client_cert_pem = status["clientCertificateData"].as_string();
  result.client_key = SecretString(status["clientKeyData"].as_string());
  if (!is_header_text(result.token.reveal()))
    return fail(plugin_error("the token of the exec plugin holds spaces or control characters"));
  if (result.client_cert_pem.empty() != result.client_key.empty()) {
    return fail(plugin_error("the exec plugin gave only one of client certificate and key"));
  }
  if (result.token.empty() && result.client_key.empty()) {
    return fail(plugin_error("the exec plugin gave neither a token nor a client certificate"));
  }
  if (const std::string_view expiry = status["expirationTimestamp"].as_string(); !expiry.empty()) {
    const auto time = parse_time(expiry);
    if (!time) return fail(plugin_error("the expirationTimestamp of the exec plugin is no RFC 3339 time"));
    result.expires = *time;
  }
  return result;
}

std::string format_exec_info(const ExecPlugin& plugin) {
  Value spec = Value::map({{"interactive", false}});
  if (plugin.cluster) spec.set("cluster", *plugin.cluster);
  return format_json(
      Value::map({{"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", std::move(spec)}}));
}

Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, MonotonicTime deadline) {
  ProcessSpec spec;
  spec.argv.push_back(plugin.command);
  spec.argv.insert(spec.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
  spec.environment = plugin.environment;
  std::erase_if(spec.environment, [](const auto& entry) { return entry.first == "KUBERNETES_EXEC_INFO"; });
  spec.environment.emplace_back("KUBERNETES_EXEC_INFO", format_exec_info(plugin));
  auto output = run_process(spec, "", deadline, k_max_output);
  if (!output)
    return fail(plugin_error("the exec plugin " + plugin.command + " did not run: " + output.error().message,
                             plugin.install_hint));
  if (output->exit_code != 0) {
    return fail(plugin_error("the exec plugin " + plugin.command + " ended with exit code " +
                                 std::to_string(output->exit_code) + ": " + last_words(output->stderr_text),
                             plugin.install_hint));
  }
  return parse_exec_credential(output->stdout_text, plugin.api_version);
}

}  // namespace reconciled
