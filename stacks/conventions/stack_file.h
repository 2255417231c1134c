// stack.yaml: what a stack says of itself, and what an environment's twin of it adds.
#pragma once

#include "stacks/conventions/document.h"
#include "stacks/stack.h"

#include <optional>
#include <string>
#include <vector>

namespace reconciled {

/// A decoded stack.yaml. Everything in it obeys the form; whether it fits the repository is seen by load_stacks.
struct StackFile {
  ConventionFile file;
  std::string owner;
  std::optional<std::vector<std::string>> environments;  ///< absent: all
  std::vector<std::string> depends_on;
  std::optional<std::string> repository, ref, path;  ///< of `source:`
  std::optional<RendererKind> renderer;
  std::optional<std::vector<std::string>> include, exclude;
  std::optional<std::string> suspended;  ///< the reason
  bool unsuspended = false;              ///< `suspend: false` is written
  Value shared;                          ///< see shared_keys.h

  [[nodiscard]] Node root() const { return Node(file); }
};

/// Whose file it is: the stack's own, or that of one environment, which may not say who owns the stack, where it lives
/// and what it waits for.
enum class StackFileRole : bool { own, overlay };

/// Reads a stack.yaml; nullopt when there is none.
Result<std::optional<StackFile>> read_stack_file(const SourceTree& tree, const std::string& path, StackFileRole role,
                                                 Budget& budget);

}  // namespace reconciled
