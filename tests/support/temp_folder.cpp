#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace reconciled {

TempFolder::TempFolder() : m_path(std::filesystem::temp_directory_path().string() + "/reconciled-test-XXXXXX") {
  if (::mkdtemp(m_path.data()) == nullptr) std::abort();
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

}  // namespace reconciled
