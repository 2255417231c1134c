#include "base/redact.h"

#include "base/json.h"
#include "base/log.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace reconciled {
namespace {

constexpr std::string_view k_mark = "[secret]";
constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) text += k_base64[bits >> (held - 6) & 63U];
  }
  return text;  // whole digits only: the last one of an incomplete group depends on what follows
}

std::string url_form(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string hex(std::string_view bytes, std::string_view digits) {
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string percent(std::string_view bytes, std::string_view digits) {
  std::string text;
  for (const char c : bytes) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      text += c;
    else
      text += '%' + hex({&c, 1}, digits);
  }
  return text;
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view word, std::size_t from) {
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), word.begin(), word.end(),
                                 [](char a, char b) { return lower(a) == b; });
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

constexpr bool ends_word(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' ||
         c == ',' || c == ';' || c == '\\';
}

/// https://user:password@host becomes https://[secret]@host.
std::string redact_user_info(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const std::size_t begin = at + 3;
    std::size_t end = begin;
    std::size_t host = std::string_view::npos;
    for (; end < text.size() && !ends_word(text[end]) && text[end] != '/' && text[end] != '?' && text[end] != '#';
         ++end) {
      if (text[end] == '@') host = end;
    }
    // A password that holds a slash unescaped makes a broken URL, but must not be shown for that.
    if (host == std::string_view::npos) {
      const std::size_t colon = text.substr(begin, end - begin).find(':');
      std::size_t word = end;
      while (word < text.size() && !ends_word(text[word])) ++word;
      const std::size_t at_sign = text.substr(begin, word - begin).rfind('@');
      const bool port = colon != std::string_view::npos && begin + colon + 1 < end &&
                        text.substr(begin + colon + 1, end - begin - colon - 1).find_first_not_of("0123456789") ==
                            std::string_view::npos;
      if (colon != std::string_view::npos && !port && at_sign != std::string_view::npos) host = begin + at_sign;
    }
    if (host == std::string_view::npos || host < done) continue;
    out.append(text, done, begin - done);
    out += k_mark;
    done = host;
  }
  out.append(text, done);
  return out;
}

/// "<word> <token>" keeps the word only, when the token is long enough to be one.
std::string redact_scheme(std::string_view text, std::string_view word) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = find_ignoring_case(text, word, 0); at != std::string_view::npos;
       at = find_ignoring_case(text, word, at + word.size())) {
    const bool alone = at == 0 || !((lower(text[at - 1]) >= 'a' && lower(text[at - 1]) <= 'z'));
    std::size_t begin = at + word.size();
    while (begin < text.size() && text[begin] == ' ') ++begin;
    std::size_t end = begin;
    while (end < text.size() && !ends_word(text[end])) ++end;
    if (!alone || begin == at + word.size() || end - begin < 8) continue;
    out.append(text, done, begin - done);
    out += k_mark;
    done = end;
  }
  out.append(text, done);
  return out;
}

/// Everything after "Authorization:" (and its relatives) up to the end of the line or quoted text.
std::string redact_header(std::string_view text, std::string_view header) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = find_ignoring_case(text, header, 0); at != std::string_view::npos;
       at = find_ignoring_case(text, header, std::max(done, at + header.size()))) {
    std::size_t begin = at + header.size();
    while (begin < text.size() && (text[begin] == ' ' || text[begin] == '"')) ++begin;
    std::size_t end = begin;
    while (end < text.size() && text[end] != '\r' && text[end] != '\n' && text[end] != '"') ++end;
    if (end == begin) continue;
    out.append(text, done, begin - done);
    out += k_mark;
    done = end;
  }
  out.append(text, done);
  return out;
}

}  // namespace

std::vector<std::string> forms_of_secret(std::string_view secret) {
  std::vector<std::string> forms{std::string(secret), hex(secret, "0123456789abcdef"), hex(secret, "0123456789ABCDEF"),
                                 percent(secret, "0123456789ABCDEF"), percent(secret, "0123456789abcdef")};
  std::string quoted;
  append_json_string(quoted, secret);
  forms.push_back(quoted.substr(1, quoted.size() - 2));
  // Before the secret may stand any bytes ("user:" in Basic): drop the digits that depend on them.
  constexpr std::array<std::size_t, 3> k_shared_digits{0, 2, 3};
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::string text = base64(std::string(shift, '\0') + std::string(secret)).substr(k_shared_digits[shift]);
    forms.push_back(url_form(text));
    forms.push_back(std::move(text));
  }
  std::ranges::sort(forms,
                    [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

std::string replace_forms(std::string_view text, const std::vector<std::string>& forms) {
  std::string out(text);
  for (const auto& form : forms) {
    for (std::size_t at = out.find(form); at != std::string::npos; at = out.find(form, at + k_mark.size())) {
      out.replace(at, form.size(), k_mark);
    }
  }
  return out;
}

std::string redact_text(std::string_view text) {
  std::string out = redact_user_info(text);
  for (const std::string_view header : {"authorization:", "private-token:", "x-auth-token:", "cookie:"}) {
    out = redact_header(out, header);
  }
  for (const std::string_view scheme : {"bearer", "basic"}) out = redact_scheme(out, scheme);
  return out;
}

}  // namespace reconciled
