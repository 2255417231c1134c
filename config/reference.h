// The settings described for people (Markdown) and for editors (JSON Schema), made from the table that reads them.
#pragma once

#include <string>

namespace reconciled {

/// docs/configuration.md.
std::string format_settings_reference();
/// docs/config.schema.json: JSON Schema draft 7.
std::string format_settings_schema();

}  // namespace reconciled
