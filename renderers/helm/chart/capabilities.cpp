#include "renderers/helm/chart/capabilities.h"

#include "base/go_text.h"
#include "renderers/helm/chart/plain_object.h"
#include "renderers/helm/values/go_function.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_default_kube_version = "v1.35.0";

constexpr std::array<std::string_view, 57> k_api_versions{
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha1",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
};

/// Fields of a struct that holds nothing but text.
GoMap::Entry text_field(std::string_view name, std::string_view value) {
  return {name, GoValue::string(value)};
}

/// common.KubeVersion.
class KubeVersionObject final : public GoObject {
 public:
  KubeVersionObject(const KubeVersion& kube, HelmProfile profile, Arena& arena) : m_profile(profile) {
    const auto version = arena.copy(kube.version);
    m_fields = {{{"Version", GoValue::string(version)},
                 {"normalizedVersion", GoValue::string(arena.copy(kube.normalised))},
                 {"Major", GoValue::string(arena.copy(kube.major))},
                 {"Minor", GoValue::string(arena.copy(kube.minor))}}};
    if (profile == HelmProfile::helm3) m_fields = {{m_fields[0], m_fields[2], m_fields[3], {}}};
  }
  [[nodiscard]] std::string_view type_name() const override {
    return m_profile == HelmProfile::helm4 ? "common.KubeVersion" : "chartutil.KubeVersion";
  }
  [[nodiscard]] bool is_pointer() const override { return false; }
  bool field(std::string_view name, Arena& arena, GoValue& field) const override {
    return name != "normalizedVersion" && find_field(fields(arena), name, field);
  }
  [[nodiscard]] const GoFunction* method(std::string_view name) const override;
  bool text(Arena& /*arena*/, Receiver receiver, std::string_view& text) const override {
    if (receiver == Receiver::value) return false;
    text = normalised();
    return true;
  }
  std::span<const GoMap::Entry> fields(Arena& /*arena*/) const override {
    return std::span(m_fields).first(m_profile == HelmProfile::helm4 ? 4 : 3);
  }
  [[nodiscard]] std::string_view version() const { return m_fields[0].value.as_text(); }
  [[nodiscard]] std::string_view normalised() const {
    return m_fields[m_profile == HelmProfile::helm4 ? 1 : 0].value.as_text();
  }

 private:
  HelmProfile m_profile;
  std::array<GoMap::Entry, 4> m_fields;
};

Result<GoValue> kube_version_string(FunctionCall& call) {
  return GoValue::string(static_cast<const KubeVersionObject*>(call.receiver.as_object())->normalised());
}

Result<GoValue> kube_version_git_version(FunctionCall& call) {
  return GoValue::string(static_cast<const KubeVersionObject*>(call.receiver.as_object())->version());
}

constexpr std::array k_kube_version_methods{
    GoFunction{"String", {}, false, &kube_version_string},
    GoFunction{"GitVersion", {}, false, &kube_version_git_version},
};

const GoFunction* KubeVersionObject::method(std::string_view name) const {
  for (const auto& method : k_kube_version_methods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

GoValue make_helm_version(HelmProfile profile, Arena& arena) {
  if (profile == HelmProfile::helm3) {
    return make_plain_object("version.BuildInfo", PlainObject::Form::structure,
                             {text_field("Version", "v3.21.4"), text_field("GitCommit", ""),
                              text_field("GitTreeState", ""), text_field("GoVersion", "go1.25.9")},
                             std::array{text_field("version", "v3.21.4"), text_field("go_version", "go1.25.9")}, arena);
  }
  return make_plain_object(
      "version.BuildInfo", PlainObject::Form::structure,
      {text_field("Version", "v4.1.4"), text_field("GitCommit", "05fa37973dc9e42b76e1d2883494c87174b6074f"),
       text_field("GitTreeState", "clean"), text_field("GoVersion", "go1.25.9"),
       text_field("KubeClientVersion", "v1.35")},
      std::array{text_field("version", "v4.1.4"), text_field("git_commit", "05fa37973dc9e42b76e1d2883494c87174b6074f"),
                 text_field("git_tree_state", "clean"), text_field("go_version", "go1.25.9"),
                 text_field("kube_client_version", "v1.35")},
      arena);
}

Result<GoValue> version_set_has(FunctionCall& call) {
  const auto items = call.receiver.items();
  return GoValue::boolean(std::any_of(
      items.begin(), items.end(), [&](const GoValue& item) { return item.as_text() == call.arguments[0].as_text(); }));
}

constexpr std::array k_text_parameter{GoParameter::string};
constexpr std::array k_version_set_methods{GoFunction{"Has", k_text_parameter, false, &version_set_has}};

tl::unexpected<Error> bad_version(std::string_view text, const std::string& why) {
  return fail(ErrorKind::usage, fmt::format("invalid kube version '{}': {}", text, why));
}

}  // namespace

std::span<const std::string_view> default_api_versions() {
  return k_api_versions;
}

std::span<const GoFunction> version_set_methods() {
  return k_version_set_methods;
}

/// Numbers with dots between them, at least two; what stands behind them is not looked at.
Result<KubeVersion> parse_kube_version(std::string_view text, HelmProfile profile) {
  if (text.empty()) text = k_default_kube_version;
  auto numbers = trim_space(text);
  if (numbers.starts_with('v')) numbers.remove_prefix(1);
  std::vector<std::uint64_t> parts;
  for (;;) {
    std::uint64_t part = 0;
    const auto [end, error] = std::from_chars(numbers.data(), numbers.data() + numbers.size(), part);
    const auto digits = static_cast<std::size_t>(end - numbers.data());
    if (parts.empty() && digits == 0)
      return bad_version(text, fmt::format("could not parse {} as version", quoted(text)));
    if (digits == 0) break;
    if (error != std::errc()) return bad_version(text, "a number in it is too large");
    if (parts.empty() && digits > 1 && numbers.front() == '0')
      return bad_version(text, fmt::format("illegal zero-prefixed version component {} in {}",
                                           quoted(numbers.substr(0, digits)), quoted(text)));
    parts.push_back(part);
    numbers.remove_prefix(digits);
    if (numbers.size() < 2 || numbers.front() != '.' || numbers[1] < '0' || numbers[1] > '9') break;
    numbers.remove_prefix(1);
  }
  if (parts.size() < 2) return bad_version(text, fmt::format("illegal version string {}", quoted(text)));
  KubeVersion kube;
  kube.version = (text.starts_with('v') ? "" : "v") + std::string(text);
  kube.normalised = fmt::format("v{}", fmt::join(parts, "."));
  if (profile == HelmProfile::helm3) kube.version = kube.normalised;
  kube.major = std::to_string(parts[0]);
  kube.minor = std::to_string(parts[1]);
  return kube;
}

GoValue make_capabilities(const KubeVersion& kube, const ClusterCapabilities& cluster, HelmProfile profile,
                          Arena& arena) {
  const auto known = cluster.mode == ClusterCapabilities::ApiVersions::add ? default_api_versions()
                                                                           : std::span<const std::string_view>();
  auto* versions = make_items(arena, known.size() + cluster.api_versions.size());
  auto* next = versions;
  for (const auto& version : known) *next++ = GoValue::string(version);
  for (const auto& version : cluster.api_versions) *next++ = GoValue::string(arena.copy(version));
  const auto count = static_cast<std::size_t>(next - versions);
  return make_plain_object(profile == HelmProfile::helm4 ? "*common.Capabilities" : "*chartutil.Capabilities",
                           PlainObject::Form::pointer,
                           {{"KubeVersion", GoValue::object(arena.make<KubeVersionObject>(kube, profile, arena))},
                            {"APIVersions", make_list(arena, {versions, count}, GoType::version_set)},
                            {"HelmVersion", make_helm_version(profile, arena)}},
                           arena);
}

}  // namespace reconciled::helm
