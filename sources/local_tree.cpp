#include "sources/local_tree.h"

#include "base/digest.h"
#include "sources/descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace reconciled {
namespace {

constexpr int k_open_flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr std::size_t k_max_entries = 1'000'000;  // of one folder
constexpr std::uint32_t k_max_depth = 256;

Error local_error(std::string_view doing, std::string_view path) {
  return Error(ErrorKind::local, "cannot " + std::string(doing) + ": " + std::generic_category().message(errno),
               {.file = std::string(path)});
}

std::optional<TreeEntry::Kind> kind_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return TreeEntry::Kind::folder;
  if (S_ISREG(status.st_mode)) return TreeEntry::Kind::file;
  if (S_ISLNK(status.st_mode)) return TreeEntry::Kind::symlink;
  return std::nullopt;
}

struct DirectoryFree {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class LocalTree final : public SourceTree {
 public:
  explicit LocalTree(Descriptor root) : m_root(std::move(root)) {}

  Result<std::vector<TreeEntry>> list(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(auto folder, open_folder(checked));
    if (!folder) return fail(ErrorKind::source_missing, "there is no such folder", {.file = checked});
    return entries_of(std::move(*folder), checked);
  }

  Result<std::optional<std::string>> read(std::string_view path, std::uint64_t max_bytes) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto entry, stat(checked));
    if (!entry) return std::nullopt;
    if (entry->kind != TreeEntry::Kind::file) {
      const bool folder = entry->kind == TreeEntry::Kind::folder;
      return fail(ErrorKind::source_missing, folder ? "is a folder, not a file" : "is a symbolic link, not a file",
                  {.file = checked});
    }
    TRY_ASSIGN(const auto parent, open_folder(parent_of(checked)));
    if (!parent) return std::nullopt;
    const Descriptor file(::openat(parent->get(), name_of_path(checked).c_str(), k_open_flags));
    if (!file.valid() && errno == ENOENT) return std::nullopt;
    if (!file.valid()) return fail(local_error("open", checked));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail(local_error("read", checked));
    if (!S_ISREG(status.st_mode))
      return fail(ErrorKind::local, "changed into something else while it was read", {.file = checked});
    return read_descriptor(file.get(), checked, max_bytes);
  }

  Result<std::optional<TreeEntry>> stat(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    if (checked.empty()) return TreeEntry{.name = "", .kind = TreeEntry::Kind::folder};
    TRY_ASSIGN(const auto parent, open_folder(parent_of(checked)));
    if (!parent) return std::nullopt;
    const std::string name = name_of_path(checked);
    struct stat status{};
    if (::fstatat(parent->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
      return fail(local_error("look at it", checked));
    }
    const auto kind = kind_of(status);
    if (!kind) return std::nullopt;
    return make_entry(name, *kind, status);
  }

  Result<std::string> id(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto entry, stat(checked));
    if (!entry) return std::string();
    return id_of(checked, *entry, 0);
  }

  Result<std::string> read_link(std::string_view path) const override {
    TRY_ASSIGN(const std::string checked, normalise_path(path));
    TRY_ASSIGN(const auto parent, open_folder(parent_of(checked)));
    char target[4096];
    const ssize_t size =
        parent ? ::readlinkat(parent->get(), name_of_path(checked).c_str(), target, sizeof target) : -1;
    if (size < 0) return fail(local_error("read the link", checked));
    return std::string(target, static_cast<std::size_t>(size));
  }

 private:
  static std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
  }
  static std::string name_of_path(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  static TreeEntry make_entry(std::string name, TreeEntry::Kind kind, const struct stat& status) {
    const bool file = kind == TreeEntry::Kind::file;
    return {.name = std::move(name), .kind = kind, .size = file ? static_cast<std::uint64_t>(status.st_size) : 0};
  }

  /// Step by step, so that no link in the middle is followed; nullopt where no folder is.
  Result<std::optional<Descriptor>> open_folder(const std::string& path) const {
    Descriptor current(::openat(m_root.get(), ".", k_open_flags | O_DIRECTORY));
    if (!current.valid()) return fail(local_error("open the folder", path));
    for (std::size_t begin = 0; begin < path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      current =
          Descriptor(::openat(current.get(), path.substr(begin, end - begin).c_str(), k_open_flags | O_DIRECTORY));
      if (!current.valid()) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
        return fail(local_error("open the folder", path));
      }
      begin = end + 1;
    }
    return current;
  }

  static Result<std::vector<TreeEntry>> entries_of(Descriptor folder, const std::string& path) {
    const std::unique_ptr<DIR, DirectoryFree> directory(::fdopendir(folder.get()));
    if (!directory) return fail(local_error("list the folder", path));
    folder.release();
    std::vector<TreeEntry> entries;
    while (true) {
      errno = 0;
      const dirent* const item = ::readdir(directory.get());
      if (item == nullptr && errno != 0) return fail(local_error("list the folder", path));
      if (item == nullptr) break;
      const std::string name = item->d_name;
      if (name == "." || name == ".." || name == ".git") continue;
      struct stat status{};
      if (::fstatat(::dirfd(directory.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;
        return fail(local_error("look at it", join_path(path, name)));
      }
      const auto kind = kind_of(status);
      if (!kind) continue;
      if (!normalise_path(name)) {
        return fail(ErrorKind::source_integrity, "the folder has an unsafe name", {.file = path},
                    "rename or remove it");
      }
      entries.push_back(make_entry(name, *kind, status));
      if (entries.size() > k_max_entries)
        return fail(ErrorKind::limit, "has more than 1000000 entries", {.file = path});
    }
    std::ranges::sort(entries, {}, &TreeEntry::name);
    return entries;
  }

  static Result<std::optional<std::string>> read_descriptor(int file, const std::string& path,
                                                            std::uint64_t max_bytes) {
    std::string content;
    char buffer[65536];
    while (true) {
      const ssize_t got = ::read(file, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(local_error("read", path));
      if (got == 0) return content;
      content.append(buffer, static_cast<std::size_t>(got));
      if (content.size() > max_bytes) {
        return fail(ErrorKind::limit, "is larger than the " + std::to_string(max_bytes) + " bytes that may be read",
                    {.file = path});
      }
    }
  }

  Result<std::string> id_of(const std::string& path, const TreeEntry& entry, std::uint32_t depth) const {
    if (depth > k_max_depth) return fail(ErrorKind::limit, "folders are nested deeper than 256", {.file = path});
    if (entry.kind == TreeEntry::Kind::file) {
      TRY_ASSIGN(const auto content, read(path, k_max_file_bytes));
      return sha256(content.value_or("")).hex();
    }
    if (entry.kind == TreeEntry::Kind::symlink) {
      TRY_ASSIGN(const std::string target, read_link(path));
      return "link:" + sha256(target).hex();
    }
    TRY_ASSIGN(const auto entries, list(path));
    Sha256 sum;
    for (const auto& inner : entries) {
      TRY_ASSIGN(const std::string inner_id, id_of(join_path(path, inner.name), inner, depth + 1));
      sum.field(inner.name).field(inner.kind == TreeEntry::Kind::folder ? "folder" : "file").field(inner_id);
    }
    return sum.finish().hex();
  }

  Descriptor m_root;
};

}  // namespace

Result<std::unique_ptr<SourceTree>> make_local_tree(const std::string& folder) {
  Descriptor root(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (!root.valid()) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    Error error = local_error("open the folder", folder);
    if (absent) error = Error(ErrorKind::source_missing, "there is no such folder", {.file = folder});
    return fail(std::move(error));
  }
  return std::unique_ptr<SourceTree>(std::make_unique<LocalTree>(std::move(root)));
}

}  // namespace reconciled
