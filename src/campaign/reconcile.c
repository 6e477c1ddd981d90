/* Decides where a span begins and ends: at every look at the balance that gave one. Invariant: every message
 * of the books is in exactly one span. */
#include "campana/reconcile.h"
#include "campana/error.h"
#include "campana/store_books.h"
#include <stdio.h>
#include <stdlib.h>

#define NONE SIZE_MAX

struct builder {
    struct reconcile *reconcile;
    int64_t campaign_id;
    bool sending;
    struct reconcile_span current;
    int64_t runs;   /* in it, of any campaign */
    int64_t first;  /* its first balance, where current.from is not "" */
    size_t waiting; /* the span that ended with its run: what the next look shows is charged late. NONE: there
                       is none */
};

static int keep_current(struct builder *builder, struct error *error)
{
    struct reconcile *reconcile = builder->reconcile;
    struct reconcile_span *more = realloc(reconcile->spans, (reconcile->count + 1) * sizeof *more);
    if (more == NULL)
        return error_no_memory(error);
    reconcile->spans = more;
    reconcile->spans[reconcile->count++] = builder->current;
    return 0;
}

/* Between the end of a run and the next look there are test messages at most. */
static void note_late(struct builder *builder)
{
    if (builder->waiting == NONE || builder->runs > 0 || !builder->current.span.known)
        return;
    struct span *before = &builder->reconcile->spans[builder->waiting].span;
    before->late_spent = builder->current.span.spent;
    before->late_accepted = builder->current.span.accepted;
}

enum look { LOOK_BEFORE, LOOK_AFTER, LOOK_NOW };

static int look_at(struct builder *builder, const char *balance, enum look look, struct error *error)
{
    struct reconcile_span *current = &builder->current;
    int64_t amount;
    if (reckoning_read_amount(balance, &amount) != 0)
        return 0;
    current->span.known = current->from[0] != '\0' && !current->running;
    current->span.spent = current->span.known ? builder->first - amount : 0;
    current->to_now = look == LOOK_NOW;
    snprintf(current->to, sizeof current->to, "%s", balance);
    note_late(builder);
    builder->waiting = NONE;
    if ((builder->runs > 0 || current->span.accepted > 0) && keep_current(builder, error) != 0)
        return -1;
    if (look == LOOK_AFTER && builder->runs > 0)
        builder->waiting = builder->reconcile->count - 1;
    *current = (struct reconcile_span){0};
    snprintf(current->from, sizeof current->from, "%s", balance);
    builder->first = amount;
    builder->runs = 0;
    return 0;
}

static void add_run(struct builder *builder, const struct store_book *book)
{
    struct reconcile_span *current = &builder->current;
    bool runs_still = builder->sending && !book->has_end;
    int64_t inflight = runs_still ? 0 : book->inflight;
    if (builder->runs++ == 0)
        current->at_ms = book->at_ms;
    current->running = current->running || runs_still;
    current->span.accepted += book->accepted;
    current->span.open += book->open + inflight;
    current->span.decided_charged += book->decided_charged;
    current->span.decided_free += book->decided_free;
    if (book->campaign_id != builder->campaign_id)
        return;
    if (current->first_run == 0)
        current->first_run = book->number;
    current->last_run = book->number;
    current->open += book->open + inflight;
    current->inflight += inflight;
}

static int add_book(void *context, const struct store_book *book, struct error *error)
{
    struct builder *builder = context;
    if (book->is_test) {
        builder->current.span.accepted += book->accepted;
        builder->current.span.tests_unknown += book->open;
        return 0;
    }
    if (look_at(builder, book->balance_before, LOOK_BEFORE, error) != 0)
        return -1;
    add_run(builder, book);
    return look_at(builder, book->balance_after, LOOK_AFTER, error);
}

static void find_price(struct reconcile *reconcile, struct span *spans)
{
    for (size_t i = 0; i < reconcile->count; i++)
        spans[i] = reconcile->spans[i].span;
    reconcile->price = reckoning_price(spans, reconcile->count);
}

int reconcile_read(struct store *store, const struct campaign *campaign, const char *now, bool sending,
                   struct reconcile *reconcile, struct error *error)
{
    struct builder builder = {
        .reconcile = reconcile, .campaign_id = campaign->id, .sending = sending, .waiting = NONE};
    if (store_each_book(store, add_book, &builder, error) != 0 ||
        look_at(&builder, now, LOOK_NOW, error) != 0)
        return -1;
    if (builder.runs > 0 && keep_current(&builder, error) != 0)
        return -1;
    struct span *spans = calloc(reconcile->count + 1, sizeof *spans);
    if (spans == NULL)
        return error_no_memory(error);
    find_price(reconcile, spans);
    free(spans);
    return 0;
}

void reconcile_free(struct reconcile *reconcile)
{
    free(reconcile->spans);
    *reconcile = (struct reconcile){0};
}
