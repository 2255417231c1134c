// Any text is a template: it is parsed, printed again and executed within a small budget.
#include "base/budget.h"
#include "ports/random.h"
#include "renderers/helm/functions/families.h"
#include "renderers/helm/template/engine.h"
#include "renderers/helm/values/json.h"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace reconciled;
using namespace reconciled::helm;

namespace {

constexpr std::string_view k_data =
    R"({"s":"hello","n":3,"f":1e6,"nil":null,"t":true,"list":["a",1,null],"m":{"a":{"b":"c"}},"text":"{{ .s }}"})";

FunctionTable make_table() {
  FunctionTable table;
  for (const auto& functions : all_functions(HelmProfile::helm4)) table.add(functions);
  // Their work is bounded by other means than steps, and too much for a fuzzer.
  for (const char* slow : {"bcrypt", "htpasswd", "derivePassword", "genPrivateKey", "genCA", "genCAWithKey",
                           "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey"})
    table.remove(slow);
  return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FunctionTable table = make_table();
  Limits limits;
  limits.steps = 20'000;
  limits.bytes = 4U << 20U;
  limits.time = std::chrono::seconds(5);
  Budget budget(limits);
  TemplateSet set(table);
  if (!set.parse("t", std::string(reinterpret_cast<const char*>(data), size), budget)) return 0;
  Arena arena(budget);
  SeededRandom random(1);
  RenderWorld world{arena, random, std::chrono::system_clock::time_point()};
  Execution run(set, world);
  const auto values = from_json(k_data, JsonTarget::any, arena);
  if (!values) return 0;
  const auto text = run.execute("t", *values);
  if (!text) (void)as_execution_error("t", HelmProfile::helm4, text.error());
  return 0;
}
