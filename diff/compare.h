// What differs between the object that we want and the live one. Pure, and the only judge of "no change" in the mode
// that may only read.
#pragma once

#include "diff/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace reconciled {

/// Whether the live object was last applied by us from exactly this body (the inventory's digest says so). Then a field
/// that we still own has the value that the API server made of ours: it is no difference, however it is written.
enum class Trust : bool { no, yes };

/// A field manager, copied out of managedFields.
struct Manager {
  std::string name;
  bool applied = false;  ///< by server-side apply, otherwise by an update
  std::string subresource;
  std::string time;
  bool operator==(const Manager&) const = default;
};

struct Difference {
  FieldChange change;
  std::vector<std::string> at;  ///< keys and indices in the desired body
  std::string field;            ///< as the API server names it in a conflict: .spec.replicas
  bool atomic = false;          ///< inside a list or map that is owned as one
  bool ours = false;            ///< we own the live value
  std::vector<Manager> others;  ///< who else owns the live value
};

/// Only what we send (`desired`: a body) plus what we own in `live` and no longer send. `live` was read in the version
/// of the body. Quantities, empty values, merge keys, defaults of dropped fields are judged as the API server would.
std::vector<Difference> compare_desired(const Value& desired, const Value& live, const GroupKind& kind, Trust trust);

/// Everything that an apply would change: `predicted` is the answer of a dry-run. Leaves out managedFields,
/// resourceVersion, generation and status.
std::vector<Difference> compare_predicted(const Value& predicted, const Value& live, const GroupKind& kind);

}  // namespace reconciled
