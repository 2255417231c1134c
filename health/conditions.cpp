#include "health/rules.h"

namespace reconciled {

Health healthy(std::string reason) {
  return {HealthState::healthy, std::move(reason)};
}
Health progressing(std::string reason) {
  return {HealthState::progressing, std::move(reason)};
}
Health degraded(std::string reason) {
  return {HealthState::degraded, std::move(reason)};
}
Health suspended(std::string reason) {
  return {HealthState::suspended, std::move(reason)};
}

const Value* find_condition(const Value& object, std::string_view type) {
  for (const Value& condition : object.at({"status", "conditions"}).items()) {
    if (condition["type"].as_string() == type) return &condition;
  }
  return nullptr;
}

bool condition_is(const Value& object, std::string_view type, std::string_view status) {
  const Value* condition = find_condition(object, type);
  return condition != nullptr && (*condition)["status"].as_string() == status;
}

std::string condition_text(const Value& condition) {
  constexpr std::size_t k_max = 300;
  std::string out(condition["reason"].as_string());
  const std::string_view message = condition["message"].as_string();
  if (!message.empty()) out.append(out.empty() ? "" : ": ").append(message.substr(0, k_max));
  return out.empty() ? std::string(condition["type"].as_string()) : out;
}

}  // namespace reconciled
