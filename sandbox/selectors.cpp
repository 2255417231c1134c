#include "sandbox/selectors.h"

#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace reconciled::sandbox {
namespace {

constexpr std::pair<std::string_view, std::string_view> k_fields[] = {
    {"Pod", "spec.nodeName"},
    {"Pod", "spec.restartPolicy"},
    {"Pod", "spec.schedulerName"},
    {"Pod", "spec.serviceAccountName"},
    {"Pod", "status.phase"},
    {"Pod", "status.podIP"},
    {"Namespace", "status.phase"},
    {"Secret", "type"},
    {"Event", "involvedObject.kind"},
    {"Event", "involvedObject.name"},
    {"Event", "involvedObject.namespace"},
    {"Event", "involvedObject.uid"},
    {"Event", "involvedObject.apiVersion"},
    {"Event", "reason"},
    {"Event", "type"},
    {"Job", "status.successful"},
    {"ReplicaSet", "status.replicas"},
    {"Node", "spec.unschedulable"},
    {"Service", "spec.clusterIP"},
    {"Service", "spec.type"},
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '/';
}

Failure parse_failure(std::string_view found, std::string_view expected) {
  return bad_request("unable to parse requirement: found '" + std::string(found) +
                     "', expected: " + std::string(expected));
}

std::string scalar_text(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.is_null() ? "" : format_json(value);
}

}  // namespace

class LabelSelector::Parser {
 public:
  explicit Parser(std::string_view text) : m_text(text) {}

  Outcome<LabelSelector> parse() {
    LabelSelector out;
    if (peek().empty()) return out;
    while (true) {
      auto requirement = read_requirement();
      if (!requirement) return refuse(requirement.error());
      out.m_requirements.push_back(std::move(*requirement));
      const std::string token = take();
      if (token.empty()) return out;
      if (token != ",") return refuse(parse_failure(token, "',' or 'end of string'"));
    }
  }

 private:
  Outcome<Requirement> read_requirement() {
    Requirement out;
    if (peek() == "!") {
      take();
      out.op = Operator::absent;
    }
    out.key = take();
    if (out.key.empty() || !is_word(out.key[0])) return refuse(parse_failure(out.key, "identifier"));
    if (out.op == Operator::absent || peek().empty() || peek() == ",") return out;
    const std::string op = take();
    if (op == "=" || op == "==" || op == "!=" || op == ">" || op == "<") {
      out.op = op == "!="  ? Operator::not_in
               : op == ">" ? Operator::greater
               : op == "<" ? Operator::less
                           : Operator::in;
      const std::string next = peek();
      out.values.push_back(!next.empty() && is_word(next[0]) ? take() : "");
      return out;
    }
    if (op != "in" && op != "notin") return refuse(parse_failure(op, "in, notin, =, ==, !=, gt, lt"));
    out.op = op == "in" ? Operator::in : Operator::not_in;
    if (const std::string open = take(); open != "(") return refuse(parse_failure(open, "'('"));
    while (true) {
      const std::string value = peek();
      out.values.push_back(!value.empty() && is_word(value[0]) ? take() : "");
      const std::string next = take();
      if (next == ")") return out;
      if (next != ",") return refuse(parse_failure(next, "',', or ')'"));
    }
  }

  std::string peek() {
    const std::size_t at = m_at;
    std::string token = take();
    m_at = at;
    return token;
  }

  std::string take() {
    while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t')) ++m_at;
    const std::size_t begin = m_at;
    if (begin == m_text.size()) return {};
    if (is_word(m_text[m_at])) {
      while (m_at < m_text.size() && is_word(m_text[m_at])) ++m_at;
    } else if (m_text.substr(m_at, 2) == "==" || m_text.substr(m_at, 2) == "!=") {
      m_at += 2;
    } else {
      ++m_at;
    }
    return std::string(m_text.substr(begin, m_at - begin));
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  return Parser(text).parse();
}

bool LabelSelector::holds(const Requirement& requirement, const Value& labels) {
  const Value* value = labels.find(requirement.key);
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), value->as_string()) !=
           requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::exists: return value != nullptr;
    case Operator::absent: return value == nullptr;
    case Operator::in: return value != nullptr && listed();
    case Operator::not_in: return value == nullptr || !listed();
    default: break;
  }
  if (value == nullptr) return false;
  long long left = 0;
  long long right = 0;
  const std::string_view text = value->as_string();
  const std::string& bound = requirement.values[0];
  if (std::from_chars(text.data(), text.data() + text.size(), left).ec != std::errc()) return false;
  if (std::from_chars(bound.data(), bound.data() + bound.size(), right).ec != std::errc()) return false;
  return requirement.op == Operator::greater ? left > right : left < right;
}

bool LabelSelector::matches(const Value& object) const {
  const Value& labels = object.at({"metadata", "labels"});
  return std::all_of(m_requirements.begin(), m_requirements.end(),
                     [&](const Requirement& requirement) { return holds(requirement, labels); });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text, std::string_view kind) {
  FieldSelector out;
  for (const std::string& term : split(text, ',')) {
    if (term.empty()) continue;
    const std::size_t at = term.find('=');
    if (at == std::string::npos)
      return refuse(bad_request("invalid selector: '" + std::string(text) + "'; can't understand '" + term + "'"));
    const bool negated = at > 0 && term[at - 1] == '!';
    const std::string key = term.substr(0, negated ? at - 1 : at);
    const std::string value = term.substr(term.compare(at, 2, "==") == 0 ? at + 2 : at + 1);
    const bool known = key == "metadata.name" || key == "metadata.namespace" ||
                       std::any_of(std::begin(k_fields), std::end(k_fields),
                                   [&](const auto& field) { return field.first == kind && field.second == key; });
    if (!known) {
      return refuse(bad_request("\"" + key + "\" is not a known field selector: only \"metadata.name\", " +
                                "\"metadata.namespace\""));
    }
    out.m_requirements.push_back({split(key, '.'), value, !negated});
  }
  return out;
}

bool FieldSelector::matches(const Value& object) const {
  return std::all_of(m_requirements.begin(), m_requirements.end(), [&](const Requirement& requirement) {
    const Value* value = &object;
    for (const std::string& step : requirement.path) {
      value = value->find(step);
      if (value == nullptr) break;
    }
    return ((value == nullptr ? std::string() : scalar_text(*value)) == requirement.value) == requirement.equal;
  });
}

}  // namespace reconciled::sandbox
