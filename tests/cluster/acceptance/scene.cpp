#include "tests/cluster/acceptance/scene.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace reconciled {
namespace {

using nlohmann::json;

constexpr Duration k_patience = std::chrono::seconds(120);

bool ends_with(const json& object, std::string_view end) {
  const std::string id = object.value("id", "");
  return id == end || id.ends_with("/" + std::string(end));
}

}  // namespace

json Outcome::object(std::string_view id_end) const {
  if (!report.is_object()) return {};
  for (const json& stack : report.value("stacks", report.value("layers", json::array()))) {
    for (const json& object : stack.at("objects")) {
      if (ends_with(object, id_end)) return object;
    }
  }
  return {};
}

json Outcome::stack(std::string_view path) const {
  if (!report.is_object()) return {};
  for (const json& stack : report.value("stacks", report.value("layers", json::array()))) {
    if (stack.value("layer", "") + "/" + stack.value("stack", "") == path) return stack;
  }
  return {};
}

Scene::Scene(std::string_view name, ControlPlane& plane)
    : m_plane(plane),
      m_space(take(m_plane.make_namespace(name))),
      m_installation(m_plane.fresh_name("inst")),
      m_repository(take(GitRepository::make(m_temp.path() + "/repo"))) {
  settings("");
}

std::string Scene::filled(std::string_view text) const {
  std::string result(text);
  for (std::size_t at = result.find("$NS"); at != std::string::npos; at = result.find("$NS", at))
    result.replace(at, 3, m_space);
  return result;
}

void Scene::write(const std::string& path, std::string_view content) const {
  check_ok(m_repository.write(path, filled(content)));
}

void Scene::write_config_map(const std::string& path, std::string_view value) const {
  const std::string name = std::filesystem::path(path).stem().string();
  write(path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: $NS}\ndata: {v: \"" +
                  std::string(value) + "\"}\n");
}

void Scene::remove(const std::string& path) const {
  check_ok(m_repository.remove(path));
}

void Scene::settings(std::string_view text) const {
  check_ok(write_file_atomically(settings_file(), "apiVersion: reconcile/v1\nkind: Config\ninstallation: " +
                                                      m_installation + "\n" + filled(text)));
}

Outcome Scene::run(std::vector<std::string> arguments, const std::string& program,
                   std::vector<std::pair<std::string, std::string>> environment) const {
  arguments.insert(arguments.begin(), program);
  arguments.insert(arguments.end(), {"--config", settings_file()});
  if (std::ranges::find(arguments, "--kubeconfig") == arguments.end())
    environment.emplace_back("KUBECONFIG", m_plane.kubeconfig());
  environment.emplace_back("HOME", m_temp.path());
  environment.emplace_back("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  const auto output = take(run_process({std::move(arguments), std::move(environment), m_temp.path()}, {},
                                       monotonic_now() + k_patience, 64 << 20));
  Outcome outcome{output.exit_code, output.stdout_text, output.stderr_text, nullptr};
  if (outcome.out.starts_with('{')) outcome.report = json::parse(outcome.out, nullptr, false);
  return outcome;
}

Outcome Scene::sync(std::vector<std::string> more) const {
  more.insert(more.begin(), {"sync", "-o", "json", "--source", m_repository.folder()});
  return run(std::move(more));
}

Outcome Scene::plan(std::vector<std::string> more) const {
  more.insert(more.begin(), {"--dry-run", "-o", "json", "--source", m_repository.folder()});
  return run(std::move(more));
}

json Scene::live(std::string_view path) const {
  const auto answer = take(m_plane.call({.path = filled(path)}));
  if (answer.status == 404) return nullptr;
  REQUIRE_MESSAGE(answer.status == 200, filled(path) << ": " << answer.body);
  return json::parse(answer.body);
}

json Scene::config_map(std::string_view name) const {
  return live(config_map_path(name));
}

LiveIdentity Scene::identity(std::string_view path) const {
  const json object = live(path);
  if (object.is_null()) return {};
  return {object.at("metadata").at("uid"), object.at("metadata").at("resourceVersion")};
}

std::string Scene::config_maps() const {
  std::set<std::string> names;
  const json list = live("/api/v1/namespaces/$NS/configmaps");
  for (const json& item : list.at("items")) names.insert(item.at("metadata").at("name"));
  names.erase("kube-root-ca.crt");
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

json Scene::make(std::string_view path, std::string_view body, std::string_view manager) const {
  return json::parse(take(m_plane.call_ok(
      {"POST", filled(path) + "?fieldManager=" + std::string(manager), filled(body), "application/json"})));
}

void Scene::patch(std::string_view path, std::string_view merge_patch, std::string_view manager) const {
  take(m_plane.call_ok({"PATCH", filled(path) + "?fieldManager=" + std::string(manager), filled(merge_patch),
                        "application/merge-patch+json"}));
}

void Scene::put(std::string_view path, std::string_view body, std::string_view manager) const {
  take(m_plane.call_ok(
      {"PUT", filled(path) + "?fieldManager=" + std::string(manager), filled(body), "application/json"}));
}

void Scene::erase(std::string_view path) const {
  take(m_plane.call_ok({"DELETE", filled(path), "", "application/json"}));
}

}  // namespace reconciled
