// Reads what the tests of diff/ need from testdata.
#pragma once

#include "base/value.h"
#include "stacks/manifest.h"

#include <string>
#include <vector>

namespace reconciled::test {

/// Names of the files of a folder below testdata, without their extension, sorted.
std::vector<std::string> list_names(const std::string& folder, const std::string& extension);
std::string read_text(const std::string& path);  ///< below testdata; fails the test when it is not there
Value read_json(const std::string& path);
Value read_yaml_value(const std::string& text);  ///< the one document of a text
/// A Manifest of an object whose namespace is its own.
Manifest manifest_of(Value object, const std::string& file = "app.yaml");

}  // namespace reconciled::test
