#include "daemon/http/service.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace reconciled {
namespace {

constexpr std::size_t k_max_status = 200;
constexpr int k_first_descriptor = 3;
constexpr std::int64_t k_max_sockets = 16;

std::string_view variable(const ServiceVariables& environment, std::string_view name) {
  const auto at = std::ranges::find(environment, name, &ServiceVariables::value_type::first);
  return at == environment.end() ? std::string_view() : std::string_view(at->second);
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Whether a variable that names a process names this one; systemd leaves WATCHDOG_PID out in some cases.
bool is_meant(std::string_view pid, int process) {
  return number(pid) == static_cast<std::int64_t>(process);
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, k_max_status));
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return line;
}

std::int64_t microseconds(MonotonicTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

Result<std::pair<sockaddr_un, socklen_t>> make_address(std::string_view text) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (text.size() < 2 || (text.front() != '/' && text.front() != '@') || text.size() >= sizeof address.sun_path)
    return fail(ErrorKind::local, "NOTIFY_SOCKET is no path and no abstract name", {},
                "systemd sets it; outside of systemd leave it unset");
  std::memcpy(address.sun_path, text.data(), text.size());
  if (text.front() == '@') address.sun_path[0] = '\0';
  return std::pair(address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size()));
}

bool is_listening(int descriptor) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &value, &size) != 0 || value != SOCK_STREAM) return false;
  size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1;
}

}  // namespace

std::string format_status(std::string_view text) {
  return "STATUS=" + one_line(text) + "\n";
}
std::string format_ready(std::string_view status) {
  return "READY=1\n" + format_status(status);
}
std::string format_reloading(MonotonicTime now) {
  return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds(now)) + "\n";
}
std::string format_stopping(std::string_view status) {
  return "STOPPING=1\n" + format_status(status);
}

Result<ServiceNotices> ServiceNotices::open(const ServiceVariables& environment) {
  ServiceNotices notices;
  const std::string_view address = variable(environment, "NOTIFY_SOCKET");
  if (address.empty()) return notices;
  TRY(make_address(address));
  notices.m_address = address;
  notices.m_socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (notices.m_socket < 0)
    return fail(ErrorKind::local, std::string("no socket for messages to systemd: ") + std::strerror(errno));
  return notices;
}

ServiceNotices::ServiceNotices(ServiceNotices&& other) noexcept
    : m_socket(std::exchange(other.m_socket, -1)), m_address(std::move(other.m_address)) {}

ServiceNotices& ServiceNotices::operator=(ServiceNotices&& other) noexcept {
  std::swap(m_socket, other.m_socket);
  std::swap(m_address, other.m_address);
  return *this;
}

ServiceNotices::~ServiceNotices() {
  if (m_socket >= 0) ::close(m_socket);
}

void ServiceNotices::send(const std::string& text) const {
  if (m_socket < 0) return;
  const auto address = make_address(m_address);
  if (!address) return;
  static_cast<void>(::sendto(m_socket, text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address->first), address->second));
}

void ServiceNotices::ready(std::string_view status) const {
  send(format_ready(status));
}
void ServiceNotices::status(std::string_view text) const {
  send(format_status(text));
}
void ServiceNotices::reloading(MonotonicTime now) const {
  send(format_reloading(now));
}
void ServiceNotices::stopping(std::string_view status) const {
  send(format_stopping(status));
}
void ServiceNotices::watchdog() const {
  send("WATCHDOG=1\n");
}
void ServiceNotices::extend_timeout(Duration by) const {
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(by).count()) +
       "\n");
}

Result<std::vector<InheritedSocket>> take_inherited_sockets(const ServiceVariables& environment, int process) {
  std::vector<InheritedSocket> sockets;
  if (!is_meant(variable(environment, "LISTEN_PID"), process)) return sockets;
  const auto count = number(variable(environment, "LISTEN_FDS"));
  if (!count || *count < 0 || *count > k_max_sockets)
    return fail(ErrorKind::local, "LISTEN_FDS is no number of sockets up to 16", {}, "look at the .socket unit");
  std::string_view names = variable(environment, "LISTEN_FDNAMES");
  for (int i = 0; i < *count; ++i) {
    const auto colon = names.find(':');
    InheritedSocket socket{std::string(names.substr(0, colon)), k_first_descriptor + i};
    names.remove_prefix(colon == std::string_view::npos ? names.size() : colon + 1);
    if (socket.name.empty()) socket.name = "unknown";
    if (!is_listening(socket.descriptor))
      return fail(ErrorKind::local,
                  "the inherited socket \"" + one_line(socket.name) + "\" is no listening stream socket", {},
                  "use ListenStream= and Accept=no in the .socket unit");
    if (::fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) != 0)
      return fail(ErrorKind::local, std::string("an inherited socket cannot be used: ") + std::strerror(errno));
    sockets.push_back(std::move(socket));
  }
  return sockets;
}

std::optional<Duration> watchdog_interval(const ServiceVariables& environment, int process) {
  const std::string_view pid = variable(environment, "WATCHDOG_PID");
  if (!pid.empty() && !is_meant(pid, process)) return std::nullopt;
  const auto microseconds_given = number(variable(environment, "WATCHDOG_USEC"));
  constexpr std::int64_t k_day = 86'400'000'000;
  if (!microseconds_given || *microseconds_given <= 0 || *microseconds_given > k_day) return std::nullopt;
  return std::chrono::microseconds(*microseconds_given);
}

bool Watchdog::due(MonotonicTime now, MonotonicTime last_step) {
  if (!m_interval || now - last_step > *m_interval / 2) return false;
  if (m_sent && now - *m_sent < *m_interval / 2) return false;
  m_sent = now;
  return true;
}

}  // namespace reconciled
