// The part of the program that talks to networks, loaded only by commands that do: libcurl and libgit2 cost more to
// load than a render takes.
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "cli/fetch_page.h"
#include "config/settings.h"
#include "connect/connections.h"
#include "ports/cluster.h"
#include "ports/source.h"

#include <memory>
#include <string>

namespace reconciled {

struct CommandLine;
class Terminal;

/// What a folder is in Git; see make_local_revision.
struct LocalFolder {
  Revision revision;
  std::string work_tree;
  bool changed = false;
};

/// The functions of the loaded part.
struct Network {
  std::unique_ptr<Source> (*make_source)(const Settings& settings, const std::string& cache_folder,
                                         const std::string& asked);
  Result<LocalFolder> (*look_at_folder)(const std::string& folder);
  Result<Connection> (*connect)(const Settings& settings, const ConnectionRequest& request, Inbox& inbox);
  Result<std::string> (*fetch_page)(const PageRequest& request);
  int (*run_sandbox)(const CommandLine& line, Terminal& terminal);
};

/// Loads it the first time. ErrorKind::local when the file that belongs to this program is missing.
Result<const Network*> load_network();

/// The symbol that the loaded file exports.
extern "C" const Network* reconciled_network();

}  // namespace reconciled
