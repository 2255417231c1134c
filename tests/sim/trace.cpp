#include "tests/sim/trace.h"

#include <algorithm>
#include <cstdio>

namespace reconciled::sim {
namespace {

void mix(std::uint64_t& digest, std::string_view text) {
  for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  digest = (digest ^ 0xffU) * 0x100000001b3ULL;
}

}  // namespace

void Trace::add(MonotonicTime now, std::string_view who, std::string_view what, std::string_view detail) {
  Line& line = m_lines[m_count++ % k_kept];
  line.time = now;
  line.who = who;
  line.what = what;
  line.detail = detail;
  m_digest = (m_digest ^ static_cast<std::uint64_t>(now.time_since_epoch().count())) * 0x100000001b3ULL;
  mix(m_digest, who);
  mix(m_digest, what);
  mix(m_digest, detail);
  if (m_out != nullptr) *m_out << format(line) << '\n';
}

std::vector<std::string> Trace::last(std::size_t count) const {
  const std::size_t shown = std::min({count, m_count, k_kept});
  std::vector<std::string> lines;
  for (std::size_t i = m_count - shown; i < m_count; ++i) lines.push_back(format(m_lines[i % k_kept]));
  return lines;
}

std::string Trace::format(const Line& line) {
  const double seconds = std::chrono::duration<double>(line.time.time_since_epoch()).count();
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), "%11.4f  %-11.11s ", seconds, line.who.c_str());
  return head.data() + line.what + (line.detail.empty() ? "" : " " + line.detail);
}

}  // namespace reconciled::sim
