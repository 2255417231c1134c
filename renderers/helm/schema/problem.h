// What is wrong with values, as a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reconciled::helm {

struct Problem {
  enum class Kind : std::uint8_t {
    plain,
    group,      ///< several problems of one schema
    reference,  ///< of what was referred to; not shown when there is one
  };
  Kind kind = Kind::plain;
  std::string location;  ///< a JSON pointer into the values
  std::string text;
  std::vector<Problem> causes;
};

/// A line a problem: "- at '/a/b': got string, want number", two spaces deeper a level.
std::string format_problem(const Problem& problem);

/// In single quotes, as messages show texts.
std::string quoted_in_message(std::string_view text);
std::string quoted_in_message(const std::vector<std::string>& texts);
/// With commas between thousands; from a million on and below 0.0001 as "1.5×10⁰⁶".
std::string number_in_message(double number);
std::string count_in_message(std::int64_t count);

}  // namespace reconciled::helm
