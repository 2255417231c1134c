// Settings files: any bytes give settings or problems that say where, never both, never neither.
#include "config/change.h"
#include "config/credentials.h"
#include "config/settings.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  SettingsInput input;
  const auto cut = text.find('\0');  // the rest, if any, is a file of conf.d
  input.files.push_back({"config.yaml", std::string(text.substr(0, cut))});
  if (cut != std::string_view::npos) input.files.push_back({"conf.d/a.yaml", std::string(text.substr(cut + 1))});
  input.environment = {{"HOME", "/home/u"}, {"TOKEN", "from-env"}, {"CREDENTIALS_DIRECTORY", "/run/creds"}};
  input.read_secret = [](const std::string& path) -> Result<std::string> { return path; };

  const SettingsCheck check = check_settings(input);
  if (check.settings.has_value() != check.problems.empty()) std::abort();
  for (const Error& problem : check.problems) {
    if (problem.message.empty() || problem.where.file.empty()) std::abort();
  }
  if (check.settings) {
    if (!diff_settings(*check.settings, *check.settings).empty()) std::abort();
    for (const auto& source : check.settings->sources) (void)find_auth(*check.settings, source.url);
  }
  return 0;
}
