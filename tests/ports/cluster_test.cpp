#include "ports/cluster.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

TEST_CASE("discovery finds exactly a version, or the preferred one of a kind") {
  Discovery discovery;
  discovery.types = {
      {{"autoscaling", "v2", "HorizontalPodAutoscaler"}, "horizontalpodautoscalers", ObjectScope::namespaced, {"get"}},
      {{"autoscaling", "v1", "HorizontalPodAutoscaler"}, "horizontalpodautoscalers", ObjectScope::namespaced, {"get"}}};
  REQUIRE(discovery.find(GroupKind{"autoscaling", "HorizontalPodAutoscaler"}) != nullptr);
  CHECK(discovery.find(GroupKind{"autoscaling", "HorizontalPodAutoscaler"})->gvk.version == "v2");
  REQUIRE(discovery.find(GroupVersionKind{"autoscaling", "v1", "HorizontalPodAutoscaler"}) != nullptr);
  CHECK(discovery.find(GroupVersionKind{"autoscaling", "v1", "HorizontalPodAutoscaler"})->gvk.version == "v1");
  CHECK(discovery.find(GroupVersionKind{"autoscaling", "v3", "HorizontalPodAutoscaler"}) == nullptr);
  CHECK(discovery.find(GroupKind{"", "HorizontalPodAutoscaler"}) == nullptr);
}

TEST_CASE("a group whose server is down is failed, whether the list names the version or not") {
  Discovery discovery;
  discovery.failed_groups = {"metrics.k8s.io/v1beta1", "custom.metrics.k8s.io"};
  CHECK(discovery.group_failed("metrics.k8s.io"));
  CHECK(discovery.group_failed("custom.metrics.k8s.io"));
  CHECK_FALSE(discovery.group_failed("metrics"));
  CHECK_FALSE(discovery.group_failed("apps"));
  CHECK_FALSE(discovery.group_failed(""));
}

TEST_CASE("a watch is asked to end well before its silence would mean that it is dead") {
  Call call;
  call.timeout = std::chrono::seconds(25);
  CHECK(watch_length(call) == std::chrono::seconds(20));
  call.timeout = std::chrono::milliseconds(300);
  CHECK(watch_length(call) == std::chrono::seconds(1));
}

}  // namespace
}  // namespace reconciled
