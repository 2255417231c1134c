#include "sandbox/field_set.h"

#include "base/json.h"

namespace reconciled::sandbox {
namespace {

void prune_empty(FieldSet& set) {
  std::erase_if(set.children, [](const auto& entry) { return entry.second.empty(); });
}

void collect(const FieldSet& set, FieldPath& prefix, std::vector<FieldPath>& out) {
  for (const PathElement& member : set.members) {
    out.push_back(prefix);
    out.back().push_back(member);
  }
  for (const auto& [element, child] : set.children) {
    prefix.push_back(element);
    collect(child, prefix, out);
    prefix.pop_back();
  }
}

}  // namespace

PathElement field_element(std::string_view name) {
  return "f:" + std::string(name);
}

PathElement key_element(const std::map<std::string, Value>& keys) {
  Value map = Value::map();
  for (const auto& [name, value] : keys) map.set(name, value);
  return "k:" + format_json(map);
}

PathElement value_element(const Value& value) {
  return "v:" + format_json(value, JsonStyle::canonical);
}

void FieldSet::insert(std::span<const PathElement> path) {
  if (path.empty()) return;
  if (path.size() == 1) {
    members.insert(path[0]);
  } else {
    children[path[0]].insert(path.subspan(1));
  }
}

const FieldSet& FieldSet::below(const PathElement& element) const {
  static const FieldSet k_empty;
  const auto found = children.find(element);
  return found == children.end() ? k_empty : found->second;
}

FieldSet unite(const FieldSet& a, const FieldSet& b) {
  FieldSet out = a;
  out.members.insert(b.members.begin(), b.members.end());
  for (const auto& [element, child] : b.children) out.children[element] = unite(out.below(element), child);
  return out;
}

FieldSet subtract(const FieldSet& a, const FieldSet& b) {
  FieldSet out;
  for (const PathElement& member : a.members) {
    if (!b.members.contains(member)) out.members.insert(member);
  }
  for (const auto& [element, child] : a.children) out.children[element] = subtract(child, b.below(element));
  prune_empty(out);
  return out;
}

FieldSet subtract_trees(const FieldSet& a, const FieldSet& b) {
  FieldSet out;
  for (const PathElement& member : a.members) {
    if (!b.members.contains(member)) out.members.insert(member);
  }
  for (const auto& [element, child] : a.children) {
    if (!b.members.contains(element)) out.children[element] = subtract_trees(child, b.below(element));
  }
  prune_empty(out);
  return out;
}

FieldSet intersect(const FieldSet& a, const FieldSet& b) {
  FieldSet out;
  for (const PathElement& member : a.members) {
    if (b.members.contains(member)) out.members.insert(member);
  }
  for (const auto& [element, child] : a.children) out.children[element] = intersect(child, b.below(element));
  prune_empty(out);
  return out;
}

std::vector<FieldPath> list_paths(const FieldSet& set) {
  std::vector<FieldPath> out;
  FieldPath prefix;
  collect(set, prefix, out);
  return out;
}

Value format_fields(const FieldSet& set) {
  Value out = Value::map();
  for (const PathElement& member : set.members) out.set(member, Value::map());
  for (const auto& [element, child] : set.children) {
    Value below = Value::map();
    if (set.members.contains(element)) below.set(".", Value::map());
    const Value fields = format_fields(child);
    for (const Value::Entry& entry : fields.entries()) below.set(entry.key.as_string(), entry.value);
    out.set(element, std::move(below));
  }
  return out;
}

FieldSet parse_fields(const Value& fields) {
  FieldSet out;
  for (const Value::Entry& entry : fields.entries()) {
    const PathElement element(entry.key.as_string());
    if (element == ".") continue;
    if (entry.value.size() == 0 || entry.value.find(".") != nullptr) out.members.insert(element);
    FieldSet child = parse_fields(entry.value);
    if (!child.empty()) out.children.emplace(element, std::move(child));
  }
  return out;
}

std::string format_path(std::span<const PathElement> path) {
  std::string out;
  for (const PathElement& element : path) {
    const std::string text = element.substr(2);
    if (element[0] == 'f') {
      out += "." + text;
    } else if (element[0] == 'v') {
      out += "[=" + text + "]";
    } else if (element[0] == 'i') {
      out += "[" + text + "]";
    } else {
      Budget budget;
      const Value keys = parse_json(text, budget).value_or(Value());
      std::string inner;
      for (const Value::Entry& entry : keys.entries()) {
        inner += (inner.empty() ? "" : ",") + std::string(entry.key.as_string()) + "=" + format_json(entry.value);
      }
      out += "[" + inner + "]";
    }
  }
  return out;
}

}  // namespace reconciled::sandbox
