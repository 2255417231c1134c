#include "ports/cluster.h"

#include <algorithm>

namespace reconciled {

const ResourceType* Discovery::find(const GroupVersionKind& gvk) const {
  const auto at = std::ranges::find(types, gvk, &ResourceType::gvk);
  return at == types.end() ? nullptr : &*at;
}

const ResourceType* Discovery::find(const GroupKind& kind) const {
  const auto at = std::ranges::find_if(types, [&](const ResourceType& type) { return type.gvk.group_kind() == kind; });
  return at == types.end() ? nullptr : &*at;
}

bool Discovery::group_failed(std::string_view group) const {
  return std::ranges::any_of(failed_groups, [&](std::string_view failed) {
    return failed == group || (failed.starts_with(group) && failed.substr(group.size()).starts_with('/'));
  });
}

std::chrono::seconds watch_length(const Call& call) {
  return std::max(std::chrono::floor<std::chrono::seconds>(call.timeout * 4 / 5), std::chrono::seconds(1));
}

Error make_late_error() {
  return Error(ErrorKind::refused, "the time in which this writer may write had run out before the request was sent",
               {}, "nothing needs to be done for a daemon: who holds the lease does the work; a sync is run again");
}

bool is_late_error(const Error& error) {
  return error.kind == ErrorKind::refused && error.message == make_late_error().message;
}

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::discover: return "discover";
    case Verb::get: return "get";
    case Verb::list: return "list";
    case Verb::watch: return "watch";
    case Verb::create: return "create";
    case Verb::apply: return "apply";
    case Verb::merge_patch: return "patch";
    case Verb::remove: return "delete";
  }
  return "call";
}

}  // namespace reconciled
