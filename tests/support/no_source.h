// A Source without any repository, for fleets that lie in one tree.
#pragma once

#include "ports/source.h"

namespace reconciled::test {

class NoSource final : public Source {
 public:
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    return fail(ErrorKind::source_missing, "there is no repository " + ref.url);
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override {
    return fail(ErrorKind::source_missing, "there is no repository " + revision.url);
  }
};

}  // namespace reconciled::test
