#include "kube/api_request.h"

#include "base/json.h"

namespace reconciled {

namespace {

constexpr std::string_view k_json = "application/json";
constexpr std::string_view k_metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view k_metadata_list =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

bool needs_name(Verb verb) {
  return verb == Verb::get || verb == Verb::apply || verb == Verb::merge_patch || verb == Verb::remove;
}

bool is_segment(std::string_view text) {
  return text != "." && text != ".." && text.find_first_of("/%") == std::string_view::npos;
}

class Query {
 public:
  void add(std::string_view key, std::string_view value) {
    m_text += m_text.empty() ? '?' : '&';
    m_text += key;
    m_text += '=';
    m_text += escape_url(value);
  }
  void add_unless_empty(std::string_view key, std::string_view value) {
    if (!value.empty()) add(key, value);
  }
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

void add_write_options(Query& query, const Call& call) {
  query.add_unless_empty("fieldManager", call.field_manager);
  if (call.verb == Verb::apply) query.add("force", call.force == Force::yes ? "true" : "false");
  if (call.dry_run == DryRun::yes) query.add("dryRun", "All");
  query.add("fieldValidation", "Warn");
}

std::string make_delete_options(const Call& call) {
  Value options = Value::map({{"kind", "DeleteOptions"}, {"apiVersion", "v1"}});
  options.set("preconditions", Value::map({{"uid", call.uid}, {"resourceVersion", call.resource_version}}));
  if (!call.propagation.empty()) options.set("propagationPolicy", call.propagation);
  if (call.dry_run == DryRun::yes) options.set("dryRun", Value::list({Value("All")}));
  return format_json(options);
}

void add_list_options(Query& query, const Call& call, const RequestLimits& limits, std::string_view continue_token) {
  query.add("limit", std::to_string(call.limit != 0 ? call.limit : limits.page_size));
  query.add_unless_empty("labelSelector", call.label_selector);
  query.add_unless_empty("fieldSelector", call.field_selector);
  if (!continue_token.empty()) {
    query.add("continue", continue_token);
  } else if (!call.resource_version.empty()) {
    query.add("resourceVersion", call.resource_version);
    query.add("resourceVersionMatch", call.resource_version == "0" ? "NotOlderThan" : "Exact");
  }
}

void add_watch_options(Query& query, const Call& call) {
  query.add("watch", "true");
  query.add("allowWatchBookmarks", "true");
  query.add("timeoutSeconds", std::to_string(watch_length(call).count()));
  query.add_unless_empty("labelSelector", call.label_selector);
  query.add_unless_empty("fieldSelector", call.field_selector);
  query.add_unless_empty("resourceVersion", call.resource_version);
}

}  // namespace

std::string escape_url(std::string_view text) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += k_hex[byte >> 4];
    escaped += k_hex[byte & 15];
  }
  return escaped;
}

std::string describe_call(const Call& call) {
  std::string text(name_of(call.verb));
  if (call.verb == Verb::discover) return text + " the API";
  text += " " + call.type.gvk.kind;
  if (call.namespace_.empty() && call.name.empty()) return text;
  text += " ";
  if (!call.namespace_.empty()) text += call.namespace_;
  if (!call.namespace_.empty() && !call.name.empty()) text += "/";
  return text + call.name;
}

Status check_call(const Call& call) {
  if (call.verb == Verb::discover) return {};
  const auto refuse = [&](ErrorKind kind, std::string why) -> Status {
    return fail(Error(kind, std::move(why)).in(describe_call(call)));
  };
  if (call.type.plural.empty() || call.type.gvk.version.empty()) {
    return refuse(ErrorKind::internal, "the call names no resource type");
  }
  for (const std::string* part : {&call.type.gvk.group, &call.type.gvk.version, &call.type.plural, &call.namespace_,
                                  &call.name, &call.subresource}) {
    if (!is_segment(*part)) return refuse(ErrorKind::api_rejected, "\"" + *part + "\" cannot be a part of a path");
  }
  if (needs_name(call.verb) && call.name.empty()) return refuse(ErrorKind::internal, "the call names no object");
  const bool one = needs_name(call.verb) || call.verb == Verb::create;
  if (one && call.type.scope == ObjectScope::namespaced && call.namespace_.empty()) {
    return refuse(ErrorKind::internal, "the call names no namespace for an object that lives in one");
  }
  if (call.verb == Verb::create && !call.subresource.empty() && call.name.empty()) {
    return refuse(ErrorKind::internal, "the call names no object");
  }
  if (!call.continue_token.empty() && (call.verb != Verb::list || call.limit == 0)) {
    return refuse(ErrorKind::internal, "only a list in pages goes on from a page");
  }
  if (call.verb == Verb::remove && (call.uid.empty() || call.resource_version.empty())) {
    return refuse(ErrorKind::internal, std::string("a delete needs a precondition on the ") +
                                           (call.uid.empty() ? "uid" : "resourceVersion") + ", this one has none");
  }
  return {};
}

std::string make_path(const Call& call) {
  const GroupVersionKind& gvk = call.type.gvk;
  std::string path = gvk.group.empty() ? "/api/" : "/apis/" + escape_url(gvk.group) + "/";
  path += escape_url(gvk.version);
  if (call.type.scope == ObjectScope::namespaced && !call.namespace_.empty()) {
    path += "/namespaces/" + escape_url(call.namespace_);
  }
  path += "/" + escape_url(call.type.plural);
  const bool create = call.verb == Verb::create && call.subresource.empty();
  const bool collection = call.verb == Verb::list || call.verb == Verb::watch || create;
  if (collection) return path;
  path += "/" + escape_url(call.name);
  if (!call.subresource.empty()) path += "/" + escape_url(call.subresource);
  return path;
}

HttpRequest make_request(const Call& call, const RequestLimits& limits, std::string_view continue_token) {
  HttpRequest request;
  request.max_bytes = limits.max_answer_bytes;
  request.accept = k_json;
  const bool metadata = call.representation == Representation::metadata;
  Query query;
  switch (call.verb) {
    case Verb::discover: break;
    case Verb::get:
      if (metadata) request.accept = k_metadata;
      break;
    case Verb::list:
      if (metadata) request.accept = k_metadata_list;
      request.max_bytes = limits.max_list_bytes;
      add_list_options(query, call, limits, continue_token.empty() ? call.continue_token : continue_token);
      break;
    case Verb::watch:
      if (metadata) request.accept = k_metadata;
      add_watch_options(query, call);
      break;
    case Verb::create:
      if (metadata) request.accept = k_metadata;
      request.method = HttpMethod::post;
      request.content_type = k_json;
      break;
    case Verb::apply:
      request.method = HttpMethod::patch;
      request.content_type = "application/apply-patch+yaml";
      break;
    case Verb::merge_patch:
      if (metadata) request.accept = k_metadata;
      request.method = HttpMethod::patch;
      request.content_type = "application/merge-patch+json";
      break;
    case Verb::remove:
      request.method = HttpMethod::delete_;
      request.content_type = k_json;
      request.body = make_delete_options(call);
      break;
  }
  if (call.verb == Verb::create || call.verb == Verb::apply || call.verb == Verb::merge_patch) {
    add_write_options(query, call);
    append_json(request.body, call.body);
  }
  request.target = make_path(call) + query.text();
  return request;
}

}  // namespace reconciled
