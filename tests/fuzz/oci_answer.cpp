// What a registry answers: manifests, tags, tokens, challenges, links; the first byte chooses.
#include "sources/oci_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace reconciled;

namespace {

void check_manifest(std::string_view text, Budget& budget) {
  const auto layer = read_chart_manifest(text, budget);
  if (layer && (layer->digest.size() != 64 || layer->size == 0)) std::abort();
}

void check_token(std::string_view text, Budget& budget) {
  const auto token = read_token(text, budget);
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
  if (token && (token->empty() || !std::ranges::all_of(*token, printable))) std::abort();
}

void check_challenge(std::string_view text) {
  const auto challenge = read_challenge(text);
  if (challenge && challenge->realm.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Budget budget({.steps = 200'000, .bytes = 4U << 20, .depth = 64});
  switch (data[0] % 5) {
    case 0: check_manifest(text, budget); break;
    case 1: static_cast<void>(read_tag_list(text, budget)); break;
    case 2: check_token(text, budget); break;
    case 3: check_challenge(text); break;
    default:
      static_cast<void>(read_next_link(text));
      if (version_of_tag(tag_of_version("1.0.0+a")) != "1.0.0+a") std::abort();
  }
  return 0;
}
