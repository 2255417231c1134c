#include "sources/helm_index.h"

#include "base/yaml_events.h"

#include <algorithm>

namespace reconciled {
namespace {

using Kind = YamlEvent::Kind;
constexpr std::size_t k_max_entries = 50'000;
constexpr std::size_t k_max_text = 4096;

class IndexReader {
 public:
  IndexReader(std::string_view text, std::string_view chart, Budget& budget)
      : m_chart(chart), m_events(text, "index.yaml", budget) {}

  Result<std::vector<IndexEntry>> read() {
    TRY(enter_root());
    bool version = false;
    bool entries = false;
    while (true) {
      TRY_ASSIGN(const std::optional<std::string> key, next_key());
      if (!key) break;
      if (*key == "apiVersion") {
        TRY_ASSIGN(const std::string text, scalar());
        version = !text.empty();
      } else if (*key == "entries") {
        entries = true;
        TRY(read_entries());
      } else {
        TRY(skip());
      }
    }
    if (!version || !entries) return fail(broken(version ? "it has no entries" : "it has no apiVersion"));
    return std::move(m_found);
  }

 private:
  static Error broken(const std::string& why) {
    return {ErrorKind::source_integrity,
            "index.yaml is no index of charts: " + why,
            {},
            "check the URL of the chart repository"};
  }

  Result<YamlEvent> next() {
    auto event = m_events.next();
    if (event) return *event;
    Error error = event.error();
    if (error.kind != ErrorKind::limit) error = broken(error.message);
    return fail(std::move(error));
  }

  Status enter_root() {
    for (const Kind expected : {Kind::stream_start, Kind::document_start, Kind::mapping_start}) {
      TRY_ASSIGN(const YamlEvent event, next());
      if (event.kind != expected) return fail(broken("it is no map"));
    }
    return {};
  }

  /// The next key of a map, or nullopt at its end.
  Result<std::optional<std::string>> next_key() {
    TRY_ASSIGN(const YamlEvent event, next());
    if (event.kind == Kind::mapping_end) return std::nullopt;
    if (event.kind != Kind::scalar) return fail(broken("a key is no text"));
    return std::string(event.text.substr(0, k_max_text));
  }

  /// The text of a scalar; empty for what is none. Null is no text.
  Result<std::string> scalar() {
    TRY_ASSIGN(const YamlEvent event, next());
    if (event.kind != Kind::scalar) {
      TRY(skip_rest(event));
      return std::string();
    }
    const bool null = event.implicit && (event.text == "null" || event.text == "~");
    if (null || event.text.size() > k_max_text) return std::string();
    return std::string(event.text);
  }

  Status skip() {
    TRY_ASSIGN(const YamlEvent event, next());
    return skip_rest(event);
  }

  /// Passes by the node that begins with `event`.
  Status skip_rest(const YamlEvent& event) {
    std::size_t open = event.kind == Kind::mapping_start || event.kind == Kind::sequence_start ? 1 : 0;
    while (open > 0) {
      TRY_ASSIGN(const YamlEvent inner, next());
      if (inner.kind == Kind::mapping_start || inner.kind == Kind::sequence_start) ++open;
      if (inner.kind == Kind::mapping_end || inner.kind == Kind::sequence_end) --open;
    }
    return {};
  }

  Status read_entries() {
    TRY_ASSIGN(const YamlEvent event, next());
    if (event.kind != Kind::mapping_start) return skip_rest(event);  // `entries: null` of an empty repository
    while (true) {
      TRY_ASSIGN(const std::optional<std::string> key, next_key());
      if (!key) return {};
      if (*key == m_chart) {
        TRY(read_versions());
      } else {
        TRY(skip());
      }
    }
  }

  Status read_versions() {
    TRY_ASSIGN(const YamlEvent event, next());
    if (event.kind != Kind::sequence_start) return skip_rest(event);
    while (true) {
      TRY_ASSIGN(const YamlEvent item, next());
      if (item.kind == Kind::sequence_end) return {};
      if (item.kind != Kind::mapping_start) {
        TRY(skip_rest(item));
        continue;
      }
      TRY_ASSIGN(IndexEntry entry, read_version());
      if (entry.version.empty() || entry.url.empty()) continue;
      if (m_found.size() == k_max_entries)
        return fail(ErrorKind::limit, "index.yaml has more than 50000 versions of one chart");
      m_found.push_back(std::move(entry));
    }
  }

  Result<IndexEntry> read_version() {
    IndexEntry entry;
    while (true) {
      TRY_ASSIGN(const std::optional<std::string> key, next_key());
      if (!key) break;
      if (*key == "version") {
        TRY_ASSIGN(entry.version, scalar());
      } else if (*key == "digest") {
        TRY_ASSIGN(entry.digest, scalar());
      } else if (*key == "urls") {
        TRY_ASSIGN(entry.url, first_url());
      } else {
        TRY(skip());
      }
    }
    if (entry.digest.starts_with("sha256:")) entry.digest.erase(0, 7);
    std::ranges::transform(entry.digest, entry.digest.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    return entry;
  }

  Result<std::string> first_url() {
    TRY_ASSIGN(const YamlEvent event, next());
    std::string url;
    if (event.kind != Kind::sequence_start) {
      TRY(skip_rest(event));
      return url;
    }
    while (true) {
      TRY_ASSIGN(const YamlEvent item, next());
      if (item.kind == Kind::sequence_end) return url;
      if (item.kind == Kind::scalar && url.empty() && item.text.size() <= k_max_text) url = item.text;
      TRY(skip_rest(item));
    }
  }

  std::string_view m_chart;
  YamlEventReader m_events;
  std::vector<IndexEntry> m_found;
};

}  // namespace

Result<std::vector<IndexEntry>> read_helm_index(std::string_view text, std::string_view chart, Budget& budget) {
  return IndexReader(text, chart, budget).read();
}

}  // namespace reconciled
