/* Suppression lists: files of numbers that must not be written to (opt-outs, Colombia's RNE). Any format that
 * csvfile.h reads. Its numbers stand in the column with the most usual name for one; where the first row has
 * no such name, in the first column in which any row holds a number; in a list without a header that is the
 * first row already. */
#ifndef CAMPANA_SUPPRESSION_H
#define CAMPANA_SUPPRESSION_H

#include "campana/buffer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct suppression;

/* What was found in one list. */
struct suppression_facts {
    const char *file; /* the caller's */
    int64_t numbers;
    size_t column; /* of the numbers, from 0 */
    bool by_name;  /* the column has a usual name */
    /* Rows that hold no number that campana can read, and the first of them: they suppress nobody. Not
     * counted are blank lines, a header, and numbers of fixed lines, to which nothing is ever sent. */
    int64_t unreadable, unreadable_row;
};

/* Reads the files. ERROR_INPUT for a file without a single number: a list that suppresses nobody is a
 * mistake. */
int suppression_open(const char *const *files, size_t count, const char *country,
                     struct suppression **suppression, struct error *error);
void suppression_free(struct suppression *suppression); /* NULL is an empty list, here and below */

/* The file that lists the number, or NULL. */
const char *suppression_find(const struct suppression *suppression, const char *msisdn);

/* A copy for the caller to free, in the order in which the files were given; NULL and 0 for an empty list. */
int suppression_copy_facts(const struct suppression *suppression, struct suppression_facts **facts,
                           size_t *count, struct error *error);

/* Appends a JSON array of the files' SHA-256 digests: what the lists said. */
void suppression_put_digests(const struct suppression *suppression, struct buffer *out);

#endif
