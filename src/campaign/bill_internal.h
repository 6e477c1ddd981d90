/* What bill.c, which counts, and bill_put.c, which writes, share. */
#ifndef CAMPANA_BILL_INTERNAL_H
#define CAMPANA_BILL_INTERNAL_H

#include "campana/bill.h"

struct bill {
    const struct bill_options *options;
    struct bill_line *lines;
    size_t count;
};

void bill_write(const struct bill *bill, struct buffer *out);

#endif
