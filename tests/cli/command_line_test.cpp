#include "cli/command_line.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace reconciled;

namespace {

Result<CommandLine> parse(const std::vector<const char*>& words) {
  std::vector<const char*> argv{"reconcile"};
  argv.insert(argv.end(), words.begin(), words.end());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::string error_of(const std::vector<const char*>& words) {
  const auto line = parse(words);
  REQUIRE_FALSE(line.has_value());
  CHECK(exit_code(line.error().kind) == 2);
  return format_error(line.error());
}

class Variable {
 public:
  Variable(const char* name, const char* value) : m_name(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(m_name); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* m_name;
};

/// The committed text of a generated page; rewritten when RECONCILED_UPDATE_GOLDEN is set.
void check_page(const std::string& page, const std::string& text) {
  const std::string path = std::string(RECONCILED_TESTDATA) + "/../docs/" + page;
  if (std::getenv("RECONCILED_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
    FAIL_CHECK(page << " was written again: run the test once more without RECONCILED_UPDATE_GOLDEN");
    return;
  }
  std::ifstream file(path);
  std::stringstream committed;
  committed << file.rdbuf();
  CHECK_MESSAGE(committed.str() == text,
                page << " differs from what the program says: run with RECONCILED_UPDATE_GOLDEN=1");
}

}  // namespace

TEST_CASE("without a command it is the pass over everything") {
  const auto line = parse({"--dry-run", "-e", "prod", "--layer", "platform", "--layer=applications"});
  REQUIRE_MESSAGE(line.has_value(), format_error(line.error()));
  CHECK(line->command.empty());
  CHECK(line->dry_run);
  CHECK(line->environment == "prod");
  CHECK(line->layers == std::vector<std::string>{"platform", "applications"});
}

TEST_CASE("an option takes one value, and what follows is an argument") {
  const auto line =
      parse({"sync", "-e", "prod", "applications/shop", "-o", "json=report.json", "-o", "text", "platform/vault"});
  REQUIRE_MESSAGE(line.has_value(), format_error(line.error()));
  CHECK(line->command == "sync");
  CHECK(line->arguments == std::vector<std::string>{"applications/shop", "platform/vault"});
  CHECK(line->outputs == std::vector<std::string>{"json=report.json", "text"});
}

TEST_CASE("everything behind two dashes belongs to the command of the sandbox") {
  const auto line = parse({"sandbox", "--port", "7443", "--", "sh", "-c", "exit 3"});
  REQUIRE_MESSAGE(line.has_value(), format_error(line.error()));
  CHECK(line->port == "7443");
  CHECK(line->arguments == std::vector<std::string>{"sh", "-c", "exit 3"});
}

TEST_CASE("what was misspelt is named with what would have been right") {
  CHECK(error_of({"sinc"}).find("did you mean \"sync\"?") != std::string::npos);
  CHECK(error_of({"render", "--enviroment", "x"}).find("did you mean \"--environment\"?") != std::string::npos);
  CHECK(error_of({"--diff-mode", "servr"}).find("did you mean \"server\"?") != std::string::npos);
  CHECK(error_of({"--color", "sometimes"}).find("auto, always, never") != std::string::npos);
  CHECK(error_of({"sync", "--timeout", "soon"}).find("soon") != std::string::npos);
  CHECK(error_of({"sandbox", "--port", "70000"}).find("0 to 65535") != std::string::npos);
  CHECK(error_of({"--diff-exit-code", "200"}).find("0 to 125") != std::string::npos);
  CHECK_FALSE(parse({"render", "--adopt", "x"}).has_value());
  CHECK_FALSE(parse({"--environment"}).has_value());
  CHECK_FALSE(parse({"version", "extra"}).has_value());
}

TEST_CASE("a flag wins over its twin in the environment") {
  const Variable environment("RECONCILE_ENVIRONMENT", "staging");
  const Variable dry_run("RECONCILE_DRY_RUN", "1");
  CHECK(parse({})->environment == "staging");
  CHECK(parse({})->dry_run);
  CHECK(parse({"-e", "prod"})->environment == "prod");
  const Variable wrong("RECONCILE_NO_WAIT", "maybe");
  CHECK(error_of({}).find("RECONCILE_NO_WAIT") != std::string::npos);
}

TEST_CASE("every option belongs to a command, and no command has a flag or twin twice") {
  std::set<std::string_view> twins;
  for (const auto& row : option_rows()) {
    CAPTURE(row.flags);
    CHECK((row.set != nullptr));
    if (!row.environment.empty()) CHECK(twins.insert(row.environment).second);
    bool used = false;
    for (const auto& command : command_rows()) used = used || (command.groups & row.groups) != 0;
    CHECK(used);
  }
  for (const auto& command : command_rows()) {
    std::set<std::string_view> flags;
    for (const auto& row : option_rows()) {
      CAPTURE(row.flags);
      if ((command.groups & row.groups) != 0) CHECK(flags.insert(row.flags.substr(row.flags.find("--"))).second);
    }
  }
  for (const auto& command : command_rows()) {
    CHECK((command.run != nullptr));
    CHECK(format_help(command).find("Usage: reconcile") != std::string::npos);
  }
}

TEST_CASE("the pages say what --help says") {
  check_page("cli.md", format_cli_reference());
  check_page("reconcile.1", format_man_page());
}
