#include "sandbox/failure.h"

#include "base/json.h"

namespace reconciled::sandbox {
namespace {

std::string qualified(std::string_view resource, std::string_view group) {
  std::string out(resource);
  if (!group.empty()) out.append(".").append(group);
  return out;
}

Failure of_object(int code, std::string reason, std::string_view group, std::string_view resource,
                  std::string_view name, std::string message) {
  Failure failure{.code = code, .reason = std::move(reason), .message = std::move(message)};
  failure.group = group;
  failure.kind = resource;
  failure.name = name;
  return failure;
}

std::string_view reason_of(FieldError::Kind kind) {
  switch (kind) {
    case FieldError::Kind::required: return "FieldValueRequired";
    case FieldError::Kind::not_found: return "FieldValueNotFound";
    case FieldError::Kind::not_supported: return "FieldValueNotSupported";
    case FieldError::Kind::duplicate: return "FieldValueDuplicate";
    case FieldError::Kind::forbidden: return "FieldValueForbidden";
    case FieldError::Kind::too_many: return "FieldValueTooMany";
    case FieldError::Kind::too_long: return "FieldValueTooLong";
    case FieldError::Kind::type_invalid: return "FieldValueTypeInvalid";
    case FieldError::Kind::invalid: break;
  }
  return "FieldValueInvalid";
}

std::string message_of(const FieldError& error) {
  const std::string shown = format_json(error.value);
  std::string out;
  switch (error.kind) {
    case FieldError::Kind::required: out = "Required value"; break;
    case FieldError::Kind::forbidden: out = "Forbidden"; break;
    case FieldError::Kind::not_supported: return "Unsupported value: " + shown + ": " + error.detail;
    case FieldError::Kind::not_found: out = "Not found: " + shown; break;
    case FieldError::Kind::duplicate: out = "Duplicate value: " + shown; break;
    case FieldError::Kind::too_many: out = "Too many: " + shown; break;
    case FieldError::Kind::too_long: out = "Too long"; break;
    case FieldError::Kind::invalid:
    case FieldError::Kind::type_invalid: out = "Invalid value: " + shown; break;
  }
  if (!error.detail.empty()) out += ": " + error.detail;
  return out;
}

}  // namespace

Value make_status(const Failure& failure) {
  Value details = Value::map();
  if (!failure.name.empty()) details.set("name", failure.name);
  if (!failure.group.empty()) details.set("group", failure.group);
  if (!failure.kind.empty()) details.set("kind", failure.kind);
  if (!failure.uid.empty()) details.set("uid", failure.uid);
  if (!failure.causes.empty()) {
    Value causes = Value::list();
    for (const Cause& cause : failure.causes) {
      Value entry = Value::map();
      if (!cause.reason.empty()) entry.set("reason", cause.reason);
      entry.set("message", cause.message);
      if (!cause.field.empty()) entry.set("field", cause.field);
      causes.append(std::move(entry));
    }
    details.set("causes", std::move(causes));
  }
  if (failure.retry_after > 0) details.set("retryAfterSeconds", failure.retry_after);
  Value metadata = Value::map();
  if (!failure.continue_token.empty()) metadata.set("continue", failure.continue_token);
  Value status = Value::map({{"kind", "Status"},
                             {"apiVersion", "v1"},
                             {"metadata", std::move(metadata)},
                             {"status", "Failure"},
                             {"message", failure.message}});
  if (!failure.reason.empty()) status.set("reason", failure.reason);
  if (details.size() > 0 || failure.before_routing) status.set("details", std::move(details));
  status.set("code", failure.code);
  return status;
}

Value make_success(std::string_view group, std::string_view resource, std::string_view name, std::string_view uid) {
  Value details = Value::map({{"name", name}});
  if (!group.empty()) details.set("group", group);
  details.set("kind", resource);
  details.set("uid", uid);
  return Value::map({{"kind", "Status"},
                     {"apiVersion", "v1"},
                     {"metadata", Value::map()},
                     {"status", "Success"},
                     {"details", std::move(details)}});
}

Failure bad_request(std::string message) {
  return {.code = 400, .reason = "BadRequest", .message = std::move(message)};
}
Failure no_such_resource() {
  return {.code = 404,
          .reason = "NotFound",
          .message = "the server could not find the requested resource",
          .before_routing = true};
}
Failure method_not_allowed() {
  return {.code = 405,
          .reason = "MethodNotAllowed",
          .message = "the server does not allow this method on the requested resource",
          .before_routing = true};
}
Failure not_found(std::string_view group, std::string_view resource, std::string_view name) {
  return of_object(404, "NotFound", group, resource, name,
                   qualified(resource, group) + " \"" + std::string(name) + "\" not found");
}
Failure already_exists(std::string_view group, std::string_view resource, std::string_view name) {
  return of_object(409, "AlreadyExists", group, resource, name,
                   qualified(resource, group) + " \"" + std::string(name) + "\" already exists");
}
Failure conflict(std::string_view group, std::string_view resource, std::string_view name, const std::string& message) {
  return of_object(
      409, "Conflict", group, resource, name,
      "Operation cannot be fulfilled on " + qualified(resource, group) + " \"" + std::string(name) + "\": " + message);
}
Failure forbidden(std::string_view group, std::string_view resource, std::string_view name,
                  const std::string& message) {
  std::string text = qualified(resource, group);
  if (!name.empty()) text += " \"" + std::string(name) + "\"";
  return of_object(403, "Forbidden", group, resource, name, text + " is forbidden: " + message);
}
Failure gone(std::string message) {
  return {.code = 410, .reason = "Expired", .message = std::move(message)};
}
Failure not_implemented(std::string what) {
  return {.code = 501, .reason = "NotImplemented", .message = "the sandbox does not model " + std::move(what)};
}

Failure make_invalid(std::string_view group, std::string_view kind, std::string_view name,
                     const std::vector<FieldError>& errors) {
  Failure failure = of_object(422, "Invalid", group, kind, name, {});
  std::vector<std::string> texts;
  for (const FieldError& error : errors) {
    std::string message = message_of(error);
    std::string text = error.field + ": " + message;
    bool repeated = false;
    for (const std::string& other : texts) repeated = repeated || other == text;
    if (!repeated) texts.push_back(std::move(text));
    failure.causes.push_back({std::string(reason_of(error.kind)), std::move(message), error.field});
  }
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  if (texts.size() > 1) joined = "[" + joined + "]";
  failure.message = qualified(kind, group) + " \"" + std::string(name) + "\" is invalid: " + joined;
  return failure;
}

}  // namespace reconciled::sandbox
