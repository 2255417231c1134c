// A Git server with one branch, and each machine's way to it.
#pragma once

#include "ports/clock_port.h"
#include "ports/source.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace reconciled::sim {

/// One object as a commit wants it.
struct Wanted {
  std::string stack;    ///< layer/name
  std::string essence;  ///< what essence_of its live object must be
};

/// A commit, and what its author knows that it means.
struct Commit {
  Revision revision;
  std::shared_ptr<const SourceTree> tree;
  std::map<std::string, Wanted> wanted;  ///< by encode_id
  std::set<std::string> stacks;          ///< layer/name, broken ones too
  std::set<std::string> rendering;       ///< stacks that render an object, be it one that goes to another stack
  std::set<std::string> broken;          ///< stacks that cannot be rendered
};

class GitServer {
 public:
  explicit GitServer(std::string url) : m_url(std::move(url)) {}
  void push(std::shared_ptr<const Commit> commit);
  [[nodiscard]] const std::shared_ptr<const Commit>& head() const { return m_commits.back(); }
  /// nullptr: never seen, or long ago.
  [[nodiscard]] std::shared_ptr<const Commit> find(const std::string& id) const;
  [[nodiscard]] const std::string& url() const { return m_url; }
  /// An older commit to go back to; the newest when there is no other.
  [[nodiscard]] const std::shared_ptr<const Commit>& older(std::size_t steps) const;

 private:
  static constexpr std::size_t k_kept = 64;
  std::string m_url;
  std::deque<std::shared_ptr<const Commit>> m_commits;
};

/// One machine's connection.
class GitClient final : public Source {
 public:
  explicit GitClient(const GitServer& server) : m_server(server) {}
  Result<Revision> resolve(const SourceRef& ref, MonotonicTime deadline) override;
  Result<std::shared_ptr<const SourceTree>> open(const Revision& revision) override;

  std::optional<ErrorKind> trouble;  ///< every call fails with this

 private:
  [[nodiscard]] Error error() const;
  const GitServer& m_server;
};

}  // namespace reconciled::sim
