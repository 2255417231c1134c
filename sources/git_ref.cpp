#include "sources/git_ref.h"

#include "base/suggest.h"

#include <algorithm>
#include <cctype>

namespace reconciled {
namespace {

constexpr std::size_t k_max_ref_bytes = 255;

/// Why git would refuse a name, or empty.
std::string_view fault_of(std::string_view name) {
  if (name.size() > k_max_ref_bytes) return "is longer than 255 bytes";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return "has a space or control character";
    if (std::string_view("~^:?*[\\").find(c) != std::string_view::npos) return "is an expression, not a name";
  }
  if (name.find("..") != std::string_view::npos) return "is a range, not a name";
  if (name.find("@{") != std::string_view::npos || name == "@") return "is an expression, not a name";
  if (name.ends_with('.')) return "ends with a dot";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty()) return "has an empty part between slashes";
    if (part.starts_with('-')) return "has a part that begins with '-'";
    if (part.starts_with('.')) return "has a part that begins with a dot";
    if (part.ends_with(".lock")) return "has a part that ends with .lock";
    begin = end + 1;
  }
  return {};
}

std::string shown(std::string_view text) {
  std::string result(text.substr(0, 100));
  std::ranges::replace_if(result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return result;
}

}  // namespace

bool is_object_id(std::string_view text) {
  return text.size() == 40 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_ref_name(std::string_view name) {
  return name == "HEAD" || (name.starts_with("refs/") && fault_of(name).empty());
}

Result<RefName> parse_ref(std::string_view text) {
  if (text.empty() || text == "HEAD") return RefName{};
  if (text.size() == 40 &&
      std::ranges::all_of(text, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; })) {
    RefName commit{.kind = RefName::Kind::commit, .text = std::string(text)};
    std::ranges::transform(commit.text, commit.text.begin(),
                           [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return commit;
  }
  if (const auto fault = fault_of(text); !fault.empty()) {
    return fail(ErrorKind::source_missing, "the ref \"" + shown(text) + "\" " + std::string(fault), {},
                "write a branch, a tag, refs/... or a commit id of 40 digits");
  }
  return RefName{.kind = text.starts_with("refs/") ? RefName::Kind::full : RefName::Kind::brief,
                 .text = std::string(text)};
}

std::vector<std::string> names_of(const RefName& ref) {
  switch (ref.kind) {
    case RefName::Kind::default_branch: return {"HEAD"};
    case RefName::Kind::commit: return {};
    case RefName::Kind::full: return {ref.text};
    case RefName::Kind::brief: return {"refs/heads/" + ref.text, "refs/tags/" + ref.text};
  }
  return {};
}

Result<RemoteRef> choose_ref(const RefName& ref, const std::vector<RemoteRef>& refs) {
  std::vector<const RemoteRef*> found;
  for (const auto& name : names_of(ref)) {
    const auto match = std::ranges::find(refs, name, &RemoteRef::name);
    if (match != refs.end()) found.push_back(&*match);
  }
  if (found.size() == 1 || (found.size() == 2 && found[0]->target() == found[1]->target())) return *found[0];
  if (found.size() == 2) {
    return fail(ErrorKind::source_missing, '"' + ref.text + "\" is a branch and a tag, and they differ", {},
                "write refs/heads/" + ref.text + " or refs/tags/" + ref.text);
  }
  if (ref.kind == RefName::Kind::default_branch) {
    return fail(ErrorKind::source_missing, "the repository has no default branch", {},
                "name a branch, a tag or a commit");
  }
  std::vector<std::string> candidates;
  for (const auto& known : refs) {
    std::string_view name = known.name;
    if (ref.kind == RefName::Kind::brief) {
      if (name.starts_with("refs/heads/")) name.remove_prefix(11);
      if (name.starts_with("refs/tags/")) name.remove_prefix(10);
    }
    candidates.emplace_back(name);
  }
  const bool hex =
      ref.text.size() >= 7 && ref.text.size() < 40 &&
      std::ranges::all_of(ref.text, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  return fail(ErrorKind::source_missing,
              "there is no " + std::string(ref.kind == RefName::Kind::full ? "ref \"" : "branch or tag \"") + ref.text +
                  '"' + did_you_mean(ref.text, candidates),
              {}, hex ? "a commit id needs all of its 40 digits" : "");
}

}  // namespace reconciled
