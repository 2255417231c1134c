// What the scanner of YAML makes of a text.
#pragma once

#include "base/yaml_events.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

/// A place as the scanner counts it, from 0: characters but for the offset.
struct YamlPlace {
  std::uint32_t offset = 0;  ///< in bytes
  std::uint32_t index = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct YamlToken {
  enum class Kind : std::uint8_t {
    stream_start,
    stream_end,
    version_directive,
    tag_directive,
    document_start,
    document_end,
    block_sequence_start,
    block_mapping_start,
    block_end,
    flow_sequence_start,
    flow_sequence_end,
    flow_mapping_start,
    flow_mapping_end,
    block_entry,
    flow_entry,
    key,
    value,
    alias,
    anchor,
    tag,
    scalar,
  };
  Kind kind = Kind::stream_start;
  YamlStyle style = YamlStyle::any;
  int major = 0;
  int minor = 0;
  std::uint32_t key_level = 0;  ///< of the simple key that may begin here; 0: none
  YamlPlace start{};
  YamlPlace end{};
  std::string_view text{};    ///< of a scalar, an alias, an anchor; the handle of a tag or a tag directive
  std::string_view suffix{};  ///< of a tag; the prefix of a tag directive
};

/// Why a text is no YAML.
struct YamlFailure {
  enum class Stage : std::uint8_t { reader, scanner, parser };
  Stage stage = Stage::scanner;
  std::string problem;
  std::string context;  ///< "while scanning a simple key"; may be empty
  YamlPlace problem_place;
  YamlPlace context_place;
  bool has_context = false;
};

}  // namespace reconciled
