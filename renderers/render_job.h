// A render as bytes: what a worker process is asked, and what it answers. Both sides are of one build.
#pragma once

#include "renderers/executor.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

struct RenderJob {
  InputSet inputs;  ///< its trees are in memory
  Limits limits;
};

/// Reads from the trees what the stack's renderer may read. ErrorKind::limit when a job needs more than `max_bytes`.
Result<std::string> encode_render_job(const InputSet& inputs, const Limits& limits, std::uint64_t max_bytes);
/// ErrorKind::internal when the bytes are not those of a job.
Result<RenderJob> decode_render_job(std::string_view bytes);

struct RenderAnswer {
  Result<PackedOutcome> outcome;
};

std::string encode_render_answer(const Result<PackedOutcome>& outcome);
/// ErrorKind::internal when the bytes are not those of an answer. What is in a pack is seen when it is unpacked.
Result<RenderAnswer> decode_render_answer(std::string_view bytes);

}  // namespace reconciled
