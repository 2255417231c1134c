// Settings input from texts, for the tests of config/.
#pragma once

#include "config/settings.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace reconciled::test {

inline constexpr std::string_view k_header = "apiVersion: reconcile/v1\nkind: Config\n";

/// One file "config.yaml" whose text begins in line 3, after the header.
inline SettingsInput input_of(std::string_view text) {
  SettingsInput input;
  input.files.push_back({"config.yaml", std::string(k_header) + std::string(text)});
  return input;
}

inline std::string format_problems(const SettingsCheck& check) {
  std::string text;
  for (const Error& problem : check.problems) text += format_error(problem) + "\n";
  return text;
}

inline Settings settings_of(const SettingsInput& input) {
  SettingsCheck check = check_settings(input);
  INFO(format_problems(check));
  REQUIRE(check.settings.has_value());
  return std::move(*check.settings);
}
inline Settings settings_of(std::string_view text) {
  return settings_of(input_of(text));
}

/// All problems of a text, one a line, without hints: "config.yaml:3:1: log: unknown key ...".
inline std::string problems_of(const SettingsInput& input) {
  const SettingsCheck check = check_settings(input);
  CHECK(check.settings.has_value() == check.problems.empty());
  std::string text;
  for (Error problem : check.problems) {
    CHECK(problem.kind == ErrorKind::config);
    problem.hint.clear();
    text += format_error(problem) + "\n";
  }
  return text;
}
inline std::string problems_of(std::string_view text) {
  return problems_of(input_of(text));
}

}  // namespace reconciled::test
