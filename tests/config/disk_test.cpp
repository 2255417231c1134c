#include "config/disk.h"

#include "base/file.h"
#include "tests/config/input.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

using namespace reconciled;
using namespace reconciled::test;

namespace {

namespace fs = std::filesystem;

/// A fresh folder that is removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "config-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    m_path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, std::string_view text) const {
    const fs::path path = m_path / name;
    fs::create_directories(path.parent_path());
    REQUIRE(write_file_atomically(path.string(), text).has_value());
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (m_path / name).string(); }

 private:
  fs::path m_path;
};

std::string file_of(std::string_view text) {
  return std::string(k_header) + std::string(text);
}

}  // namespace

TEST_CASE("the flag wins over the variable, the daemon has a place of its own") {
  const EnvironmentVariables both{{"RECONCILE_CONFIG", "/c"}, {"RECONCILED_CONFIG", "/d"}};
  CHECK(settings_path(Program::reconcile, "/flag", both) == "/flag");
  CHECK(settings_path(Program::reconcile, "", both) == "/c");
  CHECK(settings_path(Program::reconciled, "", both) == "/d");
  CHECK(settings_path(Program::reconcile, "", {}) == std::nullopt);
  CHECK(settings_path(Program::reconcile, "", {{"RECONCILE_CONFIG", ""}}) == std::nullopt);
  CHECK(settings_path(Program::reconciled, "", {}) == "/etc/reconciled/config.yaml");
}

TEST_CASE("the file comes first, then conf.d by name; other files there are left alone") {
  const Folder folder;
  const auto path = folder.write("config.yaml", file_of("log: {level: warn}\ninstallation: one\n"));
  (void)folder.write("conf.d/20-b.yaml", file_of("installation: three\n"));
  (void)folder.write("conf.d/10-a.yaml", file_of("installation: two\n"));
  (void)folder.write("conf.d/30.yaml.bak", "not: settings\n");
  (void)folder.write("conf.d/.40.yaml", "not: settings\n");
  const auto input = open_settings(Program::reconcile, path, {});
  REQUIRE(input.has_value());
  REQUIRE(input->files.size() == 3);
  CHECK(input->files[1].path == folder.path("conf.d/10-a.yaml"));
  const auto settings = settings_of(*input);
  CHECK(settings.installation == "three");
  CHECK(settings.log.level == LogLevel::warn);
}

TEST_CASE("secrets are read from files beside the settings") {
  const Folder folder;
  (void)folder.write("token", "s3cret-token\n");
  const auto path =
      folder.write("config.yaml", file_of("credentials: [{urlPrefix: https://h, token: \"${file:token}\"}]\n"));
  const auto input = open_settings(Program::reconcile, path, {});
  REQUIRE(input.has_value());
  CHECK(settings_of(*input).credentials[0].auth.token.reveal() == "s3cret-token");
}

TEST_CASE("a missing file, a folder and one that is too large are named errors") {
  const Folder folder;
  const auto missing = open_settings(Program::reconcile, folder.path("none.yaml"), {});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == ErrorKind::config);
  CHECK(missing.error().where.file == folder.path("none.yaml"));
  CHECK_FALSE(open_settings(Program::reconcile, folder.path(""), {}).has_value());
  const auto large = open_settings(Program::reconcile, folder.write("large.yaml", std::string(2 << 20, '#')), {});
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().where.file == folder.path("large.yaml"));
}

TEST_CASE("no path gives only the environment") {
  const auto input = open_settings(Program::reconcile, std::nullopt, {{"RECONCILE_LOG_LEVEL", "error"}});
  REQUIRE(input.has_value());
  CHECK(input->files.empty());
  CHECK(settings_of(*input).log.level == LogLevel::error);
}
