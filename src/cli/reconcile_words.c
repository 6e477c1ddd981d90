/* Decides how the reckoning of balances reads. */
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/shell.h"
#include "reconciling.h"
#include <inttypes.h>
#include <string.h>

/* Behind ": "; NULL: put_verdict() knows. */
static const char *const verdicts[SPAN_VERDICTS] = {
    [SPAN_NO_BALANCE] = "a balance is missing, so nothing can be said",
    [SPAN_ALL] = "every unknown row was charged, so the gateway has taken them all",
    [SPAN_NONE] = "no unknown row was charged, so the gateway has taken none of them",
    [SPAN_UNEVEN] = "that is no whole number of messages; somebody else used the account, too, or a message "
                    "costs something else (--price)",
    [SPAN_DISAGREES] =
        "that does not go together with what was decided on other rows of it; look those up again",
};

static void put_wrapped(struct buffer *out, size_t indent, struct buffer *text)
{
    for (size_t i = 0; i < indent; i++)
        buffer_put(out, ' ');
    layout_put_wrapped(out, buffer_string(text), indent, indent);
    out->failed = out->failed || text->failed;
    buffer_clear(text);
}

static void put_amount(struct buffer *out, int64_t amount)
{
    char text[RECKONING_AMOUNT_BYTES];
    reckoning_format_amount(amount, text);
    buffer_puts(out, text);
}

static void put_price(const struct reconciling *reconciling, struct buffer *text)
{
    buffer_puts(text, "A message costs ");
    put_amount(text, reconciling->price.amount);
    if (reconciling->price.source == PRICE_SHOWN) {
        buffer_puts(text, ", as ");
        layout_put_count(text, reconciling->price.messages, "accepted message shows",
                         "accepted messages show");
        buffer_puts(text, " in runs without unknown rows.");
    } else {
        buffer_puts(text, reconciling->price.source == PRICE_GIVEN
                              ? ", as you say."
                              : " (assumed: no run without unknown rows shows it; --price says otherwise).");
    }
}

static void put_some(const struct reckoning *reckoning, const struct span *span, struct buffer *text)
{
    if (reckoning->least == reckoning->most)
        buffer_printf(text, "%" PRId64 " of %" PRId64 " unknown rows %s charged", reckoning->least,
                      span->open, reckoning->least == 1 ? "was" : "were");
    else
        buffer_printf(text, "between %" PRId64 " and %" PRId64 " of %" PRId64 " unknown rows were charged",
                      reckoning->least, reckoning->most, span->open);
    buffer_puts(text, "; which ones, a balance cannot tell");
    if (!reckoning->late)
        return;
    buffer_puts(text, ". After the run, and before anything else was sent, ");
    put_amount(text, span->late_spent);
    buffer_puts(text, " more went: charged late, or used by somebody else");
}

static void put_verdict(const struct reckoning *reckoning, const struct span *span, struct buffer *text)
{
    if (reckoning->verdict == SPAN_SOME)
        put_some(reckoning, span, text);
    else if (reckoning->verdict == SPAN_TOO_MUCH) {
        put_amount(text, reckoning->difference);
        buffer_puts(text,
                    " more than all of them together cost: somebody else used the account, too, or a message "
                    "costs something else (--price)");
    } else if (reckoning->verdict == SPAN_TOO_LITTLE) {
        put_amount(text, reckoning->difference);
        buffer_puts(
            text,
            " less than the accepted ones cost: credit was bought or given back meanwhile, or a message "
            "costs something else (--price)");
    } else {
        buffer_puts(text, verdicts[reckoning->verdict]);
    }
    buffer_put(text, '.');
}

static void put_heading(const struct reconcile_span *span, struct buffer *text)
{
    struct hours_local at = hours_local(span->at_ms);
    if (span->first_run == span->last_run)
        buffer_printf(text, "Run %" PRId64, span->first_run);
    else
        buffer_printf(text, "Runs %" PRId64 " to %" PRId64, span->first_run, span->last_run);
    buffer_printf(text, ", %04d-%02d-%02d %02d:%02d: balance %s before, %s %s", at.year, at.month, at.day,
                  at.hour, at.minute, span->from[0] == '\0' ? "?" : span->from,
                  span->to[0] == '\0' ? "?" : span->to, span->to_now ? "now" : "after");
}

static void put_counts(const struct reconcile_span *span, struct buffer *text)
{
    const struct span *sums = &span->span;
    buffer_printf(text, "%" PRId64 " accepted", sums->accepted);
    if (sums->open > 0)
        buffer_printf(text, ", %" PRId64 " unknown", sums->open);
    if (sums->open > span->open)
        buffer_printf(text, " (%" PRId64 " of other campaigns)", sums->open - span->open);
    if (sums->decided_charged > 0)
        buffer_printf(text, ", %" PRId64 " decided to be accepted", sums->decided_charged);
    if (sums->decided_free > 0)
        buffer_printf(text, ", %" PRId64 " decided to be not sent", sums->decided_free);
    if (sums->tests_unknown > 0)
        buffer_printf(text, ", %" PRId64 " unknown test message%s", sums->tests_unknown,
                      sums->tests_unknown == 1 ? "" : "s");
    if (span->running)
        buffer_puts(text, ". It has not ended");
    if (sums->known) {
        buffer_puts(text, ". From the balance went ");
        put_amount(text, sums->spent);
    }
}

/* Whether the balance is what it should be where nothing is unknown. */
static void put_agreement(const struct reconciling *reconciling, const struct reconcile_span *span,
                          struct buffer *text)
{
    int64_t expected = (span->span.accepted + span->span.decided_charged) * reconciling->price.amount;
    if (!span->span.known || span->span.open > 0 || span->span.tests_unknown > 0)
        return;
    if (span->span.spent == expected) {
        buffer_puts(text, ": that agrees");
        return;
    }
    buffer_puts(text, ", and ");
    put_amount(text, expected);
    buffer_puts(text, " was to be expected");
}

static void put_span(const struct reconciling *reconciling, const struct reconcile_span *span,
                     struct buffer *out)
{
    struct buffer text = {0};
    struct reckoning reckoning = reconciling_judge(reconciling, span);
    buffer_put(out, '\n');
    put_heading(span, &text);
    put_wrapped(out, 0, &text);
    put_counts(span, &text);
    put_agreement(reconciling, span, &text);
    buffer_puts(&text, reckoning.verdict == SPAN_NOTHING ? "." : ": ");
    if (reckoning.verdict != SPAN_NOTHING)
        put_verdict(&reckoning, &span->span, &text);
    put_wrapped(out, 2, &text);
    if (span->inflight > 0) {
        buffer_printf(&text,
                      "%" PRId64
                      " of them are inflight still, because campana ended without a word; the next "
                      "campana send makes them unknown, and resolve can decide on them then.",
                      span->inflight);
        put_wrapped(out, 2, &text);
    }
    reconciling_put_command(reconciling, span, &text);
    if (text.len > 0)
        buffer_printf(out, "  → %s\n", buffer_string(&text));
    buffer_free(&text);
}

/* What to do where the balances do not decide everything. */
static void put_closing(const struct reconciling *reconciling, struct buffer *out)
{
    struct buffer text = {0};
    bool undecided = false;
    for (size_t i = 0; i < reconciling->reconcile.count; i++) {
        const struct reconcile_span *span = &reconciling->reconcile.spans[i];
        undecided = undecided ||
                    (span->first_run > 0 && span->open > 0 && reconciling_state(reconciling, span) == NULL);
    }
    buffer_put(out, '\n');
    if (undecided) {
        buffer_puts(&text,
                    "Look up what the balance does not tell in the gateway's web reports (A través de web "
                    "services) and decide row by row, with --row. The rows:");
        put_wrapped(out, 0, &text);
        buffer_puts(&text, "  ");
        invocation_put_command(reconciling->invocation, "report ", &text);
        shell_put_quoted(&text, reconciling->campaign->name);
        buffer_puts(&text, " --state unknown\n");
        buffer_append(out, text.data, text.len);
        buffer_clear(&text);
    }
    buffer_puts(&text, "This is what the balances say. Nothing was changed: it is for you to decide.");
    put_wrapped(out, 0, &text);
    out->failed = out->failed || text.failed;
    buffer_free(&text);
}

void reconciling_put_words(const struct reconciling *reconciling, struct buffer *out)
{
    struct buffer text = {0};
    buffer_puts(&text, "Campaign ");
    layout_put_cited(&text, reconciling->campaign->name, strlen(reconciling->campaign->name), 0);
    buffer_puts(&text, ": ");
    if (reconciling->unknown == 0)
        buffer_puts(&text, "no row is unknown. ");
    else
        layout_put_count(&text, reconciling->unknown, "row is unknown. ", "rows are unknown. ");
    put_price(reconciling, &text);
    put_wrapped(out, 0, &text);
    buffer_free(&text);
    bool any = false;
    for (size_t i = 0; i < reconciling->reconcile.count; i++)
        if (reconciling->reconcile.spans[i].first_run > 0) {
            put_span(reconciling, &reconciling->reconcile.spans[i], out);
            any = true;
        }
    if (!any)
        buffer_puts(out, "Nothing of it has been sent yet.\n");
    else if (reconciling->unknown > 0)
        put_closing(reconciling, out);
}
