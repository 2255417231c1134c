#include "ports/memory_tree.h"
#include "renderers/helm/chart/render.h"
#include "renderers/helm/values/go_value.h"
#include "tests/parity/kinds.h"
#include "tests/parity/make_chart.h"

#include <algorithm>
#include <array>

namespace reconciled::parity {
namespace {

using namespace helm;

/// What the oracle does not write either.
bool is_path(const std::string& name) {
  if (name.find_first_of(std::string_view("\0\\", 2)) != std::string::npos) return false;
  const auto path = normalise_path(name);
  return path && *path == name && !name.empty();
}

/// Whether the files can lie on a disk: none is a folder, too, and a Chart.yaml is there, or Helm says where on the
/// disk it is missing.
bool is_folder_of_chart(const GoMap& files) {
  std::string_view before;
  for (const auto& [name, text] : files.entries()) {
    if (!before.empty() && name.starts_with(before) && name[before.size()] == '/') return false;
    before = name;
  }
  return files.find("Chart.yaml") != nullptr;
}

std::vector<std::string> texts_of(const GoMap& given, std::string_view key) {
  std::vector<std::string> texts;
  const auto list = given.find(key);
  if (!list || !list->is_list()) return texts;
  for (const GoValue item : list->items()) texts.emplace_back(item.is_string() ? item.as_text() : "");
  return texts;
}

bool flag_of(const GoMap& given, std::string_view key) {
  const auto flag = given.find(key);
  return flag && flag->type() == GoType::boolean && flag->as_bool();
}

RenderRequest request_of(const GoMap& given) {
  RenderRequest request;
  request.release = {"r", "n", 1, flag_of(given, "is_upgrade")};
  for (auto& text : texts_of(given, "values")) {
    auto& files = request.values.files;
    files.push_back({"values-" + std::to_string(files.size()), std::move(text)});
  }
  request.values.set = texts_of(given, "set");
  request.values.set_string = texts_of(given, "set_string");
  request.values.set_json = texts_of(given, "set_json");
  request.values.set_literal = texts_of(given, "set_literal");
  request.capabilities.api_versions = texts_of(given, "api_versions");
  if (const auto version = given.find("kube_version"); version && version->is_string())
    request.capabilities.kube_version = version->as_text();
  return request;
}

Result<std::string> render(const GoMap& given, Budget& budget) {
  std::map<std::string, std::string> files;
  if (const auto listed = given.find("files"); listed && listed->is_map() && listed->as_map() != nullptr) {
    for (const auto& [name, text] : listed->as_map()->entries()) {
      if (is_path(std::string(name))) files[std::string(name)] = text.is_string() ? text.as_text() : "";
    }
  }
  const auto tree = make_memory_tree(std::move(files));
  TRY_ASSIGN(const auto chart, load_chart_folder(*tree, "", HelmProfile::helm4, budget));
  SeededRandom random(1);
  TRY_ASSIGN(const auto rendered, render_chart(*chart, request_of(given), {random, {}}, budget));
  TemplateOutput output;
  if (flag_of(given, "include_crds")) output.crds = TemplateOutput::Crds::include;
  if (flag_of(given, "skip_tests")) output.hooks = TemplateOutput::Hooks::without_tests;
  if (flag_of(given, "no_hooks")) output.hooks = TemplateOutput::Hooks::skip;
  TRY_ASSIGN(auto text, format_template_output(rendered, output));
  return text + "NOTES:\n" + rendered.notes;
}

Outcome render_case(const Case& subject, Arena& arena) {
  const bool is_map = subject.value.is_map() && subject.value.as_map() != nullptr;
  const auto* files = is_map ? subject.value.as_map()->find("files") : nullptr;
  if (files == nullptr || !files->is_map() || files->as_map() == nullptr || !is_folder_of_chart(*files->as_map()))
    return {false, false, {}};
  const auto text = render(*subject.value.as_map(), arena.budget());
  if (text) return {true, true, *text};
  return {false, text.error().kind != ErrorKind::limit, text.error().message};
}

Case make_case(Dice& dice, Arena& arena) {
  Case subject;
  subject.value = make_chart(dice, arena);
  return subject;
}

}  // namespace

std::span<const Kind> chart_kinds() {
  static constexpr std::array k_kinds{Kind{"chart", make_case, render_case, "chart"}};
  return k_kinds;
}

}  // namespace reconciled::parity
