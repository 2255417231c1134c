#include "tests/cluster/daemon/audit.h"

#include "base/file.h"
#include "tests/support/temp_folder.h"

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace reconciled {
namespace {

using nlohmann::json;

constexpr std::string_view k_policy = R"(apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
  verbs: [create, update, patch, delete]
  resources: [{group: coordination.k8s.io, resources: [leases]}]
- {level: Request, verbs: [delete, deletecollection]}
- {level: Metadata, verbs: [create, update, patch]}
- {level: None}
)";

/// Made before the plane that uses it, and so gone after it.
const TempFolder& audit_folder() {
  static const TempFolder folder;
  return folder;
}
std::string log_file() {
  return audit_folder().path() + "/audit.log";
}

std::string text_at(const json& event, const char* pointer) {
  return event.is_object() ? event.value(json::json_pointer(pointer), std::string()) : std::string();
}

}  // namespace

AuditTime parse_audit_time(const std::string& text) {
  std::tm parts{};
  long micros = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d.%6ldZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &micros) != 7)
    throw std::runtime_error("no time with microseconds: " + text);
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return AuditTime(std::chrono::seconds(timegm(&parts)) + std::chrono::microseconds(micros));
}

ControlPlane& audited_control_plane() {
  static const auto plane = [] {
    const std::string policy = audit_folder().path() + "/policy.yaml";
    if (const auto written = write_file_atomically(policy, k_policy); !written)
      throw std::runtime_error(format_error(written.error()));
    return ControlPlane::start(
        {Controllers::manager, {"--audit-policy-file=" + policy, "--audit-log-path=" + log_file()}});
  }();
  if (!plane) throw std::runtime_error(format_error(plane.error()));
  return **plane;
}

std::uint64_t audit_position() {
  std::error_code missing;
  const auto size = std::filesystem::file_size(log_file(), missing);
  return missing ? 0 : size;
}

std::vector<AuditEvent> read_audit(std::uint64_t since) {
  std::vector<AuditEvent> events;
  std::ifstream log(log_file(), std::ios::binary);
  log.seekg(static_cast<std::streamoff>(since));
  for (std::string line; std::getline(log, line) && !log.eof();) {
    const json event = json::parse(line);
    AuditEvent read;
    read.user = text_at(event, "/user/username");
    read.verb = text_at(event, "/verb");
    read.group = text_at(event, "/objectRef/apiGroup");
    read.resource = text_at(event, "/objectRef/resource");
    read.subresource = text_at(event, "/objectRef/subresource");
    read.in_namespace = text_at(event, "/objectRef/namespace");
    read.name = text_at(event, "/objectRef/name");
    read.dry_run = text_at(event, "/requestURI").find("dryRun=") != std::string::npos;
    read.code = event.value(json::json_pointer("/responseStatus/code"), 0);
    read.received = parse_audit_time(text_at(event, "/requestReceivedTimestamp"));
    read.request = event.value("requestObject", json());
    read.response = event.value("responseObject", json());
    events.push_back(std::move(read));
  }
  return events;
}

std::string find_bare_deletes(const std::vector<AuditEvent>& events, std::string_view user) {
  std::string text;
  for (const AuditEvent& event : events) {
    const bool refused = event.code >= 400;  // as one whose sender died before its body had left
    if (event.user != user || !event.verb.starts_with("delete") || refused) continue;
    const bool guarded = event.verb == "delete" && !text_at(event.request, "/preconditions/uid").empty() &&
                         !text_at(event.request, "/preconditions/resourceVersion").empty();
    if (!guarded) text += event.verb + " " + event.resource + "/" + event.name + " with " + event.request.dump() + "\n";
  }
  return text;
}

}  // namespace reconciled
