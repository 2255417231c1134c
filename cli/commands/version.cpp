#include "config/version.h"

#include "base/json.h"
#include "cli/commands.h"
#include "cli/pass.h"

#include <fmt/format.h>

namespace reconciled {

int run_version(const CommandLine& line, Terminal& terminal) {
  const auto written =
      write_outputs(line, terminal, [](const std::string& format, const TextOptions&) -> std::optional<std::string> {
        if (format == "text") return fmt::format("reconcile {}\n", k_version);
        if (format == "json")
          return format_json(Value::map({{"apiVersion", "reconcile/v1"}, {"kind", "Version"}, {"version", k_version}}),
                             JsonStyle::pretty) +
                 "\n";
        return std::nullopt;
      });
  return written ? 0 : terminal.fail(written.error());
}

}  // namespace reconciled
