#include "tests/conformance/sandbox_under_test.h"

namespace reconciled {

Result<std::unique_ptr<ApiUnderTest>> make_sandbox_under_test() {
  return make_model_under_test();
}

}  // namespace reconciled
