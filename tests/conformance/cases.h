// The conformance cases: text files of requests and what they must answer.
#pragma once

#include "tests/conformance/api_under_test.h"

#include <string>
#include <vector>

namespace reconciled {

/// One request with the status it must answer, or a check of the last answer.
struct CaseStep {
  enum class Kind : std::uint8_t { request, equals, absent, contains, save, expire };
  Kind kind = Kind::request;
  std::uint32_t line = 0;
  RawRequest request{};
  int status = 0;
  bool recorded = true;  ///< its answer must be the same on every server
  int attempts = 1;      ///< until the status and the checks behind it hold (controllers need a moment)
  std::string path{};    ///< of a check or save: "metadata.labels.app", "items.0.data"
  std::string text{};    ///< of contains; the name of save
  Value value{};         ///< of equals
};

struct ConformanceCase {
  std::string name;
  std::string file;
  std::uint32_t line = 0;
  std::vector<CaseStep> steps;
};

/// Reads all *.case files of a folder, in the order of their names. The grammar, a line each:
///   == NAME                          begins a case; it runs in a namespace {ns} of its own
///   [~][N*]METHOD PATH STATUS        METHOD is GET, POST, PUT, DELETE, MERGE, JSON, STRATEGIC, APPLY, WATCH, META (GET
///                                    of metadata only), READER or ANON (GET as somebody else), YAML (POST); PATH may
///                                    use {ns}, {cm} {secret} {svc} {deploy} {crd} and saved {names}; ~: the answer may
///                                    differ between servers; N*: up to N attempts
///     BODY                           indented YAML or text in one or more lines
///   = PATH VALUE                     the last answer has this YAML value there
///   = PATH absent
///   ? PATH TEXT                      ... a string that contains the text
///   $NAME PATH                       saves a value
///   expire                           forgets history
/// A WATCH answers with {"events": [...]} of its lines.
Result<std::vector<ConformanceCase>> load_cases(const std::string& folder);

struct CaseOutcome {
  std::vector<std::string> failures;
  std::vector<std::string> answers;  ///< normalised, of the recorded requests: equal on every server
};

/// Runs one case; `namespace_` must be unused.
CaseOutcome run_case(ApiUnderTest& api, const ConformanceCase& one, const std::string& namespace_);

}  // namespace reconciled
