// How a function fails: with the text of Go's error or panic, or because it would cost too much.
#pragma once

#include "renderers/helm/values/go_function.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled::helm {

/// `text` is what Go's error or panic says; the engine adds `error calling NAME: `.
tl::unexpected<Error> panic(std::string text);
/// What a method call on a nil interface gives, for example of `reflect.TypeOf(nil)`.
tl::unexpected<Error> nil_dereference();

/// An error that names the bound, unless `bytes` more fit into the budget of the render. For results whose size does
/// not follow from what is there already: `repeat 1000000 "a"`.
Status reserve(FunctionCall& call, std::uint64_t bytes, std::string_view function);

}  // namespace reconciled::helm
