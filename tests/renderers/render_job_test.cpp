#include "renderers/render_job.h"

#include "tests/renderers/render_stack.h"
#include "tests/support/odd_tree.h"

#include <doctest/doctest.h>

namespace reconciled {
namespace {

constexpr std::uint64_t k_much = 64U << 20;

std::string config_map(const std::string& name) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n";
}

/// Every member has a value that is not its default.
Stack full_stack() {
  Stack stack;
  stack.id = {"prod", "apps", "web"};
  stack.bounds = {"shop", {"shop-*"}, {"Namespace"}, "shop"};
  stack.cluster = "main";
  stack.namespace_ = "web";
  stack.source = {"https://git.example.com/shop", "v1"};
  stack.path = "k8s";
  stack.overlay_path = "environments/prod/apps/web";
  stack.renderer = RendererKind::plain;
  stack.stated_renderer = RendererKind::kustomize;
  stack.implied_renderer = RendererKind::helm;
  stack.source_ignore = "*.md\n";
  stack.plain = {{"*.yaml"}, {"test/"}};
  stack.helm = Value::map({{"chart", "service"}});
  stack.kustomize = Value::map({{"images", Value::list({Value("a"), Value("b")})}});
  stack.substitution = {SubstitutionMode::flux, UndefinedVariable::empty, Enabled::yes, Value::map({{"a", 1}})};
  stack.depends_on = {"platform/vault"};
  stack.suspended = "a reason";
  stack.sync = {Enabled::no, Enabled::yes, Enabled::no};
  stack.ignore = {{"apps", "Deployment", "web", "w*", {"/spec/replicas"}, {"hpa"}}};
  stack.origin = {.file = "apps/web/stack.yaml", .line = 3, .column = 4, .key_path = "kind"};
  return stack;
}

RenderJob sent(const InputSet& inputs, const Limits& limits = {}) {
  const auto bytes = encode_render_job(inputs, limits, k_much);
  REQUIRE_MESSAGE(bytes, format_error(bytes.error()));
  auto job = decode_render_job(*bytes);
  REQUIRE_MESSAGE(job, format_error(job.error()));
  return *job;
}

void check_renders_the_same(const InputSet& inputs) {
  CHECK(testing::describe(testing::render(sent(inputs).inputs)) == testing::describe(testing::render(inputs)));
}

TEST_CASE("a job carries the charts that it is rendered from, and what they see") {
  InputSet inputs = testing::make_inputs(std::map<std::string, std::string>{});
  inputs.cluster = {"v1.33.2", {"apps/v1", "apps/v1/Deployment"}};
  inputs.time = WallTime(std::chrono::hours(24 * 365));
  const ChartPin pin{"https://charts.example.com", "service", "1.2.0", sha256("archive").hex(), "https://x/y.tgz"};
  inputs.dependencies = {
      {{"oci://r.example.com/a", "redis", "1.x"}, pin, std::make_shared<const std::string>("archive")}};
  CHECK_FALSE(sent(inputs).inputs.chart);
  inputs.chart = ChartInput{nullptr, std::make_shared<const std::string>("bytes\0of it", 11), "service.tgz", pin};
  InputSet received = sent(inputs).inputs;
  CHECK(received.cluster == inputs.cluster);
  CHECK(received.time == inputs.time);
  REQUIRE(received.chart);
  CHECK(*received.chart->archive == *inputs.chart->archive);
  CHECK(received.chart->pin == pin);
  CHECK(received.chart->origin == "service.tgz");
  REQUIRE(received.dependencies.size() == 1);
  CHECK(received.dependencies[0].ref == inputs.dependencies[0].ref);
  CHECK(received.dependencies[0].pin == pin);
  CHECK(*received.dependencies[0].archive == "archive");
  inputs.chart = ChartInput{make_memory_tree({{"Chart.yaml", "name: a\n"}}), nullptr, "charts/a", std::nullopt};
  received = sent(inputs).inputs;
  CHECK(received.chart->tree->read("Chart.yaml", 100).value() == "name: a\n");
  CHECK_FALSE(received.chart->pin);
  inputs.chart->tree = nullptr;
  inputs.chart->archive = std::make_shared<const std::string>(std::string(1 << 20, 'x'));
  CHECK(encode_render_job(inputs, Limits{}, 1 << 19).error().kind == ErrorKind::limit);
}

TEST_CASE("a job carries every member of its stack, its limits and its digest") {
  InputSet inputs = testing::make_inputs({{"a.yaml", config_map("a")}});
  inputs.stack = full_stack();
  inputs.digest = sha256("inputs");
  inputs.files_origin = "https://git.example.com/shop@0123/k8s";
  inputs.overlay_origin = "overlay";
  const Limits limits{.steps = 1, .bytes = 2, .depth = 3, .time = std::chrono::milliseconds(4)};
  const auto bytes = encode_render_job(inputs, Limits{}, k_much);
  const RenderJob job = sent(inputs);
  CHECK(job.inputs.stack == inputs.stack);
  CHECK(job.inputs.digest == inputs.digest);
  CHECK(job.inputs.files_origin == inputs.files_origin);
  CHECK(job.inputs.overlay_origin == inputs.overlay_origin);
  CHECK(job.limits == Limits{});
  InputSet empty = inputs;
  empty.files = make_memory_tree({});
  CHECK(sent(empty, limits).limits == limits);
}

TEST_CASE("a job renders as its inputs do, errors and odd files included") {
  check_renders_the_same(
      testing::make_inputs({{"a.yaml", config_map("a")}, {"deep/b.json", "{\"apiVersion\":\"v1\"}"}}));
  check_renders_the_same(
      testing::make_inputs({{"a.yaml", config_map("a")}, {"notes.md", "#"}}, {{"a.yaml", config_map("over")}}));
  check_renders_the_same(
      testing::make_inputs({{".sourceignore", "b.yaml\n"}, {"a.yaml", config_map("a")}, {"b.yaml", "broken: ["}}));
  check_renders_the_same(testing::make_inputs({{"a.yaml", "broken: ["}}));
  check_renders_the_same(testing::make_inputs({{"Chart.yaml", "name: a"}}));
  for (const auto& [path, kind] :
       {std::pair{"a.yaml", TreeEntry::Kind::symlink}, std::pair{"link", TreeEntry::Kind::symlink},
        std::pair{"module", TreeEntry::Kind::submodule}}) {
    CAPTURE(path);
    check_renders_the_same(testing::make_inputs(
        std::make_shared<testing::OddTree>(std::map<std::string, std::string>{{"b.yaml", config_map("b")}},
                                           std::map<std::string, TreeEntry::Kind>{{path, kind}})));
  }
}

TEST_CASE("a file that is too large for any read is the same error in the worker") {
  const InputSet inputs = testing::make_inputs({{"a.yaml", std::string(k_max_file_bytes + 1, '#')}});
  const auto there = testing::render(sent(inputs).inputs);
  const auto here = testing::render(inputs);
  REQUIRE_FALSE(there);
  CHECK(there.error().kind == ErrorKind::limit);
  CHECK(there.error().message == here.error().message);
}

TEST_CASE("only what the renderer may read is copied, and more than a job may hold is refused") {
  InputSet inputs = testing::make_inputs({{"a.yaml", config_map("a")}, {"film.mp4", std::string(1 << 20, 'x')}});
  CHECK(encode_render_job(inputs, Limits{}, 4096));
  const auto job = sent(inputs);
  CHECK(job.inputs.files->stat("film.mp4").value().has_value());
  CHECK(job.inputs.files->read("film.mp4", k_much).error().kind == ErrorKind::internal);
  inputs.stack.renderer = RendererKind::helm;
  const auto large = encode_render_job(inputs, Limits{}, 4096);
  REQUIRE_FALSE(large);
  CHECK(large.error().kind == ErrorKind::limit);
  CHECK(large.error().where.file == "film.mp4");
  CHECK_FALSE(large.error().hint.empty());
}

TEST_CASE("answers of every kind come back as they were") {
  const auto returned = [](const Result<PackedOutcome>& outcome) {
    auto answer = decode_render_answer(encode_render_answer(outcome));
    REQUIRE_MESSAGE(answer, format_error(answer.error()));
    return answer->outcome;
  };
  InlineExecutor executor;
  const auto pack = executor.render(testing::make_inputs({{"a.yaml", config_map("a")}}), Limits{});
  REQUIRE(pack);
  CHECK(std::get<PackedManifests>(*returned(pack)).bytes() == std::get<PackedManifests>(*pack).bytes());
  const Missing missing{{{{"https://git.example.com/a", "v1"}, "k8s"}, {{"https://git.example.com/b", ""}, ""}}};
  CHECK(std::get<Missing>(*returned(PackedOutcome(missing))).bases == missing.bases);
  Error error(ErrorKind::policy, "why", {.file = "a.yaml", .line = 2, .column = 3, .key_path = "a.b"}, "what to do");
  error.context = {"inner", "outer"};
  CHECK(returned(fail(error)).error() == error);
}

TEST_CASE("damaged jobs and answers are internal errors") {
  const auto job = encode_render_job(testing::make_inputs({{"a.yaml", config_map("a")}}), Limits{}, k_much);
  const std::string answer = encode_render_answer(fail(ErrorKind::render, "why", {.file = "a.yaml"}));
  REQUIRE(job);
  for (std::size_t size = 0; size < job->size(); ++size) {
    const auto cut = decode_render_job(std::string_view(*job).substr(0, size));
    REQUIRE_FALSE(cut);
    CHECK(cut.error().kind == ErrorKind::internal);
  }
  for (std::size_t size = 0; size < answer.size(); ++size) {
    CHECK_FALSE(decode_render_answer(std::string_view(answer).substr(0, size)));
  }
  CHECK_FALSE(decode_render_job(*job + "x"));
  CHECK_FALSE(decode_render_job(answer));
  CHECK_FALSE(decode_render_answer(*job));
}

TEST_CASE("manifests that take more bytes than one stack may are a limit, here as in a worker") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 5; ++i) {
    const std::string name = "a" + std::to_string(i);
    files[name + ".yaml"] = config_map(name) + "data: {key: " + std::string(14 << 20, 'x') + "}\n";
  }
  InlineExecutor executor;
  const auto outcome = executor.render(testing::make_inputs(files), Limits{});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::limit);
  CHECK(outcome.error().message.find("than the 67108864 that one stack may") != std::string::npos);
}

}  // namespace
}  // namespace reconciled
