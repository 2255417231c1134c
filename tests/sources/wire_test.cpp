#include "sources/upload_pack.h"
#include "tests/sources/support.h"

#include <deque>

using namespace reconciled;

namespace {

const std::string k_a(40, 'a');
const std::string k_b(40, 'b');

/// Gives a text in pieces of a size.
class TextStream final : public ByteStream {
 public:
  TextStream(std::string text, std::size_t piece) : m_text(std::move(text)), m_piece(piece) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, m_piece, m_text.size() - m_begin});
    m_text.copy(buffer, count, m_begin);
    m_begin += count;
    return count;
  }

 private:
  std::string m_text;
  std::size_t m_piece;
  std::size_t m_begin = 0;
};

/// A server that says prepared things.
class ScriptedChannel final : public GitChannel {
 public:
  ScriptedChannel(std::string greeting, std::deque<std::string> answers)
      : m_greeting(std::move(greeting)), m_answers(std::move(answers)) {}
  [[nodiscard]] Session session() const override { return Session::stateless; }
  Result<ByteStream*> greet() override { return say(m_greeting); }
  Result<ByteStream*> exchange(std::string_view request) override {
    requests.emplace_back(request);
    std::string answer = m_answers.front();
    m_answers.pop_front();
    return say(std::move(answer));
  }
  std::vector<std::string> requests;

 private:
  ByteStream* say(std::string text) {
    m_streams.push_back(std::make_unique<TextStream>(std::move(text), 7));
    return m_streams.back().get();
  }
  std::string m_greeting;
  std::deque<std::string> m_answers;
  std::vector<std::unique_ptr<TextStream>> m_streams;
};

std::string packets(const std::vector<std::string>& lines, std::string_view end = k_flush_packet) {
  std::string text;
  for (const auto& line : lines) append_packet(text, line);
  return text + std::string(end);
}
const std::string k_version_2 =
    packets({"version 2\n", "agent=test\n", "ls-refs=unborn\n", "fetch=shallow\n", "object-format=sha1\n"});
std::string version_0(const std::string& capabilities) {
  return packets({"# service=git-upload-pack\n"}) +
         packets({k_a + " HEAD" + std::string(1, '\0') + capabilities + "\n", k_a + " refs/heads/main\n",
                  k_b + " refs/tags/v1\n", k_a + " refs/tags/v1^{}\n"});
}
const std::string k_usual =
    " multi_ack thin-pack side-band-64k ofs-delta multi_ack_detailed no-progress symref=HEAD:refs/heads/main agent=x";
constexpr std::uint64_t k_max = 1 << 20;

Error connect_error(std::string greeting) {
  ScriptedChannel channel(std::move(greeting), {});
  return error_of(UploadPack::connect(channel, k_max));
}

}  // namespace

TEST_CASE("packets survive any cut of the stream") {
  for (std::size_t piece = 1; piece < 20; ++piece) {
    TextStream stream(packets({"hello\n", "", std::string(1000, 'x')}), piece);
    PacketReader reader(stream);
    CHECK(take(reader.next()).line() == "hello");
    CHECK(take(reader.next()).data.empty());
    CHECK(take(reader.next()).data.size() == 1000);
    CHECK(take(reader.next()).kind == Packet::Kind::flush);
    CHECK(take(reader.next()).kind == Packet::Kind::end);
  }
}

TEST_CASE("what is no packet is named") {
  const auto error = [](const char* text) {
    TextStream stream(text, 100);
    PacketReader reader(stream);
    return error_of(reader.next());
  };
  CHECK(says(error("<!DOCTYPE html><html>"), "web page"));
  CHECK(error("hello").kind == ErrorKind::source_integrity);
  CHECK(error("0003").kind == ErrorKind::source_integrity);
  CHECK(error("ffff").kind == ErrorKind::source_integrity);
  CHECK(error("-001").kind == ErrorKind::source_integrity);
  CHECK(error("").kind == ErrorKind::source_integrity);
  CHECK(error("00").kind == ErrorKind::source_transient);
  CHECK(error("0009ab").kind == ErrorKind::source_transient);
}

TEST_CASE("version 2 asks only for the refs it needs") {
  ScriptedChannel channel(k_version_2,
                          {packets({k_a + " HEAD symref-target:refs/heads/main\n", k_b + " refs/heads/main-2\n",
                                    k_b + " refs/tags/v1 peeled:" + k_a + "\n", k_b + " refs/heads/../x\n"})});
  UploadPack server = take(UploadPack::connect(channel, k_max));
  const auto refs = take(server.list_refs({"HEAD", "refs/tags/v1"}));
  REQUIRE(refs.size() == 2);
  CHECK(refs[0] == RemoteRef{.name = "HEAD", .id = k_a, .symref_target = "refs/heads/main"});
  CHECK(refs[1] == RemoteRef{.name = "refs/tags/v1", .id = k_b, .peeled = k_a});
  CHECK(channel.requests[0].find("ref-prefix refs/tags/v1\n") != std::string::npos);
}

TEST_CASE("version 0 lists everything and is filtered here") {
  ScriptedChannel channel(version_0(k_usual), {});
  UploadPack server = take(UploadPack::connect(channel, k_max));
  const auto refs = take(server.list_refs({"HEAD", "refs/tags/v1"}));
  REQUIRE(refs.size() == 2);
  CHECK(refs[0].symref_target == "refs/heads/main");
  CHECK(refs[1] == RemoteRef{.name = "refs/tags/v1", .id = k_b, .peeled = k_a});
  CHECK(take(server.list_refs({})).size() == 3);
}

TEST_CASE("a pack comes out of the side band in both versions") {
  const std::string band = std::string(1, '\1');
  const std::string progress = std::string(1, '\2') + "counting";
  for (const int version : {0, 2}) {
    CAPTURE(version);
    const std::string answer =
        version == 2
            ? packets({"packfile\n", progress, band + "PACK", band + "rest"})
            : packets({"ACK " + k_b + " common\n", "ACK " + k_b + "\n", band + "PACK", progress, band + "rest"});
    ScriptedChannel channel(version == 2 ? k_version_2 : version_0(k_usual), {answer});
    UploadPack server = take(UploadPack::connect(channel, k_max));
    std::string pack;
    check_ok(server.fetch(k_a, {k_b}, [&](std::string_view bytes) -> Status {
      pack += bytes;
      return {};
    }));
    CHECK(pack == "PACKrest");
    CHECK(channel.requests[0].find("want " + k_a) != std::string::npos);
    CHECK(channel.requests[0].find("have " + k_b + "\n") != std::string::npos);
    CHECK(channel.requests[0].find("thin-pack") != std::string::npos);
  }
}

TEST_CASE("a fetch that goes wrong says how") {
  const auto fetch_error = [](const std::string& answer) {
    ScriptedChannel channel(k_version_2, {answer});
    UploadPack server = take(UploadPack::connect(channel, k_max));
    return error_of(server.fetch(k_a, {}, [](std::string_view) -> Status { return {}; }));
  };
  CHECK(fetch_error(packets({"ERR upload-pack: not our ref " + k_a}, "")).kind == ErrorKind::source_missing);
  CHECK(fetch_error(packets({"ERR access denied or repository not exported"}, "")).kind == ErrorKind::source_auth);
  CHECK(fetch_error(packets({"packfile\n", std::string(1, '\3') + "out of memory\n"}, "")).kind ==
        ErrorKind::source_transient);
  CHECK(says(fetch_error(packets({"packfile\n", std::string(1, '\1') + "PACK"}, "")), "cut"));
  CHECK(fetch_error(packets({"packfile\n", "\x07what"})).kind == ErrorKind::source_integrity);
  CHECK(fetch_error("<html>").kind == ErrorKind::source_integrity);
  CHECK(fetch_error("0000").kind == ErrorKind::source_transient);
  ScriptedChannel old(version_0(" ofs-delta"), {});
  UploadPack server = take(UploadPack::connect(old, k_max));
  CHECK(says(error_of(server.fetch(k_a, {}, [](std::string_view) -> Status { return {}; })), "side-band-64k"));
}

TEST_CASE("greetings that lie are refused") {
  CHECK(connect_error("<html>").kind == ErrorKind::source_integrity);
  CHECK(connect_error(packets({"version 2\n", "agent=x\n"})).kind == ErrorKind::source_integrity);
  CHECK(connect_error(packets({"version 2\n", "ls-refs\n", "object-format=sha256\n"})).kind ==
        ErrorKind::source_integrity);
  CHECK(connect_error(packets({"nonsense\n"})).kind == ErrorKind::source_integrity);
  CHECK(connect_error(packets({"version 2\n"}, "")).kind == ErrorKind::source_transient);
  CHECK(connect_error(packets({std::string("zz HEAD") + '\0' + "side-band-64k\n"})).kind ==
        ErrorKind::source_integrity);
  CHECK(connect_error(packets({"ERR repository not found"})).kind == ErrorKind::source_missing);
  ScriptedChannel channel(version_0(k_usual), {});
  CHECK(error_of(UploadPack::connect(channel, 100)).kind == ErrorKind::limit);
}

TEST_CASE("every way to say that there are no refs is understood") {
  for (const std::string& greeting :
       {packets({std::string(40, '0') + " capabilities^{}" + std::string(1, '\0') + k_usual + "\n"}),
        std::string("0000"), packets({"# service=git-upload-pack\n"}) + "0000"}) {
    CAPTURE(greeting);
    ScriptedChannel channel(greeting, {});
    UploadPack server = take(UploadPack::connect(channel, k_max));
    CHECK(take(server.list_refs({})).empty());
  }
}
