#include "kube/access.h"

#include "base/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace reconciled {

namespace {
constexpr std::size_t k_max_credential_file = 4 << 20;
}

FileReader make_disk_reader() {
  return [](const std::string& path) -> Result<std::optional<std::string>> {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
      return fail(ErrorKind::local, "cannot look at " + path + ": " + std::strerror(errno), Where{path, 0, 0, {}});
    }
    TRY_ASSIGN(std::string text, read_file(path, k_max_credential_file));
    return std::optional<std::string>(std::move(text));
  };
}

std::string variable(const Variables& variables, std::string_view name) {
  for (const auto& [key, value] : variables) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace reconciled
