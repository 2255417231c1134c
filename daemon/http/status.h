// The status API and the probes: JSON made of views.
#pragma once

#include "base/value.h"
#include "daemon/http/board.h"
#include "daemon/http/message.h"
#include "ports/clock_port.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace reconciled {

/// The state to show: "in sync" only while the environment is ready, its cluster answers and the stack has no error;
/// otherwise what is in sync is unknown.
SyncState shown_sync(const EnvironmentView& environment, const StackView& stack);

/// Why a stack is not in sync and healthy, in one sentence; empty when it is.
std::string explain(const StackView& stack);

/// kind DaemonStatus, apiVersion reconcile/v1: one entry an environment, one a stack, without its drift.
Value make_status(const DaemonView& view, std::string_view version);
/// kind StackStatus: one stack with its drift and its unhealthy objects.
Value make_stack_status(const EnvironmentView& environment, const StackView& stack);

/// Routes of the status listener. Thread-safe. A text is made once for a published view, however many ask.
class StatusApi {
 public:
  StatusApi(const Board& board, const Clock& clock, std::string version)
      : m_board(board), m_clock(clock), m_version(std::move(version)) {}

  /// GET /api/v1/status. 503 when the loop has stalled or published nothing: old news are no status.
  WebResponse status(const WebRequest& request);
  /// GET /api/v1/stacks/{layer}/{name}[?environment=]: kind StackStatusList; 404 when no environment has it.
  WebResponse stack(const WebRequest& request) const;
  /// GET /livez: 200 while the loop moves.
  WebResponse livez(const WebRequest& request) const;
  /// GET /readyz: 200 when every environment is loaded, its inventory read and its watches synced once; otherwise it
  /// names those that are not.
  WebResponse readyz(const WebRequest& request) const;

 private:
  const Board& m_board;
  const Clock& m_clock;
  std::string m_version;
  std::mutex m_mutex;
  std::shared_ptr<const DaemonView> m_view;   // that m_text was made of; guarded by m_mutex
  std::shared_ptr<const std::string> m_text;  // guarded by m_mutex
};

}  // namespace reconciled
