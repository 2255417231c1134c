// What is compared: kinds of requests, how a case of each is made, and what we make of it.
#pragma once

#include "renderers/helm/values/go_value.h"
#include "renderers/helm/values/json.h"
#include "tests/parity/generator.h"
#include "tests/parity/oracle.h"

#include <span>
#include <string>
#include <string_view>

namespace reconciled::parity {

struct Kind;

/// One request. What is not used by its kind is empty.
struct Case {
  const Kind* kind = nullptr;
  std::string text;
  helm::GoValue value;
  helm::JsonTarget target = helm::JsonTarget::any;
};

struct Kind {
  std::string_view name;
  Case (*make)(Dice& dice, helm::Arena& arena);
  Outcome (*ours)(const Case& subject, helm::Arena& arena);
  std::string_view request;  ///< what the oracle calls it
};

std::span<const Kind> document_kinds();
std::span<const Kind> template_kinds();
std::span<const Kind> kustomize_kinds();
std::span<const Kind> substitution_kinds();
std::span<const Kind> setting_kinds();
std::span<const Kind> chart_kinds();

std::string request_of(const Case& subject);

}  // namespace reconciled::parity
