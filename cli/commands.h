// The commands, one file each in commands/. Each prints, and answers the exit code of docs/exit-codes.md.
#pragma once

namespace reconciled {

struct CommandLine;
class Terminal;

int run_sync(const CommandLine& line, Terminal& terminal);
int run_render(const CommandLine& line, Terminal& terminal);
int run_diff(const CommandLine& line, Terminal& terminal);
int run_status(const CommandLine& line, Terminal& terminal);
int run_validate(const CommandLine& line, Terminal& terminal);
int run_sandbox(const CommandLine& line, Terminal& terminal);
int run_helm(const CommandLine& line, Terminal& terminal);
int run_config(const CommandLine& line, Terminal& terminal);
int run_kustomize(const CommandLine& line, Terminal& terminal);
int run_version(const CommandLine& line, Terminal& terminal);

}  // namespace reconciled
