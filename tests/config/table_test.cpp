#include "config/table.h"

#include "config/settings.h"
#include "config/store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

using namespace reconciled;
using namespace reconciled::config;

namespace {

void visit_sections(const Section& section, const std::function<void(const Section&)>& visit) {
  visit(section);
  for (const Row& row : section.rows) {
    if (row.rules.section != nullptr) visit_sections(*row.rules.section, visit);
  }
}

}  // namespace

TEST_CASE("every default passes the rules of its own row") {
  visit_sections(root_section(), [](const Section& section) {
    for (const Row& row : section.rows) {
      CAPTURE(row.name);
      if (row.rules.fallback.empty()) {
        CHECK(row.shape != Shape::count);
        CHECK(row.shape != Shape::size);
        CHECK(row.shape != Shape::boolean);
        CHECK(row.shape != Shape::choice);
        CHECK((row.shape != Shape::duration));
        continue;
      }
      std::string text;
      std::uint64_t number = 0;
      Duration duration{};
      bool flag = false;
      LogLevel level{};
      void* member = nullptr;
      switch (row.shape) {
        case Shape::text: member = &text; break;
        case Shape::count:
        case Shape::size: member = &number; break;
        case Shape::duration: member = &duration; break;
        case Shape::boolean: member = &flag; break;
        case Shape::choice: member = &level; break;
        default: FAIL("a row of this shape has no default"); break;
      }
      const auto stored = store_text(row, std::string(row.rules.fallback), member, "", {});
      CHECK_MESSAGE(stored.has_value(), (stored ? "" : format_error(stored.error())));
    }
  });
}

TEST_CASE("every row has a name of its own, a doc that ends a sentence and sane bounds") {
  visit_sections(root_section(), [](const Section& section) {
    CHECK(section.doc.ends_with("."));
    std::set<std::string_view> names;
    int probe = 0;
    each_row(section, nullptr, [&](const Row& row, void*) {
      CAPTURE(row.name);
      ++probe;
      CHECK(names.insert(row.name).second);
      CHECK(std::ranges::all_of(row.name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }));
      CHECK(row.doc.ends_with("."));
      CHECK(row.rules.min >= 0);
      CHECK(row.rules.min <= row.rules.max);
      CHECK((row.shape == Shape::choice) == !row.rules.choices.empty());
      const bool nested = row.shape == Shape::section || row.shape == Shape::sections;
      CHECK(nested == (row.rules.section != nullptr));
    });
    CHECK(probe > 0);
  });
}

TEST_CASE("items of every list are named by their first row") {
  visit_sections(root_section(), [](const Section& section) {
    for (const Row& row : section.rows) {
      if (row.shape != Shape::sections) continue;
      const Row& first = row.rules.section->rows.front();
      CAPTURE(row.name);
      CHECK(first.shape == Shape::text);
      CHECK(first.rules.presence == Presence::required);
    }
  });
}

TEST_CASE("environment twins are upper case with underscores") {
  CHECK(twin_of("installation") == "INSTALLATION");
  CHECK(twin_of("limits.renderBytes") == "LIMITS_RENDER_BYTES");
  CHECK(twin_of("cache.folder") == "CACHE_FOLDER");
}
