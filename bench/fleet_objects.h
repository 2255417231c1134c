// The fleet that benchmarks share: stacks of four objects each, the same bytes wherever they are used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::bench {

enum class FleetKind : std::uint8_t { config_map, service, service_account, deployment };
inline constexpr std::array k_fleet_kinds{FleetKind::config_map, FleetKind::service, FleetKind::service_account,
                                          FleetKind::deployment};

struct FleetObject {
  std::size_t stack = 0;  ///< from 0
  FleetKind kind = FleetKind::config_map;
  std::string_view in_namespace;
  unsigned revision = 1;  ///< a value in the ConfigMap: another one is another desired state
};

/// "stack-0007"; also the name of the stack's four objects.
std::string stack_name(std::size_t stack);
/// The path of the object below the API server's URL.
std::string api_path(const FleetObject& object);
/// "configmap.yaml"
std::string file_name(FleetKind kind);
/// One line, as an apply sends it. The ConfigMap has 1 KB of data, the Deployment no replicas.
std::string as_json(const FleetObject& object);
/// The same object as a person would write it.
std::string as_yaml(const FleetObject& object);

}  // namespace reconciled::bench
