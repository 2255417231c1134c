// A stream of YAML events: what every reader of YAML in the program is built on.
#pragma once

#include "base/budget.h"
#include "base/go_yaml_dialect.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reconciled {

/// A place in the text, from 1.
struct YamlMark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t offset = 0;  ///< in bytes, from 0
  bool operator==(const YamlMark&) const = default;
};

enum class YamlStyle : std::uint8_t { any, plain, single_quoted, double_quoted, literal, folded, block, flow };

struct YamlEvent {
  enum class Kind : std::uint8_t {
    stream_start,
    stream_end,
    document_start,
    document_end,
    alias,
    scalar,
    sequence_start,
    sequence_end,
    mapping_start,
    mapping_end,
  };
  Kind kind = Kind::stream_end;
  std::string_view text;  ///< scalar text, or the name of the alias; valid until the next event
  std::string_view
      tag;  ///< resolved ("tag:yaml.org,2002:str"), empty when the text gives none; valid until the next event
  std::string_view anchor;  ///< valid until the next event
  YamlStyle style = YamlStyle::any;
  /// Of a document start or end: not written as --- or ... Of a scalar: plain and without a tag, so that its text
  /// decides what it is.
  bool implicit = true;
  YamlMark mark;  ///< where it begins
};

/// What to make of texts that readers of YAML disagree on.
enum class YamlRules : std::uint8_t {
  common,  ///< as libyaml 0.2.5: also %YAML 1.2, "\\/", and question marks in plain scalars of flow collections
  go,      ///< as go-yaml, which refuses these
};

/// Pulls events out of a text, in time that is linear in it. Steps, bytes, time and depth are charged to the budget.
/// The text and the budget must outlive the reader. Aliases are not followed here: who follows them counts the copies
/// (see yaml.h).
class YamlEventReader {
 public:
  /// `file` is only for errors.
  YamlEventReader(std::string_view text, std::string_view file, Budget& budget, YamlRules rules = YamlRules::common);
  ~YamlEventReader();
  YamlEventReader(YamlEventReader&&) noexcept;
  YamlEventReader& operator=(YamlEventReader&&) noexcept;

  /// The next event; after stream_end, stream_end again.
  Result<YamlEvent> next();
  /// The same for readers in a hurry: valid until the next call, null on failure, which `error` tells.
  const YamlEvent* advance();
  [[nodiscard]] const Error& error() const;
  /// A syntax error as go-yaml words it, behind its "yaml: ": "line 2: did not find expected key". Its two versions
  /// count lines differently. Empty when there is no failure or when it is one of the budget.
  [[nodiscard]] std::string go_error(GoYaml dialect) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace reconciled
