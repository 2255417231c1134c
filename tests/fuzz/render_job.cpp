// The first byte chooses: the bytes behind it are a render job, a worker's answer or a pack of manifests. What is read
// and written again reads the same.
#include "renderers/render_job.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace reconciled;

namespace {

constexpr std::uint64_t k_much = 1U << 30;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_job(std::string_view bytes) {
  const auto job = decode_render_job(bytes);
  if (!job) return;
  const Limits limits{.steps = 100'000, .bytes = 4 << 20, .depth = 64};
  const auto once = encode_render_job(job->inputs, limits, k_much);
  if (!once) return;
  const auto again = decode_render_job(*once);
  require(again.has_value());
  require(again->inputs.stack == job->inputs.stack && again->inputs.digest == job->inputs.digest);
  require(encode_render_job(again->inputs, limits, k_much) == once);
  InlineExecutor executor;
  static_cast<void>(executor.render(job->inputs, limits));
}

void try_pack(std::string_view bytes) {
  const auto set = PackedManifests::from_bytes(std::string(bytes)).unpack();
  if (!set) return;
  require(PackedManifests::pack(*set).unpack() == set);
}

void try_answer(std::string_view bytes) {
  const auto answer = decode_render_answer(bytes);
  if (!answer) return;
  const std::string once = encode_render_answer(answer->outcome);
  const auto again = decode_render_answer(once);
  require(again.has_value() && encode_render_answer(again->outcome) == once);
  if (!answer->outcome) return;
  if (const auto* pack = std::get_if<PackedManifests>(&*answer->outcome)) try_pack(pack->bytes());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: try_job(bytes); break;
    case 1: try_answer(bytes); break;
    default: try_pack(bytes); break;
  }
  return 0;
}
