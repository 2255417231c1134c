#include "renderers/helm/chart/ignore.h"

#include "base/go_pattern.h"
#include "base/go_text.h"

namespace reconciled::helm {
namespace {

constexpr std::size_t k_max_rules = 10'000;

std::string_view last_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

}  // namespace

Result<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  IgnoreRules rules;
  text = without_bom(text);
  std::uint32_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    ++number;
    if (auto added = rules.add(text.substr(0, end)); !added) {
      auto error = std::move(added).error();
      error.where = {".helmignore", number};
      return fail(std::move(error));
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  TRY(rules.add("templates/.?*"));
  return rules;
}

Status IgnoreRules::add(std::string_view line) {
  line = trim_space(line);
  if (line.empty() || line.front() == '#') return {};
  if (line.find("**") != std::string_view::npos)
    return fail(ErrorKind::render, "double-star (**) syntax is not supported");
  if (!is_path_pattern(line)) return fail(ErrorKind::render, "syntax error in pattern");
  if (m_rules.size() == k_max_rules) return fail(ErrorKind::limit, "too many rules");
  Rule rule;
  if (line.front() == '!') {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.folders_only = true;
    line.remove_suffix(1);
  }
  if (line.starts_with('/')) {
    rule.whole_path = true;
    line.remove_prefix(1);
  } else {
    rule.whole_path = line.find('/') != std::string_view::npos;
  }
  rule.pattern = line;
  constexpr std::string_view k_special = "*?[\\";
  if (line.find_first_of(k_special) == std::string_view::npos) {
    rule.shape = Rule::Shape::name;
  } else if (!rule.whole_path && line.front() == '*' && line.find_first_of(k_special, 1) == std::string_view::npos) {
    rule.shape = Rule::Shape::ending;
  }
  m_rules.push_back(std::move(rule));
  return {};
}

bool IgnoreRules::Rule::matches(std::string_view path) const {
  switch (shape) {
    case Shape::name: return path == pattern;
    case Shape::ending: return path.ends_with(std::string_view(pattern).substr(1));
    case Shape::pattern: return match_checked_path(pattern, path);
  }
  return false;
}

bool IgnoreRules::ignores(std::string_view path, PathKind kind) const {
  if (path.empty() || path == "." || path == "./") return false;
  for (const auto& rule : m_rules) {
    const bool right_kind = kind == PathKind::folder || !rule.folders_only;
    const bool matches = right_kind && rule.matches(rule.whole_path ? path : last_name(path));
    if (matches != rule.negated) return true;
  }
  return false;
}

}  // namespace reconciled::helm
