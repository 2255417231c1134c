#include "renderers/helm/functions/merge.h"

#include "renderers/helm/functions/emptiness.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {
namespace {

/// mergo's idea of empty is sprig's, except that what a pointer points to counts.
bool is_absent_or_empty(const GoValue* value) {
  return value == nullptr || is_empty(*value);
}

constexpr std::string_view k_mismatch = "src and dst must be of same type";

tl::unexpected<Error> not_a_text(std::string_view type) {
  return fail(ErrorKind::render,
              "reflect.Value.SetMapIndex: value of type " + std::string(type) + " is not assignable to type string");
}

class Merger {
 public:
  Merger(MergeMode mode, Budget& budget) : m_overwrite(mode == MergeMode::overwrite), m_budget(budget) {}
  Status merge(GoValue destination, GoValue source, std::uint32_t depth);

 private:
  Status merge_entry(GoMap& destination, const GoMap::Entry& entry, std::uint32_t depth);
  [[nodiscard]] Status check_texts(const GoMap& destination, const GoMap::Entry& entry) const;
  Status merge_into(GoValue destination, GoValue source, std::uint32_t depth);

  bool m_overwrite;
  Budget& m_budget;
};

/// What is under the key already is itself merged, where both are maps; everything else is replaced as a whole.
Status Merger::merge_into(GoValue destination, GoValue source, std::uint32_t depth) {
  if (source.kind() == GoKind::map && destination.kind() == GoKind::map) {
    if (destination.as_map() == nullptr || source.as_map() == nullptr) return {};
    return merge(destination, source, depth + 1);
  }
  // a pointer cannot take a map, and says so only when it is not simply replaced
  if (source.kind() == GoKind::map && destination.kind() == GoKind::pointer && !m_overwrite &&
      source.as_map() != nullptr) {
    return fail(ErrorKind::render, std::string(k_mismatch));
  }
  return {};
}

Status Merger::merge_entry(GoMap& destination, const GoMap::Entry& entry, std::uint32_t depth) {
  if (entry.value.is_nil()) {
    if (m_overwrite) destination.set_shared(entry.key, GoValue::nil());
    return {};
  }
  const GoValue* found = destination.find(entry.key);
  const GoValue before = found == nullptr ? GoValue() : *found;
  if (found != nullptr) TRY(merge_into(before, entry.value, depth));
  // the emptiness of a map is looked at after it was merged into
  const bool both_maps = before.kind() == GoKind::map && entry.value.kind() == GoKind::map;
  const bool replace = is_absent_or_empty(found == nullptr ? nullptr : &before) || (m_overwrite && !both_maps);
  if (replace) destination.set_shared(entry.key, entry.value);
  return {};
}

/// Where a map[string]string is to take an element of a map[string]interface {}, Go panics.
Status Merger::check_texts(const GoMap& destination, const GoMap::Entry& entry) const {
  const GoValue* found = destination.find(entry.key);
  if (entry.value.kind() == GoKind::slice) {
    if (found != nullptr) return fail(ErrorKind::render, "reflect: call of reflect.Value.IsNil on string Value");
    return not_a_text(entry.value.type_name());
  }
  const bool replace = entry.value.is_nil() ? m_overwrite : m_overwrite || is_absent_or_empty(found);
  if (replace) return not_a_text("interface {}");
  return {};
}

Status Merger::merge(GoValue destination, GoValue source, std::uint32_t depth) {
  if (depth > m_budget.max_depth())
    return fail(ErrorKind::limit,
                "merged maps are nested deeper than " + std::to_string(m_budget.max_depth()) + " levels");
  const bool into_texts = destination.type() == GoType::map_string && source.type() != GoType::map_string;
  // by index, as the source grows under our hands when it holds the destination that holds it
  for (std::size_t i = 0; i < source.as_map()->size(); ++i) {
    if (!m_budget.step()) return fail(m_budget.error("merge maps"));
    const GoMap::Entry entry = source.as_map()->entries()[i];
    if (into_texts) {
      TRY(check_texts(*destination.as_map(), entry));
    } else {
      TRY(merge_entry(*destination.as_map(), entry, depth));
    }
  }
  return {};
}

}  // namespace

Status merge_maps(GoValue destination, GoValue source, MergeMode mode, Budget& budget) {
  return Merger(mode, budget).merge(destination, source, 0);
}

bool is_mismatch(const Error& error) {
  return error.kind == ErrorKind::render && error.message == k_mismatch;
}

}  // namespace reconciled::helm
