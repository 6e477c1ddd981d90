/* Decides where bytes are hashed: by the caller, or beside it, by a thread that is begun when it is first
 * asked to. Invariant: the context is the thread's while it is at work, else the caller's. */
#include "campana/digest.h"
#include "campana/error.h"
#include "campana/worker.h"
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SHA256_BYTES 32

struct digest {
    EVP_MD_CTX *context;
    struct worker *worker; /* NULL: nothing has been hashed beside yet */
    const void *data;      /* what is */
    size_t len;
    bool failed; /* what was hashed beside could not be */
};

static int fail(struct error *error)
{
    return error_set(error, ERROR_MACHINE, "SHA-256 cannot be computed: OpenSSL refuses or is out of memory");
}

struct digest *digest_new(struct error *error)
{
    struct digest *made = calloc(1, sizeof *made);
    if (made == NULL || (made->context = EVP_MD_CTX_new()) == NULL ||
        EVP_DigestInit_ex(made->context, EVP_sha256(), NULL) != 1) {
        if (made != NULL)
            EVP_MD_CTX_free(made->context);
        free(made);
        fail(error);
        return NULL;
    }
    return made;
}

void digest_free(struct digest *digest)
{
    if (digest == NULL)
        return;
    worker_free(digest->worker);
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

/* Waits until nothing is being hashed beside. False: something could not be. */
static bool catch_up(struct digest *digest)
{
    if (digest->worker != NULL)
        worker_wait(digest->worker);
    return !digest->failed;
}

int digest_add(struct digest *digest, const void *data, size_t len, struct error *error)
{
    return catch_up(digest) && EVP_DigestUpdate(digest->context, data, len) == 1 ? 0 : fail(error);
}

static void hash(void *context)
{
    struct digest *digest = context;
    digest->failed = EVP_DigestUpdate(digest->context, digest->data, digest->len) != 1;
}

int digest_add_beside(struct digest *digest, const void *data, size_t len, struct error *error)
{
    if (digest->worker == NULL && (digest->worker = worker_new(0, NULL, NULL)) == NULL)
        return digest_add(digest, data, len, error);
    if (!catch_up(digest))
        return fail(error);
    digest->data = data;
    digest->len = len;
    worker_do(digest->worker, hash, digest);
    return 0;
}

int digest_finish(struct digest *digest, char hex[DIGEST_HEX_BYTES], struct error *error)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    if (!catch_up(digest) || EVP_DigestFinal_ex(digest->context, bytes, NULL) != 1)
        return fail(error);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

/* ---- seals ---- */

#define SEAL_KEY_BYTES 32

struct seal {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
    unsigned char key[SEAL_KEY_BYTES];
};

static int fail_to_seal(struct error *error)
{
    return error_set(error, ERROR_MACHINE,
                     "Poly1305 cannot be computed: OpenSSL refuses or is out of memory");
}

struct seal *seal_new(struct error *error)
{
    struct seal *made = calloc(1, sizeof *made);
    if (made == NULL || (made->mac = EVP_MAC_fetch(NULL, "POLY1305", NULL)) == NULL ||
        (made->context = EVP_MAC_CTX_new(made->mac)) == NULL || RAND_bytes(made->key, SEAL_KEY_BYTES) != 1) {
        seal_free(made);
        fail_to_seal(error);
        return NULL;
    }
    return made;
}

void seal_free(struct seal *seal)
{
    if (seal == NULL)
        return;
    EVP_MAC_CTX_free(seal->context);
    EVP_MAC_free(seal->mac);
    free(seal);
}

int seal_begin(struct seal *seal, struct error *error)
{
    return EVP_MAC_init(seal->context, seal->key, SEAL_KEY_BYTES, NULL) == 1 ? 0 : fail_to_seal(error);
}

int seal_add(struct seal *seal, const void *data, size_t len, struct error *error)
{
    return EVP_MAC_update(seal->context, data, len) == 1 ? 0 : fail_to_seal(error);
}

int seal_finish(struct seal *seal, unsigned char bytes[SEAL_BYTES], struct error *error)
{
    size_t len = 0;
    bool whole = EVP_MAC_final(seal->context, bytes, &len, SEAL_BYTES) == 1 && len == SEAL_BYTES;
    return whole ? 0 : fail_to_seal(error);
}
