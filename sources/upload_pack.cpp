#include "sources/upload_pack.h"

#include <algorithm>
#include <utility>

namespace reconciled {
namespace {

constexpr std::string_view k_agent = "agent=reconciled";
constexpr std::size_t k_max_refs = 1'000'000;
constexpr std::size_t k_max_message = 300;

std::string clean(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= 0x20) text.remove_suffix(1);
  std::string result(text.substr(0, k_max_message));
  std::ranges::replace_if(result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return result;
}

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorKind::source_integrity, "the server's " + std::string(what) + " is malformed");
}

/// What a server's own words ("ERR ...", the error band) say.
Error server_error(std::string_view text) {
  const std::string message = clean(text);
  const auto says = [&](std::string_view words) { return message.find(words) != std::string::npos; };
  ErrorKind kind = ErrorKind::source_transient;
  if (says("not our ref") || says("not found") || says("does not exist") || says("no such ") || says("unadvertised")) {
    kind = ErrorKind::source_missing;
  }
  if (says("denied") || says("not authorized") || says("Authentication") || says("access rights"))
    kind = ErrorKind::source_auth;
  return Error(kind, "the server refuses: " + message);
}

/// The next packet, where a server's error is an error.
Result<Packet> next_packet(PacketReader& reader) {
  TRY_ASSIGN(const Packet packet, reader.next());
  if (packet.kind == Packet::Kind::data && packet.data.starts_with("ERR "))
    return fail(server_error(packet.data.substr(4)));
  return packet;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// "ID NAME[ symref-target:NAME][ peeled:ID]"; a name that is none we would ever ask for is left out (false).
Result<bool> read_ref_line(std::string_view line, RemoteRef& ref) {
  const auto words = split_words(line);
  if (words.size() >= 2 && words[0] == "unborn") return false;
  if (words.size() < 2 || !is_object_id(words[0])) return malformed("list of refs");
  ref.id = words[0];
  ref.name = words[1];
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word.starts_with("symref-target:") && is_ref_name(word.substr(14))) ref.symref_target = word.substr(14);
    if (word.starts_with("peeled:")) ref.peeled = word.substr(7);
  }
  if (!ref.peeled.empty() && !is_object_id(ref.peeled)) return malformed("list of refs");
  return is_ref_name(ref.name);
}

bool wanted(const RemoteRef& ref, const std::vector<std::string>& names) {
  if (!names.empty()) return std::ranges::find(names, ref.name) != names.end();
  return ref.name == "HEAD" || ref.name.starts_with("refs/heads/") || ref.name.starts_with("refs/tags/");
}

}  // namespace

Result<UploadPack> UploadPack::connect(GitChannel& channel, std::uint64_t max_ref_bytes) {
  UploadPack connection(channel, max_ref_bytes);
  TRY_ASSIGN(ByteStream* const stream, channel.greet());
  connection.m_reader = std::make_unique<PacketReader>(*stream);
  TRY(connection.read_greeting());
  return connection;
}

bool UploadPack::has_capability(std::string_view name) const {
  return std::ranges::any_of(m_capabilities, [&](const std::string& capability) {
    return capability == name || (capability.starts_with(name) && capability[name.size()] == '=');
  });
}

Status UploadPack::read_greeting() {
  TRY_ASSIGN(Packet packet, next_packet(*m_reader));
  // Over HTTP a version 0 answer begins with the service's name, and some servers say it in version 2, too.
  if (packet.kind == Packet::Kind::data && packet.data.starts_with("# service=")) {
    TRY_ASSIGN(packet, next_packet(*m_reader));
    if (packet.kind != Packet::Kind::flush) return malformed("greeting");
    TRY_ASSIGN(packet, next_packet(*m_reader));
  }
  if (packet.kind == Packet::Kind::data && packet.line() == "version 1") {
    TRY_ASSIGN(packet, next_packet(*m_reader));
  }
  m_version = packet.kind == Packet::Kind::data && packet.line() == "version 2" ? 2 : 0;
  std::uint64_t bytes = 0;
  bool first = true;
  while (packet.kind == Packet::Kind::data) {
    bytes += packet.data.size() + 4;
    if (bytes > m_max_ref_bytes || m_advertised.size() > k_max_refs) {
      return fail(ErrorKind::limit, "the server's list of refs is larger than allowed");
    }
    if (m_version == 2 && !first) m_capabilities.emplace_back(packet.line());
    if (m_version == 0 && first) TRY(read_first_ref(packet.line()));
    if (m_version == 0 && !first) TRY(add_advertised(packet.line()));
    first = false;
    TRY_ASSIGN(packet, next_packet(*m_reader));
  }
  if (packet.kind == Packet::Kind::end) return fail(ErrorKind::source_transient, "the server's answer ends early");
  if (packet.kind != Packet::Kind::flush) return malformed("greeting");
  // Older versions of git say nothing but this for a repository without commits.
  if (first) return {};
  if (m_version == 2 && !has_capability("ls-refs")) return malformed("list of capabilities");
  for (const auto& capability : m_capabilities) {
    if (capability.starts_with("object-format=") && capability != "object-format=sha1") {
      return fail(ErrorKind::source_integrity, "the repository uses SHA-256 objects, which are not supported");
    }
  }
  return {};
}

Status UploadPack::read_first_ref(std::string_view line) {
  const std::size_t zero = line.find('\0');
  if (zero == std::string_view::npos) return malformed("list of refs");
  m_capabilities = split_words(line.substr(zero + 1));
  if (line.substr(0, zero).ends_with(" capabilities^{}")) return {};
  return add_advertised(line.substr(0, zero));
}

Status UploadPack::add_advertised(std::string_view line) {
  if (line.starts_with("shallow ")) return {};
  if (line.ends_with("^{}")) {
    line.remove_suffix(3);
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_object_id(line.substr(0, space))) return malformed("list of refs");
    if (!m_advertised.empty() && m_advertised.back().name == line.substr(space + 1))
      m_advertised.back().peeled = line.substr(0, space);
    return {};
  }
  RemoteRef ref;
  TRY_ASSIGN(const bool usable, read_ref_line(line, ref));
  if (!usable) return {};
  for (const auto& capability : m_capabilities) {
    if (ref.name == "HEAD" && capability.starts_with("symref=HEAD:") &&
        is_ref_name(std::string_view(capability).substr(12))) {
      ref.symref_target = capability.substr(12);
    }
  }
  m_advertised.push_back(std::move(ref));
  return {};
}

Result<PacketReader*> UploadPack::send(std::string_view request) {
  TRY_ASSIGN(ByteStream* const stream, m_channel->exchange(request));
  if (m_channel->session() == GitChannel::Session::stateless) m_reader = std::make_unique<PacketReader>(*stream);
  return m_reader.get();
}

Result<std::vector<RemoteRef>> UploadPack::list_refs(const std::vector<std::string>& names) {
  if (m_version == 2) return list_refs_v2(names);
  std::vector<RemoteRef> refs;
  std::ranges::copy_if(m_advertised, std::back_inserter(refs),
                       [&](const RemoteRef& ref) { return wanted(ref, names); });
  return refs;
}

Result<std::vector<RemoteRef>> UploadPack::list_refs_v2(const std::vector<std::string>& names) {
  std::string request;
  append_packet(request, "command=ls-refs\n");
  if (has_capability("agent")) append_packet(request, k_agent);
  if (has_capability("object-format")) append_packet(request, "object-format=sha1");
  request += k_delimiter_packet;
  append_packet(request, "peel\n");
  append_packet(request, "symrefs\n");
  const std::vector<std::string> all{"HEAD", "refs/heads/", "refs/tags/"};
  for (const auto& name : names.empty() ? all : names) append_packet(request, "ref-prefix " + name + '\n');
  request += k_flush_packet;
  TRY_ASSIGN(PacketReader* const reader, send(request));
  std::vector<RemoteRef> refs;
  std::uint64_t bytes = 0;
  while (true) {
    TRY_ASSIGN(const Packet packet, next_packet(*reader));
    if (packet.kind == Packet::Kind::flush) return refs;
    if (packet.kind == Packet::Kind::end)
      return fail(ErrorKind::source_transient, "the server's list of refs ends early");
    if (packet.kind != Packet::Kind::data) return malformed("list of refs");
    bytes += packet.data.size() + 4;
    if (bytes > m_max_ref_bytes || refs.size() > k_max_refs)
      return fail(ErrorKind::limit, "the server's list of refs is larger than allowed");
    RemoteRef ref;
    TRY_ASSIGN(const bool usable, read_ref_line(packet.line(), ref));
    if (usable && wanted(ref, names)) refs.push_back(std::move(ref));
  }
}

std::string UploadPack::fetch_request_v2(const std::string& want, const std::vector<std::string>& haves) const {
  std::string request;
  append_packet(request, "command=fetch\n");
  if (has_capability("agent")) append_packet(request, k_agent);
  if (has_capability("object-format")) append_packet(request, "object-format=sha1");
  request += k_delimiter_packet;
  if (!haves.empty()) append_packet(request, "thin-pack\n");
  append_packet(request, "no-progress\n");
  append_packet(request, "ofs-delta\n");
  append_packet(request, "want " + want + '\n');
  for (const auto& have : haves) append_packet(request, "have " + have + '\n');
  append_packet(request, "done\n");
  request += k_flush_packet;
  return request;
}

std::string UploadPack::fetch_request_v0(const std::string& want, const std::vector<std::string>& haves) const {
  std::string line = "want " + want + " side-band-64k";
  for (const std::string_view capability : {"multi_ack_detailed", "ofs-delta", "no-progress", "thin-pack"}) {
    if (capability == "thin-pack" && haves.empty()) continue;
    if (has_capability(capability)) line += ' ' + std::string(capability);
  }
  if (has_capability("agent")) line += ' ' + std::string(k_agent);
  std::string request;
  append_packet(request, line + '\n');
  request += k_flush_packet;
  for (const auto& have : haves) append_packet(request, "have " + have + '\n');
  append_packet(request, "done\n");
  return request;
}

Status UploadPack::fetch(const std::string& want, const std::vector<std::string>& haves,
                         const std::function<Status(std::string_view)>& sink) {
  if (m_version == 0 && !has_capability("side-band-64k")) {
    return fail(ErrorKind::source_integrity, "the server does not know side-band-64k, which every Git since 2006 does");
  }
  TRY_ASSIGN(PacketReader* const reader,
             send(m_version == 2 ? fetch_request_v2(want, haves) : fetch_request_v0(want, haves)));
  while (true) {
    TRY_ASSIGN(const Packet packet, next_packet(*reader));
    if (packet.kind == Packet::Kind::end)
      return fail(ErrorKind::source_transient, "the server's answer ends before the pack");
    if (packet.kind != Packet::Kind::data) continue;
    if (m_version == 2 && packet.line() == "packfile") break;
    // In version 0 the last of these lines is the one after which the pack begins.
    if (m_version == 0 && (packet.line() == "NAK" || (packet.data.starts_with("ACK ") && packet.line().size() == 44)))
      break;
  }
  return receive_pack(*reader, sink);
}

Status UploadPack::receive_pack(PacketReader& reader, const std::function<Status(std::string_view)>& sink) {
  while (true) {
    TRY_ASSIGN(const Packet packet, next_packet(reader));
    if (packet.kind == Packet::Kind::flush) return {};
    if (packet.kind == Packet::Kind::end)
      return fail(ErrorKind::source_transient, "the pack ends early: the connection was cut");
    if (packet.kind != Packet::Kind::data || packet.data.empty()) return malformed("pack");
    const char band = packet.data.front();
    if (band == 1) {
      TRY(sink(packet.data.substr(1)));
    } else if (band == 3) {
      return fail(server_error(packet.data.substr(1)));
    } else if (band != 2 && !(m_version == 0 && (packet.data.starts_with("ACK ") || packet.line() == "NAK"))) {
      return malformed("pack");
    }
  }
}

}  // namespace reconciled
