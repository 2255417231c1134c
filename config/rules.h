// Rules that span several settings. Internal to config/.
#pragma once

#include "base/error.h"
#include "config/settings.h"

#include <map>
#include <string>
#include <vector>

namespace reconciled::config {

/// Where each setting was said, by path: "sources[0].url". Settings that have their default are not in it.
using Places = std::map<std::string, Where>;

/// Names are unique, references name something, exclusive settings exclude each other.
void check_rules(const Settings& settings, const Places& places, std::vector<Error>& problems);

}  // namespace reconciled::config
