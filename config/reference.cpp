#include "config/reference.h"

#include "config/size.h"
#include "config/store.h"
#include "config/table.h"

#include <fmt/format.h>

#include <iterator>

namespace reconciled {
namespace config {
namespace {

constexpr std::string_view k_intro = R"(# Settings

<!-- Made from config/table.cpp: change it there, then run the tests of config/ with RECONCILED_UPDATE_GOLDEN=1. -->

Both programs read one YAML file and then every `conf.d/*.yaml` beside it, in the order of their names. Maps merge, lists and
single values replace. Every file begins with

```yaml
# yaml-language-server: $schema=config.schema.json
apiVersion: reconcile/v1
kind: Config
```

- `reconcile` reads the file that `--config` or `RECONCILE_CONFIG` names. With neither it runs on the defaults below, the working tree
  and the current kubeconfig context.
- `reconciled` reads `--config`, `RECONCILED_CONFIG` or `/etc/reconciled/config.yaml`.
- A setting outside of lists has an environment twin that wins over the files: `RECONCILE_` for the command line and `RECONCILED_` for the daemon,
  then the name in the tables below. Lists of texts and paths are separated by commas, lists of secrets have no twin. An empty variable counts as unset.
- Unknown and duplicate keys, wrong types, anchors, aliases and tags are errors. `reconcile config check` lists all of them with file, line and column.
- A secret is a text or one reference: `${file:/path}`, `${env:NAME}` or `${cred:NAME}` (a file in `$CREDENTIALS_DIRECTORY`, as systemd's `LoadCredential=` makes
  it). References work nowhere else. Prefer the `...File` settings: they are read at each use.
- Paths are absolute, begin with `~/`, or start from the folder of the file that says them.
- Durations are written like `30s`, `5m`, `1h30m`; sizes like `64Ki`, `256Mi`, `2Gi`.
- *Reload* says whether the daemon takes a change at once (`live`) or at its next start (`restart`).
)";

constexpr std::string_view k_example = R"(
## Example

```yaml
apiVersion: reconcile/v1
kind: Config
installation: main
sources:
  - name: fleet
    url: https://git.example/platform/fleet.git
    ref: main
    auth: {username: reconciled, tokenFile: /run/secrets/git-token}
credentials:
  - urlPrefix: ssh://git@git.example/teams
    sshKeyFile: /etc/reconciled/id_ed25519
    knownHostsFile: /etc/reconciled/known_hosts
charts:
  - {name: platform, url: "oci://registry.example/charts", auth: {username: reader, passwordFile: /run/secrets/charts}}
clusters:
  - {name: prod, kubeconfig: /etc/reconciled/prod.kubeconfig, uid: 01234567-89ab-cdef-0123-456789abcdef}
environments:
  - {name: prod, source: fleet}
prune: {maxCount: 5, maxPercent: 20}
```
)";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code_of(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

std::string bounds_of(const Row& row) {
  const auto min = static_cast<std::uint64_t>(row.rules.min);
  const auto max = static_cast<std::uint64_t>(row.rules.max);
  switch (row.shape) {
    case Shape::count: return fmt::format("whole number, {} to {}", min, max);
    case Shape::size: return fmt::format("size, {} to {}", format_size(min), format_size(max));
    case Shape::duration:
      return fmt::format("duration, {} to {}", format_duration(Duration(row.rules.min)),
                         format_duration(Duration(row.rules.max)));
    case Shape::choice: {
      std::string words;
      for (const Choice& choice : row.rules.choices)
        words += fmt::format("{}`{}`", words.empty() ? "" : ", ", choice.text);
      return words;
    }
    default: return std::string(name_of(row.shape));
  }
}

std::string default_of(const Row& row) {
  if (row.rules.presence == Presence::required) return "required";
  return code_of(row.rules.fallback);
}

/// Writes a section's table, then those of the sections in it.
class ReferenceWriter {
 public:
  std::string finish() && { return std::move(m_out); }

  void write(const Section& section, const std::string& path, bool within_list) {
    std::string rows;
    each_row(section, nullptr, [&](const Row& row, void*) { rows += line(row, path, within_list); });
    if (!rows.empty()) {
      fmt::format_to(std::back_inserter(m_out), "\n## {}\n\n{}\n\n",
                     path.empty() ? "Top level" : fmt::format("`{}`", path), section.doc);
      m_out += within_list
                   ? "| Setting | Value | Default | Reload | Meaning |\n|---|---|---|---|---|\n"
                   : "| Setting | Value | Default | Environment | Reload | Meaning |\n|---|---|---|---|---|---|\n";
      m_out += rows;
    }
    each_row(section, nullptr, [&](const Row& row, void*) {
      if (row.rules.section == nullptr) return;
      const bool list = row.shape == Shape::sections;
      write(*row.rules.section, fmt::format("{}{}{}{}", path, path.empty() ? "" : ".", row.name, list ? "[]" : ""),
            within_list || list);
    });
  }

 private:
  static std::string line(const Row& row, const std::string& path, bool within_list) {
    if (row.rules.section != nullptr) return {};
    const std::string full = path.empty() ? std::string(row.name) : fmt::format("{}.{}", path, row.name);
    const std::string twin =
        within_list ? "" : (has_twin(row) ? fmt::format(" `{}` |", twin_of(full)) : std::string(" |"));
    const std::string_view reload = row.rules.reload == Reload::restart ? "restart" : "live";
    return fmt::format("| `{}` | {} | {} |{} {} | {} |\n", row.name, cell(bounds_of(row)), default_of(row), twin,
                       reload, cell(row.doc));
  }

  std::string m_out;
};

}  // namespace
}  // namespace config

std::string format_settings_reference() {
  config::ReferenceWriter writer;
  writer.write(config::root_section(), "", false);
  return std::string(config::k_intro) + std::move(writer).finish() + std::string(config::k_example);
}

}  // namespace reconciled
