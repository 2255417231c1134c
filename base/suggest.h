// "Did you mean ...": the nearest of the words that would have been right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reconciled {

/// The candidate with the smallest edit distance (transpositions count one), if that is at most a third of the word's
/// length (at least 1).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `, did you mean "replicas"?` or an empty string.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace reconciled
