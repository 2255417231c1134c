// What a Git server says: greeting, list of refs and pack answer. Never crashes; refs that come out are well-formed.
#include "sources/upload_pack.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

namespace {

/// Everything the server says is one text; an exchange goes on where the last answer ended.
class FuzzedChannel final : public GitChannel, private ByteStream {
 public:
  explicit FuzzedChannel(std::string_view text) : m_text(text) {}
  [[nodiscard]] Session session() const override { return Session::stateful; }
  Result<ByteStream*> greet() override { return static_cast<ByteStream*>(this); }
  Result<ByteStream*> exchange(std::string_view) override { return static_cast<ByteStream*>(this); }

 private:
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, m_text.size(), std::size_t{97}});
    m_text.copy(buffer, count);
    m_text.remove_prefix(count);
    return count;
  }
  std::string_view m_text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedChannel channel(std::string_view(reinterpret_cast<const char*>(data), size));
  auto server = UploadPack::connect(channel, 1 << 20);
  if (!server) return 0;
  const auto refs = server->list_refs({});
  if (!refs) return 0;
  for (const auto& ref : *refs) {
    const bool sound = is_ref_name(ref.name) && is_object_id(ref.id) &&
                       (ref.peeled.empty() || is_object_id(ref.peeled)) &&
                       (ref.symref_target.empty() || is_ref_name(ref.symref_target));
    if (!sound) std::abort();
  }
  std::size_t bytes = 0;
  const auto fetched =
      server->fetch(std::string(40, 'a'), {std::string(40, 'b')}, [&](std::string_view part) -> Status {
        bytes += part.size();
        return {};
      });
  if (bytes > size || (fetched && bytes == 0 && size == 0)) std::abort();
  return 0;
}
