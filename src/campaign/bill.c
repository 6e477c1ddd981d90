/* Decides what a bill's lines are. Lines are few (days, campaigns, reasons), and so are held. */
#include "campana/bill.h"
#include "bill_internal.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/reckoning.h"
#include <stdlib.h>
#include <string.h>

#define MS_PER_DAY 86400000LL

static struct bill_line *find(struct bill *bill, int64_t day, const char *name)
{
    for (size_t i = bill->count; i > 0; i--)
        if (bill->lines[i - 1].day == day && strcmp(bill->lines[i - 1].name, name) == 0)
            return &bill->lines[i - 1];
    return NULL;
}

static struct bill_line *add(struct bill *bill, int64_t day, const char *name, struct error *error)
{
    struct bill_line *lines = realloc(bill->lines, (bill->count + 1) * sizeof *lines);
    char *copy = strdup(name);
    if (lines != NULL)
        bill->lines = lines;
    if (lines == NULL || copy == NULL) {
        free(copy);
        error_no_memory(error);
        return NULL;
    }
    lines[bill->count] = (struct bill_line){.name = copy, .day = day};
    return &lines[bill->count++];
}

static int on_figures(void *context, int64_t day, const char *name, const struct bill_figures *figures,
                      struct error *error)
{
    struct bill_line *line = add(context, day, name, error);
    if (line == NULL)
        return -1;
    line->figures = *figures;
    return 0;
}

/* A balance that went up says that credit was bought, and nothing of what was spent. */
static int on_balances(void *context, int64_t day, const char *campaign, const char *before,
                       const char *after, struct error *error)
{
    struct bill *bill = context;
    int64_t first;
    int64_t second;
    if (reckoning_read_amount(before, &first) != 0 || reckoning_read_amount(after, &second) != 0 ||
        second > first)
        return 0;
    if (bill->options->by != BILL_BY_DAY)
        day = 0;
    if (bill->options->by != BILL_BY_CAMPAIGN)
        campaign = "";
    struct bill_line *line = find(bill, day, campaign);
    if (line == NULL && first == second)
        return 0;
    if (line == NULL)
        line = add(bill, day, campaign, error);
    if (line == NULL)
        return -1;
    line->has_credit = true;
    line->credit += first - second;
    return 0;
}

/* Lines that only balances brought stand where they belong. Campaigns stay in the order of loading. */
static int by_day(const void *a, const void *b)
{
    int64_t one = ((const struct bill_line *)a)->day;
    int64_t other = ((const struct bill_line *)b)->day;
    return (one > other) - (one < other);
}

static struct bill_period period_of(const struct bill_options *options)
{
    struct bill_period period = {0, INT64_MAX, hours_instant(1970, 1, 1, 0, 0)};
    if (options->since != NULL)
        hours_parse_day(options->since, &period.from_ms);
    if (options->until != NULL && hours_parse_day(options->until, &period.to_ms) == 0)
        period.to_ms += MS_PER_DAY;
    return period;
}

int bill_put(struct store *store, const struct bill_options *options, struct buffer *out, struct error *error)
{
    struct bill bill = {.options = options};
    struct bill_period period = period_of(options);
    int result = store_each_bill_line(store, options->by, &period, on_figures, &bill, error);
    if (result == 0 && options->by != BILL_BY_REASON)
        result = store_each_balances(store, &period, on_balances, &bill, error);
    if (result == 0 && options->by == BILL_TOTAL && bill.count == 0 && add(&bill, 0, "", error) == NULL)
        result = -1;
    if (result == 0 && options->by == BILL_BY_DAY && bill.count > 0)
        qsort(bill.lines, bill.count, sizeof *bill.lines, by_day);
    if (result == 0) {
        bill_write(&bill, out);
        result = buffer_check(out, error);
    }
    for (size_t i = 0; i < bill.count; i++)
        free(bill.lines[i].name);
    free(bill.lines);
    return result;
}
