// Tables of the methods of one type.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <span>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// nullptr when there is none of this name.
inline const GoFunction* find_method(std::span<const GoFunction> methods, std::string_view name) {
  for (const GoFunction& method : methods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

/// The panic of Go when it reads through a pointer that is nil.
inline tl::unexpected<Error> fail_nil_pointer() {
  return fail(ErrorKind::render, "runtime error: invalid memory address or nil pointer dereference");
}

/// A text in the arena, as a value.
inline GoValue make_string(Arena& arena, std::string_view text) {
  return GoValue::string(arena.copy(text));
}

}  // namespace reconciled::helm
