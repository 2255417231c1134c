#include "config/store.h"

#include "base/suggest.h"
#include "config/size.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reconciled::config {
namespace {

constexpr std::size_t k_max_text = 4096;
constexpr std::size_t k_max_secret = 64 << 10;

tl::unexpected<Error> wrong(std::string message, std::string hint = {}) {
  return fail(ErrorKind::config, std::move(message), {}, std::move(hint));
}

/// A value in an error, cut so that a misplaced file does not fill the screen.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return redact_text(fmt::format("\"{}\"{}", out, text.size() > 40 ? "..." : ""));
}

template <class Format>
Status in_bounds(const Row& row, std::uint64_t number, Format&& format) {
  const auto min = static_cast<std::uint64_t>(row.rules.min);
  const auto max = static_cast<std::uint64_t>(row.rules.max);
  if (number >= min && number <= max) return {};
  return wrong(fmt::format("{} is out of bounds", format(number)),
               fmt::format("use {} to {}", format(min), format(max)));
}

Result<std::uint64_t> read_count(const Row& row, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::invalid_argument || end != text.data() + text.size())
    return wrong(fmt::format("want a whole number, have {}", shown(text)));
  if (problem == std::errc::result_out_of_range) number = std::numeric_limits<std::uint64_t>::max();
  TRY(in_bounds(row, number, [](std::uint64_t n) { return std::to_string(n); }));
  return number;
}

Result<std::uint64_t> read_size(const Row& row, std::string_view text) {
  const auto size = parse_size(text);
  if (!size) return wrong(fmt::format("{}: {}", shown(text), size.error().message));
  TRY(in_bounds(row, *size, [](std::uint64_t n) { return format_size(n); }));
  return *size;
}

Result<Duration> read_duration(const Row& row, std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration)
    return wrong(fmt::format("want a duration, have {}: {}", shown(text), duration.error().message),
                 "write it like 30s, 5m or 1h30m");
  const auto format = [](std::uint64_t n) { return format_duration(Duration(static_cast<std::int64_t>(n))); };
  TRY(in_bounds(row, static_cast<std::uint64_t>(duration->count()), format));
  return *duration;
}

Result<int> read_choice(const Row& row, std::string_view text) {
  std::vector<std::string> words;
  for (const Choice& choice : row.rules.choices) {
    if (choice.text == text) return choice.value;
    words.emplace_back(choice.text);
  }
  return wrong(fmt::format("{} is not known here{}", shown(text), did_you_mean(text, words)),
               fmt::format("use one of {}", fmt::join(words, ", ")));
}

std::string folder_of(std::string_view file) {
  const auto slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(file.substr(0, slash + 1));
}

Result<std::string> resolve_path(std::string_view text, std::string_view said_in, const SettingsInput& input) {
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return wrong("there is a control character in the path");
  }
  if (text.starts_with("~/")) {
    const auto home = variable_of(input, "HOME");
    if (home.empty()) return wrong("\"~\" has no meaning: HOME is not set", "write the whole path");
    return home + std::string(text.substr(1));
  }
  if (text.empty() || text.front() == '/' || said_in.starts_with('$')) return std::string(text);
  return folder_of(said_in) + std::string(text);
}

Result<std::string> read_secret_file(const std::string& path, const SettingsInput& input) {
  if (!input.read_secret) return wrong("references to files cannot be followed here");
  auto content = input.read_secret(path);
  if (!content) return wrong(fmt::format("the secret cannot be read: {}", content.error().message));
  if (content->ends_with('\n')) content->pop_back();
  if (content->ends_with('\r')) content->pop_back();
  return content;
}

Result<std::string> follow_reference(std::string_view text, std::string_view said_in, const SettingsInput& input) {
  constexpr std::string_view k_hint = "use ${file:/path}, ${env:NAME} or ${cred:NAME} as the whole value";
  if (!text.ends_with('}') || text.find("${", 2) != std::string_view::npos)
    return wrong("the reference is not the whole value", std::string(k_hint));
  const auto inner = text.substr(2, text.size() - 3);
  const auto colon = inner.find(':');
  const auto scheme = inner.substr(0, colon);
  const auto name = colon == std::string_view::npos ? std::string_view() : inner.substr(colon + 1);
  if (name.empty()) return wrong("the reference names nothing", std::string(k_hint));
  if (scheme == "env") {
    auto value = variable_of(input, name);
    if (value.empty()) return wrong(fmt::format("the variable {} is not set", shown(name)));
    return value;
  }
  if (scheme == "file") {
    TRY_ASSIGN(const auto path, resolve_path(name, said_in, input));
    return read_secret_file(path, input);
  }
  if (scheme == "cred") {
    const auto folder = variable_of(input, "CREDENTIALS_DIRECTORY");
    if (folder.empty())
      return wrong("there are no credentials: CREDENTIALS_DIRECTORY is not set", "systemd sets it for LoadCredential=");
    if (name.find('/') != std::string_view::npos || name == "." || name == "..")
      return wrong("the name of a credential has no slash");
    return read_secret_file(folder + "/" + std::string(name), input);
  }
  return wrong("the reference is of an unknown kind", std::string(k_hint));
}

Status store_secret(std::string text, std::string_view said_in, SecretString& secret, const SettingsInput& input) {
  if (text.starts_with("${")) {
    TRY_ASSIGN(text, follow_reference(text, said_in, input));
  } else if (!refuse_reference(text).empty()) {
    return wrong("the reference is not the whole value", "split it: a secret is a text or one reference");
  }
  if (text.empty()) return wrong("the secret is empty");
  if (text.size() > k_max_secret) return wrong(fmt::format("the secret is longer than {} bytes", k_max_secret));
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return wrong("there is a control character in the secret", "a password or token is one line");
  }
  secret = SecretString(text);
  return {};
}

Status store_plain(const Row& row, const std::string& text, std::string_view said_in, std::string& member,
                   const SettingsInput& input) {
  if (text.size() > k_max_text) return wrong(fmt::format("longer than {} bytes", k_max_text));
  if (auto problem = refuse_reference(text); !problem.empty()) return wrong(std::move(problem));
  if (row.shape == Shape::path) {
    TRY_ASSIGN(member, resolve_path(text, said_in, input));
    return {};
  }
  const bool must_say = row.rules.presence == Presence::required || !row.rules.fallback.empty();
  if (row.rules.check != nullptr && (must_say || !text.empty())) {
    if (auto problem = row.rules.check(text); !problem.empty()) return wrong(std::move(problem));
  }
  member = text;
  return {};
}

}  // namespace

std::string variable_of(const SettingsInput& input, std::string_view name) {
  const auto found =
      std::ranges::find(input.environment, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return found == input.environment.end() ? std::string() : found->second;
}

std::string refuse_reference(std::string_view text) {
  for (const std::string_view start : {"${file:", "${env:", "${cred:"}) {
    if (text.find(start) != std::string_view::npos)
      return "only a secret (password, token) may refer to a file, a variable or a credential";
  }
  return {};
}

std::string_view name_of(Shape shape) {
  switch (shape) {
    case Shape::text: return "a text";
    case Shape::path: return "a path";
    case Shape::count: return "a whole number";
    case Shape::size: return "a size";
    case Shape::duration: return "a duration";
    case Shape::boolean: return "true or false";
    case Shape::choice: return "a word";
    case Shape::secret: return "a secret text";
    case Shape::texts: return "a list of texts";
    case Shape::paths: return "a list of paths";
    case Shape::secrets: return "a list of secret texts";
    case Shape::section:
    case Shape::inlined: return "a map";
    case Shape::sections: return "a list of maps";
  }
  return {};
}

Status store_text(const Row& row, const std::string& text, void* member, std::string_view said_in,
                  const SettingsInput& input) {
  switch (row.shape) {
    case Shape::text:
    case Shape::path: return store_plain(row, text, said_in, *static_cast<std::string*>(member), input);
    case Shape::secret: return store_secret(text, said_in, *static_cast<SecretString*>(member), input);
    case Shape::boolean:
      if (text != "true" && text != "false") return wrong(fmt::format("want true or false, have {}", shown(text)));
      *static_cast<bool*>(member) = text == "true";
      return {};
    case Shape::count: {
      TRY_ASSIGN(*static_cast<std::uint64_t*>(member), read_count(row, text));
      return {};
    }
    case Shape::size: {
      TRY_ASSIGN(*static_cast<std::uint64_t*>(member), read_size(row, text));
      return {};
    }
    case Shape::duration: {
      TRY_ASSIGN(*static_cast<Duration*>(member), read_duration(row, text));
      return {};
    }
    case Shape::choice: {
      TRY_ASSIGN(const int value, read_choice(row, text));
      row.set_choice(member, value);
      return {};
    }
    case Shape::texts:
    case Shape::paths:
    case Shape::secrets:
    case Shape::section:
    case Shape::sections:
    case Shape::inlined: break;
  }
  return fail(ErrorKind::internal, "a row of this shape holds no single text");
}

void apply_defaults(const Section& section, void* owner) {
  const SettingsInput nothing;
  each_row(section, owner, [&](const Row& row, void* row_owner) {
    if (row.shape == Shape::section) return apply_defaults(*row.rules.section, row.member(row_owner));
    // A test proves that every default passes the rules of its own row.
    if (!row.rules.fallback.empty())
      (void)store_text(row, std::string(row.rules.fallback), row.member(row_owner), "", nothing);
  });
}

}  // namespace reconciled::config
