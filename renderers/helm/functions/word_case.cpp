#include "renderers/helm/functions/word_case.h"

#include "base/unicode.h"
#include "renderers/helm/functions/runes.h"
#include "renderers/helm/functions/word_classes.h"

#include <cstdint>

namespace reconciled::helm {
namespace {

bool is_connector(std::uint32_t rune) {
  return rune == '-' || rune == '_' || is_space(rune);
}

/// A letter, but not of Chinese or Japanese.
bool is_alphabet(std::uint32_t rune) {
  const bool ideograph =
      (rune >= 0x3400 && rune <= 0x4D85) || (rune >= 0x4E00 && rune <= 0x9FCC) || (rune >= 0x20000 && rune <= 0x2B81D);
  return is_letter(rune) && !ideograph;
}

bool is_lower_alphabet(std::uint32_t rune) {
  return is_alphabet(rune) && !is_upper(rune);
}

enum class WordKind : std::uint8_t { none, number, upper, alphabet, connector, punctuation, other };

struct Word {
  WordKind kind = WordKind::none;
  std::string_view text;
};

/// Cuts words off the front of a text.
class WordReader {
 public:
  explicit WordReader(std::string_view text) : m_rest(text) {}
  [[nodiscard]] bool at_end() const { return m_rest.empty(); }
  Word next();

 private:
  /// The next rune that is valid and how many bytes lead to its end; `previous` when there is none.
  [[nodiscard]] Rune peek(std::uint32_t previous) const;
  /// Takes runes as long as they satisfy; gives the length of the last one that was taken.
  template <class Predicate>
  std::size_t take_while(Predicate satisfies);
  WordKind take_upper();
  WordKind take_word();

  std::string_view m_rest;
  std::size_t m_length = 0;             // of the word so far
  std::uint32_t m_rune = k_rune_error;  // that was looked at last
};

Rune WordReader::peek(std::uint32_t previous) const {
  std::size_t at = m_length;
  while (at < m_rest.size()) {
    const Rune rune = first_rune(m_rest.substr(at));
    at += rune.length;
    if (rune.value != k_rune_error) return {rune.value, at - m_length};
  }
  return {previous, at - m_length};
}

template <class Predicate>
std::size_t WordReader::take_while(Predicate satisfies) {
  std::size_t last = 0;
  while (m_length < m_rest.size()) {
    const Rune rune = peek(m_rune);
    m_rune = rune.value;
    if (!satisfies(m_rune)) break;
    m_length += rune.length;
    last = rune.length;
  }
  return last;
}

/// "HTTPStatus" is "HTTP" and "Status": the last of several capitals belongs to the lower case that follows it.
WordKind WordReader::take_upper() {
  if (m_length == m_rest.size()) return WordKind::upper;
  if (is_upper(peek(m_rune).value)) {
    const std::size_t last = take_while(&is_upper);
    if (m_length < m_rest.size() && is_alphabet(m_rune)) m_length -= last;
  } else {
    take_while(&is_lower_alphabet);
  }
  return WordKind::upper;
}

WordKind WordReader::take_word() {
  if (is_connector(m_rune)) {
    take_while(&is_connector);
    return WordKind::connector;
  }
  if (is_punctuation(m_rune)) {
    take_while(&is_punctuation);
    return WordKind::punctuation;
  }
  if (is_upper(m_rune)) return take_upper();
  if (is_alphabet(m_rune)) {
    take_while(&is_lower_alphabet);
    return WordKind::alphabet;
  }
  if (is_number(m_rune)) {
    take_while(&is_number);
    return WordKind::number;
  }
  take_while([](std::uint32_t rune) {
    return !is_connector(rune) && !is_alphabet(rune) && !is_number(rune) && !is_punctuation(rune);
  });
  return WordKind::other;
}

Word WordReader::next() {
  m_length = 0;
  if (m_rest.empty()) return {};
  const Rune first = peek(k_rune_error);
  m_length = first.length;
  m_rune = first.value;
  const WordKind kind = m_rune == k_rune_error ? WordKind::none : take_word();
  const Word word{kind, m_rest.substr(0, m_length)};
  m_rest.remove_prefix(m_length);
  return word;
}

/// Writes words in lower case with connectors between them.
class ConnectedCase {
 public:
  ConnectedCase(std::string_view text, char connector) : m_reader(text), m_connector(connector) {}
  std::string run();

 private:
  void write(const Word& word);
  /// Words that belong to a number before them, as in "20xOK".
  void absorb();
  /// A connector, unless what follows is one or punctuation.
  void connect();
  void after_word();

  WordReader m_reader;
  char m_connector;
  Word m_word;  // the next one to write
  std::string m_out;
};

void ConnectedCase::write(const Word& word) {
  if (word.kind != WordKind::upper && word.kind != WordKind::connector) {
    m_out += word.text;
    return;
  }
  m_out += map_runes(word.text, [this](std::uint32_t rune) {
    if (is_connector(rune)) return static_cast<std::uint32_t>(m_connector);
    return is_upper(rune) ? to_lower(rune) : rune;
  });
}

void ConnectedCase::absorb() {
  while (m_word.kind == WordKind::alphabet || m_word.kind == WordKind::number) {
    write(m_word);
    m_word = m_reader.next();
  }
  if (m_word.kind != WordKind::none) connect();
}

void ConnectedCase::connect() {
  if (m_word.kind != WordKind::connector && m_word.kind != WordKind::punctuation) m_out += m_connector;
}

/// A number is part of the word before it ("Bld4Floor"), unless lower case follows it ("HTTP2xx").
void ConnectedCase::after_word() {
  if (m_word.kind != WordKind::number) {
    connect();
    return;
  }
  if (m_reader.at_end()) return;
  const Word number = m_word;
  m_word = m_reader.next();
  if (m_word.kind == WordKind::alphabet) {
    m_out += m_connector;
    write(number);
    absorb();
  } else {
    write(number);
    connect();
  }
}

std::string ConnectedCase::run() {
  m_word = m_reader.next();
  while (!m_reader.at_end()) {
    const Word last = m_word;
    if (last.kind != WordKind::connector) write(last);
    m_word = m_reader.next();
    switch (last.kind) {
      case WordKind::number: absorb(); break;
      case WordKind::connector: write(last); break;
      case WordKind::punctuation: break;
      case WordKind::none:
      case WordKind::upper:
      case WordKind::alphabet:
      case WordKind::other: after_word(); break;
    }
  }
  write(m_word);
  return m_out;
}

}  // namespace

std::string to_pascal_case(std::string_view text) {
  std::string out;
  std::uint32_t previous = 0;  // read, and not yet written
  bool in_capitals = false;
  bool in_words = false;
  for (bool first = true; !text.empty(); first = false) {
    const Rune next = first_rune(text);
    text.remove_prefix(next.length);
    std::uint32_t rune = next.value;
    if (!in_words) {
      if (!first) append_rune(out, previous);
      if (!is_connector(rune)) {
        in_words = true;
        in_capitals = is_upper(rune);
        rune = to_upper(rune);
      } else if (text.empty()) {
        append_rune(out, rune);  // a text of connectors alone gets its last one twice
      }
    } else if (!is_connector(previous)) {
      if (in_capitals && is_upper(rune)) {
        rune = to_lower(rune);
      } else {
        in_capitals = false;
      }
      append_rune(out, previous);
    } else if (is_connector(rune)) {
      append_rune(out, previous);
    } else {
      in_capitals = is_upper(rune);
      rune = to_upper(rune);
    }
    previous = rune;
    if (text.empty()) append_rune(out, rune);
  }
  return out;
}

std::string to_connected_case(std::string_view text, char connector) {
  return ConnectedCase(text, connector).run();
}

}  // namespace reconciled::helm
