#include "base/base64.h"
#include "base/json.h"
#include "sandbox/watch.h"

#include <charconv>

namespace reconciled::sandbox {
namespace {

constexpr std::string_view k_expired_token =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter.";

Outcome<std::int64_t> parse_number(std::string_view text, std::string_view function) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size() && out >= 0) return out;
  return refuse(
      bad_request("strconv." + std::string(function) + ": parsing \"" + std::string(text) + "\": invalid syntax"));
}

Failure too_large_version(std::int64_t wanted, std::int64_t current) {
  Failure failure{.code = 504, .reason = "Timeout"};
  failure.message =
      "Timeout: Too large resource version: " + std::to_string(wanted) + ", current: " + std::to_string(current);
  failure.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  failure.retry_after = 1;
  return failure;
}

/// Where a page starts: behind this object, in the list as of this version.
struct Continuation {
  std::int64_t version = 0;
  std::string after;  ///< "namespace/name"
};

std::string encode_continuation(const Continuation& at) {
  return encode_base64(format_json(Value::map({{"v", "meta.k8s.io/v1"}, {"rv", at.version}, {"start", at.after}})));
}

Outcome<Continuation> decode_continuation(std::string_view text) {
  const auto bytes = decode_base64(text);
  Budget budget;
  const Result<Value> token = parse_json(bytes.value_or(""), budget);
  if (!bytes || !token || !token->find("start") || (*token)["v"].as_string() != "meta.k8s.io/v1")
    return refuse(bad_request("invalid continue token: continue key is not valid"));
  return Continuation{(*token)["rv"].as_integer(), std::string((*token)["start"].as_string())};
}

std::string place_of(const Value& object) {
  return std::string(object.at({"metadata", "namespace"}).as_string()) + "/" +
         std::string(object.at({"metadata", "name"}).as_string());
}

struct Selection {
  LabelSelector labels;
  FieldSelector fields;
};

Outcome<Selection> read_selection(const ApiRequest& request, const ServedResource& resource) {
  auto labels = LabelSelector::parse(query_value(request, "labelSelector"));
  if (!labels) return refuse(labels.error());
  auto fields = FieldSelector::parse(query_value(request, "fieldSelector"), resource.kind);
  if (!fields) return refuse(fields.error());
  return Selection{std::move(*labels), std::move(*fields)};
}

}  // namespace

Value ApiModel::present(const ServedResource& resource, const Value& object, Target::Form form) const {
  if (form == Target::Form::metadata) {
    return Value::map(
        {{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", object["metadata"]}});
  }
  if (!resource.custom || object["apiVersion"].as_string() == resource.api_version()) return object;
  Value out = object;  // versions of a CRD without conversion webhooks differ in nothing else
  out.set("apiVersion", resource.api_version());
  return out;
}

Outcome<ApiResponse> ApiModel::get(const ApiRequest& request, const Target& target) {
  if (const std::string_view text = query_value(request, "resourceVersion"); !text.empty()) {
    const auto version = parse_number(text, "ParseUint");
    if (!version) return refuse(version.error());
    if (*version > m_store.version()) return refuse(too_large_version(*version, m_store.version()));
  }
  const Value* object = m_store.find(target.key());
  if (object == nullptr) return refuse(not_found(target.resource->group, target.resource->plural, target.name));
  ApiResponse response;
  response.body = present(*target.resource, *object, target.form);
  return response;
}

Outcome<ApiResponse> ApiModel::list(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  const auto selection = read_selection(request, resource);
  if (!selection) return refuse(selection.error());
  std::int64_t limit = 0;
  if (const std::string_view text = query_value(request, "limit"); !text.empty()) {
    const auto number = parse_number(text, "ParseInt");
    if (!number) return refuse(number.error());
    limit = *number;
  }
  std::int64_t version = m_store.version();
  std::string after;
  const std::string_view match = query_value(request, "resourceVersionMatch");
  const std::string_view wanted = query_value(request, "resourceVersion");
  if (!match.empty() && wanted.empty()) {
    return refuse(make_invalid("meta.k8s.io", "ListOptions", "",
                               {{FieldError::Kind::forbidden,
                                 "resourceVersionMatch",
                                 {},
                                 "resourceVersionMatch is forbidden unless resourceVersion is provided"}}));
  }
  if (!wanted.empty()) {
    const auto number = parse_number(wanted, "ParseUint");
    if (!number) return refuse(number.error());
    if (*number > version) return refuse(too_large_version(*number, version));
    if (match == "Exact") {
      if (*number < m_store.compacted()) return refuse(gone("The resourceVersion for the provided list is too old."));
      version = *number;
    }
  }
  if (const std::string_view token = query_value(request, "continue"); !token.empty()) {
    if (!wanted.empty() && wanted != "0")
      return refuse(bad_request("specifying resource version is not allowed when using continue"));
    auto at = decode_continuation(token);
    if (!at) return refuse(at.error());
    if (at->version < m_store.compacted()) {
      Failure failure = gone(std::string(k_expired_token));
      failure.continue_token = encode_continuation({m_store.version(), at->after});
      return refuse(std::move(failure));
    }
    version = at->version;
    after = at->after;
  }
  const std::string key = resource.storage_key();
  const std::vector<Value> objects = version == m_store.version() ? m_store.list(key, target.namespace_)
                                                                  : m_store.list_at(key, target.namespace_, version);
  Value items = Value::list();
  std::int64_t remaining = 0;
  std::string last;
  for (const Value& object : objects) {
    std::string place = place_of(object);
    if (!after.empty() && place <= after) continue;
    if (!selection->labels.matches(object) || !selection->fields.matches(object)) continue;
    if (limit > 0 && static_cast<std::int64_t>(items.size()) == limit) {
      ++remaining;
      continue;
    }
    Value shown = present(resource, object, target.form);
    if (target.form == Target::Form::full && !resource.custom) {
      shown.erase("kind");
      shown.erase("apiVersion");
    }
    items.append(std::move(shown));
    last = std::move(place);
  }
  Value metadata = Value::map({{"resourceVersion", std::to_string(version)}});
  if (remaining > 0) {
    metadata.set("continue", encode_continuation({version, last}));
    const bool selected =
        !query_value(request, "labelSelector").empty() || !query_value(request, "fieldSelector").empty();
    if (!selected) metadata.set("remainingItemCount", remaining);
  }
  const bool full = target.form == Target::Form::full;
  ApiResponse response;
  response.body = Value::map({{"kind", full ? resource.list_kind : "PartialObjectMetadataList"},
                              {"apiVersion", full ? resource.api_version() : "meta.k8s.io/v1"},
                              {"metadata", std::move(metadata)},
                              {"items", std::move(items)}});
  return response;
}

Outcome<ApiResponse> ApiModel::watch(const ApiRequest& request, const Target& target) {
  const ServedResource& resource = *target.resource;
  auto selection = read_selection(request, resource);
  if (!selection) return refuse(selection.error());
  ModelWatch::Options options;
  options.namespace_ = target.namespace_;
  options.labels = std::move(selection->labels);
  options.fields = std::move(selection->fields);
  options.bookmarks =
      query_value(request, "allowWatchBookmarks") == "true" || query_value(request, "allowWatchBookmarks") == "1";
  options.metadata_only = target.form == Target::Form::metadata;
  if (const std::string_view text = query_value(request, "timeoutSeconds"); !text.empty()) {
    const auto seconds = parse_number(text, "ParseInt");
    if (!seconds) return refuse(seconds.error());
    if (*seconds > 0) options.deadline = m_clock.monotonic() + std::chrono::seconds(*seconds);
  }
  const std::string_view text = query_value(request, "resourceVersion");
  std::int64_t version = 0;
  if (!text.empty()) {
    const auto number = parse_number(text, "ParseUint");
    if (!number) {
      return refuse(Failure{
          .code = 500,
          .reason = {},
          .message = "resourceVersion: Invalid value: \"" + std::string(text) + "\": " + number.error().message});
    }
    version = *number;
  }
  const bool send_initial = query_value(request, "sendInitialEvents") == "true";
  const std::string_view match = query_value(request, "resourceVersionMatch");
  if (send_initial && match != "NotOlderThan") {
    return refuse(make_invalid("meta.k8s.io", "ListOptions", "",
                               {{FieldError::Kind::forbidden,
                                 "resourceVersionMatch",
                                 {},
                                 "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"}}));
  }
  if (!match.empty() && query_value(request, "sendInitialEvents").empty()) {
    return refuse(make_invalid("meta.k8s.io", "ListOptions", "",
                               {{FieldError::Kind::forbidden,
                                 "resourceVersionMatch",
                                 {},
                                 "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"}}));
  }
  if (version > m_store.version()) return refuse(too_large_version(version, m_store.version()));
  const bool initial = send_initial || version == 0;
  options.end_of_initial_events = send_initial && options.bookmarks;
  const LabelSelector labels = options.labels;
  const FieldSelector fields = options.fields;
  auto stream =
      std::make_shared<ModelWatch>(*this, resource, initial ? m_store.version() : version, std::move(options));
  if (initial) {
    for (const Value& object : m_store.list(resource.storage_key(), target.namespace_)) {
      if (!labels.matches(object) || !fields.matches(object)) continue;
      stream->add_initial(Value::map({{"type", "ADDED"}, {"object", present(resource, object, target.form)}}));
    }
  }
  ApiResponse response;
  response.watch = std::move(stream);
  return response;
}

}  // namespace reconciled::sandbox
