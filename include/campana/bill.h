/* The bill of a period over all campaigns: what was accepted, and so is charged, and what else there was, by day, campaign
 * or reason, in the reports' formats. */
#ifndef CAMPANA_BILL_H
#define CAMPANA_BILL_H

#include "campana/report.h"
#include "campana/store_bill.h"

struct bill_line {
    char *name; /* owned: campaign, or a reason's code */
    int64_t day;
    struct bill_figures figures;
    bool has_credit;
    int64_t credit; /* reckoning.h's unit */
};

struct bill_options {
    enum bill_by by;
    const char *since, *until; /* Colombian days "2026-11-24", both included; NULL: no bound */
    enum report_format format; /* not HTML */
    bool excel;
};

/* Appends the whole bill. Credit is what runs' balances before and after tell, where a run has both and the second is not
 * higher; a run counts on the day that it began. It is missing where no run tells it, and by reason. */
int bill_put(struct store *store, const struct bill_options *options, struct buffer *out, struct error *error);

#endif
