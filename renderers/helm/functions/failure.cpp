#include "renderers/helm/functions/failure.h"

#include <utility>

namespace reconciled::helm {

tl::unexpected<Error> panic(std::string text) {
  return fail(ErrorKind::render, std::move(text));
}

tl::unexpected<Error> nil_dereference() {
  return panic("runtime error: invalid memory address or nil pointer dereference");
}

Status reserve(FunctionCall& call, std::uint64_t bytes, std::string_view function) {
  if (call.arena().reserve(bytes)) return {};
  return fail(ErrorKind::limit, std::string(function) + " would make " + std::to_string(bytes) +
                                    " bytes, and the budget of this render has " +
                                    std::to_string(call.arena().budget().bytes_left()) + " left");
}

}  // namespace reconciled::helm
