/* Decides how the reckoning of balances reads, and which command would follow from it. Changes nothing: what
 * becomes of a row is a person's decision, by campana resolve. */
#include "access.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/reconcile.h"
#include "campana/shell.h"
#include <inttypes.h>
#include <string.h>

struct account_of {
    struct invocation *invocation;
    const struct campaign *campaign;
    struct reconcile reconcile;
    struct price price;
    int64_t unknown; /* rows, inflight ones among them unless they are being sent */
    bool sending;
    struct buffer *out;
};

static const struct {
    const char *state; /* what the rows would become; NULL: the balance does not tell */
    const char *words; /* behind ": "; NULL: put_verdict() knows */
} verdicts[SPAN_VERDICTS] = {
    [SPAN_NOTHING] = {NULL, NULL},
    [SPAN_NO_BALANCE] = {NULL, "a balance is missing, so nothing can be said"},
    [SPAN_ALL] = {"accepted", "every unknown row was charged, so the gateway has taken them all"},
    [SPAN_NONE] = {"pending", "no unknown row was charged, so the gateway has taken none of them"},
    [SPAN_SOME] = {NULL, NULL},
    [SPAN_TOO_MUCH] = {NULL, NULL},
    [SPAN_TOO_LITTLE] = {NULL, NULL},
    [SPAN_UNEVEN] = {NULL,
                     "that is no whole number of messages; somebody else used the account, too, or a message "
                     "costs something else (--price)"},
    [SPAN_DISAGREES] =
        {NULL, "that does not go together with what was decided on other rows of it; look those up again"},
};

static bool is_mine(const struct reconcile_span *span)
{
    return span->first_run > 0;
}

static struct reckoning judge(const struct account_of *account, const struct reconcile_span *span)
{
    if (span->running)
        return (struct reckoning){.verdict = span->open > 0 ? SPAN_NO_BALANCE : SPAN_NOTHING};
    struct span judged = span->span;
    if (span->open == 0) /* another campaign's unknown rows are its own matter */
        judged.open = 0;
    return reckoning_judge(&judged, account->price.amount);
}

/* ---- the command that would follow ---- */

/* The one state that every span with unknown rows calls for; NULL: they differ, or one does not tell. */
static const char *common_state(const struct account_of *account)
{
    const char *state = NULL;
    for (size_t i = 0; i < account->reconcile.count; i++) {
        const struct reconcile_span *span = &account->reconcile.spans[i];
        if (!is_mine(span) || span->open == 0)
            continue;
        const char *this = verdicts[judge(account, span).verdict].state;
        if (this == NULL || (state != NULL && strcmp(state, this) != 0))
            return NULL;
        state = this;
    }
    return state;
}

/* Without runs (0): for the whole campaign. */
static void put_command(const struct account_of *account, const char *state, int64_t first_run,
                        int64_t last_run, struct buffer *out)
{
    invocation_put_command(account->invocation, "resolve ", out);
    shell_put_quoted(out, account->campaign->name);
    buffer_printf(out, " --as %s", state);
    for (int64_t run = first_run; run > 0 && run <= last_run; run++)
        buffer_printf(out, " --run %" PRId64, run);
}

static void put_span_command(const struct account_of *account, const struct reconcile_span *span,
                             struct buffer *out)
{
    const char *state = verdicts[judge(account, span).verdict].state;
    bool whole = common_state(account) != NULL;
    if (state != NULL)
        put_command(account, state, whole ? 0 : span->first_run, whole ? 0 : span->last_run, out);
}

/* ---- words ---- */

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

static void put_price(const struct account_of *account, struct buffer *text)
{
    buffer_puts(text, "A message costs ");
    put_amount(text, account->price.amount);
    if (account->price.source == PRICE_SHOWN) {
        buffer_puts(text, ", as ");
        layout_put_count(text, account->price.messages, "accepted message shows", "accepted messages show");
        buffer_puts(text, " in runs without unknown rows.");
    } else {
        buffer_puts(text, account->price.source == PRICE_GIVEN
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
        buffer_puts(text, verdicts[reckoning->verdict].words);
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
static void put_agreement(const struct account_of *account, const struct reconcile_span *span,
                          struct buffer *text)
{
    int64_t expected = (span->span.accepted + span->span.decided_charged) * account->price.amount;
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

static void put_span(const struct account_of *account, const struct reconcile_span *span)
{
    struct buffer text = {0};
    struct buffer *out = account->out;
    struct reckoning reckoning = judge(account, span);
    buffer_put(out, '\n');
    put_heading(span, &text);
    put_wrapped(out, 0, &text);
    put_counts(span, &text);
    put_agreement(account, span, &text);
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
    put_span_command(account, span, &text);
    if (text.len > 0)
        buffer_printf(out, "  → %s\n", buffer_string(&text));
    buffer_free(&text);
}

/* What to do where the balances do not decide everything. */
static void put_closing(const struct account_of *account)
{
    struct buffer text = {0};
    bool undecided = false;
    for (size_t i = 0; i < account->reconcile.count; i++) {
        const struct reconcile_span *span = &account->reconcile.spans[i];
        undecided = undecided ||
                    (is_mine(span) && span->open > 0 && verdicts[judge(account, span).verdict].state == NULL);
    }
    buffer_put(account->out, '\n');
    if (undecided) {
        buffer_puts(&text,
                    "Look up what the balance does not tell in the gateway's web reports (A través de web "
                    "services) and decide row by row, with --row. The rows:");
        put_wrapped(account->out, 0, &text);
        buffer_puts(&text, "  ");
        invocation_put_command(account->invocation, "report ", &text);
        shell_put_quoted(&text, account->campaign->name);
        buffer_puts(&text, " --state unknown\n");
        buffer_append(account->out, text.data, text.len);
        buffer_clear(&text);
    }
    buffer_puts(&text, "This is what the balances say. Nothing was changed: it is for you to decide.");
    put_wrapped(account->out, 0, &text);
    account->out->failed = account->out->failed || text.failed;
    buffer_free(&text);
}

static void put_words(const struct account_of *account)
{
    struct buffer text = {0};
    buffer_puts(&text, "Campaign ");
    layout_put_cited(&text, account->campaign->name, strlen(account->campaign->name), 0);
    buffer_puts(&text, ": ");
    if (account->unknown == 0)
        buffer_puts(&text, "no row is unknown. ");
    else
        layout_put_count(&text, account->unknown, "row is unknown. ", "rows are unknown. ");
    put_price(account, &text);
    put_wrapped(account->out, 0, &text);
    buffer_free(&text);
    bool any = false;
    for (size_t i = 0; i < account->reconcile.count; i++)
        if (is_mine(&account->reconcile.spans[i])) {
            put_span(account, &account->reconcile.spans[i]);
            any = true;
        }
    if (!any)
        buffer_puts(account->out, "Nothing of it has been sent yet.\n");
    else if (account->unknown > 0)
        put_closing(account);
}

/* ---- JSON ---- */

static void put_json_text(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, text);
}

static void put_json_span(const struct account_of *account, const struct reconcile_span *span)
{
    struct buffer *out = account->out;
    struct buffer command = {0};
    struct reckoning reckoning = judge(account, span);
    char at[CLOCK_UTC_BYTES];
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
    if (span->span.known)
        put_amount(out, span->span.spent);
    else
        buffer_puts(out, "null");
    buffer_printf(out, ",\"verdict\":\"%s\",\"charged\":", reckoning_verdict_name(reckoning.verdict));
    if (reckoning.verdict == SPAN_ALL || reckoning.verdict == SPAN_NONE || reckoning.verdict == SPAN_SOME)
        buffer_printf(out, "{\"least\":%" PRId64 ",\"most\":%" PRId64 "}", reckoning.least, reckoning.most);
    else
        buffer_puts(out, "null");
    put_span_command(account, span, &command);
    put_json_text(out, "advice", buffer_string(&command));
    buffer_put(out, '}');
    out->failed = out->failed || command.failed;
    buffer_free(&command);
}

static void put_json(const struct account_of *account)
{
    static const char *const sources[] = {
        [PRICE_ASSUMED] = "assumed", [PRICE_SHOWN] = "shown", [PRICE_GIVEN] = "given"};
    struct buffer *out = account->out;
    const char *separator = "\n  ";
    buffer_puts(out, "{\"campaign\":");
    layout_put_json(out, account->campaign->name);
    buffer_printf(out, ",\"unknown\":%" PRId64 ",\"price\":", account->unknown);
    put_amount(out, account->price.amount);
    buffer_printf(out, ",\"price_source\":\"%s\",\"spans\":[", sources[account->price.source]);
    for (size_t i = 0; i < account->reconcile.count; i++) {
        if (!is_mine(&account->reconcile.spans[i]))
            continue;
        buffer_puts(out, separator);
        put_json_span(account, &account->reconcile.spans[i]);
        separator = ",\n  ";
    }
    buffer_puts(out, separator[0] == '\n' ? "]}\n" : "\n]}\n");
}

/* ---- the command ---- */

/* The balance of this moment, "" where it cannot be had: then the books must do without it. */
static int ask_now(struct invocation *invocation, struct balance *balance, struct error *error)
{
    struct access access = {0};
    struct outcome outcome;
    int result = 0;
    balance->text[0] = '\0';
    if (access_open(invocation, 1, &access, error) != 0) {
        talk_note(&invocation->talk, "the gateway is not asked for its balance of now: %s", error->text);
        error_clear(error);
    } else if (engine_ask_balance(access.http, &access.account, access.post, balance, &outcome, error) != 0) {
        result = -1;
    } else if (outcome.kind != OUTCOME_ACCEPTED) {
        balance->text[0] = '\0';
        talk_note(&invocation->talk, "the balance of now is not known: %s%s%s",
                  reason_sentence_asked(outcome.reason), outcome.detail[0] == '\0' ? "" : ": ", outcome.detail);
    }
    access_close(&access);
    return result;
}

static int64_t sum_unknown(const struct reconcile *reconcile)
{
    int64_t unknown = 0;
    for (size_t i = 0; i < reconcile->count; i++)
        unknown += reconcile->spans[i].open;
    return unknown;
}

static int tell(struct account_of *account, struct store *store, struct error *error)
{
    const struct options *options = account->invocation->options;
    struct balance now = {0};
    int64_t unknown;
    if (store_count_unknown(store, account->campaign->id, &unknown, error) != 0)
        return -1;
    if (!account->sending && unknown > 0 && ask_now(account->invocation, &now, error) != 0)
        return -1;
    if (reconcile_read(store, account->campaign, now.text, account->sending, &account->reconcile, error) != 0)
        return -1;
    account->unknown = sum_unknown(&account->reconcile);
    account->price = account->reconcile.price;
    if (option_given(options, OPTION_PRICE)) {
        account->price.source = PRICE_GIVEN;
        reckoning_read_amount(option_text(options, OPTION_PRICE), &account->price.amount);
    }
    if (option_given(options, OPTION_JSON))
        put_json(account);
    else
        put_words(account);
    return output_buffer(account->out, error);
}

int cmd_reconcile(struct invocation *invocation, struct error *error)
{
    struct store *store = NULL;
    struct campaign campaign = {0};
    struct buffer out = {0};
    struct account_of account = {.invocation = invocation, .campaign = &campaign, .out = &out};
    int result = -1;
    if (invocation_open_store(invocation, STORE_READ, &store, error) != 0)
        return -1;
    int active = store_sender_active(store, error);
    account.sending = active > 0;
    if (active >= 0 && store_need_campaign(store, invocation_argument(invocation, 0), &campaign, error) >= 0)
        result = tell(&account, store, error);
    reconcile_free(&account.reconcile);
    campaign_free(&campaign);
    buffer_free(&out);
    store_close(store);
    return result == 0 ? EXIT_DONE : -1;
}
