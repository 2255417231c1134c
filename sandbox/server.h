// The sandbox: the model behind TLS on loopback, as a cluster to try the program on.
#pragma once

#include "base/result.h"
#include "sandbox/model.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reconciled::sandbox {

struct SandboxOptions {
  std::uint16_t port = 0;  ///< 0: a free one
  SandboxControllers controllers = SandboxControllers::instant;
  std::string name = "sandbox";  ///< of cluster and context in the kubeconfig
};

/// Whose token a kubeconfig holds: everything, or get, list and watch only.
enum class SandboxUser : std::uint8_t { admin, reader };

/// HTTP/1.1 with keep-alive on 127.0.0.1; bodies up to 3 MiB, 256 connections. One thread of its own does everything;
/// the certificate and the tokens are made at start and live in memory. Nothing is kept after its end.
class SandboxServer {
 public:
  /// Serving on return. ErrorKind::local when the port cannot be had.
  static Result<std::unique_ptr<SandboxServer>> start(const SandboxOptions& options = {});
  ~SandboxServer();
  SandboxServer(const SandboxServer&) = delete;
  SandboxServer& operator=(const SandboxServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;               ///< "https://127.0.0.1:PORT"
  [[nodiscard]] const std::string& authority() const;  ///< PEM
  [[nodiscard]] const std::string& token(SandboxUser user) const;
  /// The text of a kubeconfig with one context.
  [[nodiscard]] std::string kubeconfig(SandboxUser user = SandboxUser::admin) const;

  /// Runs on the server's thread, between two requests, and waits for it: faults, the log, the store.
  void with_model(const std::function<void(ApiModel&)>& work);

  /// Ends all connections and the thread; also done by the destructor.
  void stop();

 private:
  class Core;
  explicit SandboxServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> m_core;
};

}  // namespace reconciled::sandbox
