// Flux's post-build substitution of a text: the grammar of its fork of drone/envsubst, with all that is odd in it.
#pragma once

#include "base/budget.h"
#include "base/result.h"
#include "stacks/stack.h"

#include <map>
#include <string>
#include <string_view>

namespace reconciled::substitution {

using TextVariables = std::map<std::string, std::string, std::less<>>;

/// The text with every `${...}` filled in:
///
///     ${name}                    the value
///     ${#name}                   its length in bytes
///     ${name^} ^^ , ,,           the first character or all of them in upper or lower case
///     ${name:offset:length}      a part of it, in bytes; a negative offset counts from the end; the length may be
///     absent
///     ${name#pattern} ## % %%    without the shortest or longest beginning or end that the pattern matches
///     (match_text)
///     ${name/old/new} // /# /%   the first, all, or what it begins or ends with replaced; `\/` and `\\` in either text
///     ${name=text} := :-         the text where the value is empty; texts may hold expressions
///
/// What a shell does otherwise, and is kept as Flux has it: `:+` and `:?` do what `:=` does; `${name-text}` and
/// `${name+text}` are errors; `$$` becomes `$` wherever it stands outside of an expression, before a brace or not;
/// names are letters and digits of any script and `_`; what the text to be replaced may be reaches to the next slash,
/// over braces and lines; a text of `:=` ends at the first `}` outside of an inner expression; a NUL ends the text.
/// `$name` stays as it is, and values are not looked through again.
///
/// Errors have Flux's text: "missing closing brace", "unable to parse variable name", "bad substitution", "unable to
/// parse substitution within function", `variable not set (strict mode): "name"`.
Result<std::string> fill_flux_text(std::string_view text, const TextVariables& variables, UndefinedVariable undefined,
                                   Budget& budget);

}  // namespace reconciled::substitution
