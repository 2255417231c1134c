// Charts beside Git: chart repositories and OCI registries, with a cache by digest.
#pragma once

#include "base/log.h"
#include "ports/source.h"
#include "sources/git_source.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace reconciled {

struct ChartSourceOptions {
  std::string cache_folder;  ///< made when absent; may be deleted at any time
  std::vector<GitCredential> credentials;
  std::map<std::string, std::string> named;  ///< `charts` of the settings: name and URL
  GitLimits limits;
  PlainHttp plain_http = PlainHttp::loopback;
  Logger* log = nullptr;  ///< must outlive the source
};

/// `git` for repositories, and charts. An archive is transferred once; its digest is looked at whenever it is opened.
/// What a version was is asked at each resolve; when its server cannot be reached, what it was the last time counts.
std::unique_ptr<Source> make_chart_source(std::unique_ptr<Source> git, ChartSourceOptions options);

}  // namespace reconciled
