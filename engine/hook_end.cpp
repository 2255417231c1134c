#include "engine/hook_end.h"

namespace reconciled {
namespace {

using Verdict = ObjectWait::Verdict;

/// The condition of a type that is true, or nullptr.
const Value* true_condition(const Value& object, std::string_view type) {
  for (const Value& condition : object.at({"status", "conditions"}).items()) {
    if (condition["type"].as_string() == type && condition["status"].as_string() == "True") return &condition;
  }
  return nullptr;
}

std::string told(const Value& from) {
  const std::string_view message = from["message"].as_string();
  const std::string_view reason = from["reason"].as_string();
  if (message.empty() && reason.empty()) return {};
  return ": " + std::string(message.empty() ? reason : message);
}

ObjectWait::Judgement judge_pod(const Value& pod) {
  const std::string_view phase = pod.at({"status", "phase"}).as_string();
  if (phase == "Succeeded") return {Verdict::done, ""};
  if (phase == "Failed") return {Verdict::failed, "the hook failed" + told(pod["status"])};
  return {Verdict::wait, "the hook has not finished"};
}

}  // namespace

bool runs_to_an_end(const GroupKind& kind) {
  return kind == GroupKind{"batch", "Job"} || kind == GroupKind{"", "Pod"};
}

ObjectWait::Judgement judge_hook(const Value& applied, const Result<Value>& object) {
  if (!object) {
    if (object.error().kind != ErrorKind::api_missing)
      return {Verdict::wait, "it cannot be looked at: " + object.error().message};
    if (!applied.at({"spec", "ttlSecondsAfterFinished"}).is_null()) return {Verdict::done, ""};
    return {Verdict::failed, "the hook was deleted before it had finished"};
  }
  if (object->at({"metadata", "uid"}) != applied.at({"metadata", "uid"}))
    return {Verdict::failed, "the hook was deleted and made again by somebody before it had finished"};
  if ((*object)["kind"].as_string() == "Pod") return judge_pod(*object);
  if (true_condition(*object, "Complete") != nullptr) return {Verdict::done, ""};
  if (const Value* failed = true_condition(*object, "Failed"))
    return {Verdict::failed, "the hook failed" + told(*failed)};
  return {Verdict::wait, "the hook has not finished"};
}

}  // namespace reconciled
