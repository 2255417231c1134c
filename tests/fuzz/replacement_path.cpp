// The first line is a path to read, the second one to write, and the third the options of both: a delimiter, an index,
// "+" to create. Behind them stand the resources. A path is followed or refused.
#include "renderers/kustomize/context.h"
#include "renderers/kustomize/output.h"
#include "renderers/kustomize/transformers.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace reconciled;
using namespace reconciled::kustomize;

std::string_view cut_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

FieldOptions options_of(std::string_view line) {
  FieldOptions options;
  options.create = line.ends_with('+');
  if (options.create) line.remove_suffix(1);
  if (!line.empty()) options.index = line.back() - '2';
  if (line.size() > 1) options.delimiter = line.substr(0, line.size() - 1);
  return options;
}

std::string replace(const std::string& source, const std::string& target, const FieldOptions& options,
                    std::string_view text) {
  Budget budget({.steps = 500'000, .bytes = 16U << 20, .depth = 64});
  Context context(budget);
  auto resources = read_resources(context.arena(), text);
  if (!resources || resources->empty()) return {};
  ResourceMap map;
  if (!map.append_all(context.own_all(std::move(*resources)))) return {};
  const Resource& first = *map.all().front();
  Replacement replacement;
  replacement.source.emplace();
  replacement.source->id.name = first.name();
  replacement.source->id.kind = first.kind();
  replacement.source->field_path = source;
  replacement.source->options = options;
  ReplacementTarget place;
  place.select.emplace();
  place.field_paths = {target, source};
  place.options = options;
  replacement.targets.emplace().push_back(std::move(place));
  const auto done = transform_replacements(context, map, std::span(&replacement, 1));
  if (!done) return format_error(done.error());
  const auto written = format_resources(context.arena(), map.all());
  return written ? *written : format_error(written.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16U << 10) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string source(cut_line(text)), target(cut_line(text));
  const FieldOptions options = options_of(cut_line(text));
  if (replace(source, target, options, text) != replace(source, target, options, text)) std::abort();
  return 0;
}
