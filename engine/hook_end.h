// When a hook has finished.
#pragma once

#include "engine/object_wait.h"
#include "ports/object_id.h"

namespace reconciled {

/// Jobs and Pods run to an end; everything else is done once it is there.
bool runs_to_an_end(const GroupKind& kind);

/// Of a Job or a Pod, as it was applied and as it is now: done when it succeeded. One that cleans itself up may be gone
/// before anybody saw its end.
ObjectWait::Judgement judge_hook(const Value& applied, const Result<Value>& object);

}  // namespace reconciled
