/* A spreadsheet's first row: the columns' names. */
#ifndef CAMPANA_HEADING_H
#define CAMPANA_HEADING_H

#include "campana/csvfile.h"

struct error;

/* Zero-initialise. */
struct heading {
    struct slice *names; /* as they stand in the file; where it has no header row "1", "2" … */
    size_t count;
    int64_t row;         /* where it stands; 0: the file has no header row */
    struct buffer bytes; /* of the names */
};

/* Reads it. ERROR_INPUT for a file of blank lines; `shown` is what errors call the file. */
int heading_read(struct csvfile *file, const char *shown, bool no_header, struct heading *heading,
                 struct error *error);
void heading_free(struct heading *heading);

/* Whether a name reads as a telephone number: then the row is no header. */
bool heading_is_number(const struct heading *heading, size_t column, const char *country);

#endif
