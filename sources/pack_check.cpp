#include "sources/pack_check.h"

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace reconciled {
namespace {

constexpr std::size_t k_clock_interval = 256;

bool less(const git_oid& a, const git_oid& b) {
  return git_oid_cmp(&a, &b) < 0;
}

int collect(const git_oid* id, void* payload) {
  static_cast<std::vector<git_oid>*>(payload)->push_back(*id);
  return 0;
}

class PackCheck {
 public:
  PackCheck(git_odb& pack, git_odb& store) : m_pack(pack), m_store(store) {}

  Result<std::uint64_t> run(MonotonicTime deadline) {
    if (git_odb_foreach(&m_pack, &collect, &m_ids) != 0) return fail(broken());
    std::ranges::sort(m_ids, less);
    for (std::size_t i = 0; i < m_ids.size(); ++i) {
      if (i % k_clock_interval == 0 && monotonic_now() >= deadline) {
        return fail(ErrorKind::timeout, "checking the pack took too long");
      }
      TRY(check(m_ids[i]));
    }
    return m_read;
  }

 private:
  static Error broken() { return git2_error(ErrorKind::source_integrity, "the pack is broken"); }

  Status check(const git_oid& id) {
    std::size_t size = 0;
    git_object_t type{};
    if (git_odb_read_header(&size, &type, &m_pack, &id) != 0) return fail(broken());
    if (type == GIT_OBJECT_BLOB) return {};
    ++m_read;
    git_odb_object* handle = nullptr;
    if (git_odb_read(&handle, &m_pack, &id) != 0) return fail(broken());
    const Git2<git_odb_object> object(handle);
    const std::string_view text(static_cast<const char*>(git_odb_object_data(handle)), git_odb_object_size(handle));
    return type == GIT_OBJECT_TREE ? check_tree(text) : check_header(text);
  }

  /// "tree ID", "parent ID" and "object ID" of commits and tags.
  Status check_header(std::string_view text) const {
    while (!text.empty() && text.front() != '\n') {
      const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
      for (const std::string_view word : {"tree ", "parent ", "object "}) {
        git_oid id;
        if (!line.starts_with(word) || line.size() != word.size() + GIT_OID_HEXSZ) continue;
        if (git_oid_fromstrn(&id, line.data() + word.size(), GIT_OID_HEXSZ) == 0) TRY(require(id));
      }
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
  }

  Status check_tree(std::string_view text) const {
    while (!text.empty()) {
      const std::size_t end = text.find('\0');
      if (end == std::string_view::npos || text.size() - end - 1 < GIT_OID_RAWSZ) {
        return fail(ErrorKind::source_integrity, "the pack is broken: a tree is cut");
      }
      git_oid id;
      std::memcpy(id.id, text.data() + end + 1, GIT_OID_RAWSZ);
      const bool submodule = text.starts_with("160000 ");
      if (!submodule) TRY(require(id));
      text.remove_prefix(end + 1 + GIT_OID_RAWSZ);
    }
    return {};
  }

  Status require(const git_oid& id) const {
    if (std::ranges::binary_search(m_ids, id, less)) return {};
    if (git_odb_exists_ext(&m_store, &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1) return {};
    char text[GIT_OID_HEXSZ + 1] = {};
    git_oid_tostr(text, sizeof text, &id);
    return fail(ErrorKind::source_integrity,
                "the pack names the object " + std::string(text) + " and does not bring it");
  }

  git_odb& m_pack;
  git_odb& m_store;
  std::vector<git_oid> m_ids;  // of the pack, sorted
  std::uint64_t m_read = 0;
};

}  // namespace

Result<std::uint64_t> check_pack_complete(const std::string& index_file, git_odb& store, MonotonicTime deadline) {
  git_odb* handle = nullptr;
  if (git_odb_new(&handle) != 0) return fail(git2_error(ErrorKind::local, "cannot check the pack"));
  const Git2<git_odb> pack(handle);
  git_odb_backend* backend = nullptr;
  if (git_odb_backend_one_pack(&backend, index_file.c_str()) != 0 || git_odb_add_backend(handle, backend, 1) != 0) {
    return fail(git2_error(ErrorKind::source_integrity, "the pack is broken"));
  }
  return PackCheck(*handle, store).run(deadline);
}

}  // namespace reconciled
