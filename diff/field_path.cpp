#include "diff/field_path.h"

#include "base/json.h"
#include "diff/managed_fields.h"

namespace reconciled {
namespace {

const FieldStep* map_step(const FieldStep* step) {
  while (step != nullptr && (step->item || step->parent == nullptr)) step = step->parent;
  return step;
}

const FieldStep* above(const FieldStep* step, int levels) {
  step = map_step(step);
  for (; step != nullptr && levels > 0; --levels) step = map_step(step->parent);
  return step;
}

bool plain_key(std::string_view key) {
  for (const char c : key) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!plain) return false;
  }
  return !key.empty();
}

void append_scalar(std::string& out, const Value& value) {
  if (value.is_string()) {
    out += value.as_string();
  } else {
    append_json(out, value);
  }
}

template <class Visit>
void from_root(const FieldStep& step, const Visit& visit) {
  if (step.parent == nullptr) return;
  from_root(*step.parent, visit);
  visit(step);
}

}  // namespace

std::string_view FieldStep::field() const {
  const FieldStep* found = above(this, 0);
  return found == nullptr ? std::string_view() : found->key;
}
std::string_view FieldStep::parent_field() const {
  const FieldStep* found = above(this, 1);
  return found == nullptr ? std::string_view() : found->key;
}
std::string_view FieldStep::grandparent_field() const {
  const FieldStep* found = above(this, 2);
  return found == nullptr ? std::string_view() : found->key;
}

std::string format_pointer(const FieldStep& step) {
  std::string out;
  from_root(step, [&](const FieldStep& at) {
    out += '/';
    if (at.item) {
      out += std::to_string(at.live_index);
      return;
    }
    for (const char c : at.key) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
  });
  return out;
}

std::string format_path(const FieldStep& step) {
  std::string out;
  from_root(step, [&](const FieldStep& at) {
    if (!at.item) {
      if (!plain_key(at.key)) {
        out.append("[").append(at.key).append("]");
        return;
      }
      if (!out.empty()) out += '.';
      out += at.key;
      return;
    }
    out += '[';
    if (at.keys == nullptr) {
      out += std::to_string(at.live_index);
    } else {
      const char* separator = "";
      for (const Value::Entry& entry : at.keys->entries()) {
        out.append(separator).append(entry.key.as_string()).append("=");
        append_scalar(out, entry.value);
        separator = ",";
      }
    }
    out += ']';
  });
  return out;
}

std::string format_owned_path(const FieldStep& step) {
  std::string out;
  from_root(step, [&](const FieldStep& at) {
    if (!at.item) {
      out.append(".").append(at.key);
    } else if (at.keys != nullptr) {
      out += '[';
      const char* separator = "";
      for (const Value::Entry& entry : at.keys->entries()) {
        out.append(separator).append(entry.key.as_string()).append("=");
        append_json(out, entry.value);
        separator = ",";
      }
      out += ']';
    } else {
      out.append("[").append(std::to_string(at.live_index)).append("]");
    }
  });
  return out;
}

std::vector<std::string> desired_tokens(const FieldStep& step) {
  std::vector<std::string> out;
  from_root(step, [&](const FieldStep& at) {
    out.push_back(at.item ? std::to_string(at.desired_index) : std::string(at.key));
  });
  return out;
}

FieldSet owned_at(const FieldOwner& owner, const FieldStep& step) {
  FieldSet set = owner.fields;
  from_root(step, [&](const FieldStep& at) {
    if (!set || set.whole()) return;
    set = at.item ? set.item(at.element) : set.field(at.key);
  });
  return set;
}

FieldStep keyed_step(const FieldStep& list, const Value& keys, std::size_t live, std::size_t desired) {
  FieldStep item;
  item.parent = &list;
  item.item = true;
  item.live_index = live;
  item.desired_index = desired;
  item.element = item_element(keys);
  item.keys = &keys;
  return item;
}

}  // namespace reconciled
