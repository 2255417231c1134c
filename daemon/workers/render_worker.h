// The process in which a stack is rendered: it knows nothing but the job, and can reach nothing.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "daemon/workers/confine.h"
#include "renderers/executor.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reconciled {

/// The argument that makes a program one.
constexpr std::string_view k_render_worker_argument = "--render-worker";
/// It ends with this code when it asks for more memory than it may have.
constexpr int k_out_of_memory_exit = 77;

/// The first message to a worker; it answers with what became of its confinement.
struct WorkerSetup {
  Confinement confinement;
  Duration grace{};           ///< processor time that a render may use beyond its own limit before it is killed
  std::uint64_t max_job = 0;  ///< bytes
};
std::string encode_worker_setup(const WorkerSetup& setup);
Result<WorkerSetup> decode_worker_setup(std::string_view bytes);
std::string encode_confinement_report(const Result<ConfinementReport>& report);
/// The error of a worker that could not confine itself, too.
Result<ConfinementReport> decode_confinement_report(std::string_view bytes);

/// Takes its setup, locks the process up and renders job after job until `in` is closed. The exit code. Nothing is
/// printed: standard error is thrown away.
int run_render_worker(int in, int out);
/// The same with another way to render.
int run_render_worker(int in, int out, Executor& executor);

}  // namespace reconciled
