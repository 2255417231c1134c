// Go's fmt over Go values: print, println, printf and %v.
#pragma once

#include "base/result.h"
#include "renderers/helm/values/arena.h"
#include "renderers/helm/values/go_value.h"

#include <span>
#include <string>
#include <string_view>

namespace reconciled::helm {

// Each fails only when the text is larger than the arena's budget or nested too deeply, as a map that holds itself is.

/// As %v, toString and print do. A nil gives `<nil>`.
Status append_v(std::string& out, GoValue value, Arena& arena);
/// As a template prints the value of an action: a nil gives `<no value>`, and String() of pointers counts.
Status append_printed(std::string& out, GoValue value, Arena& arena);
/// fmt.Sprint: a space between two operands that are no strings.
Status append_print(std::string& out, std::span<const GoValue> values, Arena& arena);
/// fmt.Sprintln.
Status append_println(std::string& out, std::span<const GoValue> values, Arena& arena);
/// fmt.Sprintf with every verb, flag and error form.
Status append_printf(std::string& out, std::string_view format, std::span<const GoValue> values, Arena& arena);
/// append_v into the arena; a string is given back as it is.
Result<std::string_view> format_v(GoValue value, Arena& arena);

/// What String() of the value gives: durations, months, weekdays and objects that have it; false for all others.
bool text_of(GoValue value, Arena& arena, GoObject::Receiver receiver, std::string_view& text);

}  // namespace reconciled::helm
