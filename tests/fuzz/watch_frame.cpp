// The body of a watch, in pieces whose size the first byte gives: never crashes, and pieces make no difference.
#include "kube/watch_frames.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace reconciled;

namespace {

struct Outcome {
  std::vector<Value> objects;
  bool whole = false;
};

Outcome read(const Call& call, std::string_view text, std::size_t piece) {
  WatchFrames frames(call, 1 << 16);
  Outcome outcome;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const Status taken =
        frames.take(text.substr(at, piece), [&](WatchEvent event) { outcome.objects.push_back(event.object); });
    if (!taken) return outcome;
  }
  outcome.whole = frames.finish().has_value();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Call call;
  call.verb = Verb::watch;
  call.type = {{"apps", "v1", "Deployment"}, "deployments", ObjectScope::namespaced, {}};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = read(call, text, size);
  const Outcome pieces = read(call, text, 1 + data[0]);
  if (whole.whole != pieces.whole || !(whole.objects == pieces.objects)) std::abort();
  return 0;
}
