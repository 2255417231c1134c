#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace reconciled {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

/// Closes a descriptor when it ends.
class Descriptor {
 public:
  explicit Descriptor(int fd) : m_fd(fd) {}
  ~Descriptor() {
    if (m_fd >= 0) ::close(m_fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return m_fd; }
  [[nodiscard]] bool valid() const { return m_fd >= 0; }

 private:
  int m_fd;
};

Error local_error(const std::string& doing, const std::string& path) {
  return Error(ErrorKind::local, "cannot " + doing + ": " + reason(), {.file = path});
}

Status write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(local_error("write", path));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

tl::unexpected<Error> too_large(const std::string& path, std::size_t max_bytes) {
  return fail(ErrorKind::limit, "is larger than the " + std::to_string(max_bytes) + " bytes that may be read",
              {.file = path});
}

/// The size of a regular file that may be read.
Result<std::size_t> size_of(int fd, const std::string& path, std::size_t max_bytes) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return fail(local_error("read", path));
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::local, S_ISDIR(status.st_mode) ? "is a folder" : "is not a regular file", {.file = path});
  }
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) return too_large(path, max_bytes);
  return static_cast<std::size_t>(status.st_size);
}

/// O_NONBLOCK: opening a FIFO must not wait for a writer.
Descriptor open_to_read(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

Result<std::string> read_open(int fd, std::size_t size, const std::string& path, std::size_t max_bytes) {
  // The size is only a guess: files of /proc say 0, and a file may grow while it is read.
  std::string content;
  std::size_t used = 0;
  content.resize(size + 1);
  while (true) {
    if (used == content.size()) content.resize(content.size() * 2 + 4096);
    const ssize_t got = ::read(fd, content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(local_error("read", path));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) return too_large(path, max_bytes);
  }
  content.resize(used);
  return content;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file = open_to_read(path);
  if (!file.valid()) return fail(local_error("open", path));
  TRY_ASSIGN(const std::size_t size, size_of(file.get(), path, max_bytes));
  return read_open(file.get(), size, path, max_bytes);
}

Result<SharedText> map_file(const std::string& path, std::size_t max_bytes) {
  constexpr std::size_t k_worth_mapping = 64U << 10;
  const Descriptor file = open_to_read(path);
  if (!file.valid()) return fail(local_error("open", path));
  TRY_ASSIGN(const std::size_t size, size_of(file.get(), path, max_bytes));
  if (size >= k_worth_mapping) {
    void* const pages = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (pages != MAP_FAILED) {
      std::shared_ptr<const void> owner(pages, [size](void* mapped) { ::munmap(mapped, size); });
      return SharedText(std::move(owner), {static_cast<const char*>(pages), size});
    }
  }
  TRY_ASSIGN(auto content, read_open(file.get(), size, path, max_bytes));
  return SharedText(std::move(content));
}

Status write_file_atomically(const std::string& path, std::string_view content, unsigned mode) {
  std::string temporary = path + ".tmp-XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.valid()) return fail(local_error("write", path));
  const auto discard = [&](Error error) {
    ::unlink(temporary.c_str());
    return fail(std::move(error));
  };
  if (auto written = write_all(file.get(), content, path); !written) return discard(std::move(written).error());
  if (::fchmod(file.get(), mode) != 0) return discard(local_error("set the mode", path));
  if (::fsync(file.get()) != 0) return discard(local_error("sync", path));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return discard(local_error("replace", path));

  // The rename is durable once the folder is: a file system that cannot sync folders has nothing to add.
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.valid() && ::fsync(parent.get()) != 0 && errno == EIO)
    return fail(local_error("sync the folder of", path));
  return {};
}

}  // namespace reconciled
