#include "campana/digest.h"
#include "campana/error.h"
#include <openssl/evp.h>
#include <stdio.h>

#define SHA256_BYTES 32

/* struct digest is OpenSSL's context under a name of ours. */
static EVP_MD_CTX *context(struct digest *digest)
{
    return (EVP_MD_CTX *)digest;
}

static int failed(struct error *error)
{
    return error_set(error, ERROR_MACHINE, "SHA-256 cannot be computed: OpenSSL refuses or is out of memory");
}

struct digest *digest_new(struct error *error)
{
    EVP_MD_CTX *made = EVP_MD_CTX_new();
    if (made == NULL || EVP_DigestInit_ex(made, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(made);
        failed(error);
        return NULL;
    }
    return (struct digest *)made;
}

void digest_free(struct digest *digest)
{
    EVP_MD_CTX_free(context(digest));
}

int digest_add(struct digest *digest, const void *data, size_t len, struct error *error)
{
    return EVP_DigestUpdate(context(digest), data, len) == 1 ? 0 : failed(error);
}

int digest_finish(struct digest *digest, char hex[DIGEST_HEX_BYTES], struct error *error)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(context(digest), bytes, NULL) != 1)
        return failed(error);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}
