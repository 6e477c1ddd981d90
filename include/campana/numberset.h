/* A set of telephone numbers in little memory (Roaring bitmaps, by CRoaring: the only includer of its header): two to
 * four bytes a number, so that ten million recipients can be checked for duplicates and opt-outs while loading. */
#ifndef CAMPANA_NUMBERSET_H
#define CAMPANA_NUMBERSET_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct numberset;

/* Returns NULL when memory ran out. The caller frees it. */
struct numberset *numberset_new(void);
void numberset_free(struct numberset *set);

/* Adds an MSISDN of exactly 12 digits. Returns 1 when it is new, 0 when it was in the set already, -1 when memory ran
 * out. */
int numberset_add(struct numberset *set, const char *msisdn);

bool numberset_has(const struct numberset *set, const char *msisdn);

size_t numberset_count(const struct numberset *set);

#endif
