#include "stacks/conventions/names.h"

#include <algorithm>

namespace reconciled {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::string_view k_credentials_hint =
    "define the source with its credentials in the settings; it is found by the beginning of its URL";

}  // namespace

bool is_dns_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_stack_name(std::string_view text) {
  const auto word = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c); };
  return !text.empty() && text.size() <= 63 && word(text.front()) && word(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return word(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; });
}

std::string_view fault_of_ref(std::string_view ref) {
  if (ref.empty()) return "is empty";
  if (ref.size() > 255) return "is longer than 255 bytes";
  if (ref.front() == '-') return "begins with \"-\"";
  if (ref.front() == '/' || ref.back() == '/' || ref.find("//") != std::string_view::npos)
    return "has a slash too many";
  if (ref.find("..") != std::string_view::npos) return "has \"..\" in it";
  if (ref.find("@{") != std::string_view::npos || ref == "@") return "is an expression, not a name";
  if (ref.back() == '.' || ref.front() == '.' || ref.find("/.") != std::string_view::npos || ref.ends_with(".lock") ||
      ref.find(".lock/") != std::string_view::npos) {
    return "has a name that Git does not allow";
  }
  const bool bad = std::ranges::any_of(ref, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
           std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  });
  return bad ? "has a character that Git does not allow" : std::string_view{};
}

UrlFault fault_of_url(std::string_view url) {
  const bool unsafe =
      std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
  if (unsafe) return {"the URL has a space or a control character", "write it without", false};
  if (url.size() > 2048) return {"the URL is longer than 2048 bytes", "", false};
  if (url.starts_with('-')) return {"the URL begins with \"-\"", "write a URL", false};
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) {
    const auto colon = url.find(':');
    const bool scp = colon != std::string_view::npos && colon > 0 && colon + 1 < url.size() && url.find('/') > colon;
    if (scp || (url.starts_with('/') && url.size() > 1)) return {};
    return {"this is no URL of a repository", "write https://host/path, ssh://user@host/path or user@host:path", false};
  }
  const std::string_view scheme = url.substr(0, scheme_end);
  if (scheme != "https" && scheme != "ssh" && scheme != "http" && scheme != "file") {
    return {"the URL's scheme is not known", "write https://, ssh:// or user@host:path", false};
  }
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  const bool password = at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
  if (password || (at != std::string_view::npos && scheme != "ssh")) {
    return {"the URL has credentials in it", k_credentials_hint, true};
  }
  if (rest.size() == authority.size() || (authority.empty() && scheme != "file")) {
    return {"this is no URL of a repository", "write https://host/path, ssh://user@host/path or user@host:path", false};
  }
  return {};
}

}  // namespace reconciled
