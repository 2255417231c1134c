#include "cli/network.h"

#include <dlfcn.h>

#include <filesystem>

namespace reconciled {
namespace {

/// Beside the program, as it is built and installed: bin/reconcile and lib/reconciled/network.so.
constexpr const char* k_place = "../lib/reconciled/network.so";

Result<const Network*> load() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto file = (program.parent_path() / k_place).lexically_normal();
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return fail(ErrorKind::local, std::string("the network part of this program cannot be loaded: ") + dlerror(), {},
                "install the program again");
  }
  auto* entry = reinterpret_cast<decltype(&reconciled_network)>(dlsym(handle, "reconciled_network"));
  if (entry == nullptr)
    return fail(ErrorKind::local, file.string() + " does not belong to this program", {}, "install the program again");
  return entry();
}

}  // namespace

Result<const Network*> load_network() {
  static const Result<const Network*> network = load();
  return network;
}

}  // namespace reconciled
