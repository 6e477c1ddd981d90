/* What the report's writers share. A writer knows one format; report.c knows the rows. */
#ifndef CAMPANA_REPORT_INTERNAL_H
#define CAMPANA_REPORT_INTERNAL_H

#include "campana/error.h"
#include "campana/report.h"

struct report {
    const struct campaign *campaign;
    const struct report_options *options;
    struct buffer out; /* goes to the sink in large pieces */
    struct slice *own; /* names of the file's own columns, unique among themselves */
    size_t own_count;
    struct buffer own_bytes; /* what `own` points into */
    struct buffer cell;      /* room for one cell */
    struct buffer sentence;  /* room for one reason */
    int64_t rows;            /* written so far */
};

/* One format: any function may be NULL. They append to report->out; running out of memory shows there. */
struct report_writer {
    void (*begin)(struct report *report);
    void (*row)(struct report *report, const struct report_row *row);
    void (*end)(struct report *report);
};

extern const struct report_writer report_csv_writer, report_json_writer, report_jsonl_writer, report_table_writer;

/* HTML (report_html.c): the whole page into report->out, from one snapshot of the database that is over when it returns. */
int report_put_page(struct report *report, struct store *store, struct error *error);

/* Its rows that need a person, in a table (report_attention.c); within the snapshot. */
struct figures;
int report_put_attention(struct report *report, struct store *store, const struct figures *figures,
                         struct error *error);

/* Why the row is where it is, in words: the reason's sentence, and what is special about the row. Empty: no reason. Valid
 * until the next call. */
struct slice report_reason(struct report *report, const struct report_row *row);

/* Walks over the row's own cells in the columns' order; *rest starts as row->fields. False after the last cell, and for what
 * is missing at the end of a short row. The cell is valid until the next call. */
bool report_next_cell(struct report *report, const struct report_row *row, size_t column, struct slice *rest,
                      struct slice *cell);

#endif
