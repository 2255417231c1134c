#include "tests/parity/make_chart.h"

#include "renderers/helm/values/json.h"
#include "renderers/helm/values/yaml.h"
#include "tests/parity/make_template.h"

#include <array>
#include <vector>

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoMap;
using helm::GoValue;

constexpr std::array<std::string_view, 4> k_subcharts{"sub", "sub2", "lib", "deep"};

constexpr std::array<std::string_view, 14> k_kinds{"ConfigMap", "Secret",  "Service", "Deployment",    "Namespace",
                                                   "Job",       "Role",    "Widget",  "APIService",    "Gadget",
                                                   "Ingress",   "CronJob", "\"\"",    "ServiceAccount"};
constexpr std::array<std::string_view, 16> k_events{"pre-install",
                                                    "post-install",
                                                    "pre-upgrade",
                                                    "post-delete",
                                                    "test",
                                                    "test-success",
                                                    "Pre-Install ",
                                                    "pre-rollback",
                                                    "unknown",
                                                    "\"\"",
                                                    "pre-install,post-upgrade",
                                                    "test,pre-install",
                                                    "pre-install,",
                                                    "crd-install",
                                                    "1",
                                                    "post-rollback"};
constexpr std::array<std::string_view, 12> k_weights{"\"1\"",   "\"-5\"", "\"0\"",  "\"x\"",
                                                     "\"\"",    "3",      "\"+7\"", "\"1.5\"",
                                                     "\"007\"", "null",   "true",   "\"99999999999999999999\""};

/// What templates of charts ask for, alone and in pipelines.
constexpr std::array<std::string_view, 48> k_expressions{".Values | toJson",
                                                         ".Values.global | toJson",
                                                         ".Values.a | toJson",
                                                         ".Values.m | toJson",
                                                         ".Values.sub | toJson",
                                                         "toYaml .Values | nindent 4",
                                                         ".Chart.Name",
                                                         ".Chart.Version",
                                                         ".Chart.AppVersion | quote",
                                                         ".Chart.Keywords | toJson",
                                                         ".Chart.Annotations | toJson",
                                                         ".Chart.IsRoot",
                                                         ".Chart.Type",
                                                         "toYaml .Chart | nindent 4",
                                                         ".Release | toJson",
                                                         ".Release.Name",
                                                         ".Release.IsUpgrade",
                                                         ".Template.Name",
                                                         ".Template.BasePath",
                                                         ".Files.Get \"files/a.txt\" | quote",
                                                         ".Files.Get \"missing\" | quote",
                                                         "(.Files.Glob \"files/*\").AsConfig | nindent 4",
                                                         "(.Files.Glob \"files/**\").AsSecrets | nindent 4",
                                                         "range $p, $_ := .Files }}{{ $p }},{{ end",
                                                         "range $p, $_ := .Files.Glob \"**.txt\" }}{{ $p }},{{ end",
                                                         "range .Files.Lines \"files/a.txt\" }}{{ . | quote }},{{ end",
                                                         ".Capabilities.KubeVersion",
                                                         ".Capabilities.KubeVersion.Version",
                                                         ".Capabilities.KubeVersion.Major",
                                                         ".Capabilities.KubeVersion.Minor",
                                                         ".Capabilities.APIVersions.Has \"apps/v1\"",
                                                         ".Capabilities.APIVersions.Has \"x.io/v1\"",
                                                         ".Capabilities.APIVersions | len",
                                                         "include \"h\" . | trim",
                                                         "include \"shared\" . | quote",
                                                         "template \"shared\" .",
                                                         "tpl \"{{ .Release.Name }}/{{ .Template.Name }}\" .",
                                                         "tpl (.Values.a | toString) . | quote",
                                                         ".Subcharts | keys | sortAlpha | toJson",
                                                         ".Subcharts.sub.Values | toJson",
                                                         ".Subcharts.sub.Chart.Name",
                                                         ".Values.AsMap | toJson",
                                                         "(.Values.Table \"m\") | toJson",
                                                         "set .Values \"seen\" true | toJson",
                                                         "required \"a is needed\" .Values.a",
                                                         "if .Values.m }}yes{{ else }}no{{ end",
                                                         "range $k, $v := .Values }}{{ $k }}={{ kindOf $v }};{{ end",
                                                         "lookup \"v1\" \"Secret\" \"n\" \"x\" | toJson"};

class ChartMaker {
 public:
  ChartMaker(Dice& dice, Arena& arena) : m_dice(dice), m_arena(arena), m_files(helm::make_map(arena)) {}

  GoValue make() {
    chart("", "c", 2);
    auto* all = helm::make_map(m_arena);
    all->set("files", GoValue::map(m_files));
    std::vector<std::string> texts;
    for (std::size_t i = m_dice.below(3); i > 0; --i) texts.push_back(value_text());
    all->set("values", list(texts));
    all->set("set", settings(make_plain_setting));
    all->set("set_string", settings(m_dice.one_in(4) ? make_setting : make_plain_setting));
    all->set("set_json", settings(make_json_of_names));
    all->set("set_literal", settings(make_plain_setting));
    if (m_dice.one_in(8)) all->set("api_versions", list({"x.io/v1", "apps/v1/Deployment"}));
    if (m_dice.one_in(8)) all->set("kube_version", text(m_dice.pick_of(k_kube_versions)));
    for (const std::string_view flag : {"include_crds", "skip_tests", "no_hooks", "is_upgrade"}) {
      if (m_dice.one_in(5)) all->set(flag, GoValue::boolean(true));
    }
    return GoValue::map(all);
  }

 private:
  static constexpr std::array<std::string_view, 10> k_kube_versions{
      "1.29", "v1.30.2", "1.33.4-gke.1245000", "v1.31.0+k3s1", "x", "1", "1.19.0-rc.1", "2.0.0", "v1.28", "1.2.3.4"};

  GoValue text(std::string_view content) { return GoValue::string(m_arena.copy(content)); }
  GoValue list(const std::vector<std::string>& texts) {
    GoValue* items = helm::make_items(m_arena, texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) items[i] = text(texts[i]);
    return helm::make_list(m_arena, {items, texts.size()});
  }
  void file(const std::string& path, std::string_view content) { m_files->set(m_arena.copy(path), text(content)); }

  GoValue settings(std::string (*make_one)(Dice&)) {
    std::vector<std::string> texts;
    if (m_dice.one_in(5)) texts.push_back(make_one(m_dice));
    return list(texts);
  }
  static std::string name(Dice& dice) {
    static constexpr std::array<std::string_view, 16> k_names{"a",    "b",       "c",    "m",    "l",     "global",
                                                              "sub",  "sub2",    "lib",  "deep", "other", "enabled",
                                                              "tags", "exports", "data", "x"};
    return std::string(dice.pick_of(k_names));
  }
  static std::string make_plain_setting(Dice& dice) {
    static constexpr std::array<std::string_view, 10> k_values{"1",     "true", "null", "false", "x",
                                                               "{a,b}", "",     "0",    "a b",   "{}"};
    std::string path = name(dice);
    for (std::size_t i = dice.below(3); i > 0; --i) path += "." + name(dice);
    if (dice.one_in(8)) path += "[" + std::to_string(dice.below(3)) + "]";
    return path + "=" + std::string(dice.pick_of(k_values));
  }
  static std::string make_json_of_names(Dice& dice) {
    static constexpr std::array<std::string_view, 8> k_values{
        "{\"a\":1}", "null", "[1,{\"b\":null}]", "true", "\"x\"", "{\"m\":{\"x\":null}}", "1.5", "{}"};
    if (dice.one_in(4)) return "{\"" + name(dice) + "\":" + std::string(dice.pick_of(k_values)) + "}";
    return name(dice) + "." + name(dice) + "=" + std::string(dice.pick_of(k_values));
  }

  /// A tree over few names, so that those of user, chart and subcharts meet; nulls where they matter.
  GoValue values(std::uint32_t depth) {
    auto* map = helm::make_map(m_arena);
    for (std::size_t i = m_dice.below(6); i > 0; --i) map->set(m_arena.copy(name(m_dice)), value(depth));
    return GoValue::map(map);
  }
  GoValue value(std::uint32_t depth) {
    if (depth > 0 && !m_dice.one_in(3)) return values(depth - 1);
    switch (m_dice.below(7)) {
      case 0: return GoValue::nil();
      case 1: return GoValue::boolean(m_dice.one_in(2));
      case 2: return GoValue::number(static_cast<double>(m_dice.below(5)));
      case 3: return list({"p", "q"});
      case 4: return make_value(m_dice, ValueTypes::json, 1, m_arena);
      default: return text(name(m_dice));
    }
  }
  std::string value_text() {
    std::string out(helm::to_yaml(values(3), m_arena).value_or("a: 1"));
    if (m_dice.one_in(12)) out += "\n---\n" + std::string(helm::to_yaml(values(2), m_arena).value_or("b: 1"));
    return m_dice.one_in(60) ? damage(m_dice, out) : out + "\n";
  }

  std::string chart_yaml(const std::string& name, const std::vector<std::string>& children) {
    static constexpr std::array<std::string_view, 12> k_extras{"appVersion: 1.2\n",
                                                               "appVersion: \"1.16\"\n",
                                                               "description: a b\n",
                                                               "type: application\n",
                                                               "keywords: [a, b]\n",
                                                               "annotations: {x: y}\n",
                                                               "kubeVersion: \">=1.20\"\n",
                                                               "home: http://h\nsources: [s]\n",
                                                               "maintainers: [{name: n, email: e}]\n",
                                                               "icon: i\n",
                                                               "deprecated: true\n",
                                                               "kubeVersion: \">=1.28.0-0 <1.34\"\n"};
    std::string out = m_dice.one_in(60)   ? ""
                      : m_dice.one_in(50) ? "apiVersion: v1\n"
                      : m_dice.one_in(80) ? "apiVersion: v3\n"
                                          : "apiVersion: v2\n";
    out += "name: " + name + "\nversion: " + (m_dice.one_in(60) ? "x" : m_dice.one_in(20) ? "v1.2" : "1.2.3") + "\n";
    for (std::size_t i = m_dice.below(4); i > 0; --i) {
      const auto extra = m_dice.pick_of(k_extras);
      if (out.find(extra.substr(0, extra.find(':') + 1)) == std::string::npos) out += extra;
    }
    if (name == "lib" ? !m_dice.one_in(4) : m_dice.one_in(150)) out += "type: library\n";
    if (children.empty() && !m_dice.one_in(60)) return out;
    out += "dependencies:\n";
    for (const auto& child : children) dependency(out, child);
    if (m_dice.one_in(80)) dependency(out, "absent");
    return out;
  }
  void dependency(std::string& out, const std::string& child) {
    static constexpr std::array<std::string_view, 6> k_versions{"\"*\"", "1.2.3", "\">=1\"", "~1.2", "^2", "\"\""};
    static constexpr std::array<std::string_view, 6> k_imports{
        "[data]",    "[{child: m, parent: m}]",   "[{child: exports.data, parent: .}]",
        "[data, x]", "[{child: a, parent: b.c}]", "[{child: \"\", parent: other}]"};
    const std::size_t times = m_dice.one_in(8) ? 2 : 1;
    for (std::size_t i = 0; i < times; ++i) {
      out += "- name: " + child +
             "\n  version: " + std::string(m_dice.one_in(6) ? m_dice.pick_of(k_versions) : "\"*\"") + "\n";
      if (times > 1 || m_dice.one_in(8)) out += "  alias: " + (i == 0 ? "other" : name(m_dice)) + "\n";
      if (m_dice.one_in(3))
        out += "  condition: " + child + ".enabled" + (m_dice.one_in(3) ? ",global.enabled" : "") + "\n";
      if (m_dice.one_in(4)) out += "  tags: [x" + std::string(m_dice.one_in(2) ? ", b" : "") + "]\n";
      if (m_dice.one_in(4)) out += "  import-values: " + std::string(m_dice.pick_of(k_imports)) + "\n";
    }
  }

  void chart(const std::string& folder, const std::string& name, std::uint32_t depth) {
    std::vector<std::string> children;
    for (const auto child : k_subcharts) {
      if (depth > 0 && m_dice.one_in(4)) children.emplace_back(child);
    }
    // Of two charts that Chart.yaml does not name, Helm loads one first by chance.
    const bool hides_one = !children.empty() && m_dice.one_in(10);
    for (const auto& child : children) chart(folder + "charts/" + child + "/", child, depth - 1);
    if (hides_one) children.pop_back();
    file(folder + "Chart.yaml", chart_yaml(name, children));
    if (!m_dice.one_in(8)) file(folder + "values.yaml", value_text());
    if (m_dice.one_in(8)) file(folder + "values.schema.json", schema());
    if (m_dice.one_in(2)) file(folder + "files/a.txt", m_dice.one_in(2) ? make_text(m_dice) : "one\ntwo\n");
    if (m_dice.one_in(4)) file(folder + "files/b.yaml", "b: 1");
    if (m_dice.one_in(6)) file(folder + "notes.txt", "n");
    if (folder.empty() && m_dice.one_in(4)) file(".helmignore", ignore_rules());
    if (m_dice.one_in(6)) file(folder + "crds/" + name + ".yaml", "kind: CustomResourceDefinition\nx: {{ y }}\n");
    if (m_dice.one_in(3)) file(folder + "templates/NOTES.txt", "Notes of {{ " + expression() + " }}\n");
    if (!m_dice.one_in(12) || !folder.empty())
      file(folder + "templates/_h.tpl", "{{ define \"shared\" }}" + name + "{{ end }}" +
                                            (folder.empty() ? "{{ define \"h\" }}h {{ .Chart.Name }}{{ end }}" : ""));
    static constexpr std::array<std::string_view, 8> k_names{"a.yaml", "b.yaml", "z.yml",   "deep/a.yaml",
                                                             "c.json", "d.tpl",  "_p.yaml", "tests/t.yaml"};
    for (std::size_t i = 1 + m_dice.below(3); i > 0; --i)
      file(folder + "templates/" + std::string(m_dice.pick_of(k_names)), manifests());
  }

  std::string expression() { return std::string(m_dice.pick_of(k_expressions)); }

  std::string manifests() {
    static constexpr std::array<std::string_view, 12> k_separators{
        "---\n",  "---\n", "---\n",      "--- # c\n", "\n---\n---\n", "---\n# only\n---\n",
        " ---\n", "---",   "...\n---\n", "--- \n",    "\r\n---\r\n",  "-- -\n"};
    std::string out = m_dice.one_in(5) ? "# c\n" : m_dice.one_in(6) ? "---\n" : "";
    for (std::size_t i = 1 + m_dice.below(3); i > 0; --i) {
      manifest(out);
      if (i > 1 || m_dice.one_in(8)) out += m_dice.one_in(3) ? m_dice.pick_of(k_separators) : "---\n";
    }
    return m_dice.one_in(80) ? damage(m_dice, out) : out;
  }

  void manifest(std::string& out) {
    if (m_dice.one_in(30)) {
      static constexpr std::array<std::string_view, 8> k_odd{"null\n",
                                                             "[]\n",
                                                             "text\n",
                                                             "kind: [a]\n",
                                                             "metadata: x\n",
                                                             "a: b: c\n",
                                                             "kind: List\nitems: []\n",
                                                             "metadata: {annotations: {x: 1}}\n"};
      out += m_dice.pick_of(k_odd);
      return;
    }
    if (m_dice.one_in(15)) out += "{{ if " + std::string(m_dice.one_in(2) ? ".Values.a" : "true") + " }}\n";
    const bool conditional = out.ends_with("}}\n");
    out += "apiVersion: v1\nkind: " + std::string(m_dice.pick_of(k_kinds)) +
           "\nmetadata:\n  name: {{ .Release.Name }}-" + name(m_dice) + "\n";
    if (m_dice.one_in(3)) {
      out += "  annotations:\n    helm.sh/hook: " + std::string(m_dice.pick_of(k_events)) + "\n";
      if (m_dice.one_in(2)) out += "    helm.sh/hook-weight: " + std::string(m_dice.pick_of(k_weights)) + "\n";
      if (m_dice.one_in(3)) out += "    helm.sh/hook-delete-policy: hook-succeeded, before-hook-creation\n";
    }
    out += "data:\n";
    for (std::size_t i = m_dice.below(3); i > 0; --i)
      out += "  k" + std::to_string(i) + ": {{ " + expression() + " }}\n";
    if (conditional) out += "{{ end }}\n";
  }

  std::string ignore_rules() {
    static constexpr std::array<std::string_view, 14> k_rules{
        "*.txt",   "files/", "/notes.txt", "# c",        "!*.yaml",   "templates/z.yml", "*.yml",
        "files/*", "a/**",   " b.yaml ",   "charts/sub", "[a-c].txt", "?.tpl",           "\\*"};
    std::string out;
    for (std::size_t i = m_dice.below(4); i > 0; --i) (out += m_dice.pick_of(k_rules)) += '\n';
    return out;
  }

  std::string schema() {
    static constexpr std::array<std::string_view, 20> k_rules{
        "\"type\":\"object\"",
        "\"required\":[\"a\"]",
        "\"required\":[\"a\",\"b\"]",
        "\"properties\":{\"a\":{\"type\":\"string\"}}",
        "\"properties\":{\"a\":{\"type\":[\"number\",\"null\"]},\"m\":{\"type\":\"object\"}}",
        "\"properties\":{\"m\":{\"minProperties\":1}}",
        "\"additionalProperties\":false",
        "\"properties\":{\"a\":{\"enum\":[\"a\",1,null]}}",
        "\"properties\":{\"l\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}",
        "\"properties\":{\"c\":{\"const\":true}}",
        "\"properties\":{\"b\":{\"pattern\":\"^a\"}}",
        "\"properties\":{\"a\":{\"minimum\":2}}",
        "\"properties\":{\"x\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}}",
        "\"anyOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]",
        "\"not\":{\"required\":[\"x\"]}",
        "\"patternProperties\":{\"^s\":{\"type\":\"object\"}}",
        "\"propertyNames\":{\"maxLength\":4}",
        "\"$defs\":{\"t\":{\"type\":\"string\"}},\"properties\":{\"b\":{\"$ref\":\"#/$defs/t\"}}",
        "\"type\":\"nothing\"",
        "\"maxProperties\":3"};
    static constexpr std::array<std::string_view, 4> k_drafts{
        "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2019-09/schema"};
    std::string out = "{";
    if (m_dice.one_in(2)) out += "\"$schema\":\"" + std::string(m_dice.pick_of(k_drafts)) + "\",";
    out += m_dice.one_in(15) ? k_rules[18] : k_rules[m_dice.below(18)];
    return out + "}";
  }

  Dice& m_dice;
  Arena& m_arena;
  GoMap* m_files;
};

}  // namespace

GoValue make_chart(Dice& dice, Arena& arena) {
  return ChartMaker(dice, arena).make();
}

}  // namespace reconciled::parity
