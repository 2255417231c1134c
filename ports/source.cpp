#include "ports/source.h"

namespace reconciled {
namespace {

tl::unexpected<Error> no_charts() {
  return fail(ErrorKind::config, "charts of chart repositories and registries cannot be fetched here");
}

}  // namespace

Status Source::check_base(const std::string& url) {
  return fail(ErrorKind::policy, "the settings do not allow bases of kustomizations from " + url, {},
              "copy the base into the repository, or have the operator add a prefix of the URL to remoteBases");
}

Result<std::string> Source::find_charts(std::string_view name) {
  return fail(ErrorKind::config, "the settings define no place of charts \"" + std::string(name) + '"', {},
              "add it under charts, or write the URL of the chart's repository");
}

Result<std::vector<std::string>> Source::list_charts(const std::string&, const std::string&, MonotonicTime) {
  return no_charts();
}

Result<ChartPin> Source::resolve_chart(const ChartRef&, MonotonicTime) {
  return no_charts();
}

Result<ChartArchive> Source::open_chart(const ChartPin&, MonotonicTime) {
  return no_charts();
}

}  // namespace reconciled
