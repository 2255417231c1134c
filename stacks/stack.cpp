#include "stacks/stack.h"

#include "base/digest.h"

namespace reconciled {

std::string Stack::uid(std::string_view installation) const {
  Sha256 sum;
  sum.field(installation).field(id.key());
  return sum.finish().hex().substr(0, 32);
}

}  // namespace reconciled
