#include "daemon/command.h"

#include <doctest/doctest.h>

#include <vector>

using namespace reconciled;

namespace {

Result<DaemonCommand> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "reconciled");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  return parse_daemon_command(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

TEST_CASE("a settings file is given in both forms") {
  CHECK(parse({"--config", "/a.yaml"})->config == "/a.yaml");
  CHECK(parse({"--config=/a.yaml", "--check-config"})->config == "/a.yaml");
  CHECK(parse({"--config=/a.yaml", "--check-config"})->action == DaemonCommand::Action::check_config);
  CHECK(parse({})->action == DaemonCommand::Action::run);
}

TEST_CASE("a wrong argument is named with what was meant") {
  const auto typo = parse({"--confg", "x"});
  REQUIRE(!typo.has_value());
  CHECK(typo.error().kind == ErrorKind::usage);
  CHECK(format_error(typo.error()).find("--config") != std::string::npos);
  CHECK(!parse({"--config"}).has_value());
  CHECK(!parse({"--config="}).has_value());
  CHECK(!parse({"--version=1"}).has_value());
  CHECK(!parse({"file.yaml"}).has_value());
}

TEST_CASE("the help names every argument for people and no other") {
  const std::string help = format_daemon_help();
  for (const char* name : {"--config FILE", "--check-config", "--version", "--help"})
    CHECK(help.find(name) != std::string::npos);
  CHECK(help.find("--render-worker") == std::string::npos);
}
