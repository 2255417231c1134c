#include "sandbox/names.h"

#include <algorithm>

namespace reconciled::sandbox {
namespace {

constexpr std::string_view k_name_part_rule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

bool is_label(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_name_part(std::string_view text) {
  if (text.empty() || !is_alnum(text.front()) || !is_alnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

bool is_dns_label(std::string_view text) {
  return text.size() <= 63 && is_label(text);
}

bool is_dns_subdomain(std::string_view text) {
  if (text.size() > 253) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_dns1035_label(std::string_view text) {
  return is_dns_label(text) && is_lower(text.front());
}

bool is_path_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && text.find_first_of("/%") == std::string_view::npos;
}

bool is_label_value(std::string_view text) {
  return text.empty() || (text.size() <= 63 && is_name_part(text));
}

bool is_config_key(std::string_view text) {
  if (text.empty() || text.size() > 253 || text == "." || text.substr(0, 2) == "..") return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::string_view qualified_name_error(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    if (prefix.empty()) return "prefix part must be non-empty";
    if (!is_dns_subdomain(prefix)) return k_subdomain_rule;
    text.remove_prefix(slash + 1);
    if (text.find('/') != std::string_view::npos) return "a qualified name must have one slash at most";
  }
  if (text.empty()) return "name part must be non-empty";
  if (text.size() > 63) return "name part must be no more than 63 bytes";
  return is_name_part(text) ? std::string_view() : k_name_part_rule;
}

}  // namespace reconciled::sandbox
