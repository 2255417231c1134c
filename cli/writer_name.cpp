#include "cli/writer_name.h"

#include "base/file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace reconciled {
namespace {

constexpr std::string_view k_prefix = "cli/";
constexpr std::size_t k_boot_letters = 8;
constexpr int k_fields_to_start = 20;  // of /proc/PID/stat, from behind the name of the program

/// When a process was started, in ticks since the boot; empty: there is none.
std::string start_of(const std::string& pid) {
  const auto stat = read_file("/proc/" + pid + "/stat");
  if (!stat) return {};
  // The name of the program is in brackets and may hold anything.
  std::string_view rest = std::string_view(*stat).substr(std::min(stat->rfind(')'), stat->size()));
  for (int field = 0; field < k_fields_to_start; ++field) {
    const std::size_t space = rest.find(' ');
    if (space == std::string_view::npos) return {};
    rest.remove_prefix(space + 1);
  }
  return std::string(rest.substr(0, rest.find(' ')));
}

/// "BOOT-NAMESPACE-": what processes that see each other have in common; empty: unknown.
std::string place() {
  const auto boot = read_file("/proc/sys/kernel/random/boot_id");
  std::array<char, 64> link{};
  const ssize_t size = readlink("/proc/self/ns/pid", link.data(), link.size());
  if (!boot || boot->size() < k_boot_letters || size <= 0) return {};
  std::string space(link.data(), static_cast<std::size_t>(size));  // "pid:[4026531836]"
  std::erase_if(space, [](char c) { return c < '0' || c > '9'; });
  return boot->substr(0, k_boot_letters) + "-" + space + "-";
}

}  // namespace

std::string make_writer_name(Random& random) {
  const std::string here = place();
  const std::string start = start_of("self");
  if (here.empty() || start.empty()) return fmt::format("{}{:08x}", k_prefix, random.next() & 0xFFFFFFFF);
  return fmt::format("{}{}{}-{}", k_prefix, here, getpid(), start);
}

bool is_gone(const std::string& writer) {
  const std::string here = place();
  if (here.empty() || !writer.starts_with(std::string(k_prefix) + here)) return false;
  const std::string process = writer.substr(k_prefix.size() + here.size());
  const std::size_t dash = process.find('-');
  const std::string pid = process.substr(0, dash);
  const bool number = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return dash != std::string::npos && number && start_of(pid) != process.substr(dash + 1);
}

}  // namespace reconciled
