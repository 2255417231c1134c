// A proxy between a client and a server that counts, cuts and slows what goes through.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <thread>

namespace reconciled {

/// Listens on a port of its own and forwards each connection to a port of 127.0.0.1. The plan holds for connections
/// that begin after it was set.
class TcpProxy {
 public:
  static constexpr std::uint64_t k_never = std::numeric_limits<std::uint64_t>::max();
  struct Plan {
    std::uint64_t cut_after =
        k_never;  ///< bytes from the server, over all connections since `begin_plan`; then both ends are closed
    std::uint64_t drip_after = k_never;  ///< from then on a byte now and then
  };

  explicit TcpProxy(std::uint16_t target);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return m_port; }
  void begin_plan(const Plan& plan);
  /// From now on nothing goes through the connections that are open, in either direction, and they are not closed: as
  /// when a machine on the way is gone, except that what is sent is still acknowledged. New ones are served.
  void freeze_open();
  /// Since the last `begin_plan`.
  [[nodiscard]] std::uint64_t from_server() const { return m_from_server; }
  [[nodiscard]] std::uint64_t from_client() const { return m_from_client; }

 private:
  struct Flow;
  void serve();
  bool forward(Flow& flow, int from, int to, bool server_side);

  std::uint16_t m_target;
  std::uint16_t m_port = 0;
  int m_listener = -1;
  int m_wake[2] = {-1, -1};
  std::atomic<std::uint64_t> m_cut_after{k_never};
  std::atomic<std::uint64_t> m_drip_after{k_never};
  std::atomic<std::uint64_t> m_from_server{0};
  std::atomic<std::uint64_t> m_from_client{0};
  std::atomic<std::uint64_t> m_accepted{0};
  std::atomic<std::uint64_t> m_frozen{0};   ///< so many of the first accepted
  std::atomic<std::uint64_t> m_freezes{0};  ///< orders that the thread has taken
  std::thread m_thread;
};

}  // namespace reconciled
