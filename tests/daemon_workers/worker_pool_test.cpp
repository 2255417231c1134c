#include "daemon/workers/worker_pool.h"

#include "base/digest.h"
#include "ports/memory_tree.h"
#include "tests/renderers/render_stack.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace reconciled;

namespace {

InputSet inputs_of(const std::string& name, const std::string& text = {}) {
  const std::string config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: one}\n";
  InputSet inputs = testing::make_inputs({{"a.yaml", text.empty() ? config_map : text}});
  inputs.stack.id.name = name;
  inputs.digest = sha256(name + text);
  return inputs;
}

constexpr Duration k_short = std::chrono::milliseconds(100);
const Limits k_limits{.time = k_short};

WorkerPoolOptions options_with(std::size_t workers) {
  WorkerPoolOptions options;
  options.program = RECONCILED_TEST_WORKER;
  options.workers = workers;
  options.memory_bytes = 512ULL << 20;
  options.grace = std::chrono::milliseconds(500);
  return options;
}

Error error_of(ProcessExecutor& executor, const InputSet& inputs, const Limits& limits = {}) {
  auto outcome = executor.render(inputs, limits);
  REQUIRE_FALSE(outcome.has_value());
  return outcome.error();
}

void check_works(ProcessExecutor& executor) {
  const InputSet inputs = inputs_of("web");
  const auto outcome = executor.render(inputs, Limits{});
  REQUIRE_MESSAGE(outcome.has_value(), format_error(outcome.error()));
  const auto set = std::get<PackedManifests>(*outcome).unpack();
  REQUIRE(set.has_value());
  Budget budget;
  CHECK(*set == std::get<ManifestSet>(*renderer_for(RendererKind::plain).render(inputs, budget)));
}

struct Misdeed {
  const char* stack;
  ErrorKind kind;
  const char* said;
};

}  // namespace

TEST_CASE("a worker renders what this process would render, job after job") {
  ProcessExecutor executor(options_with(1));
  CHECK_FALSE(executor.confinement().has_value());
  for (int i = 0; i < 20; ++i) check_works(executor);
  CHECK(executor.counts().started == 1);
  CHECK(executor.counts().alive == 1);
  REQUIRE(executor.confinement().has_value());
  CHECK(executor.confinement()->memory_bytes == (can_limit_memory() ? 512ULL << 20 : 0));
}

TEST_CASE("a worker's error is the renderer's own, with its place and hint") {
  ProcessExecutor executor(options_with(1));
  const InputSet inputs = inputs_of("web", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n");
  InlineExecutor here;
  const auto expected = here.render(inputs, Limits{});
  const auto outcome = executor.render(inputs, Limits{});
  REQUIRE_FALSE(expected.has_value());
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error() == expected.error());
  CHECK(executor.counts().failed == 0);
}

TEST_CASE("what a render misses comes back to be locked") {
  ProcessExecutor executor(options_with(1));
  const auto outcome = executor.render(inputs_of("missing"), Limits{});
  REQUIRE(outcome.has_value());
  CHECK(std::get<Missing>(*outcome).bases == std::vector<BaseRef>{{{"https://git.example.com/charts", "v1"}, "a"}});
}

TEST_CASE("a render that breaks out, crashes or lies fails alone, and its error says how") {
  const std::vector<Misdeed> misdeeds{
      {"abort", ErrorKind::internal, "SIGABRT"},
      {"crash", ErrorKind::internal, "SIGSEGV"},
      {"exit", ErrorKind::internal, "ended by itself with code 3"},
      {"throw", ErrorKind::internal, "SIGABRT"},
      {"socket", ErrorKind::internal, "SIGSYS"},
      {"open-to-write", ErrorKind::internal, "SIGSYS"},
      {"open-to-read", ErrorKind::internal, "SIGSYS"},
      {"execve", ErrorKind::internal, "SIGSYS"},
      {"fork", ErrorKind::internal, "SIGSYS"},
      {"ptrace", ErrorKind::internal, "SIGSYS"},
      {"kill", ErrorKind::internal, "SIGSYS"},
      {"run-memory", ErrorKind::internal, "SIGSYS"},
      {"garbage", ErrorKind::internal, "answered with garbage"},
      {"liar", ErrorKind::internal, "of another stack"},
      {"huge", ErrorKind::limit, "answered with more than"},
      {"claim-much", ErrorKind::limit, "answered with more than"},
  };
  ProcessExecutor executor(options_with(1));
  std::uint64_t failed = 0;
  for (const auto& misdeed : misdeeds) {
    CAPTURE(misdeed.stack);
    const Error error = error_of(executor, inputs_of(misdeed.stack));
    CAPTURE(format_error(error));
    CHECK(error.kind == misdeed.kind);
    CHECK(error.message.find(misdeed.said) != std::string::npos);
    CHECK(error.message.find("the render worker of apps/" + std::string(misdeed.stack)) == 0);
    CHECK(error.where.file == "apps/web");
    CHECK_FALSE(error.hint.empty());
    CHECK(executor.counts().failed == ++failed);
    check_works(executor);
  }
  CHECK(executor.counts().alive == 1);
}

TEST_CASE("a render that never ends is stopped by its processor time, or from outside") {
  ProcessExecutor executor(options_with(1));
  const Error spent = error_of(executor, inputs_of("loop"), k_limits);
  CHECK(spent.kind == ErrorKind::limit);
  CHECK(spent.message.find("SIGPROF") != std::string::npos);
  const MonotonicTime began = monotonic_now();
  const Error late = error_of(executor, inputs_of("loop-without-timer"), k_limits);
  CHECK(late.kind == ErrorKind::limit);
  CHECK(late.message.find("did not answer in 600ms") != std::string::npos);
  const Error closed = error_of(executor, inputs_of("close-pipes"), k_limits);
  CHECK(closed.kind == ErrorKind::internal);
  CHECK(closed.message.find("closed its pipe without an answer") != std::string::npos);
  CHECK(monotonic_now() - began < std::chrono::seconds(10));
  check_works(executor);
}

TEST_CASE("a render that eats memory is stopped by its own limit") {
  if (!can_limit_memory()) return;
  ProcessExecutor executor(options_with(1));
  const Error error = error_of(executor, inputs_of("eat"));
  CHECK(error.kind == ErrorKind::limit);
  CHECK(error.message.find("needed more memory") != std::string::npos);
  check_works(executor);
}

TEST_CASE("inputs that killed two workers are not tried a third time, until they change or time has passed") {
  auto options = options_with(1);
  options.forget_after = std::chrono::milliseconds(200);
  ProcessExecutor executor(options);
  const Error first = error_of(executor, inputs_of("abort"));
  CHECK(error_of(executor, inputs_of("abort")) == first);
  const Error third = error_of(executor, inputs_of("abort"));
  CHECK(third.kind == first.kind);
  CHECK(third.message.find("2 times, and is not tried again now") != std::string::npos);
  CHECK(executor.counts().failed == 2);
  CHECK(executor.counts().refused == 1);
  CHECK(error_of(executor, inputs_of("abort", "---\n")) == first);
  CHECK(executor.counts().failed == 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(error_of(executor, inputs_of("abort")) == first);
  CHECK(executor.counts().failed == 4);
}

TEST_CASE("inputs that used up their budget twice are not tried a third time, either") {
  ProcessExecutor executor(options_with(1));
  const Limits few{.steps = 3};
  for (int i = 0; i < 2; ++i)
    CHECK(error_of(executor, inputs_of("web"), few).message.find("3 steps") != std::string::npos);
  CHECK(executor.counts().refused == 0);
  CHECK(error_of(executor, inputs_of("web"), few).message.find("is not tried again now") != std::string::npos);
  CHECK(executor.counts().refused == 1);
  CHECK(executor.counts().failed == 0);
}

TEST_CASE("threads that render at the same time share the workers and not the failures") {
  ProcessExecutor executor(options_with(2));
  std::atomic<int> good = 0;
  std::atomic<int> bad = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 6; ++i) {
          const std::string text = "# " + std::to_string(thread * 100 + i) + "\n";
          const bool crash = thread == 0;
          const auto outcome = executor.render(inputs_of(crash ? "abort" : "web", text), Limits{});
          ++(outcome.has_value() ? good : bad);
        }
      });
    }
  }
  CHECK(good == 18);
  CHECK(bad == 6);
  CHECK(executor.counts().alive <= 2);
}

TEST_CASE("a program that is no worker is an error that says what to do") {
  auto options = options_with(1);
  options.program = "/bin/false";
  ProcessExecutor executor(options);
  const Error error = error_of(executor, inputs_of("web"));
  CHECK(error.kind == ErrorKind::local);
  CHECK(error.message.find("a render worker could not start") == 0);
  CHECK(error.message.find("code 1") != std::string::npos);
  CHECK(executor.counts().alive == 0);
  options.program = "/nonexistent/program";
  ProcessExecutor absent(options);
  CHECK(error_of(absent, inputs_of("web")).message.find("/nonexistent/program") != std::string::npos);
}

TEST_CASE("a stack with more files than a job may hold is refused before any worker sees it") {
  auto options = options_with(1);
  options.max_job_bytes = 10'000;
  ProcessExecutor executor(options);
  const Error error = error_of(executor, inputs_of("web", std::string(20'000, '#')));
  CHECK(error.kind == ErrorKind::limit);
  CHECK(executor.counts().started == 0);
}

TEST_CASE("a large job and a large answer pass through the pipes") {
  ProcessExecutor executor(options_with(1));
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a" + std::to_string(i) +
            "}\ndata: {key: " + std::string(1000, 'x') + "}\n";
  }
  const auto outcome = executor.render(inputs_of("web", text), Limits{});
  REQUIRE_MESSAGE(outcome.has_value(), format_error(outcome.error()));
  CHECK(std::get<PackedManifests>(*outcome).unpack()->manifests.size() == 2000);
}
