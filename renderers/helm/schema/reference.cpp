#include "renderers/helm/schema/reference.h"

namespace reconciled::helm {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// "http:" of "http://a/b"; empty without one.
std::string_view scheme_of(std::string_view url) {
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == ':') return url.substr(0, i == 0 ? 0 : i + 1);
    if (!letter && (i == 0 || ((c < '0' || c > '9') && c != '+' && c != '-' && c != '.'))) return {};
  }
  return {};
}

/// "http://host" of "http://host/path".
std::string_view site_of(std::string_view url) {
  const auto scheme = scheme_of(url);
  if (!url.substr(scheme.size()).starts_with("//")) return scheme;
  return url.substr(0, url.find('/', scheme.size() + 2));
}

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> names;
  bool folder = false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    folder = name == "." || name == "..";
    if (name == "..") {
      if (!names.empty()) names.pop_back();
    } else if (name != ".") {
      names.push_back(name);
    }
  }
  std::string clean;
  for (const auto name : names) (clean += '/') += name;
  return folder || clean.empty() ? clean + "/" : clean;
}

}  // namespace

std::optional<SplitReference> split_reference(std::string_view reference) {
  const auto hash = reference.find('#');
  SplitReference split{std::string(reference.substr(0, hash)), {}};
  if (hash == std::string_view::npos) return split;
  auto fragment = percent_decoded(reference.substr(hash + 1));
  if (!fragment) return std::nullopt;
  split.fragment = std::move(*fragment);
  return split;
}

std::string join_url(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string(base);
  if (!scheme_of(reference).empty()) return std::string(reference);
  if (reference.starts_with("//")) return std::string(scheme_of(base)).append(reference);
  const auto site = site_of(base);
  if (reference.starts_with('/')) return std::string(site) + without_dots(reference);
  auto path = base.substr(site.size());
  path = path.substr(0, path.find('?'));
  const auto folder = path.substr(0, path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
  return std::string(site) + without_dots((folder.empty() ? "/" : std::string(folder)).append(reference));
}

std::vector<std::string> pointer_names(std::string_view pointer) {
  std::vector<std::string> names;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto escaped = pointer.substr(0, pointer.find('/'));
    auto& name = names.emplace_back();
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      const bool escape =
          escaped[i] == '~' && i + 1 < escaped.size() && (escaped[i + 1] == '0' || escaped[i + 1] == '1');
      name += escape ? (escaped[++i] == '0' ? '~' : '/') : escaped[i];
    }
    pointer.remove_prefix(escaped.size());
  }
  return names;
}

std::string append_name(std::string_view pointer, std::string_view name) {
  std::string longer(pointer);
  longer += '/';
  for (const char c : name) {
    if (c == '~') {
      longer += "~0";
    } else if (c == '/') {
      longer += "~1";
    } else {
      longer += c;
    }
  }
  return longer;
}

}  // namespace reconciled::helm
