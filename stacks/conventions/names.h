// Names, refs and URLs as a repository may write them.
#pragma once

#include <string>
#include <string_view>

namespace reconciled {

/// RFC 1123: lower-case letters, digits and '-', at most 63: environments, layers, teams, namespaces.
bool is_dns_label(std::string_view text);
/// Letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63: folders of stacks.
bool is_stack_name(std::string_view text);
/// Letters, digits and '_', not beginning with a digit: variables.
bool is_variable_name(std::string_view text);
/// Why Git would refuse a ref (or why it could be taken for an option or an expression); empty when it is fine.
std::string_view fault_of_ref(std::string_view ref);
/// Why a URL names no repository, or holds credentials; empty when it is fine. Never quotes the URL.
struct UrlFault {
  std::string_view why;
  std::string_view hint;
  bool credentials = false;
};
UrlFault fault_of_url(std::string_view url);

}  // namespace reconciled
