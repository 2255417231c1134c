#include "base/process.h"
#include "sources/git_channels.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace reconciled {
namespace {

constexpr std::size_t k_max_stderr = 16384;
constexpr std::chrono::milliseconds k_poll_step{250};

/// For the remote shell: one word, whatever it holds.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '!') {
      result += "'\\";
      result += c;
      result += '\'';
    } else {
      result += c;
    }
  }
  return result + '\'';
}

ProcessSpec make_spec(const ChannelOptions& options) {
  const GitCredential& credential = options.credential;
  const GitUrl& url = options.url;
  const auto connect_seconds =
      std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(options.limits.connect_time).count());
  ProcessSpec spec;
  spec.argv = {options.ssh_program, "-F", "none", "-T", "-a", "-x"};
  const auto option = [&](std::string text) {
    spec.argv.emplace_back("-o");
    spec.argv.push_back(std::move(text));
  };
  option("BatchMode=yes");
  option("StrictHostKeyChecking=yes");
  option("UpdateHostKeys=no");
  option("PasswordAuthentication=no");
  option("KbdInteractiveAuthentication=no");
  option("ClearAllForwardings=yes");
  option("PermitLocalCommand=no");
  option("ControlMaster=no");
  option("ControlPath=none");
  option("LogLevel=ERROR");
  option("ConnectTimeout=" + std::to_string(connect_seconds));
  option("ServerAliveInterval=10");
  option("ServerAliveCountMax=3");
  option("SendEnv=GIT_PROTOCOL");
  if (!credential.known_hosts_file.empty()) {
    option("UserKnownHostsFile=\"" + credential.known_hosts_file + '"');
    option("GlobalKnownHostsFile=/dev/null");
  }
  if (!credential.ssh_key_file.empty()) {
    option("IdentitiesOnly=yes");
    option("IdentityAgent=none");
    spec.argv.insert(spec.argv.end(), {"-i", credential.ssh_key_file});
  }
  if (url.port != 0) spec.argv.insert(spec.argv.end(), {"-p", std::to_string(url.port)});
  const std::string user = url.user.empty() ? credential.username : url.user;
  if (!user.empty()) spec.argv.insert(spec.argv.end(), {"-l", user});
  spec.argv.insert(spec.argv.end(), {"--", url.host, "git-upload-pack " + shell_quoted(url.path)});
  for (const auto& [name, value] : current_environment()) {
    if (name == "HOME" || name == "PATH" || name == "USER" || name == "LOGNAME" || name == "SSH_AUTH_SOCK") {
      spec.environment.emplace_back(name, value);
    }
  }
  spec.environment.emplace_back("LC_ALL", "C");
  spec.environment.emplace_back("GIT_PROTOCOL", "version=2");
  return spec;
}

/// What ssh or the remote git wrote on standard error, as an error of ours.
Error explain(const std::string& host, std::string said) {
  while (!said.empty() && static_cast<unsigned char>(said.back()) <= 0x20) said.pop_back();
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  std::string last = said.substr(said.rfind('\n') == std::string::npos ? 0 : said.rfind('\n') + 1).substr(0, 300);
  std::ranges::replace_if(last, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (says("REMOTE HOST IDENTIFICATION HAS CHANGED") || says("Host key verification failed")) {
    const bool changed = says("HAS CHANGED");
    return Error(ErrorKind::source_integrity,
                 "the host key of " + host + (changed ? " is not the known one" : " is not known or not the known one"),
                 {},
                 "compare the key with its owner's, then add it to the known_hosts file of the source's credential");
  }
  if (says("Permission denied") || says("Too many authentication failures") || says("no mutual signature")) {
    return Error(ErrorKind::source_auth, "the server " + host + " refuses our key: " + last, {},
                 "check the user name and the key in the settings");
  }
  if (says("does not appear to be a git repository") || says("epository not found") || says("does not exist") ||
      says("not found.")) {
    return Error(ErrorKind::source_missing, "the server " + host + " has no such repository: " + last, {},
                 "check the URL");
  }
  if (said.empty()) last = "the connection was closed";
  return Error(ErrorKind::source_transient, "ssh to " + host + " failed: " + last);
}

class SshChannel final : public GitChannel, private ByteStream {
 public:
  SshChannel(const ChannelOptions& options, Process process)
      : m_options(options),
        m_host(options.url.host),
        m_process(std::move(process)),
        m_watch(options.limits, monotonic_now()) {
    for (const int fd : {m_process.stdin_fd(), m_process.stdout_fd(), m_process.stderr_fd()}) {
      ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
  }

  [[nodiscard]] Session session() const override { return Session::stateful; }
  Result<ByteStream*> greet() override { return static_cast<ByteStream*>(this); }
  Result<ByteStream*> exchange(std::string_view request) override;

 private:
  Result<std::size_t> read(char* buffer, std::size_t capacity) override;
  Result<std::array<bool, 2>> await(int fd, short events);
  void drain_stderr();
  [[nodiscard]] Error ended();

  ChannelOptions m_options;
  std::string m_host;
  Process m_process;
  SpeedWatch m_watch;
  std::string m_stderr;
  bool m_stderr_open = true;
};

void SshChannel::drain_stderr() {
  char buffer[4096];
  while (m_stderr_open) {
    const ssize_t got = ::read(m_process.stderr_fd(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) m_stderr_open = false;
    if (got > 0 && m_stderr.size() < k_max_stderr) m_stderr.append(buffer, static_cast<std::size_t>(got));
  }
}

/// Waits until `fd` is ready (first) or a step of time passed; standard error is read meanwhile.
Result<std::array<bool, 2>> SshChannel::await(int fd, short events) {
  const MonotonicTime now = monotonic_now();
  if (now >= m_options.deadline) return fail(ErrorKind::timeout, "the server " + m_host + " did not answer in time");
  if (m_watch.too_slow(now)) return fail(ErrorKind::source_transient, "the server " + m_host + " sends too slowly");
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_options.deadline - now).count() + 1;
  std::array<pollfd, 2> waits{pollfd{.fd = fd, .events = events, .revents = 0},
                              pollfd{.fd = m_stderr_open ? m_process.stderr_fd() : -1, .events = POLLIN, .revents = 0}};
  const int code =
      ::poll(waits.data(), waits.size(), static_cast<int>(std::min<std::int64_t>(left, k_poll_step.count())));
  if (code < 0 && errno != EINTR) return fail(ErrorKind::local, "cannot wait for ssh");
  if (waits[1].revents != 0) drain_stderr();
  return std::array<bool, 2>{waits[0].revents != 0, waits[1].revents != 0};
}

Error SshChannel::ended() {
  const MonotonicTime soon = std::min(m_options.deadline, monotonic_now() + std::chrono::seconds(2));
  const auto code = m_process.wait(soon);
  drain_stderr();
  if (code && *code == 127 && m_stderr.empty())
    return Error(ErrorKind::local, "the program ssh cannot be run", {}, "install an OpenSSH client");
  return explain(m_host, m_stderr);
}

Result<std::size_t> SshChannel::read(char* buffer, std::size_t capacity) {
  while (true) {
    const ssize_t got = ::read(m_process.stdout_fd(), buffer, capacity);
    if (got > 0) {
      m_options.traffic.received += static_cast<std::uint64_t>(got);
      m_watch.add(static_cast<std::uint64_t>(got));
      return static_cast<std::size_t>(got);
    }
    if (got == 0) return fail(ended());
    if (errno != EAGAIN && errno != EINTR) return fail(ErrorKind::local, "cannot read from ssh");
    TRY(await(m_process.stdout_fd(), POLLIN));
  }
}

Result<ByteStream*> SshChannel::exchange(std::string_view request) {
  m_watch = SpeedWatch(m_options.limits, monotonic_now());
  m_options.traffic.sent += request.size();
  while (!request.empty()) {
    const ssize_t written = write_without_signal(m_process.stdin_fd(), request);
    if (written > 0) {
      request.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written < 0 && errno == EPIPE) return fail(ended());
    if (written < 0 && errno != EAGAIN && errno != EINTR) return fail(ErrorKind::local, "cannot write to ssh");
    TRY(await(m_process.stdin_fd(), POLLOUT));
  }
  return static_cast<ByteStream*>(this);
}

}  // namespace

Result<std::unique_ptr<GitChannel>> make_ssh_channel(const ChannelOptions& options) {
  const GitCredential& credential = options.credential;
  for (const std::string* text : {&credential.known_hosts_file, &credential.ssh_key_file}) {
    if (text->find('"') != std::string::npos || text->find('\n') != std::string::npos || text->starts_with('-')) {
      return fail(ErrorKind::config,
                  "a file name of the source's credential has a quote or line break in it or begins with '-'");
    }
  }
  if (credential.username.starts_with('-') || credential.username.find_first_of(" \t\n@") != std::string::npos) {
    return fail(ErrorKind::config, "the user name of the source's credential is not allowed for ssh");
  }
  TRY_ASSIGN(auto process, Process::start(make_spec(options)));
  return std::unique_ptr<GitChannel>(std::make_unique<SshChannel>(options, std::move(process)));
}

}  // namespace reconciled
