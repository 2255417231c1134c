#include "renderers/helm/functions/go_url.h"

#include "renderers/helm/functions/ip_literal.h"
#include "renderers/helm/values/quote.h"

#include <algorithm>

namespace reconciled::helm {
namespace {

/// The part of a URL decides what must be escaped in it.
enum class UrlPart : std::uint8_t { path, user, host, zone, fragment };

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_one_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

bool must_escape(char c, UrlPart part) {
  if (is_letter_or_digit(c) || is_one_of(c, "-_.~")) return false;
  switch (part) {
    case UrlPart::path: return !is_one_of(c, "$&+,/:;=@");
    case UrlPart::user: return !is_one_of(c, "$&+,;=");
    case UrlPart::host:
    case UrlPart::zone: return !is_one_of(c, "!$&'()*+,;=:[]<>\"");
    case UrlPart::fragment: return !is_one_of(c, "$&+,/:;=?@!()*");
  }
  return true;
}

std::string escape(std::string_view text, UrlPart part) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (!must_escape(c, part)) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += {'%', k_digits[byte >> 4], k_digits[byte & 0xF]};
  }
  return escaped;
}

tl::unexpected<Error> refuse(std::string reason) {
  return fail(ErrorKind::render, std::move(reason));
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char small = static_cast<char>(c | 0x20);
  if (small >= 'a' && small <= 'f') return static_cast<unsigned>(small - 'a' + 10);
  return std::nullopt;
}

Result<std::string> unescape(std::string_view text, UrlPart part) {
  const bool in_host = part == UrlPart::host || part == UrlPart::zone;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (in_host && static_cast<unsigned char>(text[i]) < 0x80 && must_escape(text[i], part)) {
        return refuse("invalid character " + quoted(text.substr(i, 1)) + " in host name");
      }
      plain += text[i];
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    const auto high = code.size() == 3 ? hex_digit(code[1]) : std::nullopt;
    const auto low = code.size() == 3 ? hex_digit(code[2]) : std::nullopt;
    if (!high || !low) return refuse("invalid URL escape " + quoted(code));
    const char byte = static_cast<char>(*high << 4 | *low);
    // A host may hold escapes of what is not ASCII, and of the % before a zone; a zone also of spaces.
    const bool forbidden = part == UrlPart::host ? *high < 8 && code != "%25"
                                                 : part == UrlPart::zone && code != "%25" && byte != ' ' &&
                                                       must_escape(byte, UrlPart::host);
    if (forbidden) return refuse("invalid URL escape " + quoted(code));
    plain += byte;
    i += 2;
  }
  return plain;
}

/// Empty, or a colon and digits.
bool is_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

Status check_port(std::string_view text) {
  if (is_port(text)) return {};
  return refuse("invalid port " + quoted(text) + " after host");
}

Result<std::string> parse_bracketed_host(std::string_view host) {
  const std::size_t end = host.rfind(']');
  if (end == std::string_view::npos) return refuse("missing ']' in host");
  TRY(check_port(host.substr(end + 1)));
  TRY_ASSIGN(const std::string port, unescape(host.substr(end + 1), UrlPart::host));
  const std::string_view inside = host.substr(1, end - 1);
  const std::size_t zone_at = std::min(inside.find("%25"), inside.size());
  TRY_ASSIGN(const std::string address, unescape(inside.substr(0, zone_at), UrlPart::host));
  TRY_ASSIGN(const std::string zone, unescape(inside.substr(zone_at), UrlPart::zone));
  const std::string name = address + zone;
  TRY(check_ip_literal(name));
  return '[' + name + ']' + port;
}

Result<std::string> parse_host(std::string_view host) {
  const std::size_t bracket = host.rfind('[');
  if (bracket == 0) return parse_bracketed_host(host);
  if (bracket != std::string_view::npos) return refuse("invalid IP-literal");
  if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos) TRY(check_port(host.substr(colon)));
  return unescape(host, UrlPart::host);
}

Result<UrlUser> parse_user(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return is_letter_or_digit(c) || is_one_of(c, "-._:~!$&'()*+,;=%@"); })) {
    return refuse("net/url: invalid userinfo");
  }
  UrlUser user;
  const std::size_t colon = text.find(':');
  TRY_ASSIGN(user.name, unescape(text.substr(0, colon), UrlPart::user));
  if (colon != std::string_view::npos) {
    TRY_ASSIGN(user.password, unescape(text.substr(colon + 1), UrlPart::user));
  }
  return user;
}

Status parse_authority(std::string_view text, GoUrl& url) {
  const std::size_t at = text.rfind('@');
  TRY_ASSIGN(url.host, parse_host(at == std::string_view::npos ? text : text.substr(at + 1)));
  if (at != std::string_view::npos) {
    TRY_ASSIGN(url.user, parse_user(text.substr(0, at)));
  }
  return {};
}

/// Takes the scheme and its colon off the text; empty when it has none.
Result<std::string> take_scheme(std::string_view& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') {
      if (i == 0) return refuse("missing protocol scheme");
      std::string scheme(text.substr(0, i));
      for (char& letter : scheme) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter | 0x20);
      }
      text.remove_prefix(i + 1);
      return scheme;
    }
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && (i == 0 || !(is_letter_or_digit(c) || is_one_of(c, "+-.")))) break;
  }
  return std::string();
}

Result<GoUrl> parse_without_fragment(std::string_view text) {
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; })) {
    return refuse("net/url: invalid control character in URL");
  }
  GoUrl url;
  std::string_view rest = text;
  TRY_ASSIGN(url.scheme, take_scheme(rest));
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    url.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) {
      url.opaque = rest;
      return url;
    }
    if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) {
      return refuse("first path segment in URL cannot contain colon");
    }
  }
  if (rest.starts_with("//") && (!url.scheme.empty() || !rest.starts_with("///"))) {
    const std::size_t end = std::min(rest.find('/', 2), rest.size());
    TRY(parse_authority(rest.substr(2, end - 2), url));
    rest.remove_prefix(end);
  }
  TRY_ASSIGN(url.path, unescape(rest, UrlPart::path));
  return url;
}

Error parse_error(std::string_view url, const Error& reason) {
  return {reason.kind, "parse " + quoted(url) + ": " + reason.message};
}

}  // namespace

std::string GoUrl::hostname() const {
  std::string_view name = host;
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && is_port(name.substr(colon))) name = name.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return std::string(name);
}

Result<GoUrl> parse_go_url(std::string_view text) {
  const std::size_t hash = text.find('#');
  const std::string_view before = text.substr(0, hash);
  auto url = parse_without_fragment(before);
  if (!url) return fail(parse_error(before, url.error()));
  if (hash == std::string_view::npos) return url;
  auto fragment = unescape(text.substr(hash + 1), UrlPart::fragment);
  if (!fragment) return fail(parse_error(text, fragment.error()));
  url->fragment = std::move(*fragment);
  return url;
}

std::string format_url_user(const UrlUser& user) {
  std::string text = escape(user.name, UrlPart::user);
  if (user.password) text += ':' + escape(*user.password, UrlPart::user);
  return text;
}

std::string format_go_url(const GoUrl& url) {
  std::string text;
  if (!url.scheme.empty()) text += url.scheme + ':';
  if (!url.opaque.empty()) {
    text += url.opaque;
  } else {
    const bool has_authority = !url.host.empty() || url.user;
    if (has_authority || (!url.scheme.empty() && !url.path.empty())) text += "//";
    if (url.user) text += format_url_user(*url.user) + '@';
    text += escape(url.host, UrlPart::host);
    const std::string path = url.path == "*" ? url.path : escape(url.path, UrlPart::path);
    if (!path.empty() && path.front() != '/' && !url.host.empty()) text += '/';
    // A colon in the first segment would make a scheme of it.
    if (text.empty() && path.substr(0, path.find('/')).find(':') != std::string::npos) text += "./";
    text += path;
  }
  if (!url.query.empty()) text += '?' + url.query;
  if (!url.fragment.empty()) text += '#' + escape(url.fragment, UrlPart::fragment);
  return text;
}

}  // namespace reconciled::helm
