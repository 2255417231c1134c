// Loading an environment again after a commit: 1,000 stacks of four objects, in memory and in a bare Git repository,
// with and without a stack.yaml in each, rendered here and in confined workers. One folder changes; one stack is
// rendered.
#include "bench/fleet_objects.h"
#include "bench/pairs.h"
#include "daemon/workers/render_worker.h"
#include "daemon/workers/worker_pool.h"
#include "engine/loading.h"
#include "ports/memory_tree.h"
#include "sources/git_source.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_folder.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace reconciled {
namespace {

constexpr std::size_t k_stacks = 1000;
constexpr int k_rounds = 9;
constexpr double k_load_limit_ms = 60;
constexpr double k_unpack_limit_ms = 30;

enum class StackYaml : bool { no, yes };
using Files = std::map<std::string, std::string>;

std::string folder_of(std::size_t stack) {
  return "applications/" + bench::stack_name(stack);
}

Files make_files(StackYaml stack_yaml) {
  Files files;
  files["reconcile.yaml"] =
      "apiVersion: reconcile/v1\nkind: Repository\nlayers: {platform: {}, applications: {after: [platform], namespace: "
      "fleet}}\nenvironments: {prod: {}}\nteams: {shop: {stacks: [\"applications/*\"], namespaces: [fleet]}}\n";
  for (std::size_t stack = 0; stack < k_stacks; ++stack) {
    for (const bench::FleetKind kind : bench::k_fleet_kinds) {
      files[folder_of(stack) + "/" + bench::file_name(kind)] = bench::as_yaml({stack, kind, "fleet"});
    }
    if (stack_yaml == StackYaml::no) continue;
    files[folder_of(stack) + "/stack.yaml"] =
        "apiVersion: reconcile/v1\nkind: Stack\nowner: shop\nnamespace: fleet\nenvironments: [prod]\nsync: {prune: "
        "true}\n";
  }
  return files;
}

std::string changed_file(unsigned revision) {
  return bench::as_yaml(
      {.stack = 7, .kind = bench::FleetKind::config_map, .in_namespace = "fleet", .revision = revision});
}

class MemorySource final : public Source {
 public:
  explicit MemorySource(Files files_) : files(std::move(files_)) {}
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime) override {
    Revision revision;
    revision.url = ref.url;
    revision.ref = ref.ref;
    revision.commit = std::to_string(commits);
    revision.tree = revision.commit;
    return revision;
  }
  Result<std::shared_ptr<const SourceTree>> open(const Revision&) override {
    return std::shared_ptr<const SourceTree>(make_memory_tree(files));
  }
  void commit(unsigned revision) {
    files[folder_of(7) + "/" + bench::file_name(bench::FleetKind::config_map)] = changed_file(revision);
    ++commits;
  }
  Files files;
  int commits = 0;
};

double milliseconds(MonotonicTime since) {
  return std::chrono::duration<double, std::milli>(monotonic_now() - since).count();
}

/// Wall time, and what this thread used of a processor: that is what has a limit.
struct Sample {
  double wall;
  double cpu;
};

Sample sample_of(const auto& work) {
  const auto began = monotonic_now();
  const double cpu = 1000 * bench::seconds_of(work);
  return {milliseconds(began), cpu};
}

bool print(const std::string& name, const std::vector<Sample>& samples, double limit) {
  std::vector<double> wall, cpu;
  for (const Sample& sample : samples) {
    wall.push_back(sample.wall);
    cpu.push_back(sample.cpu);
  }
  const double median = bench::median(cpu);
  std::printf("figure %s %.1f ms, %.1f ms of a processor (at most %.0f)\n", name.c_str(), bench::median(wall), median,
              limit);
  return median <= limit;
}

/// Loads, then loads again after each of several commits; `commit` makes the n-th.
template <class Commit>
bool measure(const std::string& name, Source& source, const std::string& url, Executor& executor, Commit commit) {
  EnvironmentLoader loader(source, executor);
  DesiredRequest request;
  request.root = {url, "main"};
  request.deadline = MonotonicTime::max();
  auto began = monotonic_now();
  auto loaded = loader.load(request);
  if (!loaded || (*loaded)->stacks.size() != k_stacks) {
    std::fprintf(stderr, "%s\n", loaded ? "stacks are missing" : format_error(loaded.error()).c_str());
    return false;
  }
  std::printf("figure %s.first %.1f ms\n", name.c_str(), milliseconds(began));
  began = monotonic_now();
  const auto again = loader.load(request);
  std::printf("figure %s.unmoved %.3f ms\n", name.c_str(), milliseconds(began));
  bool good = again.has_value() && *again == *loaded;

  std::vector<Sample> samples;
  for (unsigned round = 0; round < k_rounds; ++round) {
    commit(round + 2);
    const auto rendered = loader.rendered();
    auto moved = loaded;
    samples.push_back(sample_of([&] { moved = loader.load(request); }));
    good = good && moved && *moved != *loaded && loader.rendered() == rendered + 1;
  }
  if (!good) std::fprintf(stderr, "%s: the loads are not as they should be\n", name.c_str());

  std::vector<Sample> unpacks;
  for (int round = 0; round < k_rounds; ++round) {
    unpacks.push_back(sample_of([&] {
      for (const auto& stack : (*loaded)->stacks) good = good && stack.manifests && (*stack.manifests)->unpack();
    }));
  }
  const bool fast = print(name + ".one_folder", samples, k_load_limit_ms);
  return print(name + ".unpack_all", unpacks, k_unpack_limit_ms) && fast && good;
}

bool measure_git(const std::string& name, const Files& files) {
  const TempFolder folder;
  auto repository = GitRepository::make(folder.path() + "/work");
  if (!repository) return false;
  for (const auto& [path, content] : files) {
    const std::filesystem::path file = std::filesystem::path(repository->folder()) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  const std::string bare = folder.path() + "/bare.git";
  if (!repository->commit("Begin") || !repository->push_to(bare)) return false;
  GitSourceOptions options;
  options.cache_folder = folder.path() + "/cache";
  const auto source = make_git_source(std::move(options));
  InlineExecutor executor;
  return measure(name, *source, "file://" + bare, executor, [&](unsigned revision) {
    static_cast<void>(
        repository->write(folder_of(7) + "/" + bench::file_name(bench::FleetKind::config_map), changed_file(revision)));
    static_cast<void>(repository->commit("Change"));
    static_cast<void>(repository->push_to(bare));
  });
}

int run() {
  bool good = true;
  InlineExecutor here;
  for (const StackYaml stack_yaml : {StackYaml::no, StackYaml::yes}) {
    const std::string suffix = stack_yaml == StackYaml::yes ? ".stack_yaml" : "";
    MemorySource source(make_files(stack_yaml));
    good = measure("load.memory" + suffix, source, "https://git.example.com/fleet", here,
                   [&](unsigned revision) { source.commit(revision); }) &&
           good;
    good = measure_git("load.git" + suffix, make_files(stack_yaml)) && good;
  }
  ProcessExecutor workers(WorkerPoolOptions{});
  MemorySource source(make_files(StackYaml::no));
  good = measure("load.workers", source, "https://git.example.com/fleet", workers,
                 [&](unsigned revision) { source.commit(revision); }) &&
         good;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace reconciled

int main(int argc, char** argv) {
  // It is its own render worker.
  if (argc == 2 && argv[1] == reconciled::k_render_worker_argument) return reconciled::run_render_worker(0, 1);
  return reconciled::run();
}
