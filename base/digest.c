/* Apart from base.c, so that the agent, which may use base, does not need libcrypto in its image. */
#include "base/base.h"

#include <openssl/evp.h>
#include <string.h>

void cb_sha256(const void *bytes, size_t n, char out[72])
{
    unsigned char digest[32];
    EVP_Digest(bytes, n, digest, NULL, EVP_sha256(), NULL);
    memcpy(out, "sha256:", 7);
    cb_hex(digest, 32, out + 7);
}
