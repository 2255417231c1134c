#include "stacks/conventions/helm_block.h"

#include "base/kind_name.h"
#include "stacks/conventions/names.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::array<std::string_view, 14> k_helm_keys{
    "chart",     "repository",  "version",   "digest",    "values",  "valueFiles",  "releaseName",
    "namespace", "includeCRDs", "skipTests", "skipHooks", "profile", "kubeVersion", "apiVersions"};
/// What says which chart it is.
constexpr std::array<std::string_view, 3> k_coordinates{"repository", "version", "digest"};
constexpr std::size_t k_max_text = 2048;
constexpr std::size_t k_max_files = 100;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

Status check_text(const Node& node) {
  TRY_ASSIGN(const std::string text, node.text());
  if (text.size() > k_max_text) return fail(node.error("the text is longer than 2048 bytes"));
  return {};
}

/// Of chart, repository and version: no blanks and no control characters, which would end up in URLs.
Status check_word(const Node& node) {
  TRY(check_text(node));
  if (is_printable(node.value().as_string())) return {};
  return fail(node.error("there is a blank or a control character in it"));
}

Status check_inside(const Node& node) {
  TRY(check_text(node));
  const auto inside = normalise_path(node.value().as_string());
  if (inside && !inside->empty()) return {};
  return fail(node.error(inside ? "this names no file" : inside.error().message,
                         "write a path relative to the folder of the stack; nothing outside of it is read",
                         ErrorKind::policy));
}

Status check_value_files(const Node& node) {
  TRY_ASSIGN(const auto files, node.texts());
  if (files.size() > k_max_files) return fail(node.error("there are more than 100 value files"));
  TRY_ASSIGN(const auto each, node.items());
  for (const auto& file : each) {
    if (file.value().as_string().find("://") != std::string_view::npos) {
      return fail(file.error("values are not fetched from a URL", "commit the file into the folder of the stack",
                             ErrorKind::policy));
    }
    TRY(check_inside(file));
  }
  return {};
}

Status check_digest(const Node& node) {
  TRY_ASSIGN(std::string text, node.text());
  if (text.starts_with("sha256:")) text.erase(0, 7);
  const bool digits = text.size() == 64 && std::ranges::all_of(text, [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
  if (digits) return {};
  return fail(node.error("this is no digest", "write \"sha256:\" and 64 lower-case digits"));
}

Status check_chart_url(const Node& node) {
  TRY(check_word(node));
  const auto text = node.value().as_string();
  if (text.find("://") == std::string_view::npos && !text.starts_with("./")) return {};
  if (text.starts_with("./")) return normalise_path(text) ? Status() : check_inside(node);
  if (text.starts_with("oci://")) {
    if (text.find('@') == std::string_view::npos) return {};
    return fail(node.error("there is user-info or a digest in it",
                           "credentials belong to the operator's settings; pin the archive with helm.digest",
                           ErrorKind::policy));
  }
  const auto url = text.starts_with("git+") ? text.substr(4) : text;
  const auto fault = fault_of_url(std::string(url) + '/');  // the root of a host is a repository, too
  if (fault.why.empty()) return {};
  return fail(node.error(std::string(fault.why), std::string(fault.hint),
                         fault.credentials ? ErrorKind::policy : ErrorKind::render));
}

Status check_profile(const Node& node) {
  TRY_ASSIGN(const std::string text, node.text());
  if (text == "helm4" || text == "helm3") return {};
  return fail(node.error("unknown profile \"" + text + '"', "known are helm4 and helm3"));
}

Status check_values(const Node& node) {
  if (node.value().is_map() || node.value().is_null()) return {};
  return fail(node.error("values are " + std::string(kind_name(node.value())) + ", not a map"));
}

struct KeyRow {
  std::string_view key;
  Status (*check)(const Node& node);
};

Status check_flag(const Node& node) {
  TRY(node.flag());
  return {};
}
Status check_list(const Node& node) {
  TRY(node.texts());
  return {};
}

constexpr std::array k_checks{
    KeyRow{"chart", &check_chart_url},  KeyRow{"repository", &check_chart_url},
    KeyRow{"version", &check_text},     KeyRow{"digest", &check_digest},
    KeyRow{"values", &check_values},    KeyRow{"valueFiles", &check_value_files},
    KeyRow{"releaseName", &check_word}, KeyRow{"namespace", &check_word},
    KeyRow{"includeCRDs", &check_flag}, KeyRow{"skipTests", &check_flag},
    KeyRow{"skipHooks", &check_flag},   KeyRow{"profile", &check_profile},
    KeyRow{"kubeVersion", &check_word}, KeyRow{"apiVersions", &check_list},
};
static_assert(k_checks.size() == k_helm_keys.size());

/// Maps key by key, everything else replaced.
enum class Nulls : bool { remove, keep };
Value merge_maps(const Value& base, const Value& over, Nulls nulls) {
  if (!base.is_map() || !over.is_map()) return over;
  Value merged = base;
  for (const auto& entry : over.entries()) {
    const auto key = entry.key.as_string();
    const Value* below = base.find(key);
    if (entry.value.is_null() && nulls == Nulls::remove)
      merged.erase(key);
    else
      merged.set(key, below == nullptr ? entry.value : merge_maps(*below, entry.value, nulls));
  }
  return merged;
}

}  // namespace

Status check_helm_block(const Node& node) {
  if (!node.value().is_map()) {
    return fail(node.error("this is " + std::string(kind_name(node.value())) + ", not a map",
                           "write a map or leave the key out"));
  }
  TRY(node.check_keys(k_helm_keys));
  for (const auto& row : k_checks) {
    const auto inner = node.find(row.key);
    if (inner && !inner->value().is_null()) TRY(row.check(*inner));  // null takes back what is set below
  }
  return {};
}

Value merge_helm_blocks(const Value& base, const Value& over) {
  Value below = base;
  const Value* chart = over.find("chart");
  if (chart != nullptr && *chart != base["chart"]) {
    for (const auto key : k_coordinates) below.erase(key);
  }
  Value merged = merge_maps(below, over, Nulls::remove);
  const Value* values = over.find("values");
  if (values != nullptr && values->is_map()) merged.set("values", merge_maps(base["values"], *values, Nulls::keep));
  return merged;
}

}  // namespace reconciled
