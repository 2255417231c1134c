#include "tests/support/git_servers.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

namespace reconciled {
namespace {

namespace fs = std::filesystem;

constexpr int k_start_attempts = 5;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::vector<std::pair<std::string, std::string>> plain_environment() {
  return {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
          {"HOME", "/nonexistent"},
          {"GIT_CONFIG_NOSYSTEM", "1"}};
}

Result<std::string> run(std::vector<std::string> argv, const std::string& folder) {
  const std::string name = argv.front();
  const ProcessSpec spec{.argv = std::move(argv), .environment = plain_environment(), .working_directory = folder};
  TRY_ASSIGN(auto output, run_process(spec, {}, monotonic_now() + std::chrono::seconds(60)));
  if (output.exit_code != 0) return fail(ErrorKind::local, name + " failed: " + output.stderr_text);
  return std::move(output.stdout_text);
}

Result<std::unique_ptr<Process>> start(std::vector<std::string> argv, const std::string& folder) {
  TRY_ASSIGN(
      auto process,
      Process::start({.argv = std::move(argv), .environment = plain_environment(), .working_directory = folder}));
  return std::make_unique<Process>(std::move(process));
}

std::string read_or_empty(const std::string& file) {
  return read_file(file).value_or("");
}

constexpr std::string_view k_nginx_configuration = R"(daemon off;
master_process off;
pid nginx.pid;
error_log error.log notice;
events { worker_connections 256; }
http {
  access_log access.log;
  client_body_temp_path body;
  fastcgi_temp_path fastcgi;
  proxy_temp_path proxy;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  client_max_body_size 64m;
  keepalive_timeout 5;
  server {
    listen 127.0.0.1:@PORT@ ssl;
    server_name localhost;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;
    location ~ ^/git(/.*)$ { include git.conf; fastcgi_param GIT_PROTOCOL $http_git_protocol; }
    location ~ ^/v0(/.*)$ { include git.conf; fastcgi_param GIT_PROTOCOL ""; fastcgi_param HTTP_GIT_PROTOCOL ""; }
    location ~ ^/basic(/.*)$ {
      auth_basic git; auth_basic_user_file users;
      include git.conf; fastcgi_param GIT_PROTOCOL $http_git_protocol;
    }
    location ~ ^/bearer(/.*)$ {
      if ($http_authorization != "Bearer @TOKEN@") { return 401; }
      include git.conf; fastcgi_param GIT_PROTOCOL $http_git_protocol;
    }
    location /html/ { default_type text/html; return 200 "<!DOCTYPE html><title>Sign in</title>"; }
    location /forbidden/ { return 403; }
    location /missing/ { return 404; }
    location /error/ { return 503; }
    location /busy/ { return 429; }
    location /elsewhere/ { return 302 https://git.example.invalid$request_uri; }
    location /other-port/ { return 302 https://localhost:1$request_uri; }
    location /login/ { return 302 https://$host:$server_port/sign-in; }
    location ~ ^/moved(/.*)$ { return 301 https://$host:$server_port/git$1$is_args$args; }
    location /no-refs/ { default_type application/x-git-upload-pack-advertisement; return 200 "001e# service=git-upload-pack\n00000000"; }
    location /nothing/ { default_type application/x-git-upload-pack-advertisement; return 200 ""; }
    location /wrong-type/ { default_type text/plain; return 200 "001e# service=git-upload-pack\n0000"; }
  }
}
)";

/// What each location needs: nginx inherits none of it where a location adds a parameter of its own.
constexpr std::string_view k_git_configuration = R"(fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
fastcgi_param GIT_HTTP_EXPORT_ALL 1;
fastcgi_param GIT_PROJECT_ROOT @ROOT@;
fastcgi_param GIT_CONFIG_NOSYSTEM 1;
fastcgi_param GIT_CONFIG_COUNT 1;
fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
fastcgi_param GIT_CONFIG_VALUE_0 *;
fastcgi_param HOME /nonexistent;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_buffering off;
fastcgi_param PATH_INFO $1;
fastcgi_pass unix:gateway.sock;
)";

std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

}  // namespace

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

Status await_port(std::uint16_t port, Process& process, MonotonicTime deadline) {
  while (monotonic_now() < deadline) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const int code = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(fd);
    if (code == 0) return {};
    if (process.wait(monotonic_now() + std::chrono::milliseconds(10))) break;
  }
  return fail(ErrorKind::local, "a server did not start on port " + std::to_string(port));
}

Status HttpsGitServer::make_certificates() const {
  const std::string& folder = m_temp.path();
  for (const std::string name : {"ca", "other-ca"}) {
    TRY(run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem"},
            folder));
  }
  TRY(run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
           "-keyout", "server.key", "-out", "server.csr"},
          folder));
  TRY(write_file_atomically(folder + "/extensions", "subjectAltName=DNS:localhost,IP:127.0.0.1\n"));
  TRY(run({"openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
           "-days", "2", "-extfile", "extensions", "-out", "server.pem"},
          folder));
  return {};
}

Status HttpsGitServer::write_configuration() const {
  const std::vector<std::pair<std::string, std::string>> values{
      {"@PORT@", std::to_string(m_port)},
      {"@ROOT@", root()},
      {"@TOKEN@", token()},
      {"unix:gateway.sock", "unix:" + m_temp.path() + "/gateway.sock"}};
  const std::string text = filled(std::string(k_nginx_configuration), values);
  TRY(write_file_atomically(m_temp.path() + "/git.conf", filled(std::string(k_git_configuration), values)));
  TRY(write_file_atomically(m_temp.path() + "/users", "bob:{PLAIN}" + password() + "\n"));
  return write_file_atomically(m_temp.path() + "/nginx.conf", ::getuid() == 0 ? "user root;\n" + text : text);
}

Result<std::unique_ptr<HttpsGitServer>> HttpsGitServer::start() {
  std::unique_ptr<HttpsGitServer> server(new HttpsGitServer());
  const std::string& folder = server->m_temp.path();
  fs::create_directories(server->root());
  TRY(server->make_certificates());
  TRY_ASSIGN(server->m_gateway,
             reconciled::start({"fcgiwrap", "-f", "-c", "4", "-s", "unix:" + folder + "/gateway.sock"}, folder));
  Status started;
  for (int attempt = 0; attempt < k_start_attempts; ++attempt) {
    server->m_port = free_port();
    TRY(server->write_configuration());
    TRY_ASSIGN(server->m_nginx,
               reconciled::start({"nginx", "-p", folder, "-e", "error.log", "-c", folder + "/nginx.conf"}, folder));
    started = await_port(server->m_port, *server->m_nginx, monotonic_now() + std::chrono::seconds(10));
    if (started) return server;
  }
  return fail(ErrorKind::local, started.error().message + ": " + server->log());
}

std::string HttpsGitServer::log() const {
  return read_or_empty(m_temp.path() + "/error.log") + read_or_empty(m_temp.path() + "/access.log");
}

std::string SshGitServer::url_of_path(const std::string& path) const {
  return "ssh://" + m_user + "@127.0.0.1:" + std::to_string(m_port) + path;
}

Status SshGitServer::make_keys() const {
  for (const std::string name : {"host", "other-host", "client", "stranger"}) {
    TRY(run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name}, m_temp.path()));
  }
  TRY_ASSIGN(const std::string client, read_file(m_temp.path() + "/client.pub"));
  TRY(write_file_atomically(m_temp.path() + "/authorized_keys", client, 0600));
  return write_file_atomically(empty_known_hosts_file(), "");
}

Result<std::string> SshGitServer::known_hosts_for(std::uint16_t port) const {
  TRY_ASSIGN(const std::string key, read_file(m_temp.path() + "/host.pub"));
  return "[127.0.0.1]:" + std::to_string(port) + ' ' + key;
}

Result<std::unique_ptr<SshGitServer>> SshGitServer::start() {
  std::unique_ptr<SshGitServer> server(new SshGitServer());
  const std::string& folder = server->m_temp.path();
  fs::create_directories(server->root());
  const passwd* const account = ::getpwuid(::getuid());
  if (account == nullptr) return fail(ErrorKind::local, "the running user has no account");
  server->m_user = account->pw_name;
  // Where sshd, started as root, locks its child processes in.
  if (::getuid() == 0) fs::create_directories("/run/sshd");
  TRY(server->make_keys());
  Status started;
  for (int attempt = 0; attempt < k_start_attempts; ++attempt) {
    server->m_port = free_port();
    const std::string configuration =
        "ListenAddress 127.0.0.1\nPort " + std::to_string(server->m_port) + "\nHostKey " + folder +
        "/host\nAuthorizedKeysFile " + folder +
        "/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n" +
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nAcceptEnv GIT_PROTOCOL\nMaxStartups 100\n" +
        "SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*\n";
    TRY(write_file_atomically(folder + "/sshd_config", configuration));
    TRY_ASSIGN(
        server->m_sshd,
        reconciled::start({"/usr/sbin/sshd", "-D", "-E", folder + "/sshd.log", "-f", folder + "/sshd_config"}, folder));
    started = await_port(server->m_port, *server->m_sshd, monotonic_now() + std::chrono::seconds(10));
    if (!started) continue;
    TRY_ASSIGN(const std::string known, server->known_hosts_for(server->m_port));
    TRY(write_file_atomically(server->known_hosts_file(), known));
    TRY_ASSIGN(const std::string other, read_file(folder + "/other-host.pub"));
    TRY(write_file_atomically(server->wrong_known_hosts_file(),
                              "[127.0.0.1]:" + std::to_string(server->m_port) + ' ' + other));
    return server;
  }
  return fail(ErrorKind::local, started.error().message + ": " + server->log());
}

std::string SshGitServer::log() const {
  return read_or_empty(m_temp.path() + "/sshd.log");
}

}  // namespace reconciled
