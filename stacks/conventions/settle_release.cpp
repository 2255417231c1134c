// The release of a Helm stack: its name, and whether its block says where the chart lies.
#include "stacks/conventions/helm_block.h"
#include "stacks/conventions/shared_keys.h"
#include "stacks/helm_options.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_release_name = 53;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Labels of lower-case letters, digits and '-', with '.' between them.
bool is_release_name(std::string_view name) {
  if (name.empty() || name.size() > k_max_release_name) return false;
  char before = '.';
  for (const char c : name) {
    const bool inner = is_alphanumeric(c) || ((c == '-' || c == '.') && before != '.' && !(c == '.' && before == '-'));
    if (!inner) return false;
    before = c;
  }
  return is_alphanumeric(before);
}

}  // namespace

Status settle_release(Stack& stack) {
  Where where = stack.origin;
  where.key_path = "helm";
  const HelmBlock options = read_helm_block(stack.helm);
  TRY(find_chart_place(options, where));
  where.key_path = "helm.releaseName";
  const std::string pattern = options.release_name.empty() ? "{stack}" : options.release_name;
  TRY_ASSIGN(const std::string name, expand_pattern(pattern, stack.id, stack.bounds.team, where));
  if (!is_release_name(name)) {
    return fail(ErrorKind::render, '"' + name + "\" is no name of a Helm release", where,
                "it has lower-case letters, digits, \"-\" and \".\", at most 53; set helm.releaseName");
  }
  if (!stack.helm.is_map()) stack.helm = Value::map();
  stack.helm.set("releaseName", name);
  return {};
}

}  // namespace reconciled
