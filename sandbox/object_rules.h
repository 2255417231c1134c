// What every write of an object obeys, whichever verb it comes by.
#pragma once

#include "sandbox/field_set.h"
#include "sandbox/resources.h"

#include <optional>
#include <string>
#include <string_view>

namespace reconciled::sandbox {

/// What optimistic locking says.
inline constexpr std::string_view k_modified =
    "the object has been modified; please apply your changes to the latest version and try again";

/// "apps/v1, Kind=Deployment"
std::string kind_text(const ServedResource& resource);

/// The name of a value's kind in messages of Go's JSON decoder.
std::string go_kind(const Value& value);

/// The first value that Go could not decode into the type of its field; nullopt when there is none.
std::optional<std::string> find_decode_error(const TypeNode& type, const Value& value, const std::string& path);

/// Whether a change counts in metadata.generation.
bool counts_as_generation(const ServedResource& resource, const Value& old, const Value& object);

/// What a write through this endpoint ignores: the status of the main resource, all but it of the status subresource.
FieldSet ignored_fields(const ServedResource& resource, const std::string& subresource, const Value& object);

/// The fields of an Event that Go prints even when nobody set them.
void complete_event(Value& object);

/// Gives a changed object of a built-in kind what the server decided at its creation and its writer left out: addresses
/// of Services, selectors of Jobs, finalizers of Namespaces, the template's count of DaemonSets.
void keep_server_fields(const ServedResource& resource, const Value& old, Value& object);

/// Whether a PUT must say which resourceVersion it replaces.
bool needs_version(const ServedResource& resource);

}  // namespace reconciled::sandbox
