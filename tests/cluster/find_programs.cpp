#include "tests/cluster/control_plane.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace reconciled {
namespace {

constexpr const char* k_hint =
    "build the programs with tests/cluster/build, or set RECONCILED_CONTROLPLANE to their folder";

/// What `tests/cluster/build --where` says: the rule for the folder is written down there alone.
Result<std::string> ask_build_script() {
  std::error_code failed;
  std::string output = (std::filesystem::temp_directory_path(failed) / "reconciled-where-XXXXXX").string();
  const int file = mkstemp(output.data());
  if (failed || file < 0) return fail(ErrorKind::local, "cannot make a temporary file", {output, 0, 0, {}});
  close(file);
  DaemonSpec spec{{RECONCILED_CLUSTER_BUILD, "--where"}, {}, {}, output};
  for (const char* name : {"RECONCILED_CACHE", "XDG_CACHE_HOME", "HOME", "PATH"}) {
    if (const char* const value = getenv(name)) spec.environment.emplace_back(name, value);
  }
  auto script = DaemonProcess::start(spec);
  std::optional<int> status;
  if (script) status = script->wait(std::chrono::seconds(20));
  std::ifstream in(output);
  std::string line;
  std::string last;
  while (std::getline(in, line)) last = line;
  unlink(output.c_str());
  if (!script) return fail(std::move(script).error());
  if (status != 0 || last.empty()) return fail(ErrorKind::local, "tests/cluster/build --where failed: " + last);
  return last;
}

}  // namespace

Result<std::string> find_control_plane_programs() {
  std::string folder;
  if (const char* const named = getenv("RECONCILED_CONTROLPLANE"); named != nullptr && *named != '\0') {
    folder = named;
  } else {
    TRY_ASSIGN(folder, ask_build_script());
  }
  for (const char* program : {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}) {
    if (access((folder + "/" + program).c_str(), X_OK) != 0) {
      return fail(ErrorKind::local, std::string("the program ") + program + " of a Kubernetes control plane is missing",
                  {folder, 0, 0, {}}, k_hint);
    }
  }
  return folder;
}

}  // namespace reconciled
