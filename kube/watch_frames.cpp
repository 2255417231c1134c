#include "kube/watch_frames.h"

#include "kube/api_answer.h"
#include "kube/api_request.h"

namespace reconciled {

namespace {

Error broken_event(const Call& call, std::string why) {
  return Error(ErrorKind::api_transient, "the watch sent no event: " + std::move(why)).in(describe_call(call));
}

}  // namespace

Status WatchFrames::take(std::string_view bytes, const std::function<void(WatchEvent)>& deliver) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (m_partial.size() + piece.size() > m_max_bytes) {
      return fail(
          Error(ErrorKind::limit, "one event of the watch is larger than " + std::to_string(m_max_bytes) + " bytes")
              .in(describe_call(m_call)));
    }
    if (end == std::string_view::npos) {
      m_partial += piece;
      return {};
    }
    bytes.remove_prefix(end + 1);
    if (m_partial.empty()) {
      TRY(take_line(piece, deliver));
      continue;
    }
    m_partial += piece;
    const std::string line = std::move(m_partial);
    m_partial.clear();
    TRY(take_line(line, deliver));
  }
  return {};
}

Status WatchFrames::finish() const {
  if (m_partial.find_first_not_of(" \t\r") == std::string::npos) return {};
  return fail(broken_event(m_call, "the connection was cut inside one"));
}

Status WatchFrames::take_line(std::string_view line, const std::function<void(WatchEvent)>& deliver) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  auto event = parse_body(line, m_max_bytes);
  if (!event) return fail(std::move(event).error().in(describe_call(m_call)));
  const std::string_view type = (*event)["type"].as_string();
  const Value& object = (*event)["object"];
  if (!object.is_map()) return fail(broken_event(m_call, "it has no object"));
  if (type == "ERROR") return fail(make_status_error(m_call, object, 500));
  WatchEvent out{m_call.id, WatchEvent::Kind::bookmark, Value()};
  if (type == "ADDED") {
    out.kind = WatchEvent::Kind::added;
  } else if (type == "MODIFIED") {
    out.kind = WatchEvent::Kind::modified;
  } else if (type == "DELETED") {
    out.kind = WatchEvent::Kind::deleted;
  } else if (type != "BOOKMARK") {
    return fail(broken_event(m_call, "its type is unknown"));
  }
  const Value& metadata = object["metadata"];
  const bool named = out.kind == WatchEvent::Kind::bookmark || !metadata["name"].as_string().empty();
  if (!named || metadata["resourceVersion"].as_string().empty()) {
    return fail(broken_event(m_call, "its object has no name or resourceVersion"));
  }
  out.object = with_type(object, m_call);
  deliver(std::move(out));
  return {};
}

}  // namespace reconciled
