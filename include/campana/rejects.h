/* The rejects file: the rows that cannot be sent, as they stood, in the dialect and encoding of the file they came from,
 * with one more column that says why; ready to be corrected and loaded as a campaign of its own. Duplicate and
 * suppressed rows are not in it: loading them again would write to people who must not be written to. */
#ifndef CAMPANA_REJECTS_H
#define CAMPANA_REJECTS_H

#include "campana/csvfile.h"

struct error;
struct rejects;

/* Makes the file (0600, never an existing one) with its header; `header` NULL: the source has none. */
int rejects_open(const char *path, const struct csv_facts *facts, const struct slice *header, size_t header_count,
                 struct rejects **rejects, struct error *error);

int rejects_add(struct rejects *rejects, const struct csv_row *row, const char *reason, struct error *error);

/* Everything is on disk. */
int rejects_flush(struct rejects *rejects, struct error *error);

/* Frees; the file stays. NULL is taken, here and below. */
void rejects_close(struct rejects *rejects);

/* Takes the file away again and frees. */
void rejects_abandon(struct rejects *rejects);

#endif
