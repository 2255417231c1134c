// Files and variables as values, for readers that take them as parameters.
#pragma once

#include "kube/kubeconfig.h"

#include <map>
#include <string>

namespace reconciled {

inline FileReader make_memory_reader(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path) -> Result<std::optional<std::string>> {
    const auto found = files.find(path);
    if (found == files.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  };
}

inline KubeEnvironment make_environment(std::map<std::string, std::string> files, Variables variables) {
  return {std::move(variables), make_memory_reader(std::move(files))};
}

}  // namespace reconciled
