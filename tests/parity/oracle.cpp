#include "tests/parity/oracle.h"

#include "base/base64.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <thread>

namespace reconciled::parity {
namespace {

void write_all(int fd, const std::vector<std::string>& lines, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < lines.size(); ++i) (text += lines[i]) += '\n';
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write_without_signal(fd, rest);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<Outcome> parse(std::string_view line) {
  constexpr std::string_view k_ok = R"({"ok":true,"text":")";
  constexpr std::string_view k_failed = R"({"ok":false,"text":")";
  Outcome outcome;
  outcome.ok = line.starts_with(k_ok);
  if (!outcome.ok && !line.starts_with(k_failed))
    return fail(ErrorKind::internal, "the oracle answers " + std::string(line.substr(0, 200)));
  line.remove_prefix(outcome.ok ? k_ok.size() : k_failed.size());
  const auto text = decode_base64(line.substr(0, line.find('"')));
  if (!text) return fail(ErrorKind::internal, "the oracle's answer is no base64");
  outcome.text = *text;
  return outcome;
}

Result<Process> start_process(const std::string& program) {
  ProcessSpec spec;
  spec.argv = {program};
  spec.environment = {{"TZ", "UTC"}, {"HOME", "/nonexistent"}};
  return Process::start(spec);
}

}  // namespace

Result<Oracle> Oracle::start(const std::string& program) {
  TRY_ASSIGN(auto process, start_process(program));
  return Oracle(program, std::move(process));
}

Status Oracle::restart() {
  TRY_ASSIGN(m_process, start_process(m_program));
  m_buffer.clear();
  m_at = 0;
  return {};
}

Result<std::vector<Outcome>> Oracle::ask(const std::vector<std::string>& requests) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(requests.size());
  while (outcomes.size() < requests.size()) {
    std::jthread writer(write_all, m_process.stdin_fd(), std::cref(requests), outcomes.size());
    bool alive = true;
    while (alive && outcomes.size() < requests.size()) {
      const std::string line = read_line();
      alive = !line.empty();
      if (!alive) break;
      TRY_ASSIGN(Outcome outcome, parse(line));
      outcomes.push_back(std::move(outcome));
    }
    writer.join();
    if (alive) continue;
    outcomes.push_back({false, false, {}});
    TRY(restart());
  }
  return outcomes;
}

std::string Oracle::read_line() {
  while (true) {
    const std::size_t end = m_buffer.find('\n', m_at);
    if (end != std::string::npos) {
      std::string line = m_buffer.substr(m_at, end - m_at);
      m_at = end + 1;
      return line;
    }
    m_buffer.erase(0, m_at);
    m_at = 0;
    char bytes[1 << 16];
    const ssize_t count = read(m_process.stdout_fd(), bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    m_buffer.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace reconciled::parity
