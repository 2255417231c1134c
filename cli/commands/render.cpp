#include "base/json.h"
#include "base/yaml_write.h"
#include "cli/commands.h"
#include "cli/pass.h"
#include "cli/repository.h"

#include <fmt/format.h>

namespace reconciled {
namespace {

void append_yaml(std::string& text, const Manifest& manifest) {
  text += fmt::format("---\n# Source: {}{}\n{}", manifest.origin.file,
                      manifest.origin.line == 0 ? "" : fmt::format(":{}", manifest.origin.line),
                      format_yaml(manifest.object));
}

}  // namespace

int run_render(const CommandLine& given, Terminal& terminal) {
  const CommandLine line = with_stack_arguments(given);
  const auto settings = open_settings_for(line);
  if (!settings) return terminal.fail(settings.error());
  auto repository = open_repository(line, *settings);
  if (!repository) return terminal.fail(repository.error());
  auto desired = load_desired(repository->request, *repository->source);
  if (!desired) return terminal.fail(desired.error());

  int code = 0;
  std::string yaml;
  Value items = Value::list();
  std::vector<const ManifestSet*> all;
  for (const auto& stack : desired->stacks) {
    if (stack.manifests) all.push_back(&*stack.manifests);
  }
  for (const auto& broken : desired->graph.broken) code = terminal.fail(broken.error);
  for (auto& entry : desired->stacks) {
    if (entry.selected == Selected::no) continue;
    if (!entry.manifests) {
      code = terminal.fail(entry.manifests.error());
      continue;
    }
    if (const auto resolved = resolve_scopes(*entry.manifests, entry.stack, nullptr, all); !resolved)
      code = terminal.fail(resolved.error());
    for (const auto& warning : entry.manifests->warnings) terminal.say("warning: " + warning);
    for (const auto& manifest : entry.manifests->manifests) {
      append_yaml(yaml, manifest);
      items.append(manifest.object);
    }
  }
  const auto written =
      write_outputs(line, terminal, [&](const std::string& format, const TextOptions&) -> std::optional<std::string> {
        if (format == "text" || format == "yaml") return yaml;
        if (format == "json")
          return format_json(Value::map({{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}),
                             JsonStyle::pretty) +
                 "\n";
        return std::nullopt;
      });
  return written ? code : terminal.fail(written.error());
}

}  // namespace reconciled
