#include "daemon/workers/render_worker.h"

#include "base/hash.h"
#include "daemon/workers/frames.h"
#include "renderers/field_codec.h"
#include "renderers/render_job.h"
#include "renderers/stack_fields.h"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <variant>

namespace reconciled {

template <Is<ConfinementReport> T>
auto fields_of(T& value) {
  auto& [landlock_abi, memory_bytes] = value;
  return std::tie(landlock_abi, memory_bytes);
}

namespace {

constexpr std::uint64_t k_max_setup = 4096;

void silence_standard_error() {
  const int fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    ::close(STDERR_FILENO);
  } else if (fd != STDERR_FILENO) {
    ::dup2(fd, STDERR_FILENO);
    ::close(fd);
  }
}

/// An exception is a bug of a renderer; its text may quote what it read.
Result<PackedOutcome> render_safely(Executor& executor, const RenderJob& job) {
  try {
    return executor.render(job.inputs, job.limits);
  } catch (const std::exception&) {
    return fail(ErrorKind::internal, "the renderer failed with an exception");
  }
}

std::string answer_job(Executor& executor, std::string_view bytes, Duration grace) {
  auto job = decode_render_job(bytes);
  if (!job) return encode_render_answer(fail(std::move(job).error()));
  limit_processor_time(job->limits.time + grace);
  std::string answer = encode_render_answer(render_safely(executor, *job));
  limit_processor_time(Duration::zero());
  return answer;
}

Result<WorkerSetup> take_setup(int in) {
  TRY_ASSIGN(const auto bytes, read_frame(in, k_max_setup));
  if (!bytes) return fail(ErrorKind::cancelled, "nobody needs this worker");
  return decode_worker_setup(*bytes);
}

Status serve(int in, int out, Executor& executor) {
  TRY_ASSIGN(const WorkerSetup setup, take_setup(in));
  silence_standard_error();
  std::set_new_handler([] { ::_exit(k_out_of_memory_exit); });
  hash_bytes("");  // draws its key
  const auto report = confine_process(setup.confinement);
  TRY(write_frame(out, encode_confinement_report(report)));
  if (!report) return fail(report.error());
  while (true) {
    TRY_ASSIGN(const auto job, read_frame(in, setup.max_job));
    if (!job) return {};
    TRY(write_frame(out, answer_job(executor, *job, setup.grace)));
  }
}

}  // namespace

std::string encode_worker_setup(const WorkerSetup& setup) {
  BinaryWriter out;
  out.number(setup.confinement.memory_bytes);
  out.number(static_cast<std::uint64_t>(setup.grace.count()));
  out.number(setup.max_job);
  return std::move(out).take();
}

Result<WorkerSetup> decode_worker_setup(std::string_view bytes) {
  Budget budget;
  BinaryReader in(bytes, budget);
  WorkerSetup setup;
  setup.confinement.memory_bytes = in.number();
  setup.grace = Duration(static_cast<Duration::rep>(in.number_below(1ULL << 62)));
  setup.max_job = in.number();
  TRY(in.finish("the setup of a render worker"));
  return setup;
}

std::string encode_confinement_report(const Result<ConfinementReport>& report) {
  BinaryWriter out;
  out.number(report ? 1 : 0);
  if (report) {
    write_field(out, *report);
  } else {
    write_field(out, report.error());
  }
  return std::move(out).take();
}

Result<ConfinementReport> decode_confinement_report(std::string_view bytes) {
  Budget budget;
  BinaryReader in(bytes, budget);
  const bool confined = in.number_below(2) == 1;
  ConfinementReport report;
  Error error;
  if (confined) {
    read_field(in, report);
  } else {
    read_field(in, error);
  }
  TRY(in.finish("the first answer of a render worker"));
  if (!confined) return fail(std::move(error));
  return report;
}

int run_render_worker(int in, int out) {
  InlineExecutor executor;
  return run_render_worker(in, out, executor);
}

int run_render_worker(int in, int out, Executor& executor) {
  return serve(in, out, executor) ? 0 : 1;
}

}  // namespace reconciled
