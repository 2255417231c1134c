// The credentials of one cluster over time: files are read again, exec plugins run again, refusals answered once.
#pragma once

#include "kube/endpoint.h"
#include "kube/exec_credential.h"
#include "ports/clock_port.h"

#include <memory>
#include <optional>
#include <string>

namespace reconciled {

/// Not thread-safe. It runs nothing itself: when it says that the plugin is needed, the owner runs it.
class Credentials {
 public:
  Credentials(ClusterAccess access, FileReader read, const Clock& clock);

  /// What requests are to be made with now, or nullptr while the plugin has to be run. Named files are read again when
  /// a minute has passed; one that cannot be read leaves the last good content in use.
  std::shared_ptr<const Endpoint> current();
  /// The server did not accept `refused`. Whether there is, or the plugin may give, something else to try.
  bool refresh_after(const Endpoint* refused);
  /// The plugin that `current` waits for.
  [[nodiscard]] const std::optional<ExecPlugin>& plugin() const { return m_access.exec; }
  void take(ExecCredential credential);

 private:
  bool read_files();
  [[nodiscard]] bool credential_expired() const;
  void make_endpoint();

  ClusterAccess m_access;
  FileReader m_read;
  const Clock& m_clock;
  MonotonicTime m_files_read;
  std::optional<ExecCredential> m_credential;
  std::shared_ptr<const Endpoint> m_endpoint;
};

}  // namespace reconciled
