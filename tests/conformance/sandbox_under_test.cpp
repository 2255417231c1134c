#include "tests/conformance/sandbox_under_test.h"

#include "base/file.h"
#include "sandbox/server.h"

#include <unistd.h>

#include <filesystem>

namespace reconciled {
namespace {

class SandboxUnderTest final : public HttpsUnderTest {
 public:
  SandboxUnderTest(std::unique_ptr<sandbox::SandboxServer> server, const std::string& ca_file)
      : HttpsUnderTest({server->url(), ca_file, server->token(sandbox::SandboxUser::admin),
                        server->token(sandbox::SandboxUser::reader)}),
        m_server(std::move(server)),
        m_ca_file(ca_file) {}
  ~SandboxUnderTest() override {
    std::error_code ignored;
    std::filesystem::remove(m_ca_file, ignored);
  }
  Status expire_history() override {
    m_server->with_model([](sandbox::ApiModel& model) { model.compact(); });
    return {};
  }

 private:
  std::unique_ptr<sandbox::SandboxServer> m_server;
  std::string m_ca_file;
};

}  // namespace

Result<std::unique_ptr<ApiUnderTest>> make_sandbox_under_test() {
  sandbox::SandboxOptions options;
  options.controllers = sandbox::SandboxControllers::none;
  TRY_ASSIGN(auto server, sandbox::SandboxServer::start(options));
  const std::string ca_file =
      std::filesystem::temp_directory_path() / ("sandbox-ca-" + std::to_string(getpid()) + ".crt");
  TRY(write_file_atomically(ca_file, server->authority()));
  return std::unique_ptr<ApiUnderTest>(std::make_unique<SandboxUnderTest>(std::move(server), ca_file));
}

}  // namespace reconciled
