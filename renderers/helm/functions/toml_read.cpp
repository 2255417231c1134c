#include "renderers/helm/functions/toml_read.h"

#include "renderers/helm/functions/toml_lexer.h"
#include "renderers/helm/functions/toml_scalars.h"
#include "renderers/helm/functions/toml_tables.h"
#include "renderers/helm/values/quote.h"

namespace reconciled::helm {
namespace {

/// Reads a document. The first thing that is wrong ends it: `m_error` is set then, and every function returns at once.
class TomlReader {
 public:
  TomlReader(std::string_view text, Arena& arena) : m_lexer(text), m_arena(arena) {}

  Result<TomlRead> run() {
    while (good()) {
      const TomlLexer::TopLevel next = m_lexer.top_level();
      if (!good() || next == TomlLexer::TopLevel::end) break;
      if (next == TomlLexer::TopLevel::key) {
        read_assignment(m_tables.context);
      } else {
        read_header(next);
      }
      if (good()) m_lexer.end_of_line();
    }
    if (m_failure) return fail(std::move(*m_failure));
    if (m_lexer.failed()) complain(m_lexer.error().message, m_lexer.error().line);
    if (!m_error.empty()) return TomlRead{{}, std::move(m_error)};
    TomlNode root;
    root.table = m_tables.root();
    return TomlRead{to_go_value(root, m_arena), {}};
  }

 private:
  [[nodiscard]] bool good() {
    if (m_failure || !m_error.empty() || m_lexer.failed()) return false;
    if (m_arena.budget().step()) return true;
    m_failure = m_arena.budget().error("read TOML");
    return false;
  }

  /// The key that is being read, as errors name it.
  [[nodiscard]] std::string last_key() const {
    if (m_key.empty()) return join_toml_key(m_tables.context);
    if (m_tables.context.empty()) return m_key;
    return join_toml_key(m_tables.context) + '.' + m_key;
  }
  void complain(const std::string& message, std::uint32_t line) {
    if (!m_error.empty()) return;
    const std::string key = last_key();
    m_error =
        "toml: line " + std::to_string(line) + (key.empty() ? "" : " (last key " + quoted(key) + ")") + ": " + message;
  }
  /// True when there was nothing to complain about; else it is in the line of the last key.
  bool accept(const TomlComplaint& complaint) {
    if (complaint) complain(*complaint, m_key_line);
    return !complaint;
  }
  GoValue take(const TomlScalar& scalar, const TomlToken& token) {
    if (!scalar.error.empty()) complain(scalar.error, token.line);
    return scalar.value;
  }

  std::string text_of_key(const TomlToken& token) {
    if (token.kind == TomlTokenKind::bare_key) return std::string(token.text);
    return std::string(take(read_toml_string(token, m_arena), token).as_text());
  }

  void read_header(TomlLexer::TopLevel kind);
  TomlKey read_key();
  void read_assignment(TomlKey outer, TomlTable* inline_table = nullptr);
  void put_inline(TomlTable* table, const TomlKey& key, const TomlNode& value);

  enum class Parent : std::uint8_t { table, array };
  TomlNode read_value(Parent parent);
  TomlNode read_array();
  TomlNode read_inline_table(Parent parent);

  TomlLexer m_lexer;
  Arena& m_arena;
  TomlTables m_tables;
  std::string m_key;             // the last part of the key that is assigned to; empty in a header
  std::uint32_t m_key_line = 0;  // where the first part of the last key ended
  std::uint32_t m_depth = 0;
  std::string m_error;
  std::optional<Error> m_failure;
};

void TomlReader::read_header(TomlLexer::TopLevel kind) {
  TomlKey key;
  do {
    const TomlToken part = m_lexer.table_name_part();
    if (!good()) return;
    if (key.empty()) m_key_line = part.line;
    key.push_back(text_of_key(part));
  } while (good() && m_lexer.table_name_end() == TomlLexer::After::more);
  const bool is_array = kind == TomlLexer::TopLevel::array_table;
  if (good() && is_array) m_lexer.array_table_end();
  if (!good()) return;
  if (!accept(m_tables.enter(key, is_array ? TomlTables::TableKind::of_array : TomlTables::TableKind::single))) return;
  m_tables.note_kind("", false);
}

/// All parts up to the `=`.
TomlKey TomlReader::read_key() {
  TomlKey key;
  m_lexer.key_start();
  if (!good()) return key;
  do {
    const TomlToken part = m_lexer.key_part();
    if (!good()) return key;
    if (key.empty()) m_key_line = part.line;
    key.push_back(text_of_key(part));
  } while (good() && m_lexer.key_end() == TomlLexer::After::more);
  return key;
}

/// `key = value`; in an inline table, that gets the value, too. The context is `outer` again behind it.
void TomlReader::read_assignment(TomlKey outer, TomlTable* inline_table) {
  const TomlKey key = read_key();
  if (!good()) return;
  m_key = key.back();
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    TomlKey longer = m_tables.context;
    longer.push_back(key[i]);
    if (!accept(m_tables.enter_implicit(longer))) return;
  }
  const std::string name = m_key;
  const TomlNode value = read_value(Parent::table);
  if (!good() || !accept(m_tables.set(name, value))) return;
  m_tables.note_kind(name, value.array != nullptr);
  if (inline_table != nullptr) put_inline(inline_table, key, value);
  if (!good()) return;
  m_tables.context = std::move(outer);
  if (inline_table == nullptr) m_key.clear();
}

void TomlReader::put_inline(TomlTable* table, const TomlKey& key, const TomlNode& value) {
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    const auto [entry, is_new] = table->entries.try_emplace(key[i]);
    if (is_new) entry->second.table = m_tables.make_table();
    table = entry->second.table;
    if (table == nullptr) return complain(quoted(join_toml_key(m_tables.context)) + " is not a table", m_key_line);
  }
  table->entries[key.back()] = value;
}

TomlNode TomlReader::read_value(Parent parent) {
  TomlNode node;
  const TomlToken token = m_lexer.value();
  if (!good()) return node;
  switch (token.kind) {
    case TomlTokenKind::boolean: node.scalar = GoValue::boolean(token.text == "true"); return node;
    case TomlTokenKind::integer: node.scalar = take(read_toml_integer(token.text), token); return node;
    case TomlTokenKind::floating: node.scalar = take(read_toml_float(token.text), token); return node;
    case TomlTokenKind::datetime: node.scalar = take(read_toml_datetime(token.text, m_arena), token); return node;
    case TomlTokenKind::bare_key:
    case TomlTokenKind::string:
    case TomlTokenKind::escaped_string:
    case TomlTokenKind::multiline_string:
    case TomlTokenKind::raw_multiline_string: node.scalar = take(read_toml_string(token, m_arena), token); return node;
    case TomlTokenKind::array:
    case TomlTokenKind::inline_table: break;
  }
  if (++m_depth > m_arena.budget().max_depth()) {
    m_failure = Error(ErrorKind::limit, "TOML values are nested too deeply");
    return node;
  }
  node = token.kind == TomlTokenKind::array ? read_array() : read_inline_table(parent);
  --m_depth;
  return node;
}

TomlNode TomlReader::read_array() {
  m_tables.note_kind(m_key, true);
  TomlNode node;
  node.array = m_tables.make_array();
  std::vector<TomlNode>* items = node.array;
  while (m_lexer.array_item() == TomlLexer::Item::one && good()) {
    TomlNode item = read_value(Parent::array);
    if (!good()) return node;
    items->push_back(item);
    if (m_lexer.array_item_end() == TomlLexer::After::end) break;
  }
  return node;
}

TomlNode TomlReader::read_inline_table(Parent parent) {
  const TomlKey outer = m_tables.context;
  const std::string outer_key = m_key;
  TomlNode node;
  node.table = m_tables.make_table();
  m_tables.context.push_back(m_key);
  m_key.clear();
  m_tables.mark_implicit(m_tables.context);
  const TomlKey path = m_tables.context;
  const auto kind = parent == Parent::array ? TomlTables::TableKind::of_array : TomlTables::TableKind::single;
  if (!accept(m_tables.enter(path, kind))) return node;
  const TomlKey inner = m_tables.context;
  while (m_lexer.inline_item() == TomlLexer::Item::one && good()) {
    read_assignment(inner, node.table);
    if (!good()) return node;
    m_tables.context = inner;
    if (m_lexer.inline_item_end() == TomlLexer::After::end) break;
  }
  if (!good()) return node;
  m_tables.context = outer;
  m_key = outer_key;
  return node;
}

}  // namespace

Result<TomlRead> read_toml(std::string_view text, Arena& arena) {
  constexpr std::size_t k_looked_at = 6;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    text.remove_prefix(2);
  } else if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  if (text.substr(0, k_looked_at).find('\0') != std::string_view::npos) {
    return TomlRead{{},
                    "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"};
  }
  return TomlReader(text, arena).run();
}

}  // namespace reconciled::helm
