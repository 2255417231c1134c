#include "cli/command_line.h"

#include <fmt/format.h>

namespace reconciled {
namespace {

constexpr std::size_t k_width = 100;

/// Breaks a text into lines that begin at a column.
std::string wrap(std::string_view text, std::size_t column) {
  std::string result;
  std::size_t used = column;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (used > column && used + 1 + word.size() > k_width) {
      result += '\n' + std::string(column, ' ');
      used = column;
    }
    if (used > column) {
      result += ' ';
      ++used;
    }
    result += word;
    used += word.size();
  }
  return result;
}

std::string flags_of(const OptionRow& row) {
  std::string flags(row.flags);
  if (const auto comma = flags.find(','); comma != std::string::npos) flags.insert(comma + 1, " ");
  return row.value.empty() ? flags : flags + " " + std::string(row.value);
}

std::string usage_of(const CommandRow& command) {
  std::string usage = "reconcile";
  if (!command.name.empty()) usage += " " + std::string(command.name);
  usage += " [OPTION...]";
  if (!command.arguments.empty()) usage += " " + std::string(command.arguments);
  return usage;
}

constexpr std::string_view k_exit_codes =
    "0 nothing to do, or done; 1 differences, or not valid; 2 usage or settings; 3 source; 4 render; 5 cluster; 6 some "
    "objects failed; 7 timeout; 8 held "
    "for a person; 130 interrupted";

std::string escape_roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

}  // namespace

std::string format_help(const CommandRow& command) {
  std::string text = fmt::format("{}\n\nUsage: {}\n", wrap(command.description, 0), usage_of(command));
  if (command.name.empty()) {
    text += "\nCommands:\n";
    for (const auto& row : command_rows()) {
      if (!row.name.empty()) text += fmt::format("  {:<26}{}\n", row.name, wrap(row.summary, 28));
    }
    text += "  Each takes --help.\n";
  }
  text += "\nOptions:\n";
  for (const auto& row : option_rows()) {
    if ((row.groups & command.groups) == 0) continue;
    std::string doc(row.doc);
    if (!row.environment.empty()) doc += fmt::format(" [${}]", row.environment);
    const std::string flags = (row.flags.starts_with("--") ? "    " : "") + flags_of(row);
    text += flags.size() < 24 ? fmt::format("  {:<26}{}\n", flags, wrap(doc, 28))
                              : fmt::format("  {}\n{:28}{}\n", flags, "", wrap(doc, 28));
  }
  return text + "\nExit codes: " + wrap(k_exit_codes, 12) + "\n";
}

std::string format_cli_reference() {
  std::string text =
      "# The command line\n\nGenerated from the program's own tables (`reconcile --help` says the same).\n";
  for (const auto& command : command_rows()) {
    text += fmt::format("\n## `{}`\n\n{}\n\n| option | environment | meaning |\n|---|---|---|\n", usage_of(command),
                        command.description);
    for (const auto& row : option_rows()) {
      if ((row.groups & command.groups) == 0) continue;
      text += fmt::format("| `{}` | {} | {} |\n", flags_of(row),
                          row.environment.empty() ? "" : fmt::format("`{}`", row.environment), row.doc);
    }
  }
  return text + fmt::format("\n## Exit codes\n\n{}. See [exit-codes.md](exit-codes.md).\n", k_exit_codes);
}

std::string format_man_page() {
  std::string text =
      ".TH RECONCILE 1\n.SH NAME\nreconcile \\- bring Kubernetes clusters to what Git says\n.SH SYNOPSIS\n";
  for (const auto& command : command_rows()) text += fmt::format(".B {}\n.br\n", escape_roff(usage_of(command)));
  text += ".SH COMMANDS\n";
  for (const auto& command : command_rows()) {
    text += fmt::format(".TP\n.B {}\n{}\n", escape_roff(command.name.empty() ? "reconcile" : command.name),
                        escape_roff(command.description));
  }
  text += ".SH OPTIONS\n";
  for (const auto& row : option_rows()) {
    text += fmt::format(".TP\n.B {}\n{}\n", escape_roff(flags_of(row)), escape_roff(row.doc));
    if (!row.environment.empty()) text += fmt::format("Also as the variable\n.BR {} .\n", escape_roff(row.environment));
  }
  return text + fmt::format(".SH EXIT STATUS\n{}\n.SH SEE ALSO\n.BR kubectl (1)\n", escape_roff(k_exit_codes));
}

}  // namespace reconciled
