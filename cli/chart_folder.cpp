#include "cli/chart_folder.h"

#include "base/file.h"

#include <algorithm>
#include <filesystem>

namespace reconciled {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(const std::string& doing, const std::string& path, const std::error_code& why) {
  return fail(ErrorKind::local, "cannot " + doing + ": " + why.message(), {.file = path});
}

class ChartFolder final : public SourceTree {
 public:
  explicit ChartFolder(std::string folder) : m_folder(std::move(folder)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    const auto folder = place_of(path);
    std::error_code error;
    std::vector<TreeEntry> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      // What the folder itself says of an entry saves asking for it; of a link it says nothing.
      const auto status = at->is_symlink(error) ? at->status(error) : at->symlink_status(error);
      TRY_ASSIGN(auto entry, entry_of(at->path().filename().string(), status, at->path().string()));
      entries.push_back(std::move(entry));
    }
    if (error) return cannot("list the folder", folder, error);
    std::ranges::sort(entries, {}, &TreeEntry::name);
    return entries;
  }

  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const auto text, read_shared(path, max_bytes));
    if (!text) return std::nullopt;
    return std::string(text->view());
  }

  Result<std::optional<SharedText>> read_shared(std::string_view path, std::uint64_t max_bytes) const override {
    const auto file = place_of(path);
    auto text = map_file(file, max_bytes);
    if (text) return std::move(*text);
    std::error_code error;
    if (!fs::exists(file, error)) return std::nullopt;
    return fail(std::move(text).error());
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    const auto file = place_of(path);
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found) return std::nullopt;
    TRY_ASSIGN(auto entry, entry_of(fs::path(file).filename().string(), status, file));
    return entry;
  }

  Result<std::string> id(std::string_view path) const override {
    return fail(ErrorKind::internal, "a folder that is read once has no ids", {.file = place_of(path)});
  }

 private:
  [[nodiscard]] std::string place_of(std::string_view path) const { return join_path(m_folder, path); }

  static Result<TreeEntry> entry_of(std::string name, const fs::file_status& status, const std::string& path) {
    if (fs::is_directory(status)) return TreeEntry{std::move(name), TreeEntry::Kind::folder, 0};
    if (fs::is_regular_file(status)) return TreeEntry{std::move(name), TreeEntry::Kind::file, 0};
    return fail(ErrorKind::local, "is neither a file nor a folder, nor a link to one", {.file = path});
  }

  std::string m_folder;
};

}  // namespace

std::unique_ptr<SourceTree> open_chart_folder(std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return std::make_unique<ChartFolder>(std::move(folder));
}

}  // namespace reconciled
