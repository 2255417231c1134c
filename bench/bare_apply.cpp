// bench-bare-apply: the least that the requests of a sync can cost. Sends the objects of the fleet over one HTTP/2
// connection with a window of requests in flight, by libcurl alone, and prints one line of what that took.
//
//   test-control-plane -- bench-bare-apply --mode create
//   bench-bare-apply --cluster FOLDER --mode apply --objects 4000 --window 32
//   bench-bare-apply --server https://… --ca ca.crt --token TOKEN …
//
// An answer of another status than the mode means (create: 201, the others: 200) fails the run.
#include "bench/fleet_objects.h"

#include <CLI/CLI.hpp>
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace reconciled::bench {
namespace {

struct Mode {
  const char* name;
  const char* method;
  const char* query;
  long expected;
};
constexpr std::array k_modes{Mode{"create", "PATCH", "?fieldManager=reconciled-bench", 201},
                             Mode{"apply", "PATCH", "?fieldManager=reconciled-bench", 200},
                             Mode{"dry-run", "PATCH", "?fieldManager=reconciled-bench&dryRun=All", 200},
                             Mode{"get", "GET", "", 200}};

struct Arguments {
  std::string cluster;
  std::string server;
  std::string ca;
  std::string token;
  std::string in_namespace = "fleet";
  std::string mode = "create";
  std::size_t objects = 4000;
  std::size_t window = 32;
};

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t count_bytes(char*, std::size_t, std::size_t length, void* total) {
  *static_cast<std::uint64_t*>(total) += length;
  return length;
}

struct Slot {
  CURL* easy = nullptr;
  std::string url;
  std::string body;
};

class BareLoop {
 public:
  BareLoop(const Arguments& arguments, const Mode& mode) : m_arguments(arguments), m_mode(mode) {
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(m_multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    for (const std::string& line :
         {std::string("Content-Type: application/apply-patch+yaml"), std::string("Accept: application/json"),
          std::string("Expect:"), "Authorization: Bearer " + arguments.token}) {
      m_headers = curl_slist_append(m_headers, line.c_str());
    }
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;
  ~BareLoop() {
    for (Slot& slot : m_slots) {
      curl_multi_remove_handle(m_multi, slot.easy);
      curl_easy_cleanup(slot.easy);
    }
    curl_multi_cleanup(m_multi);
    curl_slist_free_all(m_headers);
  }

  /// One request before the measured ones, with any of two statuses; opens the connection.
  bool make_namespace() {
    Slot& slot = m_slots.emplace_back();
    slot.easy = curl_easy_init();
    slot.url = m_arguments.server + "/api/v1/namespaces/" + m_arguments.in_namespace + "?fieldManager=reconciled-bench";
    slot.body = R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" + m_arguments.in_namespace + "\"}}";
    send(slot, "PATCH");
    while (m_running > 0) turn([](long status) { return status == 200 || status == 201; });
    m_latencies.clear();
    return m_failures.empty();
  }

  void run() {
    m_wanted = m_arguments.objects;
    while (m_slots.size() < std::min(m_arguments.window, m_arguments.objects)) {
      m_slots.emplace_back().easy = curl_easy_init();
    }
    for (Slot& slot : m_slots) next(slot);
    while (m_running > 0) turn([this](long status) { return status == m_mode.expected; });
  }

  [[nodiscard]] const std::map<std::string, std::size_t>& failures() const { return m_failures; }
  [[nodiscard]] std::uint64_t bytes_in() const { return m_bytes_in; }
  [[nodiscard]] long connections() const { return m_connections; }
  [[nodiscard]] double latency_ms(double quantile) {
    if (m_latencies.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(quantile * static_cast<double>(m_latencies.size() - 1));
    std::nth_element(m_latencies.begin(), m_latencies.begin() + at, m_latencies.end());
    return m_latencies[static_cast<std::size_t>(at)] * 1000;
  }

 private:
  void next(Slot& slot) {
    if (m_sent == m_wanted) return;
    const FleetObject object{m_sent / k_fleet_kinds.size(), k_fleet_kinds.at(m_sent % k_fleet_kinds.size()),
                             m_arguments.in_namespace};
    ++m_sent;
    slot.url = m_arguments.server + api_path(object) + m_mode.query;
    slot.body = std::string_view(m_mode.method) == "GET" ? std::string() : as_json(object);
    send(slot, m_mode.method);
  }

  void send(Slot& slot, const char* method) {
    CURL* const easy = slot.easy;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, slot.url.c_str());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (!slot.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(slot.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, slot.body.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, m_headers);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CAINFO, m_arguments.ca.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &count_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &m_bytes_in);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &slot);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
    curl_multi_add_handle(m_multi, easy);
    ++m_running;
  }

  template <class Good>
  void turn(const Good& good) {
    int active = 0;
    curl_multi_perform(m_multi, &active);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(m_multi, &left)) {
      if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result, good);
    }
    if (m_running > 0) curl_multi_poll(m_multi, nullptr, 0, 1000, nullptr);
  }

  template <class Good>
  void finish(CURL* easy, CURLcode code, const Good& good) {
    long status = 0;
    long opened = 0;
    long version = 0;
    double seconds = 0;
    Slot* slot = nullptr;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
    m_connections += opened;
    m_latencies.push_back(seconds);
    if (code != CURLE_OK) {
      ++m_failures[curl_easy_strerror(code)];
    } else if (!good(status)) {
      ++m_failures["status " + std::to_string(status)];
    } else if (version != CURL_HTTP_VERSION_2_0) {
      ++m_failures["answered without HTTP/2"];
    }
    curl_multi_remove_handle(m_multi, easy);
    --m_running;
    next(*slot);
  }

  const Arguments& m_arguments;
  const Mode& m_mode;
  CURLM* m_multi = nullptr;
  curl_slist* m_headers = nullptr;
  std::deque<Slot> m_slots;  ///< stays in place: libcurl points into it
  std::size_t m_wanted = 0;
  std::size_t m_sent = 0;
  std::size_t m_running = 0;
  std::uint64_t m_bytes_in = 0;
  long m_connections = 0;
  std::vector<double> m_latencies;
  std::map<std::string, std::size_t> m_failures;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

bool report_failures(const BareLoop& loop) {
  for (const auto& [what, count] : loop.failures())
    std::fprintf(stderr, "bench-bare-apply: %zu × %s\n", count, what.c_str());
  return !loop.failures().empty();
}

int measure(const Arguments& arguments, const Mode& mode) {
  BareLoop loop(arguments, mode);
  if (!loop.make_namespace()) return report_failures(loop), 1;
  const double cpu_before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  loop.run();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu = cpu_seconds() - cpu_before;
  if (report_failures(loop)) return 1;
  std::printf(
      "mode=%s objects=%zu window=%zu seconds=%.3f requests_per_second=%.0f cpu_seconds=%.3f rss_mib=%.1f "
      "p50_ms=%.1f p99_ms=%.1f connections=%ld mib_in=%.1f\n",
      mode.name, arguments.objects, arguments.window, seconds, static_cast<double>(arguments.objects) / seconds, cpu,
      peak_rss_mib(), loop.latency_ms(0.5), loop.latency_ms(0.99), loop.connections(),
      static_cast<double>(loop.bytes_in()) / (1 << 20));
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  if (const char* const folder = getenv("TEST_CLUSTER")) arguments.cluster = folder;
  CLI::App app("server-side apply of the fleet by libcurl alone, over one HTTP/2 connection", "bench-bare-apply");
  app.add_option("--cluster", arguments.cluster, "folder of a test-control-plane: its server, CA and admin token");
  app.add_option("--server", arguments.server, "https://HOST:PORT");
  app.add_option("--ca", arguments.ca, "PEM file");
  app.add_option("--token", arguments.token, "bearer token");
  app.add_option("--namespace", arguments.in_namespace, "made when it is missing");
  app.add_option("--objects", arguments.objects, "how many requests")->check(CLI::Range(1, 400000));
  app.add_option("--window", arguments.window, "how many of them in flight")->check(CLI::Range(1, 1000));
  app.add_option("--mode", arguments.mode, "create | apply | dry-run | get");
  CLI11_PARSE(app, argc, argv);
  if (!arguments.cluster.empty() && arguments.server.empty()) {
    arguments.server = content_of(arguments.cluster + "/server.url");
    arguments.ca = arguments.cluster + "/ca.crt";
    arguments.token = content_of(arguments.cluster + "/admin.token");
  }
  const auto* const mode =
      std::ranges::find(k_modes, arguments.mode, [](const Mode& known) { return std::string_view(known.name); });
  if (mode == k_modes.end() || arguments.server.empty()) {
    std::fputs("bench-bare-apply: needs a known --mode, and --cluster or --server with --ca and --token\n", stderr);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return measure(arguments, *mode);
}

}  // namespace
}  // namespace reconciled::bench

int main(int argc, char** argv) {
  return reconciled::bench::run(argc, argv);
}
