/* Decides what a person must know before saying yes. */
#include "campana/plan.h"
#include "access.h"
#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>

#define LABEL_WIDTH 12

static void put_label(struct buffer *out, const char *label)
{
    buffer_printf(out, "  %-*s", LABEL_WIDTH - 2, label);
}

/* The whole credits of a balance, -1 where it cannot be read so. */
static int64_t credits_of(const char *balance)
{
    int64_t credits = 0;
    size_t digits = strspn(balance, "0123456789");
    if (digits == 0 || digits > 15)
        return balance[0] == '-' ? 0 : -1;
    for (size_t i = 0; i < digits; i++)
        credits = credits * 10 + (balance[i] - '0');
    return credits;
}

static void put_balance(const struct plan *plan, struct buffer *out)
{
    int64_t credits = credits_of(plan->balance);
    put_label(out, "balance");
    if (plan->balance[0] == '\0') {
        buffer_puts(out, "not known: ");
        utf8_put_visible(out, plan->balance_trouble, strlen(plan->balance_trouble), 0);
    } else {
        buffer_puts(out, plan->balance);
    }
    if (credits >= plan->count)
        buffer_puts(out, ", enough if a message costs one credit");
    else if (credits >= 0)
        buffer_printf(
            out, ", %" PRId64 " too few if a message costs one credit: the run will stop when it is used up",
            plan->count - credits);
    buffer_put(out, '\n');
}

static void put_time(const struct plan *plan, struct buffer *out)
{
    struct estimate estimate =
        estimate_run(&plan->rate, &plan->hours, plan->count, plan->wait, plan->start_ms);
    char rate[RATE_BYTES];
    char duration[CLOCK_DURATION_BYTES];
    char when[HOURS_TEXT_BYTES];
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
        put_label(out, "");
        buffer_puts(out, "then the contact hours end, and ");
        layout_put_count(out, estimate.left, "message is", "messages are");
        buffer_puts(out, " left for another run (--wait goes on by itself)\n");
    }
}

void plan_put_text(const struct plan *plan, struct buffer *out)
{
    buffer_puts(out, "Campaign ");
    layout_put_cited(out, plan->campaign, strlen(plan->campaign), 0);
    buffer_puts(out, " from ");
    utf8_put_visible(out, plan->file, strlen(plan->file), 0);
    buffer_put(out, '\n');
    put_label(out, "to send");
    layout_put_count(out, plan->count, "message", "messages");
    if (plan->pending > plan->count)
        buffer_printf(out, " of %" PRId64 " that are pending", plan->pending);
    buffer_put(out, '\n');
    put_label(out, "account");
    utf8_put_visible(out, plan->user, strlen(plan->user), 0);
    buffer_puts(out, " at ");
    access_put_host(plan->url, out);
    buffer_put(out, '\n');
    put_balance(plan, out);
    put_time(plan, out);
    if (plan->sample != NULL) {
        put_label(out, "first");
        buffer_printf(out, "row %" PRId64 ", to %s\n", plan->sample->row, plan->sample->msisdn);
        put_label(out, "");
        layout_put_cited(out, plan->sample->text, plan->sample->text_len, 0);
        buffer_put(out, '\n');
    }
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
    plan_put_text(plan, &text);
    if (buffer_check(&text, error) != 0)
        goto out;
    talk_text(&text);
    buffer_clear(&text);
    if (plan->count < PLAN_TYPED_FROM) {
        buffer_puts(&text, "Send ");
        layout_put_count(&text, plan->count, "message", "messages");
        buffer_put(&text, '?');
        result = buffer_check(&text, error) == 0 ? terminal_confirm(buffer_string(&text), error) : -1;
        goto out;
    }
    buffer_printf(&text, "To send %" PRId64 " messages, type their number: ", plan->count);
    if (buffer_check(&text, error) == 0 && terminal_ask(buffer_string(&text), &answer, error) == 0)
        result = plan_is_number(buffer_string(&answer), plan->count);
out:
    buffer_free(&text);
    buffer_free(&answer);
    return result;
}
