// A function or method that templates can call: its Go signature, which the engine checks arguments against, and its
// body.
#pragma once

#include "base/result.h"
#include "ports/random.h"
#include "ports/zone_source.h"
#include "renderers/helm/values/go_value.h"

#include <chrono>
#include <span>
#include <string_view>

namespace reconciled::helm {

/// The type of a parameter. The engine converts template literals to it, refuses values that Go cannot assign to it,
/// and words the refusal as text/template does, with `go_parameter_name`.
enum class GoParameter : std::uint8_t {
  any,  ///< interface {}
  boolean,
  int_,
  int64,
  float64,
  string,
  bytes,
  list_any,     ///< []interface {}
  list_string,  ///< []string
  map_any,      ///< map[string]interface {}; common.Values is assignable
  map_string,
  uint32,
  duration,
  time,
  location,       ///< *time.Location
  version,        ///< *semver.Version
  certificate,    ///< sprig.certificate
  reflect_value,  ///< reflect.Value: everything fits, as for the built-in functions
};
std::string_view go_parameter_name(GoParameter parameter);

/// How include and tpl reach back into the engine that is running.
class TemplateRunner {
 public:
  virtual ~TemplateRunner() = default;
  /// The output lies in the arena. Errors carry Go's text, as `error calling include: ...` goes on with it.
  virtual Result<std::string_view> include(std::string_view name, GoValue data) = 0;
  virtual Result<std::string_view> tpl(std::string_view text, GoValue data) = 0;
};

/// Answers `lookup` from a cluster; offline there is none, and every look-up gives an empty map.
class ClusterLookup {
 public:
  virtual ~ClusterLookup() = default;
  /// A map: the object, a list when `name` is empty, empty when not found.
  virtual Result<GoValue> look_up(std::string_view api_version, std::string_view kind, std::string_view namespace_,
                                  std::string_view name, Arena& arena) = 0;
};

enum class HelmProfile : std::uint8_t { helm4, helm3 };

/// What a render may see of the world. Everything that is not in here is not to be had.
struct RenderWorld {
  Arena& arena;
  Random& random;
  std::chrono::system_clock::time_point now;
  HelmProfile profile = HelmProfile::helm4;
  ClusterLookup* lookup = nullptr;   ///< null: offline
  ZoneSource* zones = nullptr;       ///< null: every time is in UTC
  TemplateRunner* runner = nullptr;  ///< null outside of an execution
  bool used_random = false;          ///< set by whoever draws: the output is not reproducible
  bool used_time = false;            ///< set by whoever reads `now`
};

struct FunctionCall {
  std::span<const GoValue> arguments;  ///< already checked against the signature; variadic ones follow the fixed
  RenderWorld& world;
  GoValue receiver;  ///< of a method
  [[nodiscard]] Arena& arena() const { return world.arena; }
};

struct GoFunction {
  std::string_view name;
  std::span<const GoParameter> parameters;  ///< the last one repeats when `variadic`
  bool variadic = false;
  /// The message of an error is the Go error's or panic's own text; the engine adds `error calling NAME: `.
  Result<GoValue> (*call)(FunctionCall& call) = nullptr;
};

}  // namespace reconciled::helm
