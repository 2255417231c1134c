#include "renderers/kustomize/json_patch.h"

#include "base/json.h"
#include "renderers/kustomize/json_reading.h"
#include "renderers/kustomize/node_edit.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace reconciled::kustomize {
namespace {

constexpr std::string_view k_missing = "missing value";
constexpr std::uint64_t k_bytes_a_value = 32;

tl::unexpected<Error> refuse(std::string what, std::string_view why) {
  return fail_render(std::move(what) + ": " + std::string(why));
}

std::string decode_key(std::string_view part) {
  std::string key;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
      key += part[++i] == '1' ? '/' : '~';
    } else {
      key += part[i];
    }
  }
  return key;
}

/// The map or list that the last part of a path is looked up in.
struct Spot {
  Value* container = nullptr;
  std::string key;
};

/// What an index of a list stands for; `size` is where a new item at the end goes.
Result<std::size_t> index_of(const std::string& key, std::size_t size) {
  long index = 0;
  if (!is_whole_number(key, index)) return fail_render("strconv.Atoi: parsing \"" + key + "\": invalid syntax");
  const auto count = static_cast<long>(size);
  if (index >= count || index < -count)
    return refuse("Unable to access invalid index: " + std::to_string(index), "invalid index referenced");
  return static_cast<std::size_t>(index < 0 ? index + count : index);
}

std::uint64_t weight_of(const Value& value, Budget& budget, std::uint32_t depth) {
  std::uint64_t weight = k_bytes_a_value + value.as_string().size();
  if (depth == 0 || !budget.step()) return UINT32_MAX;
  for (const auto& item : value.items()) weight += weight_of(item, budget, depth - 1);
  for (const auto& entry : value.entries())
    weight += entry.key.as_string().size() + weight_of(entry.value, budget, depth - 1);
  return weight;
}

class Patcher {
 public:
  Patcher(Value document, Budget& budget) : m_document(std::move(document)), m_budget(budget) {}

  Status apply(const Value& operation) {
    if (!m_budget.step()) return fail(m_budget.error("applying a JSON patch"));
    const auto kind = operation["op"].is_string() ? operation["op"].as_string() : std::string_view("unknown");
    if (kind == "add") return add(operation);
    if (kind == "remove") return remove(operation);
    if (kind == "replace") return replace(operation);
    if (kind == "move") return move(operation);
    if (kind == "test") return test(operation);
    if (kind == "copy") return copy(operation);
    return fail_render("Unexpected kind: " + std::string(kind));
  }
  Value take() { return std::move(m_document); }

 private:
  static Result<std::string> path_in(const Value& operation, std::string_view member) {
    const Value* path = operation.find(member);
    if (path == nullptr || path->is_null())
      return refuse(member == "path" ? "operation missing path field" : "operation, missing from field", k_missing);
    if (!path->is_string()) return fail_render("json: cannot unmarshal into Go value of type string");
    return std::string(path->as_string());
  }
  std::optional<Spot> find_spot(std::string_view path) {
    const auto first = path.find('/');
    if (first == std::string_view::npos) return std::nullopt;
    path.remove_prefix(first + 1);
    Value* container = &m_document;
    for (;;) {
      const auto end = path.find('/');
      if (end == std::string_view::npos) return Spot{container, decode_key(path)};
      container = step(*container, decode_key(path.substr(0, end)));
      if (container == nullptr || (!container->is_map() && !container->is_list())) return std::nullopt;
      path.remove_prefix(end + 1);
    }
  }
  static Value* step(Value& container, const std::string& key) {
    if (container.is_map()) return container.find(key) == nullptr ? nullptr : &container.edit(key);
    const auto index = index_of(key, container.size());
    return index ? &container.edit_item(*index) : nullptr;
  }
  static Result<const Value*> get(const Spot& spot) {
    if (spot.container->is_map()) return spot.container->find(spot.key);
    TRY_ASSIGN(const auto index, index_of(spot.key, spot.container->size()));
    return &spot.container->items()[index];
  }
  static Status put(const Spot& spot, Value value) {
    if (spot.container->is_map()) {
      spot.container->set(spot.key, std::move(value));
      return {};
    }
    if (spot.key == "-") {
      spot.container->append(std::move(value));
      return {};
    }
    long ignored = 0;
    if (!is_whole_number(spot.key, ignored))
      return fail_render("value was not a proper array index: '" + spot.key + "': strconv.Atoi: parsing \"" + spot.key +
                         "\": invalid syntax");
    TRY_ASSIGN(const auto index, index_of(spot.key, spot.container->size() + 1));
    spot.container->insert_item(index, std::move(value));
    return {};
  }
  static Status erase(const Spot& spot) {
    if (!spot.container->is_map()) {
      TRY_ASSIGN(const auto index, index_of(spot.key, spot.container->size()));
      spot.container->erase_item(index);
      return {};
    }
    if (spot.container->find(spot.key) == nullptr)
      return refuse("Unable to remove nonexistent key: " + spot.key, k_missing);
    spot.container->erase(spot.key);
    return {};
  }

  Status add(const Value& operation) {
    const auto path = path_in(operation, "path");
    if (!path) return refuse("add operation failed to decode path", k_missing);
    const auto spot = find_spot(*path);
    if (!spot) return refuse("add operation does not apply: doc is missing path: \"" + *path + "\"", k_missing);
    TRY(charge(operation["value"]));
    if (auto done = put(*spot, operation["value"]); !done)
      return fail(wrap(std::move(done.error()), "error in add for path: '" + *path + "'"));
    return {};
  }
  Status remove(const Value& operation) {
    const auto path = path_in(operation, "path");
    if (!path) return refuse("remove operation failed to decode path", k_missing);
    const auto spot = find_spot(*path);
    if (!spot) return refuse("remove operation does not apply: doc is missing path: \"" + *path + "\"", k_missing);
    if (auto done = erase(*spot); !done)
      return fail(wrap(std::move(done.error()), "error in remove for path: '" + *path + "'"));
    return {};
  }
  Status replace(const Value& operation) {
    auto path = path_in(operation, "path");
    if (!path) return fail(wrap(std::move(path.error()), "replace operation failed to decode path"));
    const Value& value = operation["value"];
    if (path->empty()) {
      if (!value.is_map() && !value.is_list())
        return fail_render("replace operation value must be object or array: %!w(<nil>)");
      m_document = value;
      return {};
    }
    const auto spot = find_spot(*path);
    if (!spot) return refuse("replace operation does not apply: doc is missing path: " + *path, k_missing);
    if (!get(*spot)) return refuse("replace operation does not apply: doc is missing key: " + *path, k_missing);
    TRY(charge(value));
    if (spot->container->is_map()) {
      spot->container->set(spot->key, value);
    } else {
      TRY_ASSIGN(const auto index, index_of(spot->key, spot->container->size()));
      spot->container->edit_item(index) = value;
    }
    return {};
  }
  Status move(const Value& operation) {
    auto from = path_in(operation, "from");
    if (!from) return fail(wrap(std::move(from.error()), "move operation failed to decode from"));
    const auto source = find_spot(*from);
    if (!source) return refuse("move operation does not apply: doc is missing from path: " + *from, k_missing);
    const auto in_move = [](Error error, const std::string& where) {
      return fail(wrap(std::move(error), "error in move for path: '" + where + "'"));
    };
    auto found = get(*source);
    if (!found) return in_move(std::move(found.error()), source->key);
    Value value = *found == nullptr ? Value() : **found;
    if (auto done = erase(*source); !done) return in_move(std::move(done.error()), source->key);
    auto path = path_in(operation, "path");
    if (!path) return fail(wrap(std::move(path.error()), "move operation failed to decode path"));
    const auto target = find_spot(*path);
    if (!target) return refuse("move operation does not apply: doc is missing destination path: " + *path, k_missing);
    if (auto done = put(*target, std::move(value)); !done) return in_move(std::move(done.error()), *path);
    return {};
  }
  Status copy(const Value& operation) {
    auto from = path_in(operation, "from");
    if (!from) return fail(wrap(std::move(from.error()), "copy operation failed to decode from"));
    const auto source = find_spot(*from);
    if (!source) return refuse("copy operation does not apply: doc is missing from path: " + *from, k_missing);
    auto found = get(*source);
    if (!found) return fail(wrap(std::move(found.error()), "error in copy for from: '" + *from + "'"));
    Value value = *found == nullptr ? Value() : **found;
    TRY(charge(value));
    const auto path = path_in(operation, "path");
    if (!path) return refuse("copy operation failed to decode path", k_missing);
    const auto target = find_spot(*path);
    if (!target) return refuse("copy operation does not apply: doc is missing destination path: " + *path, k_missing);
    if (auto done = put(*target, std::move(value)); !done)
      return fail(wrap(std::move(done.error()), "error while adding value during copy"));
    return {};
  }
  Status test(const Value& operation) {
    auto path = path_in(operation, "path");
    if (!path) return fail(wrap(std::move(path.error()), "test operation failed to decode path"));
    const auto differs = [&] { return refuse("testing value " + *path + " failed", "test failed"); };
    const Value& wanted = operation["value"];
    if (path->empty()) {
      if (m_document == wanted) return {};
      return differs();
    }
    const auto spot = find_spot(*path);
    if (!spot) return refuse("test operation does not apply: is missing path: " + *path, k_missing);
    auto found = get(*spot);
    if (!found) return fail(wrap(std::move(found.error()), "error in test for path: '" + *path + "'"));
    const bool absent = *found == nullptr || (*found)->is_null();
    if (absent ? wanted.is_null() : (operation.find("value") != nullptr && **found == wanted)) return {};
    return differs();
  }
  /// Values are shared until they are written out, so what a patch puts in costs its whole size.
  Status charge(const Value& value) {
    if (m_budget.take(weight_of(value, m_budget, m_budget.max_depth()))) return {};
    return fail(m_budget.error("applying a JSON patch"));
  }

  Value m_document;
  Budget& m_budget;
};

}  // namespace

Result<Value> read_json_patch(std::string_view text, Budget& budget) {
  if (text.empty()) return fail_render("empty json patch operations");
  Value patch;
  if (text.front() == '[') {
    TRY_ASSIGN(patch, parse_json(text, budget));
  } else {
    TRY_ASSIGN(patch, read_yaml_as_json(text, budget));
  }
  if (patch.is_null()) return Value::list();
  const auto refuse_kind = [](const Value& value, std::string_view type) {
    return fail_render("json: cannot unmarshal " +
                       std::string(value.is_map()    ? "object"
                                   : value.is_list() ? "array"
                                                     : "string") +
                       " into Go value of type " + std::string(type));
  };
  if (!patch.is_list()) return refuse_kind(patch, "jsonpatch.Patch");
  for (const auto& operation : patch.items()) {
    if (!operation.is_map() && !operation.is_null()) return refuse_kind(operation, "jsonpatch.Operation");
  }
  return patch;
}

Result<Value> apply_json_patch(Value document, const Value& patch, Budget& budget) {
  Patcher patcher(std::move(document), budget);
  for (const auto& operation : patch.items()) TRY(patcher.apply(operation));
  return patcher.take();
}

}  // namespace reconciled::kustomize
