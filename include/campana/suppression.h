/* Suppression lists: files of numbers that must not be written to (opt-outs, Colombia's RNE). Any format that csvfile.h
 * reads; the column with a usual name for a number, else the first column that holds one in the first row, else the
 * first column. */
#ifndef CAMPANA_SUPPRESSION_H
#define CAMPANA_SUPPRESSION_H

#include "campana/buffer.h"
#include <stddef.h>
#include <stdint.h>

struct error;
struct suppression;

/* Reads the files. ERROR_INPUT for a file without a single number: a list that suppresses nobody is a mistake. */
int suppression_open(const char *const *files, size_t count, const char *country, struct suppression **suppression,
                     struct error *error);
void suppression_free(struct suppression *suppression); /* NULL is an empty list, here and below */

/* The file that lists the number, or NULL. */
const char *suppression_find(const struct suppression *suppression, const char *msisdn);

/* Numbers on the lists together, and rows that hold no number that campana can read. */
int64_t suppression_numbers(const struct suppression *suppression);
int64_t suppression_unreadable(const struct suppression *suppression);

/* Appends a JSON array of the files' SHA-256 digests: what the lists said. */
void suppression_put_digests(const struct suppression *suppression, struct buffer *out);

#endif
