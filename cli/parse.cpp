#include "base/suggest.h"
#include "cli/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace reconciled {
namespace {

bool is_switch(const OptionRow& row) {
  return row.value.empty();
}

void add_option(CLI::App& app, const OptionRow& row, CommandLine& line) {
  const std::string flags(row.flags);
  const std::string doc(row.doc);
  if (is_switch(row)) {
    app.add_flag_callback(flags, [&line, &row] { row.set(line, ""); }, doc);
    return;
  }
  app.add_option_function<std::vector<std::string>>(
         flags,
         [&line, &row](const std::vector<std::string>& values) {
           for (const auto& value : values) row.set(line, value);
         },
         doc)
      ->type_size(1)
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// A twin counts when the flag was not given: it is set first, and the flag then overrides or adds.
Status take_environment(const CommandRow& command, CommandLine& line) {
  for (const auto& row : option_rows()) {
    if (row.environment.empty() || (row.groups & command.groups) == 0) continue;
    const char* value = std::getenv(std::string(row.environment).c_str());
    if (value == nullptr || *value == '\0') continue;
    if (is_switch(row) && std::string_view(value) != "1" && std::string_view(value) != "true") {
      return fail(ErrorKind::usage, std::string(row.environment) + " is \"" + value + "\"; it takes 1 or true");
    }
    row.set(line, value);
  }
  return {};
}

std::string suggest_flag(const std::string& word, const CommandRow& command) {
  std::vector<std::string> flags;
  for (const auto& row : option_rows()) {
    if ((row.groups & command.groups) != 0) flags.emplace_back(row.flags.substr(row.flags.find("--")));
  }
  return did_you_mean(word.substr(0, word.find('=')), flags);
}

Result<std::string> take_command(int& argc, const char* const*& argv) {
  if (argc < 2 || argv[1][0] == '-') return std::string();
  std::string word = argv[1];
  std::vector<std::string> names;
  for (const auto& row : command_rows()) names.emplace_back(row.name);
  if (std::ranges::find(names, word) == names.end()) {
    return fail(ErrorKind::usage, "there is no command \"" + word + "\"" + did_you_mean(word, names), {},
                "reconcile --help lists them");
  }
  --argc;
  ++argv;
  return word;
}

Status check_choice(std::string_view option, const std::string& value, const std::vector<std::string>& choices) {
  if (std::ranges::find(choices, value) != choices.end()) return {};
  std::string list;
  for (const auto& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  return fail(ErrorKind::usage,
              std::string(option) + " takes one of " + list + "; not \"" + value + "\"" + did_you_mean(value, choices));
}

Status check_number(std::string_view option, const std::string& value, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size() && number <= most) return {};
  return fail(ErrorKind::usage,
              std::string(option) + " takes a number from 0 to " + std::to_string(most) + "; not \"" + value + "\"");
}

Status check_values(const CommandLine& line) {
  TRY(check_choice("--diff-mode", line.diff_mode, {"auto", "server", "local"}));
  TRY(check_choice("--color", line.colour, {"auto", "always", "never"}));
  TRY(check_choice("--log-level", line.log_level, {"debug", "info", "warn", "error"}));
  TRY(check_choice("--fail-on", line.fail_on, {"drift", "error"}));
  for (const std::string* duration : {&line.timeout, &line.fetch_timeout}) {
    if (!duration->empty()) TRY(parse_duration(*duration));
  }
  if (!line.diff_exit_code.empty()) TRY(check_number("--diff-exit-code", line.diff_exit_code, 125));
  TRY(check_number("--port", line.port, 65535));
  return {};
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  TRY_ASSIGN(line.command, take_command(argc, argv));
  const CommandRow& command = row_of(line);

  // Everything behind "--" belongs to the command that is run in the sandbox.
  std::vector<std::string> words(argv + 1, argv + argc);
  std::vector<std::string> rest;
  if (const auto dashes = std::ranges::find(words, "--"); dashes != words.end()) {
    rest.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  CommandLine given;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras(false);
  for (const auto& row : option_rows()) {
    if ((row.groups & command.groups) != 0) add_option(app, row, given);
  }
  std::vector<std::string> positionals;
  if (!command.arguments.empty()) app.add_option("arguments", positionals);
  try {
    std::ranges::reverse(words);
    app.parse(words);
  } catch (const CLI::ExtrasError&) {
    for (const auto& word : app.remaining()) {
      return fail(ErrorKind::usage, "there is no option \"" + word + "\"" + suggest_flag(word, command), {},
                  "reconcile " + std::string(command.name) + (command.name.empty() ? "" : " ") + "--help lists them");
    }
    return fail(ErrorKind::usage, "too many arguments");
  } catch (const CLI::Error& error) {
    return fail(ErrorKind::usage, error.what());
  }
  TRY(take_environment(command, line));
  for (const auto& row : option_rows()) {
    if ((row.groups & command.groups) == 0) continue;
    const CLI::Option* option = app.get_option(std::string(row.flags.substr(row.flags.find("--"))));
    if (option->count() == 0) continue;
    for (const auto& value : is_switch(row) ? std::vector<std::string>{""} : option->results()) row.set(line, value);
  }
  line.arguments = std::move(positionals);
  line.arguments.insert(line.arguments.end(), rest.begin(), rest.end());
  TRY(check_values(line));
  return line;
}

}  // namespace reconciled
