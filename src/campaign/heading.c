/* Decides what the columns of a file are called. */
#include "campana/heading.h"
#include "campana/error.h"
#include "campana/phone.h"
#include <stdlib.h>

struct reading {
    struct heading *heading;
    bool no_header;
};

/* Ends the reading of the first row; no error of anybody's. */
static int copy_first_row(void *context, const struct csv_row *row, struct error *error)
{
    const struct reading *reading = context;
    struct heading *heading = reading->heading;
    heading->names = calloc(row->count, sizeof *heading->names);
    if (heading->names == NULL)
        return error_no_memory(error);
    heading->row = reading->no_header ? 0 : row->row;
    heading->count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        size_t before = heading->bytes.len;
        if (reading->no_header)
            buffer_printf(&heading->bytes, "%zu", i + 1);
        else
            buffer_append(&heading->bytes, row->cells[i].data, row->cells[i].len);
        heading->names[i].len = heading->bytes.len - before;
    }
    if (buffer_check(&heading->bytes, error) != 0)
        return -1;
    const char *data = buffer_string(&heading->bytes);
    for (size_t i = 0; i < row->count; i++) {
        heading->names[i].data = data;
        data += heading->names[i].len;
    }
    error_clear(error);
    return -1;
}

int heading_read(struct csvfile *file, const char *shown, bool no_header, struct heading *heading,
                 struct error *error)
{
    struct reading reading = {.heading = heading, .no_header = no_header};
    int64_t blank_lines;
    error_clear(error);
    int result = csvfile_read(file, copy_first_row, &reading, &blank_lines, error);
    if (error->kind != ERROR_NONE)
        return -1;
    if (result == 0)
        return error_set(error, ERROR_INPUT, "%s: there is nothing in this file but blank lines", shown);
    return 0;
}

void heading_free(struct heading *heading)
{
    buffer_free(&heading->bytes);
    free(heading->names);
    *heading = (struct heading){0};
}

bool heading_is_number(const struct heading *heading, size_t column, const char *country)
{
    char msisdn[PHONE_BYTES];
    return heading->row > 0 && column < heading->count &&
           phone_normalise(heading->names[column], country, msisdn) == REASON_NONE;
}
