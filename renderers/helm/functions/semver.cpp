// semver and semverCompare, and the versions that templates hold.
#include "renderers/helm/functions/families.h"
#include "renderers/helm/functions/methods.h"
#include "renderers/helm/functions/signature.h"
#include "renderers/helm/semver/constraint.h"
#include "renderers/helm/semver/version.h"

#include <array>

namespace reconciled::helm {
namespace {

/// *semver.Version, or semver.Version where a method gives a new one: that has no methods of the pointer.
class VersionObject final : public GoObject {
 public:
  VersionObject(const Version& version, bool pointer, Arena& arena)
      : m_major(version.major),
        m_minor(version.minor),
        m_patch(version.patch),
        m_prerelease(arena.copy(version.prerelease)),
        m_metadata(arena.copy(version.metadata)),
        m_original(arena.copy(version.original)),
        m_is_pointer(pointer) {}

  [[nodiscard]] Version version() const {
    return {m_major, m_minor, m_patch, std::string(m_prerelease), std::string(m_metadata), std::string(m_original)};
  }

  [[nodiscard]] std::string_view type_name() const override {
    return m_is_pointer ? "*semver.Version" : "semver.Version";
  }
  [[nodiscard]] bool is_pointer() const override { return m_is_pointer; }
  bool field(std::string_view, Arena&, GoValue&) const override { return false; }
  [[nodiscard]] const GoFunction* method(std::string_view name) const override;
  bool text(Arena& arena, Receiver, std::string_view& text) const override {
    text = arena.copy(format_version(version()));
    return true;
  }
  bool json_text(Arena& arena, std::string_view& text) const override {
    text = arena.copy(format_version(version()));
    return true;
  }
  std::span<const GoMap::Entry> fields(Arena& arena) const override {
    auto* fields = arena.make_array<GoMap::Entry>(6);
    fields[0] = {"major", GoValue::unsigned_integer(m_major, GoType::uint64)};
    fields[1] = {"minor", GoValue::unsigned_integer(m_minor, GoType::uint64)};
    fields[2] = {"patch", GoValue::unsigned_integer(m_patch, GoType::uint64)};
    fields[3] = {"pre", GoValue::string(m_prerelease)};
    fields[4] = {"metadata", GoValue::string(m_metadata)};
    fields[5] = {"original", GoValue::string(m_original)};
    return {fields, 6};
  }

 private:
  std::uint64_t m_major;
  std::uint64_t m_minor;
  std::uint64_t m_patch;
  std::string_view m_prerelease;
  std::string_view m_metadata;
  std::string_view m_original;
  bool m_is_pointer;
};

Version version_of(GoValue value) {
  return static_cast<const VersionObject*>(value.as_object())->version();
}

GoValue make_version(Arena& arena, const Version& version, bool pointer) {
  return GoValue::object(arena.make<VersionObject>(version, pointer, arena));
}

template <std::uint64_t Version::* part>
Result<GoValue> get_number(FunctionCall& call) {
  return GoValue::unsigned_integer(version_of(call.receiver).*part, GoType::uint64);
}

template <std::string Version::* part>
Result<GoValue> get_text(FunctionCall& call) {
  return make_string(call.arena(), version_of(call.receiver).*part);
}

Result<GoValue> get_string(FunctionCall& call) {
  return make_string(call.arena(), format_version(version_of(call.receiver)));
}

template <Version (*next)(const Version&)>
Result<GoValue> get_next(FunctionCall& call) {
  return make_version(call.arena(), next(version_of(call.receiver)), false);
}

template <Result<Version> (*change)(const Version&, std::string_view)>
Result<GoValue> get_changed(FunctionCall& call) {
  TRY_ASSIGN(const Version changed, change(version_of(call.receiver), call.arguments[0].as_text()));
  return make_version(call.arena(), changed, false);
}

/// Both versions must be there.
Result<int> compare(const FunctionCall& call) {
  if (call.arguments[0].is_nil()) return fail_nil_pointer();
  return compare_versions(version_of(call.receiver), version_of(call.arguments[0]));
}

Result<GoValue> get_order(FunctionCall& call) {
  TRY_ASSIGN(const int order, compare(call));
  return GoValue::integer(order < 0 ? -1 : order > 0 ? 1 : 0);
}

template <bool (*holds)(int)>
Result<GoValue> get_whether(FunctionCall& call) {
  TRY_ASSIGN(const int order, compare(call));
  return GoValue::boolean(holds(order));
}
constexpr bool is_less(int order) {
  return order < 0;
}
constexpr bool is_less_or_equal(int order) {
  return order <= 0;
}
constexpr bool is_greater(int order) {
  return order > 0;
}
constexpr bool is_greater_or_equal(int order) {
  return order >= 0;
}

Result<GoValue> get_is_equal(FunctionCall& call) {
  if (call.arguments[0].is_nil()) return GoValue::boolean(false);
  TRY_ASSIGN(const int order, compare(call));
  return GoValue::boolean(order == 0);
}

constexpr auto& k_nothing = k_takes<>;
constexpr auto& k_text = k_takes<GoParameter::string>;
constexpr auto& k_version = k_takes<GoParameter::version>;

constexpr std::array k_value_methods{
    GoFunction{"Major", k_nothing, k_fixed, &get_number<&Version::major>},
    GoFunction{"Minor", k_nothing, k_fixed, &get_number<&Version::minor>},
    GoFunction{"Patch", k_nothing, k_fixed, &get_number<&Version::patch>},
    GoFunction{"Prerelease", k_nothing, k_fixed, &get_text<&Version::prerelease>},
    GoFunction{"Metadata", k_nothing, k_fixed, &get_text<&Version::metadata>},
    GoFunction{"String", k_nothing, k_fixed, &get_string},
    GoFunction{"Value", k_nothing, k_fixed, &get_string},
    GoFunction{"IncMajor", k_nothing, k_fixed, &get_next<&next_major>},
    GoFunction{"IncMinor", k_nothing, k_fixed, &get_next<&next_minor>},
    GoFunction{"IncPatch", k_nothing, k_fixed, &get_next<&next_patch>},
    GoFunction{"SetPrerelease", k_text, k_fixed, &get_changed<&with_prerelease>},
    GoFunction{"SetMetadata", k_text, k_fixed, &get_changed<&with_metadata>},
};
constexpr std::array k_pointer_methods{
    GoFunction{"Original", k_nothing, k_fixed, &get_text<&Version::original>},
    GoFunction{"Compare", k_version, k_fixed, &get_order},
    GoFunction{"LessThan", k_version, k_fixed, &get_whether<&is_less>},
    GoFunction{"LessThanEqual", k_version, k_fixed, &get_whether<&is_less_or_equal>},
    GoFunction{"GreaterThan", k_version, k_fixed, &get_whether<&is_greater>},
    GoFunction{"GreaterThanEqual", k_version, k_fixed, &get_whether<&is_greater_or_equal>},
    GoFunction{"Equal", k_version, k_fixed, &get_is_equal},
};

const GoFunction* VersionObject::method(std::string_view name) const {
  const GoFunction* found = find_method(k_value_methods, name);
  return found == nullptr && m_is_pointer ? find_method(k_pointer_methods, name) : found;
}

Result<GoValue> call_semver(FunctionCall& call) {
  TRY_ASSIGN(const Version version, parse_version(call.arguments[0].as_text()));
  return make_version(call.arena(), version, true);
}

Result<GoValue> call_semver_compare(FunctionCall& call) {
  TRY_ASSIGN(const Constraints constraints, parse_constraints(call.arguments[0].as_text()));
  TRY_ASSIGN(const Version version, parse_version(call.arguments[1].as_text()));
  return GoValue::boolean(satisfies(version, constraints));
}

constexpr std::array k_functions{
    GoFunction{"semver", k_text, k_fixed, &call_semver},
    GoFunction{"semverCompare", k_takes<GoParameter::string, GoParameter::string>, k_fixed, &call_semver_compare},
};

}  // namespace

std::span<const GoFunction> semver_functions() {
  return k_functions;
}

}  // namespace reconciled::helm
