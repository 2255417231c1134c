// One reusable handle of libcurl and the transfer on it: how an exchange is set up and what it brings.
#pragma once

#include "kube/http_transport.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

struct curl_slist;  // NOLINT(readability-identifier-naming): libcurl's name

namespace reconciled {

/// Header lines that are wiped when they go, since one of them is the token.
class HeaderLines {
 public:
  HeaderLines() = default;
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;
  ~HeaderLines() { clear(); }
  void clear();
  void add(const char* line);
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] curl_slist* get() const { return m_head; }

 private:
  curl_slist* m_head = nullptr;
  std::string m_line;
};

/// What all handles of one transport have in common. It outlives them and their connections.
struct HttpSetup {
  std::string user_agent;
  HttpVersion version = HttpVersion::http2;
  std::uint64_t max_buffered_bytes = 0;
  std::uint64_t buffered_bytes = 0;  ///< in bodies that are being received
  std::string instance;              ///< begins each Audit-ID: random, at most 48 characters
  std::function<void(int socket)> on_open;
  std::function<void(int socket)> on_close;  ///< before it is closed
};

class HttpHandle {
 public:
  explicit HttpHandle(HttpSetup& setup);
  HttpHandle(const HttpHandle&) = delete;
  HttpHandle& operator=(const HttpHandle&) = delete;
  ~HttpHandle();

  /// libcurl's CURL*.
  [[nodiscard]] void* easy() const { return m_easy; }
  /// 0: free.
  [[nodiscard]] HttpTransport::Ticket ticket() const { return m_ticket; }
  [[nodiscard]] Link link() const { return m_transfer.link; }
  /// Whether a transfer of this kind needs no setting up.
  [[nodiscard]] bool fits(const Transfer& transfer) const {
    return m_endpoint == transfer.endpoint && m_link == transfer.link;
  }

  void begin(Transfer transfer, HttpTransport::Ticket ticket);
  /// Moves out what came; `code` is libcurl's CURLcode of the end.
  HttpResponse take_response(int code);
  /// Makes it free; returns the transfer's on_end.
  std::function<void(HttpResponse)> release();

 private:
  void set_up();
  void set_callbacks();
  void set_connection();
  void set_tls();
  void set_request();
  void drop_body();
  std::size_t take_body(std::string_view bytes);
  std::size_t take_header(std::string_view line);

  HttpSetup& m_setup;
  void* m_easy = nullptr;
  std::shared_ptr<const Endpoint> m_endpoint;  ///< its options are set on the handle
  Link m_link = Link::shared;                  ///< the same
  curl_slist* m_connect_to = nullptr;
  HeaderLines m_headers;
  Transfer m_transfer;
  HttpResponse m_response;
  HttpTransport::Ticket m_ticket = 0;
  std::size_t m_header_bytes = 0;
  bool m_too_large = false;
  bool m_crowded = false;   ///< by the bodies of others
  bool m_stopped = false;   ///< by on_data
  bool m_withheld = false;  ///< by may_send
  bool m_mixed_up = false;  ///< the answer says that it is another request's
  std::string m_audit_id;
  std::array<char, 256> m_error{};
};

}  // namespace reconciled
