// A repository, an installation and a namespace of its own on the shared control plane, and the program run on them.
#pragma once

#include "tests/cluster/control_plane.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_folder.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

/// The value, or a test that ends with the error.
template <typename T>
T take(Result<T> result) {
  REQUIRE_MESSAGE(result, format_error(result.error()));
  return std::move(*result);
}
inline void check_ok(const Status& status) {
  CHECK_MESSAGE(status, format_error(status.error()));
}

/// What one run of the program printed and how it ended.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
  nlohmann::json report;  ///< of runs with -o json; null when there was none

  [[nodiscard]] std::string text() const {
    return "exit code " + std::to_string(code) + "\n--- stdout\n" + out + "\n--- stderr\n" + err;
  }
  [[nodiscard]] bool says(std::string_view words) const { return (out + err).find(words) != std::string::npos; }
  /// The entry of an object in the report by the end of its id ("ConfigMap/shop-1/a"); null when there is none.
  [[nodiscard]] nlohmann::json object(std::string_view id_end) const;
  /// The entry of a stack: "applications/shop".
  [[nodiscard]] nlohmann::json stack(std::string_view path) const;
};

/// Reads of an object that tests compare: who it is, and whether anybody touched it.
struct LiveIdentity {
  std::string uid;
  std::string resource_version;
  bool operator==(const LiveIdentity&) const = default;
};

class Scene {
 public:
  explicit Scene(std::string_view name, ControlPlane& plane = shared_control_plane());

  [[nodiscard]] ControlPlane& plane() const { return m_plane; }
  /// The namespace, an object of nobody's repository; "$NS" in files and bodies stands for it.
  [[nodiscard]] const std::string& space() const { return m_space; }
  [[nodiscard]] std::string folder() const { return m_temp.path(); }
  [[nodiscard]] const std::string& installation() const { return m_installation; }
  [[nodiscard]] GitRepository& repository() { return m_repository; }
  [[nodiscard]] std::string filled(std::string_view text) const;

  void write(const std::string& path, std::string_view content) const;
  /// A ConfigMap in a file: "applications/shop/a.yaml" holds the ConfigMap "a" with data.v = value.
  void write_config_map(const std::string& path, std::string_view value) const;
  void remove(const std::string& path) const;
  std::string commit(const std::string& message) { return take(m_repository.commit(message)); }

  /// Replaces the settings file; `installation` of the scene is written before `text`.
  void settings(std::string_view text) const;
  [[nodiscard]] std::string settings_file() const { return m_temp.path() + "/settings.yaml"; }

  /// The program with the settings of the scene; kubeconfig of the admin unless `arguments` name one.
  [[nodiscard]] Outcome run(std::vector<std::string> arguments, const std::string& program = RECONCILE_PROGRAM,
                            std::vector<std::pair<std::string, std::string>> environment = {}) const;
  /// `sync -o json` of the work tree.
  [[nodiscard]] Outcome sync(std::vector<std::string> more = {}) const;
  /// `--dry-run -o json` of the work tree.
  [[nodiscard]] Outcome plan(std::vector<std::string> more = {}) const;

  // The cluster as the admin sees it. Paths may hold "$NS".
  [[nodiscard]] nlohmann::json live(std::string_view path) const;  ///< null when it is not there
  [[nodiscard]] nlohmann::json config_map(std::string_view name) const;
  [[nodiscard]] LiveIdentity identity(std::string_view path) const;
  /// The names of the ConfigMaps in the namespace ("a b c"), but for what Kubernetes puts into each.
  [[nodiscard]] std::string config_maps() const;
  nlohmann::json make(std::string_view path, std::string_view body, std::string_view manager = "kubectl-create") const;
  void patch(std::string_view path, std::string_view merge_patch, std::string_view manager = "kubectl-edit") const;
  void put(std::string_view path, std::string_view body, std::string_view manager) const;
  void erase(std::string_view path) const;

 private:
  ControlPlane& m_plane;
  TempFolder m_temp;
  std::string m_space;
  std::string m_installation;
  GitRepository m_repository;
};

inline std::string config_map_path(std::string_view name) {
  return "/api/v1/namespaces/$NS/configmaps/" + std::string(name);
}

}  // namespace reconciled
