#include "diff/redact.h"

namespace reconciled {
namespace {

constexpr std::string_view k_last_applied = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";

bool at_or_below(std::string_view pointer, std::string_view top) {
  return pointer.starts_with(top) && (pointer.size() == top.size() || pointer[top.size()] == '/');
}

std::string escape(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

bool is_hidden(const GroupKind& kind, std::string_view pointer) {
  if (at_or_below(pointer, k_last_applied)) return true;
  return kind == GroupKind{"", "Secret"} && (at_or_below(pointer, "/data") || at_or_below(pointer, "/stringData"));
}

Value redact_value(const Value& value, const GroupKind& kind, const std::string& pointer,
                   std::string_view replacement) {
  if (value.is_map()) {
    Value out = Value::map();
    for (const Value::Entry& entry : value.entries()) {
      const std::string_view key = entry.key.as_string();
      Value inner = entry.value;
      if (value.sensitive()) inner.mark_sensitive();
      out.set(key, redact_value(inner, kind, pointer + "/" + escape(key), replacement));
    }
    return out;
  }
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) {
      Value inner = item;
      if (value.sensitive()) inner.mark_sensitive();
      out.append(redact_value(inner, kind, pointer + "/" + std::to_string(out.size()), replacement));
    }
    return out;
  }
  if (value.is_null() || (!value.sensitive() && !is_hidden(kind, pointer))) return value;
  return Value(replacement);
}

void redact_change(FieldChange& change, const GroupKind& kind) {
  // A live object carries no marks: where the desired value is sensitive, the live one is, too.
  if (change.desired.sensitive() && !change.live.is_null()) change.live.mark_sensitive();
  change.live = redact_value(change.live, kind, change.pointer);
  change.desired = redact_value(change.desired, kind, change.pointer,
                                change.op == FieldChange::Op::replace ? k_hidden_changed : k_hidden);
}

std::string redact_message(const std::string& message, const GroupKind& kind) {
  if (kind == GroupKind{"", "Secret"}) return "(its message is withheld, because it may quote a value of the Secret)";
  constexpr std::size_t k_max = 600;
  return message.size() <= k_max ? message : message.substr(0, k_max) + "…";
}

}  // namespace reconciled
