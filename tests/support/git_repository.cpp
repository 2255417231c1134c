#include "tests/support/git_repository.h"

#include "base/file.h"
#include "base/process.h"

#include <filesystem>
#include <utility>

namespace reconciled {
namespace {

namespace fs = std::filesystem;
constexpr int k_first_time = 1'700'000'000;

Result<std::string> run(const std::string& folder, const std::vector<std::string>& arguments, std::string_view input,
                        const std::string& date) {
  ProcessSpec spec;
  spec.argv = {"git", "-c", "safe.directory=*", "-c", "init.defaultBranch=main", "-c", "core.fsync=none"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  for (const auto& [name, value] : current_environment()) {
    if (name == "PATH") spec.environment.emplace_back(name, value);
  }
  spec.environment.insert(spec.environment.end(), {{"HOME", "/nonexistent"},
                                                   {"GIT_CONFIG_NOSYSTEM", "1"},
                                                   {"LC_ALL", "C"},
                                                   {"GIT_AUTHOR_NAME", "Ada Author"},
                                                   {"GIT_AUTHOR_EMAIL", "ada@example.com"},
                                                   {"GIT_COMMITTER_NAME", "Carl Committer"},
                                                   {"GIT_COMMITTER_EMAIL", "carl@example.com"}});
  if (!date.empty()) {
    spec.environment.emplace_back("GIT_AUTHOR_DATE", date);
    spec.environment.emplace_back("GIT_COMMITTER_DATE", date);
  }
  spec.working_directory = folder;
  TRY_ASSIGN(auto output, run_process(spec, input, monotonic_now() + std::chrono::seconds(120), 64 << 20));
  if (output.exit_code != 0) {
    return fail(ErrorKind::internal, "git " + arguments.front() + " ended with " + std::to_string(output.exit_code) +
                                         ": " + output.stderr_text);
  }
  if (output.stdout_text.ends_with('\n')) output.stdout_text.pop_back();
  return std::move(output.stdout_text);
}

}  // namespace

Result<std::string> run_git(const std::string& folder, const std::vector<std::string>& arguments,
                            std::string_view input) {
  return run(folder, arguments, input, {});
}

Result<GitRepository> GitRepository::make(const std::string& folder) {
  fs::create_directories(folder);
  GitRepository repository(folder);
  TRY(repository.git({"init", "-q"}));
  return repository;
}

Status GitRepository::write(const std::string& path, std::string_view content) const {
  const fs::path file = fs::path(m_folder) / path;
  fs::create_directories(file.parent_path());
  return write_file_atomically(file.string(), content);
}

Status GitRepository::remove(const std::string& path) const {
  std::error_code code;
  fs::remove_all(fs::path(m_folder) / path, code);
  if (code) return fail(ErrorKind::local, code.message(), {.file = path});
  return {};
}

Result<std::string> GitRepository::commit(const std::string& message) {
  TRY(git({"add", "-A"}));
  const std::string date = std::to_string(k_first_time + m_commits++) + " +0000";
  TRY(run(m_folder, {"commit", "-q", "--allow-empty", "-m", message}, {}, date));
  return git({"rev-parse", "HEAD"});
}

Status GitRepository::push_to(const std::string& target) const {
  if (!fs::exists(target)) TRY(git({"init", "-q", "--bare", target}));
  TRY_ASSIGN(const std::string refs, git({"for-each-ref", "--count=1"}));
  if (refs.empty()) return {};
  TRY(git({"push", "-q", "--prune", "--force", target, "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"}));
  return {};
}

}  // namespace reconciled
