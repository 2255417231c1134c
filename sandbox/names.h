// The grammars of names, labels and keys.
#pragma once

#include <string_view>

namespace reconciled::sandbox {

bool is_dns_label(std::string_view text);      ///< RFC 1123, at most 63
bool is_dns_subdomain(std::string_view text);  ///< at most 253
bool is_dns1035_label(std::string_view text);  ///< begins with a letter
bool is_path_segment(std::string_view text);   ///< names of RBAC objects
bool is_label_value(std::string_view text);
bool is_config_key(std::string_view text);
/// "" when the text is a qualified name ("app", "example.com/app"), otherwise what is wrong with it.
std::string_view qualified_name_error(std::string_view text);

inline constexpr std::string_view k_subdomain_rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
inline constexpr std::string_view k_label_rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
inline constexpr std::string_view k_dns1035_rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and "
    "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')";
inline constexpr std::string_view k_label_value_rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
inline constexpr std::string_view k_config_key_rule =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

}  // namespace reconciled::sandbox
