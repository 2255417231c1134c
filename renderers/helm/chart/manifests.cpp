#include "renderers/helm/chart/manifests.h"

#include "base/go_text.h"
#include "base/split.h"
#include "renderers/helm/chart/install_order.h"
#include "renderers/helm/chart/manifest_head.h"
#include "renderers/helm/chart/manifest_split.h"

#include <algorithm>
#include <array>
#include <optional>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_hook = "helm.sh/hook";
constexpr std::string_view k_hook_weight = "helm.sh/hook-weight";
constexpr std::string_view k_hook_delete = "helm.sh/hook-delete-policy";
constexpr std::string_view k_hook_log = "helm.sh/hook-output-log-policy";

struct EventName {
  std::string_view name;
  HookEvent event;
};
constexpr std::array k_events{
    EventName{"pre-install", HookEvent::pre_install},
    EventName{"post-install", HookEvent::post_install},
    EventName{"pre-delete", HookEvent::pre_delete},
    EventName{"post-delete", HookEvent::post_delete},
    EventName{"pre-upgrade", HookEvent::pre_upgrade},
    EventName{"post-upgrade", HookEvent::post_upgrade},
    EventName{"pre-rollback", HookEvent::pre_rollback},
    EventName{"post-rollback", HookEvent::post_rollback},
    EventName{"test", HookEvent::test},
    EventName{"test-success", HookEvent::test},
};

std::string lower(std::string_view text) {
  std::string lowered(trim_space(text));
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lowered;
}

/// Nothing when one of the events is unknown.
std::optional<std::vector<HookEvent>> parse_events(std::string_view text) {
  std::vector<HookEvent> events;
  for (const auto part : split(text, ',')) {
    const auto name = lower(part);
    const auto* found =
        std::find_if(k_events.begin(), k_events.end(), [&](const EventName& event) { return event.name == name; });
    if (found == k_events.end()) return std::nullopt;
    events.push_back(found->event);
  }
  return events;
}

std::vector<std::string> policies(const std::string* text) {
  std::vector<std::string> names;
  if (text == nullptr) return names;
  for (const auto part : split(*text, ',')) names.push_back(lower(part));
  return names;
}

/// strconv.Atoi, or 0.
std::int64_t weight_of(const std::string* text) {
  return text == nullptr ? 0 : parse_integer(*text).value_or(0);
}

void place(const std::string& path, std::string_view text, const ManifestHead& head, RenderedChart& rendered) {
  RenderedDocument document{path, std::string(text), head.kind, head.api_version, head.name};
  const auto* events_text = head.annotation(k_hook);
  if (events_text == nullptr) {
    rendered.manifests.push_back(std::move(document));
    return;
  }
  auto events = parse_events(*events_text);
  if (!events) {
    rendered.warnings.push_back(path + ": left out, as its hook \"" + *events_text + "\" is unknown");
    return;
  }
  rendered.hooks.push_back({std::move(document), std::move(*events), weight_of(head.annotation(k_hook_weight)),
                            policies(head.annotation(k_hook_delete)), policies(head.annotation(k_hook_log))});
}

}  // namespace

Status sort_manifests(const std::map<std::string, std::string>& files, HelmProfile profile, Budget& budget,
                      RenderedChart& rendered) {
  for (const auto& [path, content] : files) {
    for (const auto document : split_manifests(content)) {
      if (!budget.step()) return fail(budget.error("sorting manifests"));
      auto head = read_manifest_head(document, budget);
      if (!head) {
        auto error = std::move(head).error();
        if (error.kind != ErrorKind::limit) error.kind = ErrorKind::render;
        error.message = "YAML parse error on " + path + ": " + error.message;
        return fail(std::move(error));
      }
      place(path, document, *head, rendered);
    }
  }
  std::stable_sort(rendered.manifests.begin(), rendered.manifests.end(),
                   [&](const auto& a, const auto& b) { return installs_before(a.kind, b.kind, profile); });
  std::stable_sort(rendered.hooks.begin(), rendered.hooks.end(), [&](const auto& a, const auto& b) {
    return installs_before(a.document.kind, b.document.kind, profile);
  });
  return {};
}

}  // namespace reconciled::helm
