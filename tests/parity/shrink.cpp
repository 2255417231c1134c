#include "tests/parity/shrink.h"

namespace reconciled::parity {
namespace {

using helm::Arena;
using helm::GoType;
using helm::GoValue;

/// Where lines begin, and the end.
std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at + 1 < text.size()) starts.push_back(at + 1);
  }
  starts.push_back(text.size());
  return starts;
}

/// The text without some of its lines: halves, quarters, ... single ones.
void add_fewer_lines(std::vector<std::string>& texts, std::string_view text) {
  const auto starts = line_starts(text);
  const std::size_t lines = starts.size() - 1;
  if (lines < 4) return;
  for (std::size_t count = (lines + 1) / 2;; count = (count + 1) / 2) {
    for (std::size_t first = 0; first < lines; first += count) {
      const std::size_t end = starts[std::min(first + count, lines)];
      texts.emplace_back(text.substr(0, starts[first])) += text.substr(end);
    }
    if (count == 1) break;
  }
}

/// The text without one of its pieces: lines, then halves, quarters, ... single characters.
std::vector<std::string> smaller_texts(std::string_view text) {
  std::vector<std::string> texts;
  if (text.empty()) return texts;
  add_fewer_lines(texts, text);
  for (std::size_t size = (text.size() + 1) / 2;; size = (size + 1) / 2) {
    for (std::size_t at = 0; at < text.size() && texts.size() < 800; at += size) {
      texts.emplace_back(text.substr(0, at)) += text.substr(std::min(at + size, text.size()));
    }
    if (size == 1) break;
  }
  return texts;
}

void add_smaller(std::vector<GoValue>& found, GoValue value, Arena& arena) {
  if (value.is_list() && value.as_list() != nullptr) {
    const auto items = value.items();
    for (const GoValue item : items) found.push_back(item);
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::vector<GoValue> rest(items.begin(), items.end());
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      found.push_back(make_list(arena, rest, value.type()));
      std::vector<GoValue> inner;
      add_smaller(inner, items[i], arena);
      for (const GoValue smaller : inner) {
        GoValue* changed = helm::make_items(arena, items.size());
        std::copy(items.begin(), items.end(), changed);
        changed[i] = smaller;
        found.push_back(make_list(arena, {changed, items.size()}, value.type()));
      }
    }
  } else if (value.is_map() && value.as_map() != nullptr) {
    for (const auto& [key, item] : value.as_map()->entries()) {
      found.push_back(item);
      helm::GoMap* rest = value.as_map()->clone();
      rest->erase(key);
      found.push_back(GoValue::map(rest, value.type()));
      std::vector<GoValue> inner;
      add_smaller(inner, item, arena);
      for (const GoValue smaller : inner) {
        helm::GoMap* changed = value.as_map()->clone();
        changed->set(key, smaller);
        found.push_back(GoValue::map(changed, value.type()));
      }
      if (key.size() > 1) {
        for (const std::string& text : smaller_texts(key)) {
          helm::GoMap* changed = value.as_map()->clone();
          changed->erase(key);
          changed->set(text, item);
          found.push_back(GoValue::map(changed, value.type()));
        }
      }
    }
  } else if (value.is_string()) {
    for (const std::string& text : smaller_texts(value.as_text())) found.push_back(GoValue::string(arena.copy(text)));
  }
}

}  // namespace

std::vector<Case> smaller_cases(const Case& subject, Arena& arena) {
  std::vector<Case> cases;
  for (std::string& text : smaller_texts(subject.text)) {
    cases.push_back(subject);
    cases.back().text = std::move(text);
  }
  std::vector<GoValue> values;
  add_smaller(values, subject.value, arena);
  for (const GoValue value : values) {
    cases.push_back(subject);
    cases.back().value = value;
  }
  return cases;
}

}  // namespace reconciled::parity
