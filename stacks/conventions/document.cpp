#include "stacks/conventions/document.h"

#include "base/kind_name.h"
#include "base/suggest.h"
#include "base/yaml.h"

#include <algorithm>
#include <array>

namespace reconciled {
namespace {

constexpr std::uint64_t k_max_convention_file = 1U << 20;
constexpr std::string_view k_api_version = "reconcile/v1";
constexpr std::string_view k_credentials_why = "credentials belong to the operator's settings, never to a repository";
constexpr std::string_view k_credentials_hint =
    "define the source with its credentials in the settings; it is found by the beginning of its URL";

constexpr std::array k_credential_keys{
    RefusedKey{"credentials", k_credentials_why, k_credentials_hint},
    RefusedKey{"password", k_credentials_why, k_credentials_hint},
    RefusedKey{"username", k_credentials_why, k_credentials_hint},
    RefusedKey{"token", k_credentials_why, k_credentials_hint},
    RefusedKey{"privateKey", k_credentials_why, k_credentials_hint},
    RefusedKey{"sshKey", k_credentials_why, k_credentials_hint},
    RefusedKey{"secretRef", k_credentials_why, k_credentials_hint},
};

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

/// Keys and indices as people write them: layers.platform.after[0].
std::string format_path(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& step : path) {
    const bool index = !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
    if (index) {
      text += '[' + step + ']';
    } else {
      if (!text.empty()) text += '.';
      text += step;
    }
  }
  return text;
}

}  // namespace

std::span<const RefusedKey> credential_keys() {
  return k_credential_keys;
}

Result<std::optional<ConventionFile>> read_convention_file(const SourceTree& tree, const std::string& path,
                                                           std::string_view kind, Budget& budget) {
  TRY_ASSIGN(const auto entry, tree.stat(path));
  if (!entry) return std::nullopt;
  if (entry->kind != TreeEntry::Kind::file) {
    return fail(ErrorKind::render, "this is not a plain file; links and folders are never followed here",
                {.file = path}, "put the file itself there");
  }
  TRY_ASSIGN(auto text, tree.read(path, k_max_convention_file));
  if (!text) return std::nullopt;
  TRY_ASSIGN(auto documents, read_yaml(*text, path, budget));
  if (documents.empty()) {
    return fail(ErrorKind::render, "the file is empty", {.file = path},
                "begin it with \"apiVersion: reconcile/v1\" and \"kind: " + std::string(kind) + "\", or remove it");
  }
  if (documents.size() > 1) {
    return fail(ErrorKind::render, "the file has more than one document",
                {.file = path, .line = documents[1].mark.line, .column = documents[1].mark.column, .key_path = {}},
                "keep one " + std::string(kind) + " in a file");
  }
  ConventionFile file{path, std::move(*text), documents[0].index, std::move(documents[0].value)};
  const Node root(file);
  if (!file.value.is_map())
    return fail(root.error("the document is " + std::string(kind_name(file.value)) + ", not a map"));
  if (const auto version = root.find("apiVersion"); !version) {
    return fail(root.error("\"apiVersion\" is missing", "begin the file with \"apiVersion: reconcile/v1\""));
  } else if (version->value() != Value(k_api_version)) {
    return fail(version->error("the version is not known", "this version reads \"reconcile/v1\""));
  }
  if (const auto found = root.find("kind"); !found) {
    return fail(root.error("\"kind\" is missing", "add \"kind: " + std::string(kind) + '"'));
  } else if (found->value() != Value(kind)) {
    return fail(found->error("the kind is not " + quote(kind), "a file of this name holds a " + std::string(kind)));
  }
  return file;
}

Where Node::where() const {
  Where where{.file = m_file->path, .line = 0, .column = 0, .key_path = format_path(m_path)};
  const YamlMark mark = find_yaml_mark(m_file->text, m_file->document, m_path);
  where.line = mark.line;
  where.column = mark.column;
  return where;
}

Error Node::error(std::string message, std::string hint, ErrorKind kind) const {
  return {kind, std::move(message), where(), std::move(hint)};
}

Node Node::step(std::string key, const Value& value) const {
  auto path = m_path;
  path.push_back(std::move(key));
  return {*m_file, value, std::move(path)};
}

Result<std::string> Node::text() const {
  if (!m_value->is_string()) {
    return fail(error("this is " + std::string(kind_name(*m_value)) + ", not a text",
                      m_value->is_null() ? "give it a value or leave the key out" : "put it in quotes"));
  }
  if (m_value->as_string().empty()) return fail(error("the text is empty", "give it a value or leave the key out"));
  return std::string(m_value->as_string());
}

Result<bool> Node::flag() const {
  if (!m_value->is_bool()) {
    return fail(error("this is " + std::string(kind_name(*m_value)) + ", not true or false"));
  }
  return m_value->as_bool();
}

Result<std::vector<Node>> Node::items() const {
  if (!m_value->is_list()) return fail(error("this is " + std::string(kind_name(*m_value)) + ", not a list"));
  std::vector<Node> nodes;
  for (const auto& item : m_value->items()) nodes.push_back(step(std::to_string(nodes.size()), item));
  return nodes;
}

Result<std::vector<std::string>> Node::texts() const {
  TRY_ASSIGN(const auto nodes, items());
  std::vector<std::string> result;
  for (const auto& node : nodes) {
    TRY_ASSIGN(auto text, node.text());
    if (std::ranges::find(result, text) != result.end()) return fail(node.error(quote(text) + " is listed twice"));
    result.push_back(std::move(text));
  }
  return result;
}

Result<std::vector<std::pair<std::string, Node>>> Node::entries() const {
  std::vector<std::pair<std::string, Node>> result;
  if (m_value->is_null()) return result;
  if (!m_value->is_map()) return fail(error("this is " + std::string(kind_name(*m_value)) + ", not a map"));
  for (const auto& entry : m_value->entries()) {
    std::string key(entry.key.as_string());
    auto node = step(key, entry.value);
    result.emplace_back(std::move(key), std::move(node));
  }
  return result;
}

std::optional<Node> Node::find(std::string_view key) const {
  const Value* found = m_value->find(key);
  return found == nullptr ? std::nullopt : std::optional(step(std::string(key), *found));
}

Status Node::check_keys(std::span<const std::string_view> known, std::span<const RefusedKey> refused) const {
  TRY_ASSIGN(const auto all, entries());
  for (const auto& [key, node] : all) {
    if (std::ranges::find(known, key) != known.end()) continue;
    for (const auto table : {refused, credential_keys()}) {
      const auto at = std::ranges::find(table, key, &RefusedKey::key);
      if (at == table.end()) continue;
      return fail(node.error(quote(key) + " may not be set here: " + std::string(at->why), std::string(at->hint),
                             ErrorKind::policy));
    }
    std::vector<std::string> words(known.begin(), known.end());
    std::ranges::sort(words);
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    return fail(node.error("unknown key " + quote(key) + did_you_mean(key, words), "known here: " + list));
  }
  return {};
}

}  // namespace reconciled
