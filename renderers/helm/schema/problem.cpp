#include "renderers/helm/schema/problem.h"

#include "base/go_float.h"
#include "renderers/helm/values/quote.h"

#include <array>

namespace reconciled::helm {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void append(std::string& out, const Problem& problem, int indent) {
  const bool shown = problem.kind != Problem::Kind::reference || problem.causes.size() != 1;
  if (shown) {
    if (!out.empty()) out += '\n';
    for (int i = 0; i < indent; ++i) out += "  ";
    ((out += "- at ") += quoted_in_message(problem.location)) += ": ";
    out += problem.kind == Problem::Kind::plain ? problem.text : "validation failed";
  }
  for (const auto& cause : problem.causes) append(out, cause, shown ? indent + 1 : indent);
}

/// Commas between each three digits of a whole number.
std::string grouped(std::string_view digits) {
  constexpr std::size_t k_group = 3;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % k_group == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string superscript(std::string_view digits) {
  constexpr std::array<std::string_view, 10> k_digits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out;
  for (const char c : digits) {
    if (c == '-') out += "⁻";
    if (c >= '0' && c <= '9') out += k_digits.at(static_cast<std::size_t>(c - '0'));
  }
  return out;
}

}  // namespace

std::string format_problem(const Problem& problem) {
  std::string out;
  if (problem.kind != Problem::Kind::group) {
    append(out, problem, 0);
    return out;
  }
  for (const auto& cause : problem.causes) append(out, cause, 0);
  return out;
}

std::string quoted_in_message(std::string_view text) {
  auto out = quoted(text);
  replace_all(out, "\\\"", "\"");
  replace_all(out, "'", "\\'");
  out.front() = '\'';
  out.back() = '\'';
  return out;
}

std::string quoted_in_message(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) {
    if (!out.empty()) out += ", ";
    out += quoted_in_message(text);
  }
  return out;
}

std::string number_in_message(double number) {
  std::string text = format_go_float(number, 'g', -1);
  std::string out;
  if (text.starts_with('-')) {
    out = "-";
    text.erase(0, 1);
  }
  if (const auto exponent = text.find('e'); exponent != std::string::npos)
    return out + text.substr(0, exponent) + "×10" + superscript(text.substr(exponent + 1));
  const auto point = text.find('.');
  return out + grouped(text.substr(0, point)) + (point == std::string::npos ? "" : text.substr(point));
}

std::string count_in_message(std::int64_t count) {
  const std::string digits = std::to_string(count);
  return count < 0 ? "-" + grouped(digits.substr(1)) : grouped(digits);
}

}  // namespace reconciled::helm
