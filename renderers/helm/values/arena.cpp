#include "renderers/helm/values/arena.h"

#include <algorithm>
#include <cstring>

namespace reconciled::helm {
namespace {

constexpr std::size_t k_largest_chunk = 256U << 10;

std::size_t padding(const std::byte* at, std::size_t alignment) {
  return (alignment - reinterpret_cast<std::uintptr_t>(at) % alignment) % alignment;
}

}  // namespace

void* Arena::allocate(std::size_t size, std::size_t alignment) {
  std::size_t skip = padding(m_next, alignment);
  if (static_cast<std::size_t>(m_end - m_next) < size + skip) {
    const std::size_t chunk = std::max(m_chunk_size, size + alignment);
    if (!m_budget.take(chunk)) m_overspent = true;
    m_chunk_size = std::min(m_chunk_size * 2, k_largest_chunk);
    m_chunks.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk));
    m_next = m_chunks.back().get();
    m_end = m_next + chunk;
    skip = padding(m_next, alignment);
  }
  void* result = m_next + skip;
  m_next += skip + size;
  return result;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* bytes = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

}  // namespace reconciled::helm
