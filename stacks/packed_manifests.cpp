#include "stacks/packed_manifests.h"

#include "base/binary.h"

#include <algorithm>

namespace reconciled {
namespace {

constexpr std::string_view k_format = "manifests/2";
constexpr std::string_view k_what = "a pack of manifests";

void write_side(BinaryWriter& out, const std::optional<HookSide>& side) {
  out.number(side ? 1 + static_cast<std::uint64_t>(*side) : 0);
}

std::optional<HookSide> read_side(BinaryReader& in) {
  const std::uint64_t side = in.number_below(3);
  return side == 0 ? std::nullopt : std::optional(static_cast<HookSide>(side - 1));
}

void write_hook(BinaryWriter& out, const std::optional<Hook>& hook) {
  out.number(hook ? 1 : 0);
  if (!hook) return;
  write_side(out, hook->at_install);
  write_side(out, hook->at_upgrade);
  out.value(Value(hook->weight));
  out.number(static_cast<std::uint64_t>(hook->when_succeeded));
  out.number(static_cast<std::uint64_t>(hook->when_failed));
}

std::optional<Hook> read_hook(BinaryReader& in) {
  if (in.number_below(2) == 0) return std::nullopt;
  Hook hook;
  hook.at_install = read_side(in);
  hook.at_upgrade = read_side(in);
  hook.weight = in.value().as_integer();
  hook.when_succeeded = static_cast<Hook::Afterwards>(in.number_below(2));
  hook.when_failed = static_cast<Hook::Afterwards>(in.number_below(2));
  return hook;
}

void write(BinaryWriter& out, const Manifest& manifest) {
  out.text(manifest.id.cluster);
  out.text(manifest.origin.file);
  out.number(manifest.origin.line);
  out.number(manifest.origin.document);
  write_hook(out, manifest.hook);
  out.value(manifest.object);
}

void write(BinaryWriter& out, const ChartPin& pin) {
  for (const auto& text : {pin.repository, pin.name, pin.version, pin.digest, pin.url}) out.text(text);
}

ChartPin read_chart(BinaryReader& in) {
  ChartPin pin;
  for (auto* text : {&pin.repository, &pin.name, &pin.version, &pin.digest, &pin.url}) *text = in.text();
  return pin;
}

/// The id, the checks and the marks of a Secret are make_manifest's: what is unpacked obeys the rules of what is
/// rendered, whoever packed it.
Result<Manifest> read_manifest(BinaryReader& in) {
  const std::string_view cluster = in.text();
  Origin origin{std::string(in.text()), 0, 0};
  origin.line = static_cast<std::uint32_t>(in.number_below(1ULL << 32));
  origin.document = static_cast<std::uint32_t>(in.number_below(1ULL << 32));
  auto hook = read_hook(in);
  Value object = in.value();
  if (!in.ok()) return Manifest{};  // the reader tells
  TRY_ASSIGN(Manifest manifest, make_manifest(std::move(object), std::move(origin), cluster));
  manifest.hook = hook;
  return manifest;
}

}  // namespace

PackedManifests PackedManifests::pack(const ManifestSet& set) {
  BinaryWriter out;
  out.text(k_format);
  out.text(set.stack.environment);
  out.text(set.stack.layer);
  out.text(set.stack.name);
  out.text({reinterpret_cast<const char*>(set.inputs.bytes.data()), set.inputs.bytes.size()});
  out.number(set.warnings.size());
  for (const auto& warning : set.warnings) out.text(warning);
  out.number(set.charts.size());
  for (const auto& chart : set.charts) write(out, chart);
  out.number(set.manifests.size());
  for (const auto& manifest : set.manifests) write(out, manifest);
  std::string bytes = std::move(out).take();
  bytes.shrink_to_fit();  // it is kept for months
  return PackedManifests(std::move(bytes));
}

Result<ManifestSet> PackedManifests::unpack() const {
  Budget budget;
  BinaryReader in(m_bytes, budget);
  if (in.text() != k_format) in.refuse("it has another format");
  ManifestSet set;
  set.stack.environment = in.text();
  set.stack.layer = in.text();
  set.stack.name = in.text();
  const std::string_view digest = in.text();
  if (digest.size() == set.inputs.bytes.size()) {
    std::ranges::copy(digest, set.inputs.bytes.begin());
  } else {
    in.refuse("its digest is no digest");
  }
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) set.warnings.emplace_back(in.text());
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) set.charts.push_back(read_chart(in));
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    auto manifest = read_manifest(in);
    if (!manifest) {
      return fail(ErrorKind::internal, std::string(k_what) + " holds no manifest: " + manifest.error().message,
                  manifest.error().where);
    }
    set.manifests.push_back(std::move(*manifest));
  }
  TRY(in.finish(k_what));
  return set;
}

}  // namespace reconciled
