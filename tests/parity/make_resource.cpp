#include "tests/parity/make_resource.h"

#include "base/json.h"

#include <array>

namespace reconciled::parity {
namespace {

using Words = std::string_view;

constexpr std::array<ResourceType, 30> k_types{ResourceType{"apps/v1", "Deployment"},
                                               {"apps/v1", "Deployment"},
                                               {"apps/v1", "StatefulSet"},
                                               {"apps/v1", "DaemonSet"},
                                               {"batch/v1", "Job"},
                                               {"batch/v1", "CronJob"},
                                               {"v1", "Pod"},
                                               {"v1", "Service"},
                                               {"v1", "Service"},
                                               {"v1", "ConfigMap"},
                                               {"v1", "ConfigMap"},
                                               {"v1", "Secret"},
                                               {"v1", "ServiceAccount"},
                                               {"v1", "PersistentVolumeClaim"},
                                               {"v1", "Namespace"},
                                               {"networking.k8s.io/v1", "Ingress"},
                                               {"networking.k8s.io/v1", "NetworkPolicy"},
                                               {"autoscaling/v2", "HorizontalPodAutoscaler"},
                                               {"policy/v1", "PodDisruptionBudget"},
                                               {"rbac.authorization.k8s.io/v1", "Role"},
                                               {"rbac.authorization.k8s.io/v1", "ClusterRole"},
                                               {"rbac.authorization.k8s.io/v1", "RoleBinding"},
                                               {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding"},
                                               {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"},
                                               {"apiextensions.k8s.io/v1", "CustomResourceDefinition"},
                                               {"storage.k8s.io/v1", "StorageClass"},
                                               {"apiregistration.k8s.io/v1", "APIService"},
                                               {"example.com/v1", "Thing"},
                                               {"example.com/v1", "Thing"},
                                               {"other.io/v1beta1", "Thing"}};
constexpr std::array<Words, 6> k_names{"a", "b", "web", "db", "web-1", "cache"};
constexpr std::array<Words, 8> k_images{"nginx",
                                        "nginx:1.7",
                                        "app:v1",
                                        "repo/app:v1",
                                        "registry:5000/x/app",
                                        "app@sha256:0123abc",
                                        "nginx:1@sha256:0a",
                                        "\"app:1.0\""};
constexpr std::array<Words, 12> k_scalars{"1",    "\"1\"", "true",    "x",          "\"\"",         "1.5",
                                          "null", "0x10",  "\"yes\"", "2020-01-01", "'single one'", "off"};

/// Writes one object, line by line.
class Writer {
 public:
  explicit Writer(Dice& dice) : m_dice(dice) {}
  std::string take() { return std::move(m_out); }

  void line(int indent, std::string_view text) {
    m_out.append(static_cast<std::size_t>(indent), ' ');
    m_out.append(text) += '\n';
  }
  void entry(int indent, std::string_view key, std::string_view value) {
    line(indent, std::string(key) + ": " + std::string(value));
  }
  bool often() { return !m_dice.one_in(3); }
  bool rarely() { return m_dice.one_in(5); }
  std::string name() { return std::string(make_name(m_dice)); }

  void head(const ResourceType& type, std::string_view name) {
    entry(0, "apiVersion", type.api_version);
    entry(0, "kind", type.kind);
    line(0, "metadata:");
    entry(2, "name", name);
  }
  void labels(int indent) { entry(indent, "labels", "{app: " + name() + (rarely() ? ", tier: \"1\"}" : "}")); }
  void metadata() {
    if (rarely()) entry(2, "namespace", m_dice.one_in(2) ? "one" : "default");
    if (m_dice.one_in(2)) labels(2);
    if (rarely()) entry(2, "annotations", "{note: " + make_scalar(m_dice) + ", a.b/c: \"$(V)\"}");
    if (m_dice.one_in(12)) entry(2, "finalizers", "[x, y]");
    if (m_dice.one_in(20)) entry(2, "creationTimestamp", "null");
  }

  void selector(int indent) {
    line(indent, "selector:");
    entry(indent + 2, "matchLabels", "{app: " + name() + "}");
  }
  void container(int indent, std::string_view name_of_it, bool whole);
  void environment(int indent);
  void volume(int indent);
  void pod(int indent, bool whole);
  void pod_template(int indent, bool whole) {
    line(indent, "template:");
    if (often()) {
      line(indent + 2, "metadata:");
      labels(indent + 4);
    }
    line(indent + 2, "spec:");
    pod(indent + 4, whole);
  }
  void spec(const ResourceType& type, bool whole);
  void binding(std::string_view kind);
  void thing(bool whole);

 private:
  Dice& m_dice;
  std::string m_out;
};

void Writer::environment(int indent) {
  line(indent, "env:");
  const auto variables = 1 + m_dice.below(3);
  for (std::size_t i = 0; i < variables; ++i) {
    line(indent, "- name: " + std::string(m_dice.pick_of(std::array<Words, 3>{"A", "B", "C"})));
    switch (m_dice.below(4)) {
      case 0: entry(indent + 2, "value", "\"$(V) $(W)\""); break;
      case 1: entry(indent + 2, "valueFrom", "{configMapKeyRef: {name: " + name() + ", key: k}}"); break;
      case 2: entry(indent + 2, "valueFrom", "{secretKeyRef: {name: " + name() + ", key: k}}"); break;
      default: entry(indent + 2, "value", make_scalar(m_dice));
    }
  }
}

void Writer::container(int indent, std::string_view name_of_it, bool whole) {
  line(indent, "- name: " + std::string(name_of_it));
  indent += 2;
  if (!whole && m_dice.one_in(8)) {
    line(indent, m_dice.one_in(2) ? "$patch: delete" : "$patch: replace");
    if (m_dice.one_in(2)) return;
  }
  if (whole || m_dice.one_in(2)) entry(indent, "image", m_dice.pick_of(k_images));
  if (m_dice.one_in(3)) entry(indent, "args", "[\"--x=$(V)\", b]");
  if (m_dice.one_in(3)) environment(indent);
  if (rarely())
    entry(indent, "envFrom", "[{configMapRef: {name: " + name() + "}}, {secretRef: {name: " + name() + "}}]");
  if (m_dice.one_in(3)) {
    entry(indent, "ports",
          m_dice.pick_of(std::array<Words, 5>{
              "[{containerPort: 80}]", "[{containerPort: 80, protocol: TCP, name: http}]",
              "[{containerPort: 80, protocol: UDP}, {containerPort: 80}]", "[{containerPort: 81, name: x}]",
              "[{containerPort: 80, protocol: TCP}, {containerPort: 80, protocol: UDP, hostPort: 1}]"}));
  }
  if (m_dice.one_in(4)) entry(indent, "volumeMounts", "[{name: v, mountPath: /v}, {name: w, mountPath: /w/$(V)}]");
  if (rarely()) entry(indent, "resources", "{limits: {cpu: 1, memory: 1Gi}}");
  if (!whole && m_dice.one_in(10)) entry(indent, "args", "null");
}

void Writer::volume(int indent) {
  line(indent, "- name: " + std::string(m_dice.pick_of(std::array<Words, 3>{"v", "w", "x"})));
  switch (m_dice.below(6)) {
    case 0: return entry(indent + 2, "configMap", "{name: " + name() + "}");
    case 1: return entry(indent + 2, "secret", "{secretName: " + name() + "}");
    case 2: return entry(indent + 2, "persistentVolumeClaim", "{claimName: " + name() + "}");
    case 3:
      return entry(indent + 2, "projected",
                   "{sources: [{configMap: {name: " + name() + "}}, {secret: {name: " + name() + "}}]}");
    case 4: return entry(indent + 2, "emptyDir", "{}");
    default: return entry(indent + 2, "nfs", "{server: $(V), path: /}");
  }
}

void Writer::pod(int indent, bool whole) {
  if (m_dice.one_in(3)) entry(indent, "serviceAccountName", name());
  if (whole || often()) {
    line(indent, "containers:");
    if (!whole && m_dice.one_in(15)) line(indent, "- $patch: replace");
    container(indent, "a", whole);
    if (m_dice.one_in(3)) container(indent, m_dice.one_in(2) ? "b" : "c", whole);
  }
  if (rarely()) {
    line(indent, "initContainers:");
    container(indent, "i", whole);
  }
  if (m_dice.one_in(3)) {
    line(indent, "volumes:");
    volume(indent);
    if (m_dice.one_in(2)) volume(indent);
  }
  if (rarely()) entry(indent, "imagePullSecrets", "[{name: " + name() + "}]");
  if (m_dice.one_in(10))
    entry(indent, "affinity",
          "{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: h, labelSelector: "
          "{matchLabels: {app: x}}}]}}");
  if (m_dice.one_in(10))
    entry(indent, "topologySpreadConstraints",
          "[{maxSkew: 1, topologyKey: " + name() +
              ", whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: x}}}]");
  if (m_dice.one_in(10)) entry(indent, "tolerations", "[{key: " + name() + "}]");
  if (m_dice.one_in(10)) entry(indent, "hostAliases", "[{ip: 1.1.1.1, hostnames: [" + name() + "]}]");
  if (m_dice.one_in(10)) entry(indent, "nodeSelector", "{a: " + make_scalar(m_dice) + "}");
  if (!whole && m_dice.one_in(12)) entry(indent, "volumes", "null");
}

void Writer::binding(std::string_view kind) {
  entry(0, "roleRef", "{apiGroup: rbac.authorization.k8s.io, kind: " + std::string(kind) + ", name: " + name() + "}");
  entry(0, "subjects",
        "[{kind: ServiceAccount, name: " + (m_dice.one_in(3) ? "default" : name()) +
            (m_dice.one_in(2) ? ", namespace: " + std::string(m_dice.one_in(2) ? "one" : "default") : "") + "}" +
            (rarely() ? ", {kind: User, name: u}]" : "]"));
}

void Writer::thing(bool whole) {
  line(0, "spec:");
  entry(2, "image", m_dice.pick_of(k_images));
  if (whole || m_dice.one_in(2)) entry(2, "ref", "{name: " + name() + ", kind: ConfigMap}");
  if (m_dice.one_in(2)) entry(2, "list", "[{name: " + name() + ", v: " + make_scalar(m_dice) + "}, {name: z}]");
  if (m_dice.one_in(2)) entry(2, "plain", "[" + make_scalar(m_dice) + ", " + make_scalar(m_dice) + "]");
  if (m_dice.one_in(3)) entry(2, "map", "{k: " + make_scalar(m_dice) + ", l: {m: [1, 2]}}");
  if (m_dice.one_in(4)) {
    line(2, "containers:");
    container(2, "a", whole);
  }
  if (m_dice.one_in(6)) {
    line(2, "text: |");
    line(4, "line one");
    line(4, "line: two");
  }
  if (!whole && m_dice.one_in(6)) entry(2, "map", m_dice.one_in(2) ? "null" : "{$patch: delete}");
}

void Writer::spec(const ResourceType& type, bool whole) {
  const std::string_view kind = type.kind;
  if (kind == "Thing") return thing(whole);
  if (kind == "RoleBinding") return binding(m_dice.one_in(2) ? "Role" : "ClusterRole");
  if (kind == "ClusterRoleBinding") return binding("ClusterRole");
  if (kind == "Role" || kind == "ClusterRole")
    return entry(0, "rules",
                 "[{apiGroups: [\"\"], resources: [configmaps], resourceNames: [" + name() + "], verbs: [get]}]");
  if (kind == "ConfigMap" || kind == "Secret") {
    if (m_dice.one_in(8)) return;
    entry(0, "data", "{k: " + (kind == "Secret" ? "dmFsdWU=" : make_scalar(m_dice)) + ", l: x}");
    return;
  }
  if (kind == "ServiceAccount") {
    if (m_dice.one_in(2)) entry(0, "imagePullSecrets", "[{name: " + name() + "}]");
    if (rarely()) entry(0, "secrets", "[{name: " + name() + "}]");
    return;
  }
  if (kind == "ValidatingWebhookConfiguration")
    return entry(0, "webhooks", "[{name: w.x.io, clientConfig: {service: {name: " + name() + ", namespace: one}}}]");
  if (kind == "StorageClass") {
    entry(0, "provisioner", "p");
    return entry(0, "parameters", "{csi.storage.k8s.io/node-publish-secret-name: " + name() + "}");
  }
  if (kind == "Namespace") return;
  line(0, "spec:");
  if (kind == "Pod") return pod(2, whole);
  if (kind == "Job") return pod_template(2, whole);
  if (kind == "CronJob") {
    entry(2, "schedule", "\"* * * * *\"");
    line(2, "jobTemplate:");
    line(4, "spec:");
    return pod_template(6, whole);
  }
  if (kind == "Service") {
    entry(2, "ports", m_dice.one_in(2) ? "[{port: 80, targetPort: http}]" : "[{port: 80, protocol: TCP}, {port: 81}]");
    if (often()) entry(2, "selector", "{app: " + name() + "}");
    return;
  }
  if (kind == "PersistentVolumeClaim") {
    entry(2, "storageClassName", name());
    return entry(2, "volumeName", name());
  }
  if (kind == "Ingress") {
    entry(2, "tls", "[{hosts: [$(V)], secretName: " + name() + "}]");
    entry(2, "rules",
          "[{host: h, http: {paths: [{path: /, backend: {service: {name: " + name() + ", port: {number: 80}}}}]}}]");
    return;
  }
  if (kind == "HorizontalPodAutoscaler") {
    entry(2, "scaleTargetRef", "{apiVersion: apps/v1, kind: Deployment, name: " + name() + "}");
    return entry(2, "maxReplicas", make_count(m_dice));
  }
  if (kind == "PodDisruptionBudget") return selector(2);
  if (kind == "NetworkPolicy") {
    entry(2, "podSelector", "{matchLabels: {app: " + name() + "}}");
    return entry(2, "ingress", "[{from: [{podSelector: {matchLabels: {app: " + name() + "}}}]}]");
  }
  if (kind == "CustomResourceDefinition") {
    entry(2, "group", "example.com");
    return entry(2, "names", "{kind: Thing, plural: things}");
  }
  if (kind == "APIService") return entry(2, "service", "{name: " + name() + ", namespace: one}");
  if (m_dice.one_in(2)) entry(2, "replicas", make_count(m_dice));
  if (often()) selector(2);
  if (kind == "StatefulSet") {
    entry(2, "serviceName", name());
    if (m_dice.one_in(2)) entry(2, "volumeClaimTemplates", "[{metadata: {name: v}, spec: {storageClassName: a}}]");
  }
  if (kind == "Deployment" && rarely()) entry(2, "strategy", "{type: Recreate, rollingUpdate: null}");
  pod_template(2, whole);
}

}  // namespace

ResourceType make_type(Dice& dice) {
  return dice.pick_of(k_types);
}

std::string_view make_name(Dice& dice) {
  return dice.pick_of(k_names);
}

std::string make_count(Dice& dice) {
  return std::to_string(dice.below(10));
}

std::string make_scalar(Dice& dice) {
  if (!dice.one_in(3)) return std::string(dice.pick_of(k_scalars));
  std::string text = make_text(dice);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x7F || (c < ' ' && c != '\n'); });
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string make_resource(Dice& dice, const ResourceType& type, std::string_view name) {
  Writer writer(dice);
  writer.head(type, name);
  writer.metadata();
  writer.spec(type, true);
  return writer.take();
}

std::string make_merge_patch(Dice& dice, const ResourceType& type, std::string_view name) {
  Writer writer(dice);
  writer.head(type, name);
  if (dice.one_in(3)) writer.metadata();
  if (dice.one_in(25)) {
    writer.line(0, "$patch: delete");
  } else {
    writer.spec(type, false);
  }
  return writer.take();
}

}  // namespace reconciled::parity
