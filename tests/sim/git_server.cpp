#include "tests/sim/git_server.h"

#include <algorithm>

namespace reconciled::sim {

void GitServer::push(std::shared_ptr<const Commit> commit) {
  m_commits.push_back(std::move(commit));
  if (m_commits.size() > k_kept) m_commits.pop_front();
}

std::shared_ptr<const Commit> GitServer::find(const std::string& id) const {
  const auto at = std::find_if(m_commits.rbegin(), m_commits.rend(),
                               [&](const auto& commit) { return commit->revision.commit == id; });
  return at == m_commits.rend() ? nullptr : *at;
}

const std::shared_ptr<const Commit>& GitServer::older(std::size_t steps) const {
  return m_commits[m_commits.size() - 1 - std::min(steps, m_commits.size() - 1)];
}

Error GitClient::error() const {
  switch (*trouble) {
    case ErrorKind::source_integrity: return {*trouble, "the server answered with a page of HTML"};
    case ErrorKind::source_missing: return {*trouble, "the branch does not exist"};
    case ErrorKind::source_auth: return {*trouble, "the server refuses the credentials"};
    case ErrorKind::local: return {*trouble, "no space left on device"};
    default: return {*trouble, "the server does not answer"};
  }
}

Result<Revision> GitClient::resolve(const SourceRef& ref, MonotonicTime) {
  if (trouble) return fail(error());
  Revision revision = m_server.head()->revision;
  revision.ref = ref.ref;
  return revision;
}

Result<std::shared_ptr<const SourceTree>> GitClient::open(const Revision& revision) {
  if (trouble) return fail(error());
  const auto commit = m_server.find(revision.commit);
  if (commit == nullptr) return fail(ErrorKind::source_missing, "there is no commit " + revision.commit);
  return commit->tree;
}

}  // namespace reconciled::sim
