// The keys that defaults, layers, environments and stacks have in common.
#pragma once

#include "stacks/conventions/document.h"
#include "stacks/stack.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

inline constexpr std::array<std::string_view, 7> k_shared_keys{"namespace",    "helm", "kustomize", "variables",
                                                               "substitution", "sync", "ignore"};

/// Checks the shared keys of a map and answers a map of just those that it has.
Result<Value> read_shared_keys(const Node& map);

/// `over` laid over `base`, both checked: helm and kustomize are merged deeply (a null removes what was below it, lists
/// are replaced), sync, substitution and variables by key (a null removes a variable); rules of ignore are added; a
/// namespace is replaced.
Value merge_shared_keys(const Value& base, const Value& over);

/// Of a checked map.
SyncPolicy read_sync_policy(const Value& shared);
std::vector<IgnoreRule> read_ignore_rules(const Value& shared);

/// A pattern with {stack}, {layer}, {env} and {team} filled in.
Result<std::string> expand_pattern(std::string_view pattern, const StackId& stack, std::string_view team,
                                   const Where& where);
/// A namespace pattern with {stack}, {layer}, {env} and {team} filled in. Refuses what is then no namespace.
Result<std::string> expand_namespace(std::string_view pattern, const StackId& stack, std::string_view team,
                                     const Where& where);

}  // namespace reconciled
