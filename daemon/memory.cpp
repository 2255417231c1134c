#include "daemon/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace reconciled {
namespace {

constexpr Duration k_trim_every = std::chrono::seconds(10);
constexpr Duration k_settles_after = std::chrono::seconds(30);
constexpr int k_own_mapping = 128 << 10;  // bytes; fixed, or glibc raises it to what was freed last

/// Segments that nothing was written to: their pages are those of the file.
int drop_pages(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void keep_heap_small() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, k_own_mapping);
}

void MemoryTrim::tick(MonotonicTime now) {
  if (now - m_trimmed < k_trim_every) return;
  m_trimmed = now;
  ::malloc_trim(0);
  if (m_settled || now - m_started < k_settles_after) return;
  m_settled = true;
  ::dl_iterate_phdr(&drop_pages, nullptr);
}

}  // namespace reconciled
