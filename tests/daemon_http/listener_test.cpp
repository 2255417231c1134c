#include "daemon/http/listener.h"

#include "tests/daemon_http/client.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace reconciled;
using namespace reconciled::test;
using namespace std::chrono_literals;

namespace {

/// A server with one listener that echoes, and one that takes no bodies.
struct Place {
  std::mutex mutex;
  std::vector<std::string> seen;  ///< "listener route status"; guarded by mutex
  std::unique_ptr<HttpServer> server;

  explicit Place(HttpLimits limits = {}, std::size_t max_connections = 64, std::size_t max_body = 1U << 20) {
    const Handler echo = [](const WebRequest& request) {
      std::string text =
          std::string(request.method) + " " + std::string(request.path) + "?" + std::string(request.query) + "\n";
      for (const auto& header : request.headers)
        text += std::string(header.name) + "=" + std::string(header.value) + "\n";
      return make_text_response(200, text + std::string(request.body));
    };
    const auto big = std::make_shared<const std::string>(1U << 20, 'x');
    std::vector<Route> routes{
        {"main", "POST", "/echo", echo},
        {"main", "GET", "/echo", echo},
        {"main", "GET", "/below/", echo},
        {"main", "GET", "/throw", [](const WebRequest&) -> WebResponse { throw std::runtime_error("secret text"); }},
        {"main", "GET", "/big",
         [big](const WebRequest&) {
           WebResponse response;
           response.body = big;
           return response;
         }},
        {"other", "GET", "/only-here", echo},
    };
    std::vector<ListenerOptions> listeners(2);
    listeners[0].name = "main";
    listeners[0].address = {"127.0.0.1", 0};
    listeners[0].max_connections = max_connections;
    listeners[0].max_body = max_body;
    listeners[1].name = "other";
    listeners[1].address = {"127.0.0.1", 0};
    auto started = HttpServer::start(
        listeners, routes, limits, [this](std::string_view listener, std::string_view route, int status) {
          const std::scoped_lock lock(mutex);
          seen.push_back(std::string(listener) + " " + std::string(route) + " " + std::to_string(status));
        });
    REQUIRE_MESSAGE(started.has_value(), format_error(started.error()));
    server = std::move(*started);
  }
  std::uint16_t port(std::size_t listener = 0) const { return server->listeners()[listener].address.port; }
  std::string last_seen() {
    const std::scoped_lock lock(mutex);
    return seen.empty() ? "" : seen.back();
  }
  int ask(std::string_view text, std::size_t listener = 0) { return Client(port(listener)).ask(text).status; }
  /// Whether all buffers come back; connections end in the server's own time.
  bool drained() const {
    for (int i = 0; i < 500 && server->buffered() != 0; ++i) std::this_thread::sleep_for(10ms);
    return server->buffered() == 0;
  }
};

std::string post(std::string_view body, std::string_view extra = "") {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(extra) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("a request reaches its handler as it was sent") {
  Place place;
  Client client(place.port());
  const Reply reply =
      client.ask("POST /echo?a=b%20c HTTP/1.1\r\nhOST: x\r\nX-Signature: sha256=1\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(reply.status == 200);
  CHECK(reply.body == "POST /echo?a=b%20c\nhOST=x\nX-Signature=sha256=1\nContent-Length=3\nabc");
  CHECK(reply.head.find("Content-Type: text/plain; charset=utf-8\r\n") != std::string::npos);
  CHECK(reply.head.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
  CHECK(place.last_seen() == "main /echo 200");
}

TEST_CASE("a connection is kept, and what is pipelined is answered in order") {
  Place place;
  Client client(place.port());
  std::string many;
  for (int i = 0; i < 50; ++i) many += post("body-" + std::to_string(i));
  many += "GET /below/x HTTP/1.1\r\n\r\n";
  client.send(many);
  for (int i = 0; i < 50; ++i) {
    const Reply reply = client.receive();
    CHECK(reply.status == 200);
    CHECK(reply.body.ends_with("\nbody-" + std::to_string(i)));
  }
  CHECK(client.receive().body.starts_with("GET /below/x?"));
}

TEST_CASE("one byte at a time is a request too") {
  Place place;
  Client client(place.port());
  for (const char c : post("slow body")) client.send(std::string_view(&c, 1));
  CHECK(client.receive().body.ends_with("slow body"));
}

TEST_CASE("paths and methods are those of the table") {
  Place place;
  CHECK(place.ask("GET /echo HTTP/1.1\r\n\r\n") == 200);
  CHECK(place.ask("GET /echo/ HTTP/1.1\r\n\r\n") == 404);
  CHECK(place.ask("GET /below HTTP/1.1\r\n\r\n") == 404);
  CHECK(place.ask("GET /only-here HTTP/1.1\r\n\r\n") == 404);
  CHECK(place.ask("GET /only-here HTTP/1.1\r\n\r\n", 1) == 200);
  CHECK(place.ask("GET http://host/echo?x HTTP/1.1\r\n\r\n") == 200);
  CHECK(place.ask("GET http://host HTTP/1.1\r\n\r\n") == 404);
  const Reply reply = Client(place.port()).ask("DELETE /echo HTTP/1.1\r\n\r\n");
  CHECK(reply.status == 405);
  CHECK(reply.head.find("Allow: POST, GET\r\n") != std::string::npos);
  CHECK(place.last_seen() == "main  405");
}

TEST_CASE("HEAD answers as GET without the body") {
  Place place;
  Client client(place.port());
  client.send("HEAD /big HTTP/1.1\r\n\r\n");
  const Reply reply = client.receive(true);
  CHECK(reply.status == 200);
  CHECK(reply.head.find("Content-Length: 1048576\r\n") != std::string::npos);
  CHECK(client.ask("GET /echo HTTP/1.1\r\n\r\n").body == "GET /echo?\n");
}

TEST_CASE("what is no HTTP ends with 400 and the connection") {
  Place place;
  for (const char* odd :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET /echo HTTP/9.9\r\n\r\n", "GET /echo HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /echo HTTP/1.1\r\nA: b\x01\r\n\r\n", "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "POST /echo HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "\x16\x03\x01\x02\x01\x01\x01\x01"}) {
    CAPTURE(odd);
    Client client(place.port());
    client.send(odd);
    ::shutdown(client.descriptor(), SHUT_WR);
    const int status = client.receive().status;
    CHECK((status == 400 || status == 0));
    CHECK(client.ended());
  }
  CHECK(place.drained());
}

TEST_CASE("two lengths that differ smuggle nothing") {
  Place place;
  for (const char* odd : {"POST /echo HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET "
                          "/echo HTTP/1.1\r\n\r\n",
                          "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET "
                          "/echo HTTP/1.1\r\n\r\n"}) {
    CAPTURE(odd);
    Client client(place.port());
    CHECK(client.ask(odd).status == 400);
    CHECK(client.ended());
  }
}

TEST_CASE("a body is bounded, by its length and in pieces") {
  Place place({}, 64, 1000);
  CHECK(place.ask(post(std::string(1000, 'a'))) == 200);
  CHECK(place.ask(post(std::string(1001, 'a'))) == 413);
  CHECK(place.ask("POST /echo HTTP/1.1\r\nContent-Length: 2147483648\r\n\r\n") == 413);
  CHECK(place.ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'a') +
                  "\r\n0\r\n\r\n") == 200);
  CHECK(place.ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + std::string(1000, 'a') +
                  "\r\n1\r\nb\r\n0\r\n\r\n") == 413);
  CHECK(place.ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n") == 413);
  CHECK(place.ask("GET /only-here HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 1) == 413);
  CHECK(place.drained());
}

TEST_CASE("the answer to a body that is too large is read although it is still being sent") {
  Place place({}, 64, 1000);
  Client client(place.port());
  client.send(post(std::string(3U << 20, 'a')));
  CHECK(client.receive().status == 413);
  CHECK(client.ended());
}

TEST_CASE("headers are bounded") {
  Place place;
  CHECK(place.ask("GET /echo HTTP/1.1\r\nA: " + std::string(15U << 10, 'a') + "\r\n\r\n") == 200);
  CHECK(place.ask("GET /echo HTTP/1.1\r\nA: " + std::string(20U << 10, 'a') + "\r\n\r\n") == 431);
  CHECK(place.ask("GET /" + std::string(1U << 20, 'a') + " HTTP/1.1\r\n\r\n") == 431);
  std::string many = "GET /echo HTTP/1.1\r\n";
  for (int i = 0; i < 100'000; ++i) many += "A:b\r\n";
  CHECK(place.ask(many + "\r\n") == 431);
}

TEST_CASE("who is slow is told so and closed") {
  HttpLimits limits;
  limits.receive = 300ms;
  limits.idle = 300ms;
  Place place(limits);
  SUBCASE("headers") {
    Client client(place.port());
    client.send("GET /echo HTTP/1.1\r\nA:");
    CHECK(client.receive().status == 408);
    CHECK(client.ended());
  }
  SUBCASE("body") {
    Client client(place.port());
    client.send("POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
    CHECK(client.receive().status == 408);
    CHECK(client.ended());
  }
  SUBCASE("a drop now and then gives no more time") {
    Client client(place.port());
    const auto start = std::chrono::steady_clock::now();
    client.send("GET /echo HTTP/1.1\r\n");
    std::thread drops([&] {
      while (client.send("A: b\r\n") && std::chrono::steady_clock::now() - start < 3s)
        std::this_thread::sleep_for(50ms);
    });
    const Reply reply = client.receive();
    CHECK((reply.status == 408 || reply.status == 0));
    CHECK(std::chrono::steady_clock::now() - start < 2s);
    drops.join();
  }
  SUBCASE("nothing at all") {
    Client client(place.port());
    CHECK(client.ended());
  }
  SUBCASE("idle after an answer") {
    Client client(place.port());
    CHECK(client.ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
    CHECK(client.ended());
  }
  CHECK(place.drained());
}

TEST_CASE("a reader that stands still is closed, and others are served meanwhile") {
  HttpLimits limits;
  limits.send = 500ms;
  Place place(limits);
  Client stuck(place.port());
  const int small = 4096;
  ::setsockopt(stuck.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  std::string many;
  for (int i = 0; i < 50; ++i) many += "GET /big HTTP/1.1\r\n\r\n";
  stuck.send(many);
  CHECK(place.ask("GET /echo HTTP/1.1\r\n\r\n") == 200);
  CHECK(place.drained());
}

TEST_CASE("all buffers together are bounded: who comes too late is asked to come again") {
  HttpLimits limits;
  limits.buffers = 2U << 20;
  Place place(limits);
  std::vector<std::unique_ptr<Client>> senders;
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    senders.push_back(std::make_unique<Client>(place.port()));
    senders.back()->send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 900000\r\n\r\n");
    const Reply reply = senders.back()->receive();
    CHECK((reply.status == 100 || reply.status == 503));
    if (reply.status == 503) {
      ++refused;
      CHECK(reply.head.find("Retry-After: 1\r\n") != std::string::npos);
    }
    CHECK(place.server->buffered() <= limits.buffers);
  }
  CHECK(refused == 6);
  CHECK(place.ask(post("small")) == 200);
  senders.clear();
  CHECK(place.drained());
}

TEST_CASE("a body of unknown length is charged as it grows") {
  HttpLimits limits;
  limits.buffers = 400U << 10;
  Place place(limits);
  Client client(place.port());
  client.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  bool taken = true;
  for (int i = 0; taken && i < 100; ++i) {
    taken = client.send("2000\r\n" + std::string(8192, 'a') + "\r\n");
    CHECK(place.server->buffered() <= limits.buffers);
  }
  CHECK(client.receive().status == 503);
  CHECK(place.drained());
}

TEST_CASE("what stands before a chunk is bounded too") {
  Place place;
  const std::string head = "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(place.ask(head + "1;" + std::string(100'000, 'a')) >= 400);
  CHECK(place.ask(head + "1\r\na\r\n0\r\nTrailer: " + std::string(100'000, 'a')) >= 400);
  CHECK(place.drained());
}

TEST_CASE("one text that many read at once counts once") {
  HttpLimits limits;
  limits.buffers = 3U << 20;  // room for the text of 1 MiB and the connections, not for two texts and a half
  Place place(limits);
  std::vector<std::unique_ptr<Client>> readers;
  for (int i = 0; i < 20; ++i) {
    readers.push_back(std::make_unique<Client>(place.port()));
    readers.back()->send("GET /big HTTP/1.1\r\n\r\n");
  }
  for (auto& reader : readers) {
    const Reply reply = reader->receive();
    CHECK(reply.status == 200);
    CHECK(reply.body.size() == 1U << 20);
  }
}

TEST_CASE("above the bound the one that is idle longest makes room; when none is, the new one is refused") {
  Place place({}, 3);
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(std::make_unique<Client>(place.port()));
    CHECK(idle.back()->ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
  }
  Client fourth(place.port());
  CHECK(fourth.ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
  CHECK(idle[0]->ended());
  CHECK(idle[1]->ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
}

TEST_CASE("busy connections are not closed for new ones") {
  Place place({}, 2);
  Client first(place.port(), 1);
  Client second(place.port(), 1);
  // An answer shows that the server knows of the connection, the half request that it is busy.
  for (Client* client : {&first, &second}) {
    CHECK(client->ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
    client->send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client->receive().status == 100);
  }
  Client third(place.port());
  CHECK(third.receive().status == 503);
  CHECK(third.ended());
  CHECK(first.ask("hello").status == 200);
}

TEST_CASE("a handler that throws costs its own request only, and its words stay here") {
  Place place;
  const Reply reply = Client(place.port()).ask("GET /throw HTTP/1.1\r\n\r\n");
  CHECK(reply.status == 500);
  CHECK(reply.body.find("secret text") == std::string::npos);
  CHECK(place.ask("GET /echo HTTP/1.1\r\n\r\n") == 200);
}

TEST_CASE("HTTP/1.0 and Connection: close end after one answer") {
  Place place;
  for (const char* text : {"GET /echo HTTP/1.0\r\n\r\n", "GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n"}) {
    Client client(place.port());
    const Reply reply = client.ask(text);
    CHECK(reply.status == 200);
    CHECK(reply.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(client.ended());
  }
}

TEST_CASE("stopping ends every connection at once") {
  Place place;
  Client idle(place.port());
  CHECK(idle.ask("GET /echo HTTP/1.1\r\n\r\n").status == 200);
  Client busy(place.port());
  busy.send("POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
  place.server->stop();
  CHECK(idle.ended());
  CHECK(busy.ended());
  CHECK(place.server->buffered() == 0);
}

TEST_CASE("an address that is taken is an error that names it") {
  Place place;
  ListenerOptions options;
  options.name = "status";
  options.address = {"127.0.0.1", place.port()};
  const auto second = HttpServer::start({options}, {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().kind == ErrorKind::local);
  CHECK(second.error().message.find("127.0.0.1:" + std::to_string(place.port())) != std::string::npos);
  CHECK(second.error().hint.find("listen.status") != std::string::npos);
}

TEST_CASE("a socket that was handed over is served as it is") {
  const int inherited = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(inherited, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
  ListenerOptions options;
  options.name = "webhooks";
  options.descriptor = inherited;
  CHECK_FALSE(HttpServer::start({options}, {}).has_value());  // it does not listen yet
  REQUIRE(::listen(inherited, 16) == 0);
  const auto server = HttpServer::start({options}, {{"webhooks", "GET", "/", [](const WebRequest& request) {
                                                       return make_text_response(
                                                           200, request.reach == Reach::loopback ? "near" : "far");
                                                     }}});
  REQUIRE_MESSAGE(server.has_value(), format_error(server.error()));
  CHECK((*server)->listeners()[0].reach == Reach::loopback);
  CHECK(Client((*server)->listeners()[0].address.port).ask("GET / HTTP/1.1\r\n\r\n").body == "near");
}

TEST_CASE("a listener on every address is of the network") {
  ListenerOptions options;
  options.name = "status";
  const auto server = HttpServer::start({options}, {{"status", "GET", "/", [](const WebRequest& request) {
                                                       return make_text_response(
                                                           200, request.reach == Reach::loopback ? "near" : "far");
                                                     }}});
  REQUIRE_MESSAGE(server.has_value(), format_error(server.error()));
  CHECK(Client((*server)->listeners()[0].address.port).ask("GET / HTTP/1.1\r\n\r\n").body == "far");
}
