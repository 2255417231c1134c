// The functions and methods that templates may call, by name.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <span>
#include <string_view>
#include <vector>

namespace reconciled::helm {

/// Begins with text/template's own functions. The spans given to it must outlive it. Made once, shared by all templates
/// and threads.
class FunctionTable {
 public:
  /// What the engine does itself, as it is no function of its arguments alone.
  enum class Special : std::uint8_t { none, and_, or_, call };
  struct Entry {
    const GoFunction* function = nullptr;
    Special special = Special::none;
  };

  FunctionTable();
  /// A function of a name that is there already replaces it, as Helm's functions replace sprig's and sprig's the
  /// language's own `slice`.
  void add(std::span<const GoFunction> functions);
  void remove(std::string_view name);
  /// The methods of a type whose values are no GoObject: values, files, version_set, duration, month, weekday.
  void add_methods(GoType type, std::span<const GoFunction> methods);

  /// nullptr when there is none of this name.
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] const GoFunction* find_method(GoType type, std::string_view name) const;

 private:
  struct Methods {
    GoType type;
    std::span<const GoFunction> functions;
  };
  std::vector<Entry> m_entries;  // in order of names
  std::vector<Methods> m_methods;
};

/// text/template's own: and, call, eq, html, index, js, len, not, or, print, printf, println, slice, urlquery, ...
std::span<const GoFunction> builtin_functions();

}  // namespace reconciled::helm
