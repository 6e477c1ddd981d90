/* Decides which command would follow from the reckoning of balances. */
#include "campana/shell.h"
#include "reconciling.h"
#include <inttypes.h>
#include <string.h>

/* What every unknown row would become; NULL: the balance does not tell. */
static const char *const states[SPAN_VERDICTS] = {
    [SPAN_ALL] = "accepted",
    [SPAN_NONE] = "pending",
};

struct reckoning reconciling_judge(const struct reconciling *reconciling, const struct reconcile_span *span)
{
    if (span->running)
        return (struct reckoning){.verdict = span->open > 0 ? SPAN_NO_BALANCE : SPAN_NOTHING};
    struct span judged = span->span;
    if (span->open == 0) /* another campaign's unknown rows are its own matter */
        judged.open = 0;
    return reckoning_judge(&judged, reconciling->price.amount);
}

const char *reconciling_state(const struct reconciling *reconciling, const struct reconcile_span *span)
{
    return states[reconciling_judge(reconciling, span).verdict];
}

/* The one state that every span with unknown rows calls for; NULL: they differ, or one does not tell. */
static const char *common_state(const struct reconciling *reconciling)
{
    const char *state = NULL;
    for (size_t i = 0; i < reconciling->reconcile.count; i++) {
        const struct reconcile_span *span = &reconciling->reconcile.spans[i];
        if (span->first_run == 0 || span->open == 0)
            continue;
        const char *this = reconciling_state(reconciling, span);
        if (this == NULL || (state != NULL && strcmp(state, this) != 0))
            return NULL;
        state = this;
    }
    return state;
}

/* Without runs (0): for the whole campaign. */
static void put_command(const struct reconciling *reconciling, const char *state, int64_t first_run,
                        int64_t last_run, struct buffer *out)
{
    invocation_put_command(reconciling->invocation, "resolve ", out);
    shell_put_quoted(out, reconciling->campaign->name);
    buffer_printf(out, " --as %s", state);
    for (int64_t run = first_run; run > 0 && run <= last_run; run++)
        buffer_printf(out, " --run %" PRId64, run);
}

void reconciling_put_command(const struct reconciling *reconciling, const struct reconcile_span *span,
                             struct buffer *out)
{
    const char *state = reconciling_state(reconciling, span);
    bool whole = common_state(reconciling) != NULL;
    if (state != NULL)
        put_command(reconciling, state, whole ? 0 : span->first_run, whole ? 0 : span->last_run, out);
}
