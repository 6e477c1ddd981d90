/* Decides what a person must know before saying yes. */
#include "campana/plan.h"
#include "access.h"
#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/naming.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>

#define LABEL_WIDTH 12

static void put_label(struct buffer *out, const char *label)
{
    buffer_printf(out, "  %-*s", LABEL_WIDTH - 2, label);
}

/* A line or more behind a label. */
static void put_entry(struct buffer *out, const char *label, struct buffer *text)
{
    put_label(out, label);
    layout_put_wrapped(out, buffer_string(text), LABEL_WIDTH, LABEL_WIDTH);
    out->failed = out->failed || text->failed;
    buffer_clear(text);
}

static void put_count(const struct plan *plan, struct buffer *text)
{
    const struct preflight *preflight = plan->preflight;
    layout_put_count(text, preflight->count, "message", "messages");
    int64_t may_be_sent = preflight->pending - preflight->held_back;
    if (may_be_sent > preflight->count)
        buffer_printf(text, " of %" PRId64 " that %s", may_be_sent,
                      preflight->held_back > 0 ? "may be sent" : "are pending");
    if (preflight->held_back > 0)
        buffer_printf(text,
                      "; %" PRId64 " more are held back, because their numbers get one on that day already",
                      preflight->held_back);
}

static void put_price(const struct price *price, struct buffer *text)
{
    char amount[RECKONING_AMOUNT_BYTES];
    reckoning_format_amount(price->amount, amount);
    if (price->source == PRICE_ASSUMED)
        buffer_puts(text, " if a message costs one credit");
    else
        buffer_printf(text, " at %s a message, as earlier runs show", amount);
}

static void put_balance(const struct plan *plan, struct buffer *text)
{
    const struct preflight *preflight = plan->preflight;
    if (plan->balance[0] == '\0') {
        buffer_puts(text, "not known: ");
        utf8_put_visible(text, plan->balance_trouble, strlen(plan->balance_trouble), 0);
        return;
    }
    buffer_puts(text, plan->balance);
    if (preflight->pays_for < 0)
        return;
    if (preflight->pays_for >= preflight->count) {
        buffer_puts(text, ", enough");
        put_price(&preflight->price, text);
        return;
    }
    buffer_puts(text, ": TOO LITTLE");
    put_price(&preflight->price, text);
    buffer_puts(text, "; it pays for ");
    layout_put_count(text, preflight->pays_for, "message", "messages");
    if (preflight->last_paid_row > 0)
        buffer_printf(text, ", up to row %" PRId64 " of the spreadsheet", preflight->last_paid_row);
    buffer_printf(text, ", and %" PRId64 " will be left", preflight->count - preflight->pays_for);
}

static void put_time(const struct plan *plan, struct buffer *out)
{
    struct estimate estimate =
        estimate_run(&plan->rate, &plan->hours, plan->preflight->count, plan->wait, plan->start_ms);
    char rate[RATE_BYTES];
    char duration[CLOCK_DURATION_BYTES];
    char when[HOURS_TEXT_BYTES];
    struct buffer text = {0};
    if (plan->start_ms > plan->now_ms) {
        hours_format(plan->start_ms, when);
        put_label(out, "starts");
        buffer_printf(out, "%s\n", when);
    }
    rate_format(&plan->rate, rate);
    put_label(out, "rate");
    buffer_puts(out, plan->rate.count == 0 ? "no limit: as fast as the gateway answers" : rate);
    if (plan->rate.count > 0) {
        clock_format_duration(estimate.sending_ms, duration);
        buffer_printf(out, ", at least %s of sending", duration);
    }
    buffer_put(out, '\n');
    if (!estimate.known)
        return;
    hours_format(estimate.ends_at_ms, when);
    put_label(out, "ends");
    buffer_printf(out, "%s (Colombian time), not before\n", when);
    if (estimate.left > 0) {
        buffer_puts(&text, "then the contact hours end, and ");
        layout_put_count(&text, estimate.left, "message is", "messages are");
        buffer_puts(&text, " left for another run (--wait goes on by itself)");
        put_entry(out, "", &text);
        buffer_free(&text);
    }
}

static void put_samples(const struct preflight *preflight, struct buffer *out)
{
    struct buffer text = {0};
    for (int i = 0; i < preflight->sample_count; i++) {
        const struct job *sample = &preflight->samples[i];
        buffer_printf(&text, "row %" PRId64 ", to %s\n", sample->row, sample->msisdn);
        layout_put_cited(&text, sample->text, sample->text_len, 0);
        put_entry(out, i == 0 ? "such as" : "", &text);
    }
    buffer_free(&text);
}

void plan_put_text(const struct plan *plan, bool samples, struct buffer *out)
{
    struct buffer text = {0};
    buffer_puts(&text, "Campaign ");
    layout_put_cited(&text, plan->campaign, strlen(plan->campaign), 0);
    buffer_puts(&text, " from ");
    const char *file = naming_shown_file(plan->file);
    utf8_put_visible(&text, file, strlen(file), 0);
    layout_put_wrapped(out, buffer_string(&text), 0, 2);
    buffer_clear(&text);
    put_count(plan, &text);
    put_entry(out, "to send", &text);
    utf8_put_visible(&text, plan->user, strlen(plan->user), 0);
    buffer_puts(&text, " at ");
    access_put_host(plan->url, &text);
    put_entry(out, "account", &text);
    put_balance(plan, &text);
    put_entry(out, "balance", &text);
    put_time(plan, out);
    if (samples)
        put_samples(plan->preflight, out);
    out->failed = out->failed || text.failed;
    buffer_free(&text);
}

bool plan_is_number(const char *typed, int64_t number)
{
    int64_t read = 0;
    bool any = false;
    for (; *typed != '\0'; typed++) {
        if (strchr(" .,", *typed) != NULL)
            continue;
        if (*typed < '0' || *typed > '9' || read > INT64_MAX / 10 - 1)
            return false;
        read = read * 10 + (*typed - '0');
        any = true;
    }
    return any && read == number;
}

int plan_confirm(const struct plan *plan, struct error *error)
{
    struct buffer text = {0};
    struct buffer answer = {0};
    int result = -1;
    plan_put_text(plan, true, &text);
    if (buffer_check(&text, error) != 0)
        goto out;
    talk_text(&text);
    buffer_clear(&text);
    if (plan->preflight->count < PLAN_TYPED_FROM) {
        buffer_puts(&text, "Send ");
        layout_put_count(&text, plan->preflight->count, "message", "messages");
        buffer_put(&text, '?');
        result = buffer_check(&text, error) == 0 ? terminal_confirm(buffer_string(&text), error) : -1;
        goto out;
    }
    buffer_printf(&text, "To send %" PRId64 " messages, type their number: ", plan->preflight->count);
    if (buffer_check(&text, error) == 0 && terminal_ask(buffer_string(&text), &answer, error) == 0)
        result = plan_is_number(buffer_string(&answer), plan->preflight->count);
out:
    buffer_free(&text);
    buffer_free(&answer);
    return result;
}
