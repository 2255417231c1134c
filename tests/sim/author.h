// The people who push: they add, change, move and remove objects and stacks, and break things.
#pragma once

#include "base/value.h"
#include "tests/sim/dice.h"
#include "tests/sim/git_server.h"

#include <optional>
#include <string>
#include <vector>

namespace reconciled::sim {

/// One object of a repository.
struct Piece {
  enum class Kind : std::uint8_t { config_map, secret, deployment, widget, service_account };
  Kind kind = Kind::config_map;
  std::string namespace_;
  std::string name;
  std::uint32_t value = 0;
};

/// One stack of a repository.
struct Folder {
  std::string layer;
  std::string name;
  std::vector<Piece> pieces;
  std::vector<std::string> depends_on;
  enum class Damage : std::uint8_t { none, manifest, settings } damage = Damage::none;
  [[nodiscard]] std::string path() const { return layer + "/" + name; }
};

/// Whether a repository brings a CustomResourceDefinition and objects of it. Only one of a cluster can.
enum class Variety : bool { config_maps, all_kinds };

/// What of a live object the simulation compares: the one value of a Piece, and that it is there at all.
std::string essence_of(const Value& object);
/// The text that no status, record or notice may hold.
constexpr std::string_view k_canary = "canary";

class Author {
 public:
  /// `namespaces` are made by a stack of their own; `prefix` begins every name.
  Author(GitServer& server, const Clock& clock, std::uint64_t seed, std::string prefix, std::size_t stacks,
         Variety variety);

  /// Changes something and pushes; says what.
  std::string push_something();
  /// Puts right what is broken or claimed twice.
  void mend();
  /// The object that the next push of a new one will add: for somebody who makes it first.
  [[nodiscard]] Piece next_piece();
  [[nodiscard]] const std::vector<Folder>& folders() const { return m_folders; }

 private:
  Piece make_piece();
  void push(const std::string& subject);
  Folder* some_folder();
  std::string add_stack();
  std::string rename_stack();
  std::string move_piece();
  std::string remove_pieces(std::size_t count);

  GitServer& m_server;
  const Clock& m_clock;
  Dice m_dice;
  std::string m_prefix;
  Variety m_variety;
  std::optional<Piece> m_announced;
  std::vector<std::string> m_namespaces;
  std::vector<Folder> m_folders;
  std::vector<std::pair<std::shared_ptr<const Commit>, std::vector<Folder>>> m_past;
  std::uint32_t m_count = 0;
  std::uint32_t m_commits = 0;
};

}  // namespace reconciled::sim
