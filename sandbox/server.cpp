#include "sandbox/server.h"

#include "base/json.h"
#include "sandbox/certificates.h"
#include "sandbox/http_request.h"
#include "sandbox/server_access.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <future>
#include <set>
#include <thread>

// Asio returns the error that it also stores: looking at one of both is enough.
// NOLINTBEGIN(bugprone-unused-return-value)

namespace reconciled::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
constexpr std::uint64_t k_max_body = 3U << 20;
constexpr std::uint32_t k_max_header = 64U << 10;
constexpr std::size_t k_max_connections = 256;
constexpr auto k_idle = std::chrono::seconds(90);
constexpr auto k_tick = std::chrono::milliseconds(50);

class Connection;

/// What the connections of one server share; used on the server's thread alone.
struct Shared {
  ApiModel& model;
  Tokens tokens;
  std::set<Connection*> watching{};
  std::set<Connection*> open{};
  void pump_watches();
};

std::string header(const http::fields& fields, std::string_view name) {
  const auto found = fields.find(beast::string_view(name.data(), name.size()));
  return found == fields.end() ? std::string() : std::string(found->value());
}

/// One client; serves its requests one after the other. Owned by its pending operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, asio::ssl::context& tls, Shared& shared)
      : m_stream(std::move(socket), tls), m_timer(m_stream.get_executor()), m_shared(shared) {
    m_shared.open.insert(this);
  }
  ~Connection() {
    m_shared.watching.erase(this);
    m_shared.open.erase(this);
  }

  void run() {
    beast::get_lowest_layer(m_stream).expires_after(std::chrono::seconds(10));
    m_stream.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](beast::error_code error) {
      if (!error) self->read();
    });
  }

  void close() {
    beast::error_code ignored;
    m_closed = true;
    m_timer.cancel();
    m_shared.watching.erase(this);
    beast::get_lowest_layer(m_stream).socket().close(ignored);
  }

  /// Sends the events that are due, one write at a time.
  void pump_watch() {
    if (m_writing || m_closed || m_watch == nullptr) return;
    std::string chunk;
    while (chunk.size() < (1U << 16)) {
      const auto event = m_watch->next();
      if (!event) break;
      append_json(chunk, *event);
      chunk.push_back('\n');
    }
    if (!chunk.empty()) {
      m_out = std::move(chunk);
      m_writing = true;
      beast::get_lowest_layer(m_stream).expires_after(k_idle);
      asio::async_write(m_stream, http::make_chunk(asio::buffer(m_out)),
                        [self = shared_from_this()](beast::error_code error, std::size_t) {
                          self->m_writing = false;
                          if (error) {
                            self->close();
                          } else {
                            beast::get_lowest_layer(self->m_stream).expires_never();
                            self->pump_watch();
                          }
                        });
      return;
    }
    if (!m_watch->ended()) return;
    m_watch.reset();
    m_shared.watching.erase(this);
    m_writing = true;
    asio::async_write(m_stream, http::make_chunk_last(), [self = shared_from_this()](beast::error_code, std::size_t) {
      self->m_writing = false;
      self->close();  // a read is under way to notice the client's end, so the connection is not used again
    });
  }

 private:
  void read() {
    m_parser.emplace();
    m_parser->body_limit(k_max_body);
    m_parser->header_limit(k_max_header);
    beast::get_lowest_layer(m_stream).expires_after(k_idle);
    http::async_read(m_stream, m_buffer, *m_parser,
                     [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_request(error); });
  }

  void on_request(beast::error_code error) {
    if (error == http::error::body_limit) {
      m_keep_alive = false;
      send(make_refusal(body_too_large(k_max_body)));
      return;
    }
    if (error) {
      close();
      return;
    }
    m_keep_alive = m_parser->get().keep_alive();
    ApiResponse response = answer();
    if (response.delay > Duration::zero()) {
      m_timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(response.delay));
      m_timer.async_wait([self = shared_from_this(), response](beast::error_code cancelled) {
        if (!cancelled) self->send(response);
      });
      return;
    }
    send(response);
  }

  ApiResponse answer() {
    const http::request<http::string_body>& raw = m_parser->get();
    ApiRequest request;
    request.method = std::string(raw.method_string());
    if (!read_target(std::string_view(raw.target().data(), raw.target().size()), request))
      return make_refusal(bad_request("the request target is not percent-encoded"));
    request.content_type = header(raw, "Content-Type");
    request.accept = header(raw, "Accept");
    request.user_agent = header(raw, "User-Agent");
    request.body_text = raw.body();
    if (const auto stranger = authenticate(header(raw, "Authorization"), m_shared.tokens, request))
      return make_refusal(*stranger);
    request.impersonated_user = header(raw, "Impersonate-User");
    for (const auto& field : raw) {
      const std::string name(field.name_string());
      if (beast::iequals(name, "Impersonate-Group")) request.impersonated_groups.emplace_back(field.value());
      if (beast::iequals(name, "Impersonate-Uid") || beast::iequals(name.substr(0, 18), "Impersonate-Extra-"))
        return make_refusal(not_implemented("the header " + name));
    }
    return m_shared.model.handle(request);
  }

  void send(const ApiResponse& response) {
    if (response.watch != nullptr) {
      begin_watch(response.watch);
      return;
    }
    auto message = std::make_shared<http::response<http::string_body>>();
    message->result(static_cast<unsigned>(response.status));
    message->version(11);
    message->keep_alive(m_keep_alive);
    message->set(http::field::content_type, response.body.is_null() ? "text/plain; charset=utf-8" : "application/json");
    for (const std::string& warning : response.warnings)
      message->insert("Warning", "299 - " + format_json(Value(warning)));
    if (response.retry_after > 0) message->set(http::field::retry_after, std::to_string(response.retry_after));
    message->body() = response.body.is_null() ? response.text : format_json(response.body);
    message->prepare_payload();
    if (response.cut_after) {
      cut(*message, *response.cut_after);
      return;
    }
    http::async_write(m_stream, *message, [self = shared_from_this(), message](beast::error_code error, std::size_t) {
      self->after_write(error);
    });
    m_shared.pump_watches();
  }

  void after_write(beast::error_code error) {
    if (error || !m_keep_alive) {
      close();
    } else {
      read();
    }
  }

  /// Sends the head and the first bytes of the body, then drops the connection without a TLS farewell.
  void cut(http::response<http::string_body>& message, std::size_t bytes) {
    std::string text = "HTTP/1.1 " + std::to_string(message.result_int()) +
                       " OK\r\nContent-Type: application/json\r\n" +
                       "Content-Length: " + std::to_string(message.body().size()) + "\r\n\r\n";
    m_out = text + message.body().substr(0, bytes);
    asio::async_write(m_stream, asio::buffer(m_out),
                      [self = shared_from_this()](beast::error_code, std::size_t) { self->close(); });
  }

  void begin_watch(std::shared_ptr<WatchStream> watch) {
    m_watch = std::move(watch);
    auto message = std::make_shared<http::response<http::empty_body>>(http::status::ok, 11);
    message->set(http::field::content_type, "application/json");
    message->chunked(true);
    auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*message);
    m_writing = true;
    http::async_write_header(m_stream, *serializer,
                             [self = shared_from_this(), message, serializer](beast::error_code error, std::size_t) {
                               self->m_writing = false;
                               if (error) {
                                 self->close();
                                 return;
                               }
                               beast::get_lowest_layer(self->m_stream).expires_never();
                               self->m_shared.watching.insert(self.get());
                               self->await_end();
                               self->pump_watch();
                             });
  }

  /// Whatever the client sends during a watch, or its end, ends the watch.
  void await_end() {
    m_stream.async_read_some(asio::buffer(m_ignored),
                             [self = shared_from_this()](beast::error_code, std::size_t) { self->close(); });
  }

  beast::ssl_stream<beast::tcp_stream> m_stream;
  asio::steady_timer m_timer;
  Shared& m_shared;
  beast::flat_buffer m_buffer{k_max_body + k_max_header};
  std::optional<http::request_parser<http::string_body>> m_parser;
  std::shared_ptr<WatchStream> m_watch;
  std::string m_out;
  char m_ignored[64] = {};
  bool m_keep_alive = true;
  bool m_writing = false;
  bool m_closed = false;
};

void Shared::pump_watches() {
  const std::set<Connection*> now = watching;
  for (Connection* connection : now) {
    if (watching.contains(connection)) connection->pump_watch();
  }
}

}  // namespace

class SandboxServer::Core {
 public:
  Core(const SandboxOptions& options, ServerCertificate certificate)
      : m_name(options.name),
        m_certificate(std::move(certificate)),
        m_model(m_clock, m_random, options.controllers),
        m_shared{m_model, make_tokens(m_random)} {}

  Status listen(std::uint16_t port) {
    boost::system::error_code error;
    m_tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                      error);
    if (!error) m_tls.use_certificate_chain(asio::buffer(m_certificate.certificate), error);
    if (!error) m_tls.use_private_key(asio::buffer(m_certificate.key), asio::ssl::context::pem, error);
    if (error) return fail(ErrorKind::internal, "the sandbox's certificate is refused: " + error.message());
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    m_acceptor.open(endpoint.protocol(), error);
    if (!error) m_acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) m_acceptor.bind(endpoint, error);
    if (!error) m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) m_port = m_acceptor.local_endpoint(error).port();
    if (error) {
      return fail(ErrorKind::local, "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.message(), {},
                  "choose another port, or none for a free one");
    }
    accept();
    tick();
    m_thread = std::thread([this] { m_context.run(); });
    return {};
  }

  void stop() {
    if (!m_thread.joinable()) return;
    asio::post(m_context, [this] {
      boost::system::error_code ignored;
      m_acceptor.close(ignored);
      m_ticks.cancel();
      const std::set<Connection*> open = m_shared.open;
      for (Connection* connection : open) connection->close();
      m_stopping = true;
    });
    m_thread.join();
  }

  void with_model(const std::function<void(ApiModel&)>& work) {
    if (!m_thread.joinable()) {
      work(m_model);
      return;
    }
    std::promise<void> done;
    asio::post(m_context, [&] {
      work(m_model);
      m_shared.pump_watches();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::string m_name;
  ServerCertificate m_certificate;
  std::uint16_t m_port = 0;

  [[nodiscard]] const Tokens& tokens() const { return m_shared.tokens; }

 private:
  void accept() {
    m_acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (m_stopping || !m_acceptor.is_open()) return;
      if (!error && m_shared.open.size() < k_max_connections) {
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::make_shared<Connection>(std::move(socket), m_tls, m_shared)->run();
      }
      accept();
    });
  }

  void tick() {
    m_ticks.expires_after(k_tick);
    m_ticks.async_wait([this](boost::system::error_code error) {
      if (error || m_stopping) return;
      m_model.settle();
      m_shared.pump_watches();
      tick();
    });
  }

  SystemClock m_clock;
  SystemRandom m_random;
  ApiModel m_model;
  Shared m_shared;
  asio::ssl::context m_tls{asio::ssl::context::tls_server};
  asio::io_context m_context{1};
  tcp::acceptor m_acceptor{m_context};
  asio::steady_timer m_ticks{m_context};
  std::thread m_thread;
  bool m_stopping = false;
};

Result<std::unique_ptr<SandboxServer>> SandboxServer::start(const SandboxOptions& options) {
  TRY_ASSIGN(ServerCertificate certificate, make_server_certificate());
  auto core = std::make_unique<Core>(options, std::move(certificate));
  TRY(core->listen(options.port));
  return std::unique_ptr<SandboxServer>(new SandboxServer(std::move(core)));
}

SandboxServer::SandboxServer(std::unique_ptr<Core> core) : m_core(std::move(core)) {}
SandboxServer::~SandboxServer() {
  stop();
}

std::uint16_t SandboxServer::port() const {
  return m_core->m_port;
}
std::string SandboxServer::url() const {
  return "https://127.0.0.1:" + std::to_string(m_core->m_port);
}
const std::string& SandboxServer::authority() const {
  return m_core->m_certificate.authority;
}
const std::string& SandboxServer::token(SandboxUser user) const {
  return user == SandboxUser::admin ? m_core->tokens().admin : m_core->tokens().reader;
}

std::string SandboxServer::kubeconfig(SandboxUser user) const {
  return make_kubeconfig(m_core->m_name, url(), authority(), token(user));
}

void SandboxServer::with_model(const std::function<void(ApiModel&)>& work) {
  m_core->with_model(work);
}
void SandboxServer::stop() {
  m_core->stop();
}

}  // namespace reconciled::sandbox

// NOLINTEND(bugprone-unused-return-value)
