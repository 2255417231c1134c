// Values to structs as Go's encoding/json does it: keys in any case, the first error in the order of sorted keys.
#pragma once

#include "base/result.h"
#include "base/value.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconciled::kustomize {

/// What an unknown key or a number for a text is.
enum class Decoding : std::uint8_t {
  strict,   ///< an error: kustomization files
  lenient,  ///< ignored, and taken as text: configurations of plugins
  closed,   ///< unknown keys are errors, numbers are taken as text: files of `configurations`
};

/// Decodes one document. It goes on after an error, which `status` tells in the end; the first one counts.
class JsonDecoder {
 public:
  using Handler = std::function<void(const Value&)>;
  struct Field {
    std::string_view name;
    Handler handler;
    std::string_view within = {};  ///< Go structs that embed it, for messages: "ResId.Gvk"
  };

  explicit JsonDecoder(Decoding decoding) : m_decoding(decoding) {}

  [[nodiscard]] Status status() const;

  /// A struct, known to messages by its Go name; its package is `types` unless the name has one. Null leaves everything
  /// as it is.
  void object(const Value& value, std::string_view go_name, std::initializer_list<Field> fields);
  void list(const Value& value, std::string_view go_type, const Handler& item);
  void text(const Value& value, std::string& out, std::string_view go_type = "string");
  void flag(const Value& value, bool& out);
  void whole(const Value& value, std::int64_t& out, std::string_view go_type = "int64");
  void texts(const Value& value, std::vector<std::string>& out);
  void pairs(const Value& value, std::map<std::string, std::string>& out);
  void flags(const Value& value, std::map<std::string, bool>& out);

  // Handlers for members.
  Handler into(std::string& out) {
    return [this, &out](const Value& value) { text(value, out); };
  }
  Handler into(bool& out) {
    return [this, &out](const Value& value) { flag(value, out); };
  }
  Handler into(std::int64_t& out) {
    return [this, &out](const Value& value) { whole(value, out); };
  }
  Handler into(std::vector<std::string>& out) {
    return [this, &out](const Value& value) { texts(value, out); };
  }
  Handler into(std::map<std::string, std::string>& out) {
    return [this, &out](const Value& value) { pairs(value, out); };
  }
  Handler into(std::map<std::string, bool>& out) {
    return [this, &out](const Value& value) { flags(value, out); };
  }
  /// A list of structs, each decoded by `decode(decoder, value, item)`.
  template <class T, class Decode>
  Handler each(std::vector<T>& out, std::string_view go_type, Decode decode) {
    return [this, &out, go_type, decode](const Value& value) {
      list(value, go_type, [&](const Value& item) { decode(*this, item, out.emplace_back()); });
    };
  }
  /// A pointer to a struct: absent while null.
  template <class T, class Decode>
  Handler maybe(std::optional<T>& out, Decode decode) {
    return [this, &out, decode](const Value& value) {
      if (!value.is_null()) decode(*this, value, out.emplace());
    };
  }

  void mismatch(const Value& value, std::string_view go_type);
  void mismatch_of(std::string_view what, std::string_view go_type);
  void fail_with(std::string message);

 private:
  void each_entry(const Value& value, std::string_view go_type,
                  const std::function<void(const std::string&, const Value&)>& entry);

  Decoding m_decoding;
  std::optional<std::string> m_error;
  std::vector<std::string_view> m_path;
  std::string_view m_struct;
};

}  // namespace reconciled::kustomize
