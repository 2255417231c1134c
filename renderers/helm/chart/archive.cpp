#include "renderers/helm/chart/archive.h"

#include "base/go_path.h"
#include "renderers/helm/chart/load.h"
#include "renderers/helm/chart/tar.h"
#include "renderers/helm/values/quote.h"

#include <fmt/format.h>

#include <unordered_set>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_max_entries = 50'000;
constexpr std::uint64_t k_entry_steps = 64;

tl::unexpected<Error> refuse(std::string message, ErrorKind kind = ErrorKind::render) {
  return fail(kind, std::move(message));
}

tl::unexpected<Error> too_large() {
  return refuse(fmt::format("decompressed chart is larger than the maximum size {}", k_max_chart_bytes),
                ErrorKind::limit);
}

bool is_absolute_on_windows(std::string_view path) {
  const char drive = path.empty() ? '\0' : path.front();
  return path.size() >= 3 && ((drive >= 'a' && drive <= 'z') || (drive >= 'A' && drive <= 'Z')) &&
         path.substr(1, 2) == ":/";
}

bool has_control_characters(std::string_view path) {
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  }
  return false;
}

/// The path of an entry below the chart's folder, in whose stead any other name may stand.
Result<std::string> path_in_chart(const std::string& name) {
  const char delimiter = name.find('\\') == std::string::npos ? '/' : '\\';
  const auto first = name.find(delimiter);
  std::string path = first == std::string::npos ? std::string() : name.substr(first + 1);
  for (char& c : path) {
    if (c == delimiter) c = '/';
  }
  if (path.starts_with('/')) return refuse("chart illegally contains absolute paths");
  path = clean_go_path(path);
  if (path == ".")
    return refuse(fmt::format("chart illegally contains content outside the base directory: {}", quoted(name)));
  if (path.starts_with("..")) return refuse("chart illegally references parent directory");
  if (is_absolute_on_windows(path) || has_control_characters(path))
    return refuse("chart contains illegally named files");
  if (name.substr(0, first) == "Chart.yaml") return refuse("chart yaml not in base directory");
  return path;
}

}  // namespace

Result<std::vector<ChartFile>> read_chart_archive(std::string_view archive, Budget& budget) {
  GzipReader stream(archive);
  TarReader tar(stream);
  std::vector<ChartFile> files;
  std::unordered_set<std::string> seen;
  std::uint64_t left = k_max_chart_bytes;
  for (std::size_t entries = 0;; ++entries) {
    if (!budget.step(k_entry_steps)) return fail(budget.error("reading a chart archive"));
    if (entries == k_max_entries) return refuse("chart archive holds too many entries", ErrorKind::limit);
    TRY_ASSIGN(const auto entry, tar.next());
    if (!entry) break;
    if (entry->size > left) return too_large();
    if (entry->kind == TarEntry::Kind::folder) continue;
    TRY_ASSIGN(auto path, path_in_chart(entry->name));
    if (entry->kind == TarEntry::Kind::link)
      return refuse("chart archive holds a link, which is not followed: " + quoted(entry->name));
    if (entry->kind == TarEntry::Kind::special)
      return refuse("chart archive holds what is neither a file nor a folder: " + quoted(entry->name));
    if (entry->size > k_max_chart_file_bytes)
      return refuse(fmt::format("decompressed chart file {} is larger than the maximum file size {}",
                                quoted(entry->name), k_max_chart_file_bytes),
                    ErrorKind::limit);
    if (!seen.insert(path).second) return refuse("chart archive holds a file twice: " + quoted(entry->name));
    left -= entry->size;
    if (!budget.take(entry->size)) return fail(budget.error("reading a chart archive"));
    TRY_ASSIGN(auto data, tar.content());
    if (data.starts_with("\xEF\xBB\xBF")) data.erase(0, 3);
    files.push_back({std::move(path), std::move(data)});
  }
  if (files.empty()) return refuse("no files in chart archive");
  return files;
}

}  // namespace reconciled::helm
