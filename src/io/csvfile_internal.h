/* What csvfile's files share: the examination of a file as a whole (csvfile_open.c) and its rows (csvfile.c).
 */
#ifndef CAMPANA_CSVFILE_INTERNAL_H
#define CAMPANA_CSVFILE_INTERNAL_H

#include "campana/csvfile.h"
#include "campana/error.h"
#include <sys/types.h>

/* That are read and parsed at a time. */
#define CSV_PIECE_BYTES 262144

struct csvfile {
    char *path; /* as it is shown */
    int descriptor;
    off_t size; /* when it was opened */
    csv_watch_fn *watch;
    void *watch_context;
    struct csv_facts facts;
    char *encoding;
    size_t bom_bytes;
    size_t skip_bytes;  /* a first line sep=, in decoded bytes */
    int64_t mended;     /* cells with quotes in odd places when it was last read … */
    int64_t mended_row; /* … and the first one's row */
    char *piece;        /* that was read last */
    struct seal *seal;
    unsigned char sealed[SEAL_BYTES]; /* what was examined */
};

/* Reads the next CSV_PIECE_BYTES at *offset into file->piece, and moves it on. How many there were, 0 at the
 * end, or -1. */
ssize_t csvfile_read_piece(struct csvfile *file, off_t *offset, struct error *error);

/* To whoever looks on: the file is read up to here. */
void csvfile_tell(const struct csvfile *file, off_t offset);

/* "PATH: WHY". Returns -1. */
int csvfile_refuse(const struct csvfile *file, struct error *error, enum error_kind kind, const char *why);

#endif
