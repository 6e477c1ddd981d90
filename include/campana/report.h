/* Reports: a line per CSV row of a campaign, in file order, in one of several formats. The formats share one row source
 * (store_report) and one list of columns; each writer stands in a file of its own. HTML is the exception: a page of figures,
 * charts and the rows that need a person. Memory does not grow with the rows. */
#ifndef CAMPANA_REPORT_H
#define CAMPANA_REPORT_H

#include "campana/store.h"
#include <stdbool.h>

struct error;

enum report_format { REPORT_TABLE, REPORT_CSV, REPORT_JSON, REPORT_JSONL, REPORT_HTML, REPORT_FORMATS };

/* -1 for another name. */
int report_format_from_name(const char *name, enum report_format *format);

/* The fixed columns, in order, ending with NULL: "row", "msisdn", … "latency_ms" (contract, "Report columns"). */
extern const char *const report_columns[];

struct report_options {
    enum report_format format;
    bool excel;      /* CSV for Excel: BOM, `;`, CRLF, Colombian local times, numbers kept as text */
    unsigned states; /* bits 1 << state; 0: all. HTML: of the rows that it lists; 0: those that need a person */
    size_t width;    /* TABLE: columns of the terminal; 0: do not fit */
    bool full_numbers; /* HTML: telephone numbers are not masked */
    int64_t now_ms;    /* HTML: when the report is made */
};

/* Where the report goes: called with pieces of it in order. Returning -1 with the error set ends the report. */
typedef int report_sink(void *context, const char *data, size_t len, struct error *error);

int report_write(struct store *store, const struct campaign *campaign, const struct report_options *options,
                 report_sink *sink, void *context, struct error *error);

#endif
