// The report for people. Plain ASCII marks: + new, ~ changed, -/+ made again, - pruned, ! a person decides.
#include "base/json.h"
#include "diff/report.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::size_t k_max_value = 60;

class TextReport {
 public:
  TextReport(const DriftReport& report, const TextOptions& options) : m_report(report), m_options(options) {}

  std::string format() {
    for (const StackReport& stack : m_report.stacks) add_stack(stack);
    for (const Error& error : m_report.errors) add_error(error);
    add_summary();
    return std::move(m_out);
  }

 private:
  enum class Tone : std::uint8_t { none, good, warn, bad, dim };

  std::string paint(std::string text, Tone tone) const {
    if (m_options.colour == Colour::off || tone == Tone::none) return text;
    constexpr std::string_view k_codes[] = {"", "32", "33", "31", "2"};
    return "\x1b[" + std::string(k_codes[static_cast<std::size_t>(tone)]) + "m" + text + "\x1b[0m";
  }

  static std::string pad(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
  }

  // Age of a time in the text of an object, against the time of the report; empty when it cannot be told.
  [[nodiscard]] std::string age(const std::string& time) const {
    const Result<WallTime> parsed = parse_time(time);
    if (!parsed || *parsed > m_report.generated_at) return {};
    return format_duration(std::chrono::duration_cast<Duration>(m_report.generated_at - *parsed));
  }

  static bool shown(const FieldChange& change, ShowIgnored ignored) {
    return change.ignored_by.empty() || ignored == ShowIgnored::yes;
  }

  void add_stack(const StackReport& stack) {
    const bool has_ignored = m_options.ignored == ShowIgnored::yes && stack.plan.ignored != 0;
    const bool says_something = !stack.plan.warnings.empty() || !stack.blocked_by.empty();
    if (stack.sync == SyncState::in_sync && !has_ignored && !says_something && healthy(stack)) return;
    std::string state(name_of(stack.sync));
    if (const std::string since = drift_age(stack); !since.empty()) state += " " + since;
    const Tone tone = stack.sync == SyncState::in_sync  ? Tone::good
                      : stack.sync == SyncState::failed ? Tone::bad
                                                        : Tone::warn;
    m_out += pad(stack.plan.stack.path(), 27) + " " + paint(pad(state, 15), tone);
    if (const std::string counts = count_text(stack.plan); !counts.empty()) m_out += " " + counts;
    if (!healthy(stack)) {
      m_out += "   health " + std::string(name_of(stack.health));
      if (!stack.health_reason.empty()) m_out += ": " + stack.health_reason;
    }
    if (stack.sync == SyncState::ahead)
      m_out += paint("   # Git is newer than the cluster: a sync will apply this", Tone::dim);
    end_line();
    for (const std::string& path : stack.blocked_by) m_out += "  waits for " + path + "\n";
    for (const ChartPin& chart : stack.plan.charts) {
      m_out += "  chart " + format_chart(chart);
      if (!chart.digest.empty()) m_out += paint("   # sha256:" + chart.digest.substr(0, 12), Tone::dim);
      end_line();
    }
    for (const std::string& warning : stack.plan.warnings) m_out += "  warning: " + warning + "\n";
    if (stack.plan.error) add_error(*stack.plan.error);
    for (const Action& action : stack.plan.actions) add_action(action, stack);
  }

  static bool healthy(const StackReport& stack) {
    return stack.health == HealthState::healthy || stack.health == HealthState::unknown;
  }

  [[nodiscard]] std::string drift_age(const StackReport& stack) const {
    if (stack.sync != SyncState::drifted) return {};
    std::string since;
    for (const Action& action : stack.plan.actions) {
      for (const FieldChange& change : action.changes) {
        const bool foreign = change.ignored_by.empty() && !change.time.empty() && change.manager != k_field_manager;
        if (foreign && (since.empty() || change.time < since)) since = change.time;
      }
    }
    return since.empty() ? std::string() : age(since);
  }

  static std::string count_text(const StackPlan& plan) {
    std::string out;
    const auto add = [&](ActionKind kind, std::string_view word) {
      const std::size_t count = plan.count(kind);
      if (count != 0) out.append(out.empty() ? "" : ", ").append(std::to_string(count)).append(" ").append(word);
    };
    add(ActionKind::create, "new");
    add(ActionKind::update, "changed");
    add(ActionKind::recreate, "to replace");
    add(ActionKind::adopt, "to adopt");
    add(ActionKind::prune, "to prune");
    add(ActionKind::hold, "held");
    return out;
  }

  static std::string_view mark(ActionKind kind) {
    switch (kind) {
      case ActionKind::create: return "+";
      case ActionKind::update:
      case ActionKind::adopt: return "~";
      case ActionKind::recreate: return "-/+";
      case ActionKind::prune: return "-";
      case ActionKind::hold: return "!";
      case ActionKind::keep: return "=";
    }
    return "?";
  }

  void add_action(const Action& action, const StackReport& stack) {
    const bool ignored = std::any_of(action.changes.begin(), action.changes.end(),
                                     [](const FieldChange& change) { return !change.ignored_by.empty(); });
    if (action.kind == ActionKind::keep && !(ignored && m_options.ignored == ShowIgnored::yes)) return;
    const Tone tone = action.kind == ActionKind::create                                     ? Tone::good
                      : action.kind == ActionKind::prune || action.kind == ActionKind::hold ? Tone::bad
                                                                                            : Tone::warn;
    m_out += "  " + paint(std::string(mark(action.kind)) + " " + format_id(action.id), tone);
    if (!action.after.empty()) m_out += " (after " + action.after + ")";
    if (action.hook)
      m_out += action.phase == Phase::before ? " (hook, before the others)" : " (hook, after the others)";
    if (const std::string comment = comment_of(action); !comment.empty()) m_out += paint("   # " + comment, Tone::dim);
    end_line();
    if (action.kind == ActionKind::hold) m_out += "      " + action.reason + "\n";
    if (action.id.group_kind() == GroupKind{"", "Secret"}) {
      add_secret(action);
    } else {
      for (const FieldChange& change : action.changes) {
        if (shown(change, m_options.ignored)) add_change(change);
      }
    }
    if (const auto text = stack.unified.find(action.id); text != stack.unified.end()) add_unified(text->second);
  }

  static std::string comment_of(const Action& action) {
    std::string out;
    if (!action.origin.file.empty()) {
      out = "origin: " + action.origin.file;
      if (action.origin.line != 0) out += ":" + std::to_string(action.origin.line);
    }
    const bool tell = action.kind == ActionKind::prune || action.kind == ActionKind::recreate ||
                      action.kind == ActionKind::adopt || action.cause == ChangeCause::missing;
    if (tell && action.kind != ActionKind::hold) out += (out.empty() ? "" : "; ") + action.reason;
    return out;
  }

  static std::string value_text(const Value& value) {
    std::string text = value.is_null()     ? "(none)"
                       : value.is_string() ? std::string(value.as_string())
                                           : format_json(value);
    const std::size_t line = text.find('\n');
    if (line != std::string::npos) text = text.substr(0, line) + "...";
    if (text.size() > k_max_value) text = text.substr(0, k_max_value) + "...";
    return text.empty() ? "\"\"" : text;
  }

  [[nodiscard]] std::string who(const FieldChange& change) const {
    if (!change.ignored_by.empty()) return "ignored: " + change.ignored_by;
    if (change.manager.empty() || change.manager == k_field_manager) return {};
    const std::string since = age(change.time);
    return "field manager " + change.manager + ", " + (since.empty() ? "time unknown" : since + " ago");
  }

  void add_change(const FieldChange& change) {
    m_out += "      " + pad(change.path, 34) + " ";
    switch (change.op) {
      case FieldChange::Op::add: m_out += "add " + value_text(change.desired); break;
      case FieldChange::Op::remove: m_out += "remove " + value_text(change.live); break;
      case FieldChange::Op::replace:
        m_out += "live " + value_text(change.live) + "  ->  desired " + value_text(change.desired);
        break;
    }
    if (const std::string text = who(change); !text.empty()) m_out += paint("   # " + text, Tone::dim);
    end_line();
  }

  // Of a Secret the names of the keys, and nothing of their values.
  void add_secret(const Action& action) {
    std::string keys;
    std::string writer;
    for (const FieldChange& change : action.changes) {
      if (!shown(change, m_options.ignored)) continue;
      const bool data = change.path.starts_with("data");
      if (!data) {
        add_change(change);
        continue;
      }
      std::string key = change.path == "data" ? "all" : change.path.substr(4);
      if (key.starts_with(".")) key.erase(0, 1);
      if (key.starts_with("[") && key.ends_with("]")) key = key.substr(1, key.size() - 2);
      const std::string_view verb = change.op == FieldChange::Op::add      ? "+"
                                    : change.op == FieldChange::Op::remove ? "-"
                                                                           : "";
      keys.append(keys.empty() ? "" : ", ").append(verb).append(key);
      if (const std::string text = who(change); !text.empty()) writer = text;
    }
    if (keys.empty()) return;
    m_out +=
        "      keys changed: " + keys + paint("   # values hidden" + (writer.empty() ? "" : "; " + writer), Tone::dim);
    end_line();
  }

  void add_unified(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = text.substr(at, end - at);
      const Tone tone = line.starts_with("+") ? Tone::good : line.starts_with("-") ? Tone::bad : Tone::none;
      m_out += "      " + paint(line, tone);
      end_line();
      at = end + 1;
    }
  }

  void add_error(const Error& error) {
    m_out += paint("error " + std::string(name_of(error.kind)), Tone::bad) + " " + format_error(error) + "\n";
  }

  void add_summary() {
    std::size_t in_sync = 0;
    std::size_t counts[7] = {};
    std::size_t ignored = 0;
    std::string first;
    for (const StackReport& stack : m_report.stacks) {
      if (stack.sync == SyncState::in_sync) ++in_sync;
      if (stack.sync != SyncState::in_sync && stack.sync != SyncState::failed && first.empty())
        first = stack.plan.stack.path();
      for (const Action& action : stack.plan.actions) ++counts[static_cast<std::size_t>(action.kind)];
      ignored += stack.plan.ignored;
    }
    const auto count = [&](ActionKind kind) { return counts[static_cast<std::size_t>(kind)]; };
    m_out += plural(in_sync, "stack") + " in sync, " + plural(count(ActionKind::keep), "object") + " unchanged";
    if (ignored != 0) m_out += ", " + plural(ignored, "difference") + " ignored (--show-ignored)";
    m_out += "\nDrift: " + std::to_string(count(ActionKind::create)) + " to add, " +
             std::to_string(count(ActionKind::update) + count(ActionKind::adopt)) + " to change, " +
             std::to_string(count(ActionKind::recreate)) + " to replace, " + std::to_string(count(ActionKind::prune)) +
             " to prune";
    if (count(ActionKind::hold) != 0) m_out += ", " + std::to_string(count(ActionKind::hold)) + " held";
    if (!m_report.environment.empty()) m_out += " in " + m_report.environment;
    if (!m_report.source.commit.empty()) m_out += " @ " + m_report.source.commit.substr(0, 7);
    m_out += ".";
    if (!first.empty()) m_out += "   Next: reconcile diff " + first + "   |   reconcile sync " + first;
    m_out += "\n";
  }

  static std::string plural(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
  }

  void end_line() {
    while (!m_out.empty() && m_out.back() == ' ') m_out.pop_back();
    m_out += '\n';
  }

  const DriftReport& m_report;
  const TextOptions& m_options;
  std::string m_out;
};

}  // namespace

std::string format_text(const DriftReport& report, const TextOptions& options) {
  return TextReport(report, options).format();
}

}  // namespace reconciled
