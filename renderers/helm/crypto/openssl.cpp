#include "renderers/helm/crypto/openssl.h"

#include <openssl/err.h>

namespace reconciled::helm {

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown" : reason;
}

}  // namespace reconciled::helm
