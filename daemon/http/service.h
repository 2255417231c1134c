// What systemd tells a service and what it wants to be told: sockets, readiness, the watchdog. No libsystemd.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled {

using ServiceVariables = std::vector<std::pair<std::string, std::string>>;

/// Messages to the service manager by NOTIFY_SOCKET (sd_notify(3)): a path, or "@name" of the abstract name space.
/// Without one every message goes nowhere. Never blocks; a message that cannot be sent is dropped.
class ServiceNotices {
 public:
  /// ErrorKind::local when NOTIFY_SOCKET is set and no such socket can be made.
  static Result<ServiceNotices> open(const ServiceVariables& environment);
  ServiceNotices(ServiceNotices&& other) noexcept;
  ServiceNotices& operator=(ServiceNotices&& other) noexcept;
  ServiceNotices(const ServiceNotices&) = delete;
  ServiceNotices& operator=(const ServiceNotices&) = delete;
  ~ServiceNotices();

  void ready(std::string_view status) const;
  void status(std::string_view text) const;
  /// A reload begins; `ready` ends it.
  void reloading(MonotonicTime now) const;
  void stopping(std::string_view status) const;
  void watchdog() const;
  /// Asks for so much more time to start, reload or stop.
  void extend_timeout(Duration by) const;
  [[nodiscard]] bool connected() const { return m_socket >= 0; }

 private:
  ServiceNotices() = default;
  void send(const std::string& text) const;
  int m_socket = -1;
  std::string m_address;  ///< as in NOTIFY_SOCKET
};

/// Pure: the datagrams' texts. A status is one line, cut at 200 bytes.
std::string format_ready(std::string_view status);
std::string format_status(std::string_view text);
std::string format_reloading(MonotonicTime now);
std::string format_stopping(std::string_view status);

/// A listening socket that was handed over (sd_listen_fds(3)).
struct InheritedSocket {
  std::string name;  ///< of FileDescriptorName=; "unknown" when there is none
  int descriptor = -1;
};

/// By LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; none when they are meant for another process. Marks them
/// close-on-exec. ErrorKind::local when one is no listening stream socket or there are more than 16.
Result<std::vector<InheritedSocket>> take_inherited_sockets(const ServiceVariables& environment, int process);

/// How often the watchdog wants to hear of us at least (sd_watchdog_enabled(3)); nullopt: it does not.
std::optional<Duration> watchdog_interval(const ServiceVariables& environment, int process);

/// Says when to send WATCHDOG=1: twice in an interval, and only while the loop moves.
class Watchdog {
 public:
  explicit Watchdog(std::optional<Duration> interval) : m_interval(interval) {}

  /// Whether to send now, given when the loop last made a step. Remembers that it was said.
  bool due(MonotonicTime now, MonotonicTime last_step);

 private:
  std::optional<Duration> m_interval;
  std::optional<MonotonicTime> m_sent;
};

}  // namespace reconciled
