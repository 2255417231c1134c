#include "base/file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace reconciled;

namespace {
struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "reconciled-file-XXXXXX").string();
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
};
}  // namespace

TEST_CASE("a file is replaced as a whole, with its mode, and nothing is left beside it") {
  const Folder folder;
  const std::string path = folder.path + "/file";
  REQUIRE(write_file_atomically(path, "one", 0600).has_value());
  REQUIRE(write_file_atomically(path, std::string("two\0three", 9), 0640).has_value());
  CHECK(read_file(path).value() == std::string("two\0three", 9));
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("reading is bounded") {
  const Folder folder;
  const std::string path = folder.path + "/file";
  REQUIRE(write_file_atomically(path, std::string(1000, 'x')).has_value());
  CHECK(read_file(path, 1000).value().size() == 1000);
  const auto refused = read_file(path, 999);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::limit);
  CHECK(refused.error().where.file == path);
  CHECK(read_file("/proc/self/status").value().starts_with("Name:"));
  CHECK_FALSE(read_file("/proc/self/status", 10).has_value());
}

TEST_CASE("what is no readable regular file is an error that names it") {
  const Folder folder;
  CHECK(format_error(read_file(folder.path).error()) == folder.path + ": is a folder");
  CHECK(format_error(read_file(folder.path + "/none").error()) ==
        folder.path + "/none: cannot open: No such file or directory");
  const std::string fifo = folder.path + "/fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(read_file(fifo).error().message == "is not a regular file");
  CHECK(read_file("/dev/zero").error().message == "is not a regular file");
  CHECK(write_file_atomically(folder.path + "/none/file", "x").error().kind == ErrorKind::local);
  CHECK(write_file_atomically(folder.path, "x").error().kind == ErrorKind::local);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}
