// The list of system calls that are left to a render worker, as a program for the kernel.
#pragma once

#include "base/result.h"

namespace reconciled {

/// Every other call kills the whole process. Needs PR_SET_NO_NEW_PRIVS.
Status filter_system_calls();

}  // namespace reconciled
