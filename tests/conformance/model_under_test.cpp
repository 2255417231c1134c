#include "base/json.h"
#include "sandbox/model.h"
#include "tests/conformance/api_under_test.h"

namespace reconciled {
namespace {

std::string decode_percent(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      out.push_back(static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2])));
      at += 2;
    } else {
      out.push_back(text[at] == '+' ? ' ' : text[at]);
    }
  }
  return out;
}

class ModelUnderTest final : public ApiUnderTest {
 public:
  Result<RawAnswer> request(const RawRequest& raw) override {
    sandbox::ApiRequest request;
    request.method = raw.method;
    request.content_type = raw.content_type;
    request.accept = raw.accept;
    request.body_text = raw.body;
    request.user_agent = "conformance";
    if (raw.caller == Caller::admin) {
      request.user = "admin";
      request.groups = {"system:masters"};
    } else if (raw.caller == Caller::reader) {
      request.user = "reader";
      request.groups = {"sandbox:readers"};
    }
    std::string_view path = raw.path;
    const std::size_t mark = path.find('?');
    request.path = decode_percent(path.substr(0, mark));
    std::string_view query = mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
    while (!query.empty()) {
      const std::string_view pair = query.substr(0, query.find('&'));
      const std::size_t equals = pair.find('=');
      request.query.emplace_back(decode_percent(pair.substr(0, equals)),
                                 equals == std::string_view::npos ? "" : decode_percent(pair.substr(equals + 1)));
      query.remove_prefix(std::min(query.size(), pair.size() + 1));
    }
    const sandbox::ApiResponse response = m_model.handle(request);
    RawAnswer answer{response.status, response.text};
    if (response.watch != nullptr) {
      answer.body = drain(*response.watch);
      m_clock.advance(std::chrono::seconds(2));
      answer.body += drain(*response.watch);
    } else if (!response.body.is_null()) {
      answer.body = format_json(response.body);
    }
    return answer;
  }

  Status expire_history() override {
    m_model.compact();
    return {};
  }

 private:
  static std::string drain(sandbox::WatchStream& stream) {
    std::string out;
    while (const auto event = stream.next()) out += format_json(*event) + "\n";
    return out;
  }

  ManualClock m_clock;
  SeededRandom m_random{7};
  sandbox::ApiModel m_model{m_clock, m_random};
};

}  // namespace

std::unique_ptr<ApiUnderTest> make_model_under_test() {
  return std::make_unique<ModelUnderTest>();
}

}  // namespace reconciled
