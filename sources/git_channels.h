// The two ways to a server: HTTPS by libcurl and SSH by the ssh program.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "sources/git_source.h"
#include "sources/git_url.h"
#include "sources/upload_pack.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace reconciled {

/// GitTraffic while threads add to it.
struct TrafficCounters {
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> fetches{0};
  std::atomic<std::uint64_t> objects_read{0};
  std::atomic<std::uint64_t> rebuilds{0};
};

/// What a channel is made of; the referenced parts must outlive it.
struct ChannelOptions {
  const GitUrl& url;
  const GitCredential& credential;  ///< empty where none fits
  const GitLimits& limits;
  MonotonicTime deadline;
  PlainHttp plain_http;
  const std::string& ssh_program;
  TrafficCounters& traffic;
};

/// Errors of its calls: source_transient (unreachable, 429, 5xx, cut, slow), source_auth (401, 403), source_missing
/// (404), source_integrity (bad certificate, web page, redirect to another host), timeout (the deadline).
Result<std::unique_ptr<GitChannel>> make_http_channel(const ChannelOptions& options);
/// Runs `ssh` with strict host keys and without the user's configuration, agents forwarded or passwords asked.
Result<std::unique_ptr<GitChannel>> make_ssh_channel(const ChannelOptions& options);

/// Notices a stream that is slower than the limits allow. Time spent before the first byte counts, too.
class SpeedWatch {
 public:
  SpeedWatch(const GitLimits& limits, MonotonicTime now)
      : m_rate(limits.bytes_per_second), m_window(limits.slow_time), m_begin(now) {}
  void add(std::uint64_t bytes) { m_bytes += bytes; }
  /// Whether a whole window passed with too few bytes.
  bool too_slow(MonotonicTime now) {
    if (now - m_begin < m_window) return false;
    const auto seconds = std::chrono::duration<double>(now - m_begin).count();
    const bool slow = static_cast<double>(m_bytes) < static_cast<double>(m_rate) * seconds;
    m_begin = now;
    m_bytes = 0;
    return slow;
  }

 private:
  std::uint64_t m_rate;
  Duration m_window;
  MonotonicTime m_begin;
  std::uint64_t m_bytes = 0;
};

}  // namespace reconciled
