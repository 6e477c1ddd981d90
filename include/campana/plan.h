/* What is about to be sent, shown and agreed to before it is. */
#ifndef CAMPANA_PLAN_H
#define CAMPANA_PLAN_H

#include "campana/estimate.h"
#include "campana/store.h"

struct buffer;
struct error;

/* From so many messages on their number must be typed. A "y" becomes a reflex: it is pressed before the
 * question is read, and thousands of people get the wrong text. Nobody types 1500 by reflex. */
#define PLAN_TYPED_FROM 100

struct plan {
    const char *campaign, *file; /* as they stand in the database */
    const char *user, *url;
    const char *balance;         /* as the gateway wrote it; "" not known */
    const char *balance_trouble; /* why it is not known; "" */
    int64_t count;               /* messages that this run may send */
    int64_t pending;             /* in the campaign; more than count with --limit */
    struct rate rate;
    struct hours hours;
    bool wait;
    int64_t start_ms; /* now, or --start */
    int64_t now_ms;
    const struct job *sample; /* the first message; NULL: none is shown */
};

/* Appends the plan in words, the first message whole. */
void plan_put_text(const struct plan *plan, struct buffer *out);

/* Shows the plan and asks. 1: agreed, 0: not, -1. */
int plan_confirm(const struct plan *plan, struct error *error);

/* Whether what was typed is that number; points, commas and spaces between its digits are not minded. */
bool plan_is_number(const char *typed, int64_t number);

#endif
