#include "base/file.h"

#include <fcntl.h>
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

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return fail(local_error("open", path));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(local_error("read", path));
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::local, S_ISDIR(status.st_mode) ? "is a folder" : "is not a regular file", {.file = path});
  }
  const auto too_large = [&] {
    return fail(ErrorKind::limit, "is larger than the " + std::to_string(max_bytes) + " bytes that may be read",
                {.file = path});
  };
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) return too_large();

  // The size is only a guess: files of /proc say 0, and a file may grow while it is read.
  std::string content;
  std::size_t used = 0;
  content.resize(static_cast<std::size_t>(status.st_size) + 1);
  while (true) {
    if (used == content.size()) content.resize(content.size() * 2 + 4096);
    const ssize_t got = ::read(file.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(local_error("read", path));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) return too_large();
  }
  content.resize(used);
  return content;
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
