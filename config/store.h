// One text into the member of one row. Internal to config/.
#pragma once

#include "base/result.h"
#include "config/settings.h"
#include "config/table.h"

#include <string>
#include <string_view>

namespace reconciled::config {

/// Reads a text as the row's shape, checks it and stores it in `member`. `said_in` is the file that says it: relative
/// paths start from its folder ("$NAME" for a variable: then they stay as they are). The error has no place yet.
Status store_text(const Row& row, const std::string& text, void* member, std::string_view said_in,
                  const SettingsInput& input);

/// Gives each row of the section, and of sections in it, its default.
void apply_defaults(const Section& section, void* owner);

/// What is wrong when a text that is no secret refers to one; empty otherwise.
std::string refuse_reference(std::string_view text);

/// What a shape is called in messages: "a whole number".
std::string_view name_of(Shape shape);

/// A variable of the input's environment; empty when unset.
std::string variable_of(const SettingsInput& input, std::string_view name);

}  // namespace reconciled::config
