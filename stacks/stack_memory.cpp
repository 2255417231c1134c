#include "stacks/stack_memory.h"

namespace reconciled {

void StackMemory::begin(const Repository& repository, std::string_view environment, std::string_view ignored) {
  if (m_environment == environment && m_ignored == ignored && m_repository == repository) {
    stacks.turn();
    filled.turn();
    return;
  }
  stacks.clear();
  filled.clear();
  m_repository = repository;
  m_environment = environment;
  m_ignored = ignored;
}

}  // namespace reconciled
