// Where the schemas of a document are, and what they are called.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "base/value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace reconciled::helm {

enum class Draft : std::uint16_t { draft4 = 4, draft6 = 6, draft7 = 7, draft2019 = 2019, draft2020 = 2020 };

/// A schema with an id of its own, and all that lie in it.
struct SchemaResource {
  std::string pointer;
  std::string url;
  Draft draft = Draft::draft2020;
  std::map<std::string, std::string> anchors;  ///< pointers by name
  std::set<std::string> dynamic_anchors;
};

class SchemaIndex {
 public:
  static Result<SchemaIndex> make(const Value& document, Budget& budget);

  /// The value that a pointer leads to, or null.
  [[nodiscard]] const Value* find(std::string_view pointer) const;
  /// The resource that the schema at a pointer belongs to.
  [[nodiscard]] const SchemaResource& resource_of(std::string_view pointer) const;
  /// The pointer that a reference in a resource means. Nothing for one that may be anything, as it points to what is
  /// not here and says nothing by itself (urn:, the standard's own schemas).
  Result<std::optional<std::string>> resolve(std::string_view reference, const SchemaResource& from) const;
  /// Learns of a schema that stands where none is expected and that a reference points to.
  Status add(const std::string& pointer, Budget& budget);

 private:
  Status collect(const Value& schema, const std::string& pointer, std::string url, Draft draft, std::uint32_t depth,
                 Budget& budget);
  Status collect_below(const Value& schema, const std::string& pointer, const std::string& url, Draft draft,
                       std::uint32_t depth, Budget& budget);
  Status collect_anchors(const Value& schema, const std::string& pointer, SchemaResource& resource);
  SchemaResource* resource_with(std::string_view url);

  const Value* m_document = nullptr;
  std::map<std::string, SchemaResource, std::less<>> m_resources;  // by pointer
  std::set<std::string, std::less<>> m_seen;
};

inline constexpr std::string_view k_schema_url = "file:///values.schema.json";

}  // namespace reconciled::helm
