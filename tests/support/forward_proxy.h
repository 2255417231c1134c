// A proxy that clients ask to connect them: by HTTP's CONNECT and by SOCKS5, on one port.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reconciled {

/// On a port of 127.0.0.1; whatever host a client names, it is connected to that port of this machine.
class ForwardProxy {
 public:
  enum class Manner : std::uint8_t { connects, refuses };
  explicit ForwardProxy(Manner manner = Manner::connects);
  ~ForwardProxy();
  ForwardProxy(const ForwardProxy&) = delete;
  ForwardProxy& operator=(const ForwardProxy&) = delete;

  [[nodiscard]] std::string http_url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
  [[nodiscard]] std::string socks_url() const { return "socks5h://127.0.0.1:" + std::to_string(m_port); }
  /// What was asked for, in order: "CONNECT localhost:443", "SOCKS5 localhost:443".
  [[nodiscard]] std::vector<std::string> asked() const;

 private:
  struct Target {
    std::string asked;
    std::uint16_t port = 0;
  };
  void accept_all();
  void serve(int client);
  [[nodiscard]] static Target read_connect(int client);
  [[nodiscard]] static Target read_socks(int client);

  Manner m_manner;
  std::uint16_t m_port = 0;
  int m_listener = -1;
  int m_end[2] = {-1, -1};  ///< readable once the proxy ends
  mutable std::mutex m_mutex;
  std::vector<std::string> m_asked;
  std::vector<std::thread> m_connections;
  std::thread m_thread;
};

}  // namespace reconciled
