#include "tests/support/chart_servers.h"

#include "base/file.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace reconciled {
namespace {

namespace fs = std::filesystem;

constexpr int k_start_attempts = 5;

constexpr std::string_view k_configuration = R"(daemon off;
master_process off;
pid nginx.pid;
error_log error.log notice;
events { worker_connections 64; }
http {
  log_format charts '$host $request_uri [$http_if_none_match] [$http_authorization] $status';
  access_log access.log charts;
  client_body_temp_path body;
  fastcgi_temp_path fastcgi;
  proxy_temp_path proxy;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  keepalive_timeout 5;
  server {
    listen 127.0.0.1:@PORT@ ssl;
    server_name localhost;
    ssl_certificate @CERTIFICATE@;
    ssl_certificate_key @KEY@;
    location /open/ { alias @ROOT@/; }
    location /basic/ { auth_basic charts; auth_basic_user_file users; alias @ROOT@/; }
    location ~ ^/moved(/.*)$ { return 302 https://127.0.0.1:@PORT@/basic$1; }
    location ~ ^/plain(/.*)$ { return 302 http://localhost:@PORT@/open$1; }
    location /circle/ { return 302 https://localhost:@PORT@$request_uri; }
    location /error/ { return 503; }
    location /forbidden/ { return 403; }
    location /html/ { default_type text/html; return 200 "<!DOCTYPE html><title>Sign in</title>"; }
  }
}
)";

std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

Result<std::unique_ptr<Process>> start_in(std::vector<std::string> argv, const std::string& folder) {
  TRY_ASSIGN(auto process,
             Process::start({.argv = std::move(argv),
                             .environment = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                                             {"HOME", "/nonexistent"}},
                             .working_directory = folder}));
  return std::make_unique<Process>(std::move(process));
}

}  // namespace

Result<std::unique_ptr<HttpsChartServer>> HttpsChartServer::start(const HttpsGitServer& authority) {
  std::unique_ptr<HttpsChartServer> server(new HttpsChartServer());
  const std::string& folder = server->m_temp.path();
  fs::create_directories(server->root());
  TRY(write_file_atomically(folder + "/users", "bob:{PLAIN}" + password() + "\n"));
  Status started;
  for (int attempt = 0; attempt < k_start_attempts; ++attempt) {
    server->m_port = free_port();
    const std::string text = filled(std::string(k_configuration), {{"@PORT@", std::to_string(server->m_port)},
                                                                   {"@ROOT@", server->root()},
                                                                   {"@CERTIFICATE@", authority.certificate_file()},
                                                                   {"@KEY@", authority.certificate_key_file()}});
    TRY(write_file_atomically(folder + "/nginx.conf", ::getuid() == 0 ? "user root;\n" + text : text));
    TRY_ASSIGN(server->m_nginx,
               start_in({"nginx", "-p", folder, "-e", "error.log", "-c", folder + "/nginx.conf"}, folder));
    started = await_port(server->m_port, *server->m_nginx, monotonic_now() + std::chrono::seconds(10));
    if (started) return server;
  }
  return fail(ErrorKind::local, started.error().message + ": " + server->log());
}

std::string HttpsChartServer::log() const {
  return read_file(m_temp.path() + "/error.log").value_or("") + read_file(m_temp.path() + "/access.log").value_or("");
}

Status HttpsChartServer::write(const std::string& path, std::string_view content) const {
  const fs::path file = root() + '/' + path;
  fs::create_directories(file.parent_path());
  return write_file_atomically(file, content);
}

Result<std::unique_ptr<OciTestRegistry>> OciTestRegistry::start(const HttpsGitServer& authority) {
  std::unique_ptr<OciTestRegistry> registry(new OciTestRegistry());
  const std::string& folder = registry->m_temp.path();
  const std::string program = fs::absolute("tests/support/oci_registry");
  Status started;
  for (int attempt = 0; attempt < k_start_attempts; ++attempt) {
    registry->m_port = free_port();
    TRY_ASSIGN(registry->m_server,
               start_in({"python3", program, std::to_string(registry->m_port), folder, authority.certificate_file(),
                         authority.certificate_key_file(), password()},
                        folder));
    started = await_port(registry->m_port, *registry->m_server, monotonic_now() + std::chrono::seconds(20));
    if (started) return registry;
  }
  return fail(started.error());
}

std::string OciTestRegistry::log() const {
  return read_file(m_temp.path() + "/log").value_or("");
}

Status OciTestRegistry::push(const std::string& team, const std::string& name, const std::string& version,
                             std::string_view archive) const {
  const std::string folder = m_temp.path() + '/' + team + '/' + name;
  fs::create_directories(folder);
  std::string tag = version;
  std::ranges::replace(tag, '+', '_');
  return write_file_atomically(folder + '/' + tag + ".tgz", archive);
}

Status OciTestRegistry::set_health(Health health) const {
  const std::string mark = m_temp.path() + "/broken";
  if (health == Health::broken) return write_file_atomically(mark, "");
  fs::remove(mark);
  return {};
}

}  // namespace reconciled
