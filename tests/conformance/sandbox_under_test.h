// The sandbox's TLS server as an ApiUnderTest.
#pragma once

#include "tests/conformance/api_under_test.h"

namespace reconciled {

Result<std::unique_ptr<ApiUnderTest>> make_sandbox_under_test();

}  // namespace reconciled
