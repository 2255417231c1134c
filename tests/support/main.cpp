// A test's paths begin at the root of the checkout: that is where ctest starts it, and where it goes when a person did
// not.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

void go_to_root() {
  std::error_code failed;
  for (fs::path folder = fs::read_symlink("/proc/self/exe", failed); folder.has_relative_path();) {
    folder = folder.parent_path();
    if (fs::exists(folder / RECONCILED_TESTDATA, failed)) return fs::current_path(folder, failed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (std::error_code failed; !fs::exists(RECONCILED_TESTDATA, failed)) go_to_root();
  return doctest::Context(argc, argv).run();
}
