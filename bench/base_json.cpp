// JSON into Value against nlohmann_json's DOM, on a list of pods with managedFields of about 17 MB: time in pairs,
// memory in a process each.
#include "base/json.h"
#include "bench/pairs.h"

#include <malloc.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

using namespace reconciled;

namespace {

constexpr std::size_t k_list_bytes = 17'000'000;

/// One pod as an API server returns it.
std::string make_pod(int i) {
  const std::string n = std::to_string(i);
  const std::string app = "service-" + std::to_string(i / 3);
  const std::string uid =
      std::to_string(10000000 + i * 7919) + "-7d2c-4b1f-9a55-" + std::to_string(100000000000 + i * 104729L);
  std::string text =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + app + "-6d4b75cb6d-" + n + R"(","generateName":")" +
      app + R"(-6d4b75cb6d-","namespace":"team-)" + std::to_string(i % 40) + R"(","uid":")" + uid +
      R"(","resourceVersion":")" + std::to_string(200000 + i) +
      R"(","creationTimestamp":"2026-02-01T10:00:00Z","labels":{"app.kubernetes.io/name":")" + app +
      R"(","app.kubernetes.io/managed-by":"reconciled","pod-template-hash":"6d4b75cb6d"},"annotations":{"prometheus.io/scrape":"true","prometheus.io/port":"9090","checksum/config":")" +
      uid + uid + R"("},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":")" + app +
      R"(-6d4b75cb6d","uid":")" + uid + R"(","controller":true,"blockOwnerDeletion":true}],"managedFields":[)";
  for (const char* manager : {"kube-controller-manager", "kubelet"}) {
    text +=
        std::string(manager == std::string("kubelet") ? "," : "") + R"({"manager":")" + manager +
        R"(","operation":"Update","apiVersion":"v1","time":"2026-02-01T10:00:0)" + std::to_string(i % 10) +
        R"(Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/managed-by":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\")" +
        uid +
        R"(\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"LOG_LEVEL\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"POD_NAME\"}":{".":{},"f:name":{},"f:valueFrom":{}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}}},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:cpu":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}})";
  }
  text +=
      R"(]},"spec":{"volumes":[{"name":"kube-api-access-)" + n +
      R"(","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],"containers":[{"name":"main","image":"registry.example.com/)" +
      app + ":1.4." + n +
      R"(","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],"resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},"livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":{"allowPrivilegeEscalation":false,"runAsNonRoot":true}}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","nodeName":"node-)" +
      std::to_string(i % 60) +
      R"(","schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-02-01T10:00:07Z"},{"type":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-02-01T10:00:00Z"}],"hostIP":"10.0.0.)" +
      std::to_string(i % 60) + R"(","podIP":"10.1.)" + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250) +
      R"(","startTime":"2026-02-01T10:00:00Z","containerStatuses":[{"name":"main","state":{"running":{"startedAt":"2026-02-01T10:00:05Z"}},"lastState":{},"ready":true,"restartCount":0,"image":"registry.example.com/)" +
      app + R"(","imageID":"registry.example.com/)" + app + "@sha256:" + uid + uid +
      R"(","started":true}],"qosClass":"Burstable"}})";
  return text;
}

std::string make_list() {
  std::string text = R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[)";
  for (int i = 0; text.size() < k_list_bytes; ++i) text += (i == 0 ? "" : ",") + make_pod(i);
  return text + "]}";
}

std::optional<Value> parse(const std::string& text) {
  Budget budget(Limits{.bytes = 1ULL << 30, .time = std::chrono::hours(1)});
  auto value = parse_json(text, budget);
  if (!value) return std::nullopt;
  return std::move(*value);
}

/// What the heap grows by while `work`'s result is alive, in a process of its own.
std::size_t heap_of(const auto& work) {
  int fds[2] = {};
  if (::pipe(fds) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto used = [] {
      const auto info = ::mallinfo2();
      return info.uordblks + info.hblkhd;
    };
    const std::size_t before = used();
    const auto result = work();
    const std::size_t grown = used() - before;
    [[maybe_unused]] const auto written = ::write(fds[1], &grown, sizeof grown);
    ::_exit(0);
  }
  std::size_t grown = 0;
  if (::read(fds[0], &grown, sizeof grown) != sizeof grown) grown = 0;
  ::waitpid(child, nullptr, 0);
  ::close(fds[0]);
  ::close(fds[1]);
  return grown;
}

}  // namespace

int main() {
  const std::string text = make_list();
  const auto value = parse(text);
  if (!value || nlohmann::json::parse(format_json(*value)) != nlohmann::json::parse(text)) {
    std::puts("the two readers disagree");
    return 1;
  }
  const auto ours = [&] { const auto document = parse(text); };
  const auto theirs = [&] { const auto document = nlohmann::json::parse(text); };
  const auto times = bench::run_in_turn(9, ours, theirs);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  std::printf("list of %.1f MB: Value %.0f MB/s, nlohmann_json %.0f MB/s\n", megabytes, megabytes / times.ours,
              megabytes / times.theirs);
  const std::size_t our_heap = heap_of([&] { return parse(text); });
  const std::size_t their_heap = heap_of([&] { return nlohmann::json::parse(text); });
  std::printf("heap: Value %.1f MB, nlohmann_json %.1f MB\n", static_cast<double>(our_heap) / 1e6,
              static_cast<double>(their_heap) / 1e6);
  std::string out;
  const double write = bench::seconds_of([&] { append_json(out, *value); });
  std::printf("written at %.0f MB/s\n", static_cast<double>(out.size()) / 1e6 / write);
  bool good = bench::report("json-time", times.ratio, 0.5);
  good = bench::report("json-memory", static_cast<double>(our_heap) / static_cast<double>(their_heap), 1.0 / 3) && good;
  return good && our_heap != 0 ? 0 : 1;
}
