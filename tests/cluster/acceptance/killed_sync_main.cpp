// `reconcile sync` that kills itself: SIGKILL at the event that RECONCILE_KILL_AT numbers, from 1. Without it, writes a
// line an event into the file that RECONCILE_EVENTS names. The rest is the real program.
#include "cli/pass.h"
#include "cli/sync_report.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

class Killer final : public reconciled::RunWatcher {
 public:
  Killer() {
    if (const char* at = std::getenv("RECONCILE_KILL_AT")) m_at = std::stoi(at);
    if (const char* file = std::getenv("RECONCILE_EVENTS")) m_events.open(file);
  }
  void on_event(const reconciled::RunEvent& event) override {
    if (++m_seen == m_at) std::raise(SIGKILL);
    if (m_events.is_open()) m_events << static_cast<int>(event.kind) << ' ' << event.detail << std::endl;
  }

 private:
  int m_at = 0;
  int m_seen = 0;
  std::ofstream m_events;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace reconciled;
  Terminal terminal;
  const auto line = parse_command_line(argc, argv);
  if (!line) return terminal.fail(line.error());
  terminal.configure(*line);
  Killer killer;
  const auto pass = make_pass(*line, terminal, RunMode::apply, &killer);
  if (!pass) return terminal.fail(pass.error());
  if (pass->record.error) return terminal.fail(*pass->record.error);
  if (const auto written = write_sync_report(*line, terminal, *pass); !written) return terminal.fail(written.error());
  return sync_exit_code(*pass);
}
