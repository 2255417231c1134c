// bench-fleet: writes the Git repository whose objects bench-bare-apply sends.
//
//   bench-fleet FOLDER --stacks 1000 [--namespace fleet]    a new repository: applications/stack-NNNN/, four files each
//   bench-fleet FOLDER --stacks 1000 --more 6               six more ConfigMaps in each stack, which nobody else sends
//   bench-fleet FOLDER --change 7 [--revision 2]            one more commit, which changes one value of that stack
#include "bench/fleet_objects.h"

#include <CLI/CLI.hpp>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::bench {
namespace {

struct Arguments {
  std::string folder;
  std::string in_namespace = "fleet";
  std::size_t stacks = 0;
  std::size_t more = 0;
  std::optional<std::size_t> change;
  unsigned revision = 2;
};

/// With an identity and times of its own, so that the same fleet has the same commit ids.
void set_git_environment(const Arguments& arguments) {
  const std::string date = "2026-01-01T00:00:" + std::string(arguments.change ? "01" : "00") + "Z";
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    const std::string prefix = std::string("GIT_") + who;
    setenv((prefix + "_NAME").c_str(), "fleet", 1);
    setenv((prefix + "_EMAIL").c_str(), "fleet@example.org", 1);
    setenv((prefix + "_DATE").c_str(), date.c_str(), 1);
  }
  setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
}

bool git(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", folder});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t child = -1;
  int status = 0;
  const bool good = posix_spawnp(&child, "git", nullptr, nullptr, argv.data(), environ) == 0 &&
                    waitpid(child, &status, 0) == child && status == 0;
  if (!good) std::fprintf(stderr, "bench-fleet: git %s failed\n", arguments[3].c_str());
  return good;
}

bool write_file(const std::filesystem::path& folder, const std::string& name, const std::string& text) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::ofstream out(folder / name);
  out << text;
  out.close();
  if (!out) std::fprintf(stderr, "bench-fleet: cannot write into %s\n", folder.c_str());
  return static_cast<bool>(out);
}

bool write_object(const std::filesystem::path& root, const FleetObject& object) {
  return write_file(root / "applications" / stack_name(object.stack), file_name(object.kind), as_yaml(object));
}

/// Small ones: what they cost is what is kept of each object.
bool write_more(const Arguments& arguments, std::size_t stack) {
  const std::filesystem::path folder = std::filesystem::path(arguments.folder) / "applications" / stack_name(stack);
  for (std::size_t number = 1; number <= arguments.more; ++number) {
    const std::string name = "more-" + std::to_string(number);
    if (!write_file(folder, name + ".yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + stack_name(stack) + "-" + name +
                        "\n  namespace: " + arguments.in_namespace + "\ndata:\n  value: one\n"))
      return false;
  }
  return true;
}

bool make_fleet(const Arguments& arguments) {
  std::error_code failed;
  if (!std::filesystem::create_directories(arguments.folder, failed)) {
    std::fprintf(stderr, "bench-fleet: %s is there already or cannot be made\n", arguments.folder.c_str());
    return false;
  }
  for (std::size_t stack = 0; stack < arguments.stacks; ++stack) {
    for (const FleetKind kind : k_fleet_kinds) {
      if (!write_object(arguments.folder, {stack, kind, arguments.in_namespace})) return false;
    }
    if (!write_more(arguments, stack)) return false;
  }
  return git(arguments.folder, {"init", "--quiet", "--initial-branch=main"}) &&
         git(arguments.folder, {"add", "applications"}) &&
         git(arguments.folder,
             {"commit", "--quiet", "-m", "A fleet of " + std::to_string(arguments.stacks) + " stacks"});
}

bool change_stack(const Arguments& arguments) {
  const FleetObject object{*arguments.change, FleetKind::config_map, arguments.in_namespace, arguments.revision};
  const auto file = "applications/" + stack_name(object.stack) + "/" + file_name(object.kind);
  if (!std::filesystem::exists(std::filesystem::path(arguments.folder) / file)) {
    std::fprintf(stderr, "bench-fleet: %s has no %s\n", arguments.folder.c_str(), file.c_str());
    return false;
  }
  return write_object(arguments.folder, object) &&
         git(arguments.folder, {"commit", "--quiet", "-m", "Change " + stack_name(object.stack), "--", file});
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("writes the Git repository whose objects bench-bare-apply sends", "bench-fleet");
  app.add_option("folder", arguments.folder, "the repository")->required();
  auto* stacks = app.add_option("--stacks", arguments.stacks, "how many to write")->check(CLI::Range(1, 100000));
  auto* change = app.add_option("--change", arguments.change, "the number of the stack to change in a new commit");
  app.add_option("--more", arguments.more, "ConfigMaps more in each stack")->check(CLI::Range(0, 1000));
  app.add_option("--revision", arguments.revision, "the value that --change writes");
  app.add_option("--namespace", arguments.in_namespace, "of every object");
  stacks->excludes(change);
  CLI11_PARSE(app, argc, argv);
  if (!arguments.change && arguments.stacks == 0) {
    std::fputs("bench-fleet: give --stacks N or --change N\n", stderr);
    return 2;
  }
  set_git_environment(arguments);
  return (arguments.change ? change_stack(arguments) : make_fleet(arguments)) ? 0 : 1;
}

}  // namespace
}  // namespace reconciled::bench

int main(int argc, char** argv) {
  return reconciled::bench::run(argc, argv);
}
