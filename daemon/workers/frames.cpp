#include "daemon/workers/frames.h"

#include "base/process.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace reconciled {
namespace {

constexpr std::size_t k_piece = 256U << 10;

tl::unexpected<Error> broken_pipe(int code) {
  return fail(ErrorKind::local, "a pipe between processes broke: " + std::generic_category().message(code));
}

/// Reads until `size` bytes are there; false at the end of the pipe.
Result<bool> read_exactly(int fd, std::uint64_t size, std::string& bytes) {
  bytes.clear();
  while (bytes.size() < size) {
    // The length is a claim: memory is taken as bytes come.
    const std::size_t have = bytes.size();
    bytes.resize(have + static_cast<std::size_t>(std::min<std::uint64_t>(size - have, k_piece)));
    const ssize_t got = ::read(fd, bytes.data() + have, bytes.size() - have);
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return broken_pipe(errno);
    if (got == 0) return false;
  }
  return true;
}

/// One turn of both directions on non-blocking descriptors.
class Exchange {
 public:
  Exchange(int to, int from, std::string_view message, std::uint64_t max_answer)
      : m_to(to), m_from(from), m_head(make_frame_head(message.size())), m_message(message), m_max(max_answer) {}

  Exchanged run(MonotonicTime deadline) {
    while (m_fault == ExchangeFault::none && !m_done) {
      std::array<pollfd, 2> fds{{{m_sent < total() ? m_to : -1, POLLOUT, 0}, {m_from, POLLIN, 0}}};
      const int ready = ::poll(fds.data(), fds.size(), timeout_until(deadline));
      if (ready < 0 && errno != EINTR) m_fault = ExchangeFault::broken;
      if (ready == 0 && monotonic_now() >= deadline) m_fault = ExchangeFault::late;
      if (ready <= 0) continue;
      if (fds[0].revents != 0) send();
      if (fds[1].revents != 0) receive();
      if (!m_done && monotonic_now() >= deadline) m_fault = ExchangeFault::late;
    }
    if (m_fault != ExchangeFault::none) return {.fault = m_fault};
    return {.answer = std::move(m_answer)};
  }

 private:
  static int timeout_until(MonotonicTime deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - monotonic_now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  [[nodiscard]] std::size_t total() const { return m_head.size() + m_message.size(); }

  void send() {
    const std::string_view head(m_head.data(), m_head.size());
    const std::string_view part = m_sent < head.size() ? head.substr(m_sent) : m_message.substr(m_sent - head.size());
    const ssize_t sent = write_without_signal(m_to, part);
    if (sent >= 0) {
      m_sent += static_cast<std::size_t>(sent);
    } else if (errno != EAGAIN && errno != EINTR) {
      m_fault = errno == EPIPE ? ExchangeFault::closed : ExchangeFault::broken;
    }
  }

  /// Head first, then as much as it says.
  void receive() {
    const std::uint64_t wanted = m_length ? *m_length : k_frame_head;
    const std::size_t have = m_answer.size();
    m_answer.resize(have + static_cast<std::size_t>(std::min<std::uint64_t>(wanted - have, k_piece)));
    const ssize_t got = ::read(m_from, m_answer.data() + have, m_answer.size() - have);
    m_answer.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) m_fault = ExchangeFault::closed;
    if (got < 0 && errno != EAGAIN && errno != EINTR) m_fault = ExchangeFault::broken;
    if (got <= 0 || m_answer.size() < wanted) return;
    if (!m_length) {
      m_length = read_frame_head(m_answer);
      m_answer.clear();
      if (*m_length > m_max) m_fault = ExchangeFault::large;
    }
    m_done = m_length == m_answer.size();
  }

  int m_to;
  int m_from;
  std::array<char, k_frame_head> m_head;
  std::string_view m_message;
  std::uint64_t m_max;
  std::size_t m_sent = 0;
  std::optional<std::uint64_t> m_length;
  std::string m_answer;
  bool m_done = false;
  ExchangeFault m_fault = ExchangeFault::none;
};

}  // namespace

std::array<char, k_frame_head> make_frame_head(std::uint64_t size) {
  std::array<char, k_frame_head> head{};
  for (char& byte : head) {
    byte = static_cast<char>(size & 0xFF);
    size >>= 8;
  }
  return head;
}

std::uint64_t read_frame_head(std::string_view head) {
  std::uint64_t size = 0;
  for (std::size_t i = k_frame_head; i-- > 0;) size = size << 8 | static_cast<std::uint8_t>(head[i]);
  return size;
}

Result<std::optional<std::string>> read_frame(int fd, std::uint64_t max_bytes) {
  std::string bytes;
  TRY_ASSIGN(const bool more, read_exactly(fd, k_frame_head, bytes));
  if (!more && bytes.empty()) return std::nullopt;
  if (!more) return fail(ErrorKind::internal, "a message is cut");
  const std::uint64_t size = read_frame_head(bytes);
  if (size > max_bytes)
    return fail(ErrorKind::limit, "a message is larger than " + std::to_string(max_bytes) + " bytes");
  TRY_ASSIGN(const bool whole, read_exactly(fd, size, bytes));
  if (!whole) return fail(ErrorKind::internal, "a message is cut");
  return std::optional(std::move(bytes));
}

Status write_frame(int fd, std::string_view message) {
  const auto head = make_frame_head(message.size());
  for (std::string_view part : {std::string_view(head.data(), head.size()), message}) {
    while (!part.empty()) {
      const ssize_t written = ::write(fd, part.data(), part.size());
      if (written < 0 && errno != EINTR) return broken_pipe(errno);
      if (written > 0) part.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return {};
}

Exchanged exchange_frames(int to, int from, std::string_view message, std::uint64_t max_answer,
                          MonotonicTime deadline) {
  return Exchange(to, from, message, max_answer).run(deadline);
}

}  // namespace reconciled
