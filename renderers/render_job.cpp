#include "renderers/render_job.h"

#include "renderers/job_tree.h"
#include "renderers/stack_fields.h"

#include <algorithm>

namespace reconciled {

template <Is<Limits> T>
auto fields_of(T& value) {
  auto& [steps, bytes, depth, time] = value;
  return std::tie(steps, bytes, depth, time);
}
template <Is<ChartRef> T>
auto fields_of(T& value) {
  auto& [repository, name, version] = value;
  return std::tie(repository, name, version);
}
template <Is<ChartPin> T>
auto fields_of(T& value) {
  auto& [repository, name, version, digest, url] = value;
  return std::tie(repository, name, version, digest, url);
}
template <Is<BaseRef> T>
auto fields_of(T& value) {
  auto& [source, path] = value;
  return std::tie(source, path);
}
template <Is<Missing> T>
auto fields_of(T& value) {
  auto& [bases, charts] = value;
  return std::tie(bases, charts);
}
template <Is<ClusterFacts> T>
auto fields_of(T& value) {
  auto& [kube_version, api_versions] = value;
  return std::tie(kube_version, api_versions);
}
template <Is<FetchedChart> T>
auto fields_of(T& value) {
  auto& [ref, pin, archive] = value;
  return std::tie(ref, pin, archive);
}

static void write_field(BinaryWriter& out, const Duration& field) {
  out.number(static_cast<std::uint64_t>(std::max<Duration::rep>(field.count(), 0)));
}
static void read_field(BinaryReader& in, Duration& field) {
  field = Duration(static_cast<Duration::rep>(in.number_below(1ULL << 63)));
}
static void write_field(BinaryWriter& out, const Digest& field) {
  out.text({reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size()});
}
static void read_field(BinaryReader& in, Digest& field) {
  const std::string_view bytes = in.text();
  if (bytes.size() != field.bytes.size()) return in.refuse("a digest has another length");
  std::ranges::copy(bytes, field.bytes.begin());
}

static void write_field(BinaryWriter& out, const ChartArchive& field) {
  out.text(field ? std::string_view(*field) : std::string_view());
}
static void read_field(BinaryReader& in, ChartArchive& field) {
  field = std::make_shared<const std::string>(in.text());
}
static void write_field(BinaryWriter& out, const WallTime& field) {
  out.value(Value(static_cast<std::int64_t>(field.time_since_epoch().count())));
}
static void read_field(BinaryReader& in, WallTime& field) {
  field = WallTime(WallTime::duration(static_cast<WallTime::rep>(in.value().as_integer())));
}

namespace {

constexpr std::string_view k_job = "render-job/4";
constexpr std::string_view k_answer = "render-answer/2";
enum class Outcome : std::uint8_t { manifests, missing, error };
constexpr std::uint64_t k_outcomes = 3;

/// What reading a message may cost. A job comes from this program's own process; of an answer, all but the pack is
/// small.
Limits limits_for(std::string_view bytes, std::uint64_t memory_a_byte) {
  return {.steps = 1000 + bytes.size(), .bytes = (1U << 20) + bytes.size() * memory_a_byte};
}
constexpr std::uint64_t k_memory_of_job = 64;
constexpr std::uint64_t k_memory_of_answer = 2;

/// The stack's chart: none, a folder or an archive.
enum class ChartForm : std::uint8_t { none, tree, archive };
constexpr std::uint64_t k_chart_forms = 3;

Status write_chart(BinaryWriter& out, const std::optional<ChartInput>& chart, Budget& budget, std::uint64_t max_bytes) {
  const ChartForm form = !chart ? ChartForm::none : chart->tree ? ChartForm::tree : ChartForm::archive;
  out.number(static_cast<std::uint64_t>(form));
  if (!chart) return {};
  write_field(out, chart->origin);
  write_field(out, chart->pin);
  if (form == ChartForm::tree)
    return write_tree(out, *chart->tree, [](std::string_view) { return true; }, budget, max_bytes);
  write_field(out, chart->archive);
  return {};
}

std::optional<ChartInput> read_chart(BinaryReader& in) {
  const auto form = static_cast<ChartForm>(in.number_below(k_chart_forms));
  if (form == ChartForm::none) return std::nullopt;
  ChartInput chart;
  read_field(in, chart.origin);
  read_field(in, chart.pin);
  if (form == ChartForm::tree)
    chart.tree = read_tree(in);
  else
    read_field(in, chart.archive);
  return chart;
}

Status write_bases(BinaryWriter& out, const std::vector<FetchedBase>& bases, Budget& budget, std::uint64_t max_bytes) {
  out.number(bases.size());
  for (const auto& base : bases) {
    write_field(out, base.ref);
    write_field(out, base.commit);
    TRY(write_tree(out, *base.tree, [](std::string_view) { return true; }, budget, max_bytes));
  }
  return {};
}

std::vector<FetchedBase> read_bases(BinaryReader& in) {
  std::vector<FetchedBase> bases;
  for (auto left = in.count(); left != 0; --left) {
    FetchedBase& base = bases.emplace_back();
    read_field(in, base.ref);
    read_field(in, base.commit);
    base.tree = read_tree(in);
  }
  return bases;
}

Status check_size(const BinaryWriter& out, const InputSet& inputs, std::uint64_t max_bytes) {
  if (out.size() <= max_bytes) return {};
  return fail(
      ErrorKind::limit,
      "the stack and its charts are larger than the " + std::to_string(max_bytes) + " bytes that a render may read",
      inputs.stack.origin);
}

}  // namespace

Result<std::string> encode_render_job(const InputSet& inputs, const Limits& limits, std::uint64_t max_bytes) {
  const Renderer& renderer = renderer_for(inputs.stack.renderer);
  const auto copied = [&](std::string_view path) { return renderer.may_read(path); };
  BinaryWriter out;
  out.text(k_job);
  write_field(out, limits);
  write_field(out, inputs.stack);
  write_field(out, inputs.files_origin);
  write_field(out, inputs.overlay_origin);
  write_field(out, inputs.digest);
  Budget budget(limits);
  for (const auto* tree : {inputs.files.get(), inputs.overlay.get()}) {
    auto written = write_tree(out, *tree, copied, budget, max_bytes);
    if (!written) return fail(std::move(written).error());
  }
  write_field(out, inputs.cluster);
  write_field(out, inputs.time);
  TRY(write_chart(out, inputs.chart, budget, max_bytes));
  write_field(out, inputs.dependencies);
  TRY(write_bases(out, inputs.bases, budget, max_bytes));
  TRY(check_size(out, inputs, max_bytes));
  return std::move(out).take();
}

Result<RenderJob> decode_render_job(std::string_view bytes) {
  Budget budget(limits_for(bytes, k_memory_of_job));
  BinaryReader in(bytes, budget);
  if (in.text() != k_job) in.refuse("it has another format");
  RenderJob job;
  read_field(in, job.limits);
  read_field(in, job.inputs.stack);
  read_field(in, job.inputs.files_origin);
  read_field(in, job.inputs.overlay_origin);
  read_field(in, job.inputs.digest);
  job.inputs.files = read_tree(in);
  job.inputs.overlay = read_tree(in);
  read_field(in, job.inputs.cluster);
  read_field(in, job.inputs.time);
  job.inputs.chart = read_chart(in);
  read_field(in, job.inputs.dependencies);
  job.inputs.bases = read_bases(in);
  TRY(in.finish("a render job"));
  return job;
}

std::string encode_render_answer(const Result<PackedOutcome>& outcome) {
  BinaryWriter out;
  out.text(k_answer);
  const auto begin = [&](Outcome kind) { out.number(static_cast<std::uint64_t>(kind)); };
  if (!outcome) {
    begin(Outcome::error);
    write_field(out, outcome.error());
  } else if (const auto* missing = std::get_if<Missing>(&*outcome)) {
    begin(Outcome::missing);
    write_field(out, *missing);
  } else {
    begin(Outcome::manifests);
    out.text(std::get<PackedManifests>(*outcome).bytes());
  }
  return std::move(out).take();
}

Result<RenderAnswer> decode_render_answer(std::string_view bytes) {
  Budget budget(limits_for(bytes, k_memory_of_answer));
  BinaryReader in(bytes, budget);
  if (in.text() != k_answer) in.refuse("it has another format");
  RenderAnswer answer{Missing{}};
  switch (static_cast<Outcome>(in.number_below(k_outcomes))) {
    case Outcome::manifests: answer.outcome = PackedManifests::from_bytes(std::string(in.text())); break;
    case Outcome::missing: read_field(in, std::get<Missing>(*answer.outcome)); break;
    case Outcome::error: {
      Error error;
      read_field(in, error);
      answer.outcome = fail(std::move(error));
      break;
    }
  }
  TRY(in.finish("an answer of a render worker"));
  return answer;
}

}  // namespace reconciled
