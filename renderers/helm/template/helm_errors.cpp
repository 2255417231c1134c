#include "renderers/helm/template/helm_errors.h"

#include "base/go_text.h"
#include "renderers/helm/values/warning.h"

#include <optional>
#include <vector>

namespace reconciled::helm {
namespace {

constexpr std::string_view k_prefix = "template: ";

/// One error of a chain, as Helm 4 prints it.
struct Block {
  std::string place;
  std::string executed;
  std::string message;
  bool operator==(const Block&) const = default;
};

void append_block(std::string& out, const Block& block) {
  if (!block.place.empty()) out += block.place + "\n  ";
  if (!block.executed.empty()) out += block.executed + "\n    ";
  if (!block.message.empty()) out += block.message + "\n";
}

std::string_view up_to(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

/// `PLACE: executing "NAME" at <NODE>: MESSAGE`.
std::optional<Block> read_executing(std::string_view text) {
  constexpr std::string_view k_executing = ": executing ";
  constexpr std::string_view k_at = " at <";
  constexpr std::string_view k_end = ">: ";
  const std::size_t found = text.find(k_executing);
  if (found == std::string_view::npos) return std::nullopt;
  std::string_view after = text.substr(found + k_executing.size());
  if (!after.starts_with('"')) return std::nullopt;
  const std::size_t quote = after.find('"', 1);
  if (quote == std::string_view::npos) return std::nullopt;
  const std::string_view name = after.substr(1, quote - 1);
  after.remove_prefix(quote + 1);
  if (!after.starts_with(k_at)) return std::nullopt;
  after.remove_prefix(k_at.size());
  const std::size_t end = after.find(k_end);
  if (end == std::string_view::npos) return std::nullopt;
  Block block;
  block.place = text.substr(0, found);
  block.executed = "executing \"" + std::string(name) + "\" at <" + std::string(after.substr(0, end)) + ">:";
  block.message = up_to(after.substr(end + k_end.size()), " template:");
  return block;
}

/// The text of one error; nothing when it does not look like one of the template engine.
std::optional<Block> read_block(std::string_view text) {
  if (!text.starts_with(k_prefix)) return std::nullopt;
  const std::string_view rest = text.substr(k_prefix.size());
  if (rest.starts_with("no template ")) return Block{{}, {}, std::string(text)};
  if (auto block = read_executing(rest)) return block;
  const std::size_t colon = rest.rfind(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  return Block{std::string(rest.substr(0, colon)), {}, std::string(up_to(rest.substr(colon + 2), " template:"))};
}

/// A block a link of the chain; nothing when one of them cannot be read.
std::optional<std::string> as_blocks(const ExecutionFailure& failure) {
  std::vector<Block> blocks;
  const std::string_view whole = failure.error.message;
  for (std::size_t i = 0; i <= failure.links.size(); ++i) {
    auto block = read_block(whole.substr(i == 0 ? 0 : failure.links[i - 1]));
    if (!block) return std::nullopt;
    if (blocks.empty() || blocks.back() != *block) blocks.push_back(std::move(*block));
  }
  std::string text;
  for (const Block& block : blocks) append_block(text, block);
  return std::string(trim_space(text));
}

/// What `required` or `fail` said, if it was one of them.
std::optional<std::string_view> warning_in(std::string_view text) {
  const std::size_t start = text.find(k_warning_start);
  const std::size_t end = text.rfind(k_warning_end);
  if (start == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
  const std::size_t inside = start + k_warning_start.size();
  if (end < inside) return std::nullopt;
  return text.substr(inside, end - inside);
}

}  // namespace

Error as_parse_error(std::string_view file, Error error) {
  const std::size_t first = error.message.find(": ");
  if (first == std::string::npos) {
    error.message = "parse error in (" + std::string(file) + "): " + error.message;
    return error;
  }
  const std::string_view rest = std::string_view(error.message).substr(first + 2);
  const std::string place(up_to(rest, ": "));
  const std::string last = error.message.substr(error.message.rfind(": ") + 2);
  error.message = "parse error at (" + place + "): " + last;
  return error;
}

Error as_execution_error(std::string_view file, HelmProfile profile, const ExecutionFailure& failure) {
  Error error = failure.error;
  const std::string_view whole = failure.error.message;
  const std::size_t first = whole.find(": ");
  const std::size_t second = first == std::string_view::npos ? first : whole.find(": ", first + 2);
  if (whole.starts_with("template: no template ")) return error;  // for Go it is no error of an execution
  if (second == std::string_view::npos) {
    error.message = "execution error in (" + std::string(file) + "): " + error.message;
  } else if (const auto warning = warning_in(whole.substr(second + 2))) {
    error.message = "execution error at (" + std::string(whole.substr(first + 2, second - first - 2)) +
                    "): " + std::string(*warning);
  } else if (profile == HelmProfile::helm4) {
    if (auto blocks = as_blocks(failure)) error.message = std::move(*blocks);
  }
  return error;
}

std::string without_no_value(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = text.find(k_no_value, at);
    result += text.substr(at, found - at);
    if (found == std::string_view::npos) break;
    at = found + k_no_value.size();
  }
  return result;
}

}  // namespace reconciled::helm
