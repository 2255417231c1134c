// The words of field errors, as the rules of all kinds use them.
#pragma once

#include "sandbox/failure.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace reconciled::sandbox {

using Errors = std::vector<FieldError>;
using ErrorType = FieldError::Kind;

void required(Errors& errors, std::string field, std::string detail = {});
void invalid(Errors& errors, std::string field, Value value, std::string_view detail);
void unsupported(Errors& errors, std::string field, Value value, std::initializer_list<std::string_view> allowed);
/// The field of this path must be as it was.
void immutable(Errors& errors, const Value& object, const Value& old, std::initializer_list<std::string_view> path);
/// Keys and values of a map of labels.
void check_labels(const Value& labels, const std::string& path, Errors& errors);

}  // namespace reconciled::sandbox
