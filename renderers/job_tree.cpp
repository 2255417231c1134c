#include "renderers/job_tree.h"

#include "ports/memory_tree.h"
#include "renderers/field_codec.h"

#include <map>
#include <string>

namespace reconciled {

template <>
inline constexpr std::uint64_t k_enum_size<TreeEntry::Kind> = 4;

template <Is<MemoryEntry> T>
auto fields_of(T& value) {
  auto& [kind, content, size] = value;
  return std::tie(kind, content, size);
}

namespace {

/// The file, or what a read of it would say in the tree that it comes from.
Result<MemoryEntry> copy_file(const SourceTree& tree, const std::string& path) {
  auto text = tree.read(path, k_max_file_bytes);
  if (!text && text.error().kind == ErrorKind::limit) return MemoryEntry{.size = k_max_file_bytes + 1};
  if (!text) return fail(std::move(text).error());
  if (!*text) return fail(ErrorKind::internal, "a listed file cannot be read", {.file = path});
  return MemoryEntry{.content = std::move(*text)};
}

}  // namespace

Status write_tree(BinaryWriter& out, const SourceTree& tree, const std::function<bool(std::string_view path)>& copied,
                  Budget& budget, std::uint64_t max_bytes) {
  const auto visit = [&](const std::string& path, const TreeEntry& entry) -> Status {
    MemoryEntry copy{.kind = entry.kind};
    if (entry.kind == TreeEntry::Kind::file && copied(path)) {
      TRY_ASSIGN(copy, copy_file(tree, path));
    }
    out.number(1);  // another entry
    write_field(out, path);
    write_field(out, copy);
    if (out.size() <= max_bytes) return {};
    return fail(
        ErrorKind::limit,
        "the files of the stack are larger than the " + std::to_string(max_bytes) + " bytes that a render may read",
        {.file = path}, "divide the stack into several");
  };
  TRY(walk_tree(tree, "", budget, visit));
  out.number(0);
  return {};
}

std::unique_ptr<SourceTree> read_tree(BinaryReader& in) {
  std::map<std::string, MemoryEntry> entries;
  while (in.number_below(2) == 1) {
    std::string path;
    MemoryEntry entry;
    read_field(in, path);
    read_field(in, entry);
    if (const auto normal = normalise_path(path); path.empty() || !normal || *normal != path) {
      in.refuse("a path is none");
    }
    if (entry.kind == TreeEntry::Kind::folder) in.refuse("a folder is no file");
    if (!in.ok()) return make_entry_tree({});
    entries.insert_or_assign(std::move(path), std::move(entry));
  }
  return make_entry_tree(std::move(entries));
}

}  // namespace reconciled
