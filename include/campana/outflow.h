/* Standard output for what is read from the database at length. A reader that is slow (a person at a pager, a line to
 * another country) must not keep the database's past alive: as long as it is read, the log of a sender beside it grows,
 * and sending costs more. So once the reader has been waited for for a second in all, the rest goes to a file
 * without a name (spool.h), and from there to the reader when the database has been left. */
#ifndef CAMPANA_OUTFLOW_H
#define CAMPANA_OUTFLOW_H

#include <stdio.h>

struct error;

struct outflow {
    long patience_ms; /* what is left of it */
    FILE *rest;       /* NULL: nothing has been put aside */
};

void outflow_init(struct outflow *outflow);

/* As output_write(), a report_sink; `context` is the outflow. */
int outflow_write(void *context, const char *data, size_t len, struct error *error);

/* The database has been left: gives the reader what was put aside, for as long as it takes. */
int outflow_finish(struct outflow *outflow, struct error *error);

/* Gives up what was put aside. Harmless without. */
void outflow_free(struct outflow *outflow);

#endif
