/* The reckoning of balances for programs. */
#include "campana/clock.h"
#include "campana/layout.h"
#include "reconciling.h"
#include <inttypes.h>

static void put_json_text(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, text);
}

static void put_json_span(const struct reconciling *reconciling, const struct reconcile_span *span,
                          struct buffer *out)
{
    struct buffer command = {0};
    struct reckoning reckoning = reconciling_judge(reconciling, span);
    char at[CLOCK_UTC_BYTES];
    char spent[RECKONING_AMOUNT_BYTES];
    clock_format_utc(span->at_ms, at);
    buffer_printf(out, "{\"first_run\":%" PRId64 ",\"last_run\":%" PRId64 ",\"started_at\":\"%s\"",
                  span->first_run, span->last_run, at);
    put_json_text(out, "balance_before", span->from);
    put_json_text(out, "balance_after", span->to);
    buffer_printf(out,
                  ",\"asked_now\":%s,\"accepted\":%" PRId64 ",\"unknown\":%" PRId64 ",\"inflight\":%" PRId64
                  ",\"unknown_of_other_campaigns\":%" PRId64 ",\"decided_accepted\":%" PRId64
                  ",\"decided_not_sent\":%" PRId64 ",\"unknown_tests\":%" PRId64 ",\"spent\":",
                  span->to_now ? "true" : "false", span->span.accepted, span->open, span->inflight,
                  span->span.open - span->open, span->span.decided_charged, span->span.decided_free,
                  span->span.tests_unknown);
    reckoning_format_amount(span->span.spent, spent);
    buffer_puts(out, span->span.known ? spent : "null");
    buffer_printf(out, ",\"verdict\":\"%s\",\"charged\":", reckoning_verdict_name(reckoning.verdict));
    if (reckoning.verdict == SPAN_ALL || reckoning.verdict == SPAN_NONE || reckoning.verdict == SPAN_SOME)
        buffer_printf(out, "{\"least\":%" PRId64 ",\"most\":%" PRId64 "}", reckoning.least, reckoning.most);
    else
        buffer_puts(out, "null");
    reconciling_put_command(reconciling, span, &command);
    put_json_text(out, "advice", buffer_string(&command));
    buffer_put(out, '}');
    out->failed = out->failed || command.failed;
    buffer_free(&command);
}

void reconciling_put_json(const struct reconciling *reconciling, struct buffer *out)
{
    static const char *const sources[] = {
        [PRICE_ASSUMED] = "assumed", [PRICE_SHOWN] = "shown", [PRICE_GIVEN] = "given"};
    const char *separator = "\n  ";
    char price[RECKONING_AMOUNT_BYTES];
    reckoning_format_amount(reconciling->price.amount, price);
    buffer_puts(out, "{\"campaign\":");
    layout_put_json(out, reconciling->campaign->name);
    buffer_printf(out, ",\"unknown\":%" PRId64 ",\"price\":", reconciling->unknown);
    buffer_puts(out, price);
    buffer_printf(out, ",\"price_source\":\"%s\",\"spans\":[", sources[reconciling->price.source]);
    for (size_t i = 0; i < reconciling->reconcile.count; i++) {
        if (reconciling->reconcile.spans[i].first_run == 0)
            continue;
        buffer_puts(out, separator);
        put_json_span(reconciling, &reconciling->reconcile.spans[i], out);
        separator = ",\n  ";
    }
    buffer_puts(out, separator[0] == '\n' ? "]}\n" : "\n]}\n");
}
