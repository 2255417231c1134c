// What must not be seen, found in text of any origin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// The forms in which a secret may turn up: itself, base64 and base64url (at each of the three alignments, without the
/// digits that neighbours share), percent-encoded, hexadecimal in either case, and escaped as in JSON.
std::vector<std::string> forms_of_secret(std::string_view secret);

/// Every occurrence of a form becomes [secret]. `forms` longest first.
std::string replace_forms(std::string_view text, const std::vector<std::string>& forms);

}  // namespace reconciled
