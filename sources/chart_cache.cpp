#include "sources/chart_cache.h"

#include "base/file.h"
#include "base/json.h"
#include "sources/chart_limits.h"

#include <filesystem>
#include <system_error>

namespace reconciled {
namespace {

constexpr std::size_t k_max_head = 16U << 10;

/// Name of a file for something that is no name itself.
std::string name_of(std::initializer_list<std::string_view> parts) {
  Sha256 sum;
  for (const auto part : parts) sum.field(part);
  return sum.finish().hex();
}

std::optional<Value> parse_head(std::string_view line) {
  if (line.size() > k_max_head) return std::nullopt;
  Budget budget;
  auto value = parse_json(line, budget);
  if (!value || !value->is_map()) return std::nullopt;
  return std::move(*value);
}

}  // namespace

std::string ChartCache::place(std::string_view kind, std::string_view name) const {
  return m_folder + '/' + std::string(kind) + '/' + std::string(name);
}

Status ChartCache::write(const std::string& path, std::string_view content) const {
  std::error_code code;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), code);
  if (code) return fail(ErrorKind::local, "cannot make the cache folder: " + code.message(), {.file = m_folder});
  return write_file_atomically(path, content);
}

std::optional<std::string> ChartCache::find_archive(const std::string& digest) const {
  const std::string path = place("archives", digest);
  auto bytes = read_file(path, k_max_archive_bytes);
  if (!bytes) return std::nullopt;
  if (sha256(*bytes).hex() == digest) return std::move(*bytes);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return std::nullopt;
}

Status ChartCache::keep_archive(const std::string& digest, std::string_view bytes) const {
  return write(place("archives", digest), bytes);
}

// A page is a line of JSON and the body; the digest in the line tells a damaged one.
std::optional<ChartCache::Page> ChartCache::find_page(const std::string& url) const {
  auto text = read_file(place("pages", name_of({url})), k_max_index_bytes + k_max_head);
  const auto end = text ? text->find('\n') : std::string::npos;
  if (end == std::string::npos) return std::nullopt;
  const auto head = parse_head(std::string_view(*text).substr(0, end));
  if (!head) return std::nullopt;
  Page page{std::string((*head)["etag"].as_string()), std::string((*head)["modified"].as_string()),
            text->substr(end + 1)};
  if (sha256(page.body).hex() != (*head)["sha256"].as_string()) return std::nullopt;
  return page;
}

Status ChartCache::keep_page(const std::string& url, const Page& page) const {
  const Value head =
      Value::map({{"etag", page.etag}, {"modified", page.last_modified}, {"sha256", sha256(page.body).hex()}});
  return write(place("pages", name_of({url})), format_json(head) + '\n' + page.body);
}

std::optional<ChartPin> ChartCache::find_pin(const ChartRef& ref) const {
  const auto text = read_file(place("pins", name_of({ref.repository, ref.name, ref.version})), k_max_head);
  if (!text) return std::nullopt;
  const auto head = parse_head(*text);
  if (!head) return std::nullopt;
  const auto member = [&](std::string_view key) { return std::string((*head)[key].as_string()); };
  ChartPin pin{member("repository"), member("name"), member("version"), member("digest"), member("url")};
  if (pin.repository != ref.repository || pin.name != ref.name || !Digest::parse(pin.digest)) return std::nullopt;
  return pin;
}

Status ChartCache::keep_pin(const ChartRef& ref, const ChartPin& pin) const {
  if (find_pin(ref) == pin) return {};
  const Value head = Value::map({{"repository", pin.repository},
                                 {"name", pin.name},
                                 {"version", pin.version},
                                 {"digest", pin.digest},
                                 {"url", pin.url}});
  return write(place("pins", name_of({ref.repository, ref.name, ref.version})), format_json(head));
}

}  // namespace reconciled
