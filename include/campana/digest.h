/* SHA-256 (FIPS 180-4), and whether bytes that are read twice are the same, by OpenSSL's libcrypto: the only includer of
 * its headers. */
#ifndef CAMPANA_DIGEST_H
#define CAMPANA_DIGEST_H

#include <stddef.h>

struct error;
struct digest;

#define DIGEST_HEX_BYTES 65

struct digest *digest_new(struct error *error); /* NULL on failure */
void digest_free(struct digest *digest);
int digest_add(struct digest *digest, const void *data, size_t len, struct error *error);

/* The same by a thread, while the caller goes on: `data` must be there, and stay as it is, until the next call of any of
 * these functions, digest_free() included, has returned. A failure shows in a later call. */
int digest_add_beside(struct digest *digest, const void *data, size_t len, struct error *error);

/* 64 lower-case hexadecimal digits; the digest can be freed only, afterwards. */
int digest_finish(struct digest *digest, char hex[DIGEST_HEX_BYTES], struct error *error);

/* ---- the same bytes again? ----
 * Within one process: Poly1305 (RFC 8439) under a random key, which takes a seventh of the time. However other bytes
 * came about, that they have the same seal is less likely than 2^-64. */

#define SEAL_BYTES 16

struct seal;

struct seal *seal_new(struct error *error); /* NULL on failure */
void seal_free(struct seal *seal);

/* Begins, or begins anew. */
int seal_begin(struct seal *seal, struct error *error);
int seal_add(struct seal *seal, const void *data, size_t len, struct error *error);
int seal_finish(struct seal *seal, unsigned char bytes[SEAL_BYTES], struct error *error);

#endif
