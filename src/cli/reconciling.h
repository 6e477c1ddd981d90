/* What `reconcile` puts out: the reckoning of balances in words (reconcile_words.c) and in JSON
 * (reconcile_json.c), and the command that would follow from it (reconcile_advice.c). Nothing here changes
 * anything: what becomes of a row is a person's decision, by campana resolve. */
#ifndef CAMPANA_CLI_RECONCILING_H
#define CAMPANA_CLI_RECONCILING_H

#include "campana/reconcile.h"
#include "command.h"

struct reconciling {
    struct invocation *invocation;
    const struct campaign *campaign;
    struct reconcile reconcile;
    struct price price; /* what is reckoned with */
    int64_t unknown;    /* rows, inflight ones among them unless they are being sent */
    bool sending;
};

/* Of a span that is this campaign's (first_run > 0); the others are their campaigns' own matter. */
struct reckoning reconciling_judge(const struct reconciling *reconciling, const struct reconcile_span *span);

/* What the span's unknown rows would become by its verdict: a state's name; NULL: the balance does not tell.
 */
const char *reconciling_state(const struct reconciling *reconciling, const struct reconcile_span *span);

/* The resolve command that would follow from the span: for the whole campaign where all its spans call for
 * the same, else for the span's runs. Nothing where the balance does not tell. */
void reconciling_put_command(const struct reconciling *reconciling, const struct reconcile_span *span,
                             struct buffer *out);

void reconciling_put_words(const struct reconciling *reconciling, struct buffer *out);
void reconciling_put_json(const struct reconciling *reconciling, struct buffer *out);

#endif
