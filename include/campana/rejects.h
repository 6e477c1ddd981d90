/* The rejects file: the rows that cannot be sent, as they stood, in the dialect and encoding of the file they
 * came from, with one more column that says why; ready to be corrected and loaded as a campaign of its own.
 * Duplicate and suppressed rows are not in it: loading them again would write to people who must not be
 * written to. */
#ifndef CAMPANA_REJECTS_H
#define CAMPANA_REJECTS_H

#include "campana/csvfile.h"

struct error;
struct rejects;

/* Begins the file (0600, never an existing one) with its header; `header` NULL: the source has none. It has
 * its name from rejects_finish() on, so that a load that is killed can be given again; where the file system
 * cannot do that, at once. */
int rejects_open(const char *path, const struct csv_facts *facts, const struct slice *header,
                 size_t header_count, struct rejects **rejects, struct error *error);

int rejects_add(struct rejects *rejects, const struct csv_row *row, const char *reason, struct error *error);

/* Everything is on disk. */
int rejects_flush(struct rejects *rejects, struct error *error);

/* The file gets its name. Frees, also after -1 (ERROR_INPUT: something else has got that name meanwhile, or
 * the folder takes nothing). NULL is taken, here and below. */
int rejects_finish(struct rejects *rejects, struct error *error);

/* Takes the file away again and frees. */
void rejects_abandon(struct rejects *rejects);

#endif
