// How much a chart repository or registry may send.
#pragma once

#include <cstdint>

namespace reconciled {

constexpr std::uint64_t k_max_archive_bytes = 64ULL << 20;  ///< a .tgz
constexpr std::uint64_t k_max_index_bytes = 128ULL << 20;   ///< index.yaml, unpacked
constexpr std::uint64_t k_max_answer_bytes = 4ULL << 20;    ///< everything else
constexpr int k_max_tag_pages = 200;

}  // namespace reconciled
