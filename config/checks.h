// Rules for single texts: each says what is wrong, or nothing. Internal to config/.
#pragma once

#include <string>
#include <string_view>

namespace reconciled::config {

/// A DNS label: names of installations, sources, clusters, environments and namespaces.
std::string check_name(std::string_view text);
/// https, ssh, file, user@host:path or an absolute folder, with no password in it.
std::string check_source_url(std::string_view text);
/// As check_source_url, and oci://.
std::string check_chart_url(std::string_view text);
/// https or ssh with a host, no query and no user-info with a password.
std::string check_url_prefix(std::string_view text);
/// https, ssh or file, no query and no user-info with a password.
std::string check_base_prefix(std::string_view text);
/// http, https or socks5 with a host and without user-info.
std::string check_proxy(std::string_view text);
/// A branch, tag, full ref or commit, as git check-ref-format allows it.
std::string check_ref(std::string_view text);
/// Lower-case UUID.
std::string check_uid(std::string_view text);
/// An address to listen on as parse_listen_address reads it, or nothing.
std::string check_listen(std::string_view text);
/// No control characters, at most 253 bytes.
std::string check_plain(std::string_view text);

}  // namespace reconciled::config
