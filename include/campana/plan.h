/* What is about to be sent, shown and agreed to before it is. */
#ifndef CAMPANA_PLAN_H
#define CAMPANA_PLAN_H

#include "campana/estimate.h"
#include "campana/preflight.h"

struct buffer;
struct error;

/* From so many messages on their number must be typed; below, y is enough. A "y" becomes a reflex: it is pressed before
 * the question is read, and thousands of people get the wrong text. Nobody types 1500 by reflex, and who types it has
 * compared it with what the spreadsheet should hold. For a handful of messages, as in a trial, that would be a nuisance
 * that teaches people --yes. A pipe is not asked at all, and so is shown no messages either. */
#define PLAN_TYPED_FROM 100

struct plan {
    const char *campaign, *file; /* as they stand in the database */
    const char *user, *url;
    const char *balance;         /* as the gateway wrote it; "" not known */
    const char *balance_trouble; /* why it is not known; "" */
    const struct preflight *preflight;
    struct rate rate;
    struct hours hours;
    bool wait;
    int64_t start_ms; /* now, or --start */
    int64_t now_ms;
};

/* Appends the plan in words, with messages from it where `samples` is set. */
void plan_put_text(const struct plan *plan, bool samples, struct buffer *out);

/* Shows the plan with messages from it, and asks. 1: agreed, 0: not, -1. */
int plan_confirm(const struct plan *plan, struct error *error);

/* Whether what was typed is that number; points, commas and spaces between its digits are not minded. */
bool plan_is_number(const char *typed, int64_t number);

#endif
