// The client's side of git-upload-pack: listing refs and fetching a pack, in protocol version 2 or 0.
#pragma once

#include "base/result.h"
#include "sources/git_ref.h"
#include "sources/pkt_line.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// A way to one repository's git-upload-pack. Deadlines and limits are its maker's; errors name the server, not
/// secrets.
class GitChannel {
 public:
  enum class Session : bool {
    stateless,  ///< each exchange is a request of its own (HTTP)
    stateful    ///< one conversation (SSH)
  };
  virtual ~GitChannel() = default;
  [[nodiscard]] virtual Session session() const = 0;
  /// What the server says first, having been asked for protocol version 2. Valid until the next call.
  virtual Result<ByteStream*> greet() = 0;
  /// Sends a request and gives its answer; of a stateful session always the same stream. Valid until the next call.
  virtual Result<ByteStream*> exchange(std::string_view request) = 0;
};

class UploadPack {
 public:
  /// Greets the server. The channel must outlive it.
  static Result<UploadPack> connect(GitChannel& channel, std::uint64_t max_ref_bytes);

  /// The refs of these names that exist; all branches, tags and HEAD for an empty list.
  Result<std::vector<RemoteRef>> list_refs(const std::vector<std::string>& names);

  /// Asks for a commit or tag object with its history, without what the commits in `haves` already bring. The pack may
  /// be thin when there are haves. `sink` gets the pack's bytes; its error ends the fetch. ErrorKind::source_missing
  /// when the server does not give `want`.
  Status fetch(const std::string& want, const std::vector<std::string>& haves,
               const std::function<Status(std::string_view pack_bytes)>& sink);

 private:
  explicit UploadPack(GitChannel& channel, std::uint64_t max_ref_bytes)
      : m_channel(&channel), m_max_ref_bytes(max_ref_bytes) {}
  Status read_greeting();
  Status read_first_ref(std::string_view line);
  Status add_advertised(std::string_view line);
  Result<PacketReader*> send(std::string_view request);
  [[nodiscard]] bool has_capability(std::string_view name) const;
  Result<std::vector<RemoteRef>> list_refs_v2(const std::vector<std::string>& names);
  [[nodiscard]] std::string fetch_request_v2(const std::string& want, const std::vector<std::string>& haves) const;
  [[nodiscard]] std::string fetch_request_v0(const std::string& want, const std::vector<std::string>& haves) const;
  Status receive_pack(PacketReader& reader, const std::function<Status(std::string_view)>& sink);

  GitChannel* m_channel;
  std::uint64_t m_max_ref_bytes;
  int m_version = 0;
  std::vector<std::string> m_capabilities;
  std::vector<RemoteRef> m_advertised;     // of version 0
  std::unique_ptr<PacketReader> m_reader;  // of the current answer, or of the whole stateful session
};

}  // namespace reconciled
