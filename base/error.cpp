#include "base/error.h"

#include <array>

namespace reconciled {
namespace {

struct KindRow {
  ErrorKind kind;
  std::string_view name;
  int exit_code;
  bool retryable;
};

constexpr std::array k_kinds{
    KindRow{ErrorKind::usage, "usage", 2, false},
    KindRow{ErrorKind::config, "config", 2, false},
    KindRow{ErrorKind::source_transient, "source-transient", 3, true},
    KindRow{ErrorKind::source_auth, "source-auth", 3, true},
    KindRow{ErrorKind::source_integrity, "source-integrity", 3, true},
    KindRow{ErrorKind::source_missing, "source-missing", 3, false},
    KindRow{ErrorKind::render, "render", 4, false},
    KindRow{ErrorKind::limit, "limit", 4, false},
    KindRow{ErrorKind::policy, "policy", 4, false},
    KindRow{ErrorKind::api_transient, "api-transient", 5, true},
    KindRow{ErrorKind::api_auth, "api-auth", 5, true},
    KindRow{ErrorKind::api_rejected, "api-rejected", 5, false},
    KindRow{ErrorKind::api_conflict, "api-conflict", 5, true},
    KindRow{ErrorKind::api_missing, "api-missing", 5, true},
    KindRow{ErrorKind::api_gone, "api-gone", 5, true},
    KindRow{ErrorKind::apply_failed, "apply-failed", 6, true},
    KindRow{ErrorKind::timeout, "timeout", 7, true},
    KindRow{ErrorKind::refused, "refused", 8, false},
    KindRow{ErrorKind::local, "local", 1, true},
    KindRow{ErrorKind::cancelled, "cancelled", 1, true},
    KindRow{ErrorKind::internal, "internal", 1, false},
};

constexpr const KindRow& row_of(ErrorKind kind) {
  return k_kinds.at(static_cast<std::size_t>(kind));
}

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < k_kinds.size(); ++i) {
    if (static_cast<std::size_t>(k_kinds[i].kind) != i) return false;
  }
  return k_kinds.size() == static_cast<std::size_t>(ErrorKind::internal) + 1;
}
static_assert(in_enum_order(), "the table has one row a kind, in the order of the enum");

}  // namespace

std::string_view name_of(ErrorKind kind) {
  return row_of(kind).name;
}
int exit_code(ErrorKind kind) {
  return row_of(kind).exit_code;
}
bool retryable(ErrorKind kind) {
  return row_of(kind).retryable;
}

std::string format_where(const Where& where) {
  std::string text = where.file;
  if (where.line != 0) {
    if (text.empty())
      text = "line ";
    else
      text += ':';
    text += std::to_string(where.line);
    if (where.column != 0) text += ':' + std::to_string(where.column);
  }
  if (!where.key_path.empty()) {
    if (!text.empty()) text += ": ";
    text += where.key_path;
  }
  return text;
}

std::string format_error(const Error& error) {
  std::string text;
  for (auto it = error.context.rbegin(); it != error.context.rend(); ++it) text += *it + ": ";
  if (const auto where = format_where(error.where); !where.empty()) text += where + ": ";
  text += error.message;
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  return text;
}

}  // namespace reconciled
