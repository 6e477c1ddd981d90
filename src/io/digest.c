/* Decides where bytes are hashed: by the caller, or beside it, by a thread that is begun when it is first
 * asked to. Invariant: the context is the thread's while `len` is not 0, else the caller's. */
#include "campana/digest.h"
#include "campana/error.h"
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SHA256_BYTES 32

struct digest {
    EVP_MD_CTX *context;
    pthread_t thread;
    bool threaded; /* it runs */
    bool alone;    /* no thread is to be had */

    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed;
    const void *data; /* what the thread is to hash … */
    size_t len;       /* … 0: nothing */
    bool ending;
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
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    return made;
}

/* ---- beside the caller ---- */

static void *work(void *context)
{
    struct digest *digest = context;
    pthread_mutex_lock(&digest->mutex);
    for (;;) {
        while (digest->len == 0 && !digest->ending)
            pthread_cond_wait(&digest->changed, &digest->mutex);
        if (digest->len == 0)
            break;
        pthread_mutex_unlock(&digest->mutex);
        bool failed = EVP_DigestUpdate(digest->context, digest->data, digest->len) != 1;
        pthread_mutex_lock(&digest->mutex);
        digest->failed = digest->failed || failed;
        digest->len = 0;
        pthread_cond_signal(&digest->changed);
    }
    pthread_mutex_unlock(&digest->mutex);
    return NULL;
}

/* Signals are for the thread that runs the program. */
static bool has_thread(struct digest *digest)
{
    sigset_t all, before;
    if (digest->threaded || digest->alone)
        return digest->threaded;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    digest->threaded = pthread_create(&digest->thread, NULL, work, digest) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    digest->alone = !digest->threaded;
    return digest->threaded;
}

/* Waits until nothing is being hashed beside. False: something could not be. */
static bool catch_up(struct digest *digest)
{
    if (!digest->threaded)
        return true;
    pthread_mutex_lock(&digest->mutex);
    while (digest->len > 0)
        pthread_cond_wait(&digest->changed, &digest->mutex);
    bool failed = digest->failed;
    pthread_mutex_unlock(&digest->mutex);
    return !failed;
}

static void hand_over(struct digest *digest, const void *data, size_t len)
{
    pthread_mutex_lock(&digest->mutex);
    digest->data = data;
    digest->len = len;
    pthread_cond_signal(&digest->changed);
    pthread_mutex_unlock(&digest->mutex);
}

static void end_thread(struct digest *digest)
{
    if (!digest->threaded)
        return;
    pthread_mutex_lock(&digest->mutex);
    digest->ending = true;
    pthread_cond_signal(&digest->changed);
    pthread_mutex_unlock(&digest->mutex);
    pthread_join(digest->thread, NULL);
    digest->threaded = false;
}

/* ---- the caller ---- */

void digest_free(struct digest *digest)
{
    if (digest == NULL)
        return;
    end_thread(digest);
    pthread_cond_destroy(&digest->changed);
    pthread_mutex_destroy(&digest->mutex);
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

int digest_add(struct digest *digest, const void *data, size_t len, struct error *error)
{
    return catch_up(digest) && EVP_DigestUpdate(digest->context, data, len) == 1 ? 0 : fail(error);
}

int digest_add_beside(struct digest *digest, const void *data, size_t len, struct error *error)
{
    if (!has_thread(digest))
        return digest_add(digest, data, len, error);
    if (!catch_up(digest))
        return fail(error);
    hand_over(digest, data, len);
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
