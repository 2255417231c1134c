#include "bench/fleet_objects.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace reconciled::bench {
namespace {

using Json = nlohmann::ordered_json;

struct KindRow {
  const char* file;
  const char* api;
  const char* resource;
  const char* kind;
};
/// In the order of FleetKind.
constexpr std::array k_rows{KindRow{"configmap.yaml", "v1", "configmaps", "ConfigMap"},
                            KindRow{"service.yaml", "v1", "services", "Service"},
                            KindRow{"serviceaccount.yaml", "v1", "serviceaccounts", "ServiceAccount"},
                            KindRow{"deployment.yaml", "apps/v1", "deployments", "Deployment"}};

const KindRow& row(FleetKind kind) {
  return k_rows.at(static_cast<std::size_t>(kind));
}

std::string settings_text(const FleetObject& object) {
  std::string text = "stack=" + stack_name(object.stack) + "\nrevision=" + std::to_string(object.revision) + "\n";
  for (int line = 0; text.size() < 980; ++line) {
    text += "setting." + std::to_string(100 + line) + "=value of setting " + std::to_string(100 + line) + "\n";
  }
  return text;
}

Json deployment_spec(const Json& selector) {
  const Json container = {
      {"name", "app"},
      {"image", "registry.example/app:1.0"},
      {"ports", Json::array({{{"name", "http"}, {"containerPort", 8080}}})},
      {"env", Json::array({{{"name", "LOG_LEVEL"}, {"value", "info"}}})},
      {"resources", {{"requests", {{"cpu", "10m"}, {"memory", "32Mi"}}}, {"limits", {{"memory", "64Mi"}}}}}};
  const Json pod = {{"metadata", {{"labels", selector}}}, {"spec", {{"containers", Json::array({container})}}}};
  return {{"replicas", 0}, {"selector", {{"matchLabels", selector}}}, {"template", pod}};
}

Json make_object(const FleetObject& object) {
  const std::string name = stack_name(object.stack);
  const Json selector = {{"app.kubernetes.io/name", name}};
  Json out = {{"apiVersion", row(object.kind).api},
              {"kind", row(object.kind).kind},
              {"metadata", {{"name", name}, {"namespace", object.in_namespace}, {"labels", selector}}}};
  switch (object.kind) {
    case FleetKind::config_map: out["data"] = {{"app.properties", settings_text(object)}}; break;
    case FleetKind::service:
      out["spec"] = {{"selector", selector},
                     {"ports", Json::array({{{"name", "http"}, {"port", 80}, {"targetPort", "http"}}})}};
      break;
    case FleetKind::service_account: out["automountServiceAccountToken"] = false; break;
    case FleetKind::deployment: out["spec"] = deployment_spec(selector); break;
  }
  return out;
}

void write_yaml(std::string& out, const Json& value, std::size_t indent);

/// Our texts that begin with a letter are never a YAML boolean or null.
bool needs_quotes(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  return text.find_first_of(k_letters) != 0 || text.find_first_not_of(k_plain) != std::string::npos;
}

/// What follows "key:" or "-".
void write_scalar(std::string& out, const Json& value, std::size_t indent) {
  const bool lines = value.is_string() && value.get_ref<const std::string&>().find('\n') != std::string::npos;
  if (!lines) {
    const bool plain = value.is_string() && !needs_quotes(value);
    out += ' ' + (plain ? value.get<std::string>() : value.dump()) + '\n';
    return;
  }
  out += " |\n" + std::string(indent, ' ');
  const auto& text = value.get_ref<const std::string&>();
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) out.append(indent, ' ');
  }
}

void write_map(std::string& out, const Json& map, std::size_t indent) {
  bool first = true;
  for (const auto& [key, value] : map.items()) {
    if (!std::exchange(first, false)) out.append(indent, ' ');
    out += key + ':';
    if (value.is_structured()) {
      out += '\n' + std::string(indent + 2, ' ');
      write_yaml(out, value, indent + 2);
    } else {
      write_scalar(out, value, indent + 2);
    }
  }
}

/// Block style; the caller has written the indentation of the first line.
void write_yaml(std::string& out, const Json& value, std::size_t indent) {
  if (value.is_object()) return write_map(out, value, indent);
  bool first = true;
  for (const Json& item : value) {
    if (!std::exchange(first, false)) out.append(indent, ' ');
    out += "- ";
    write_map(out, item, indent + 2);  // our lists hold maps only
  }
}

}  // namespace

std::string stack_name(std::size_t stack) {
  std::string number = std::to_string(stack);
  if (number.size() < 4) number.insert(0, 4 - number.size(), '0');
  return "stack-" + number;
}

std::string api_path(const FleetObject& object) {
  const KindRow& kind = row(object.kind);
  const std::string root = std::string_view(kind.api) == "v1" ? "/api/" : "/apis/";
  return root + kind.api + "/namespaces/" + std::string(object.in_namespace) + "/" + kind.resource + "/" +
         stack_name(object.stack);
}

std::string file_name(FleetKind kind) {
  return row(kind).file;
}

std::string as_json(const FleetObject& object) {
  return make_object(object).dump();
}

std::string as_yaml(const FleetObject& object) {
  std::string out;
  write_yaml(out, make_object(object), 0);
  return out;
}

}  // namespace reconciled::bench
