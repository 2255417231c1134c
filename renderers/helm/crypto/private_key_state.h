// What a PrivateKey holds; not for other folders.
#pragma once

#include "renderers/helm/crypto/openssl.h"
#include "renderers/helm/crypto/private_key.h"

struct evp_pkey_st;

namespace reconciled::helm {

void free_key(evp_pkey_st* key);
using OwnedKey = Owned<evp_pkey_st, &free_key>;

struct PrivateKey::State {
  OwnedKey key;
};

inline PrivateKey own_key(evp_pkey_st* key) {
  return PrivateKey(std::make_unique<PrivateKey::State>(PrivateKey::State{OwnedKey(key)}));
}

}  // namespace reconciled::helm
