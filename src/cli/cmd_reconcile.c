/* Decides what is asked and read before the balances are reckoned with. Changes nothing. */
#include "access.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/output.h"
#include "reconciling.h"

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
                  reason_sentence_asked(outcome.reason), outcome.detail[0] == '\0' ? "" : ": ",
                  outcome.detail);
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

static int tell(struct reconciling *reconciling, struct store *store, struct error *error)
{
    const struct options *options = reconciling->invocation->options;
    struct balance now = {0};
    struct buffer out = {0};
    int64_t unknown;
    if (store_count_unknown(store, reconciling->campaign->id, &unknown, error) != 0)
        return -1;
    if (!reconciling->sending && unknown > 0 && ask_now(reconciling->invocation, &now, error) != 0)
        return -1;
    if (reconcile_read(store, reconciling->campaign, now.text, reconciling->sending, &reconciling->reconcile,
                       error) != 0)
        return -1;
    reconciling->unknown = sum_unknown(&reconciling->reconcile);
    reconciling->price = reconciling->reconcile.price;
    if (option_given(options, OPTION_PRICE)) {
        reconciling->price.source = PRICE_GIVEN;
        reckoning_read_amount(option_text(options, OPTION_PRICE), &reconciling->price.amount);
    }
    if (option_given(options, OPTION_JSON))
        reconciling_put_json(reconciling, &out);
    else
        reconciling_put_words(reconciling, &out);
    int result = output_buffer(&out, error);
    buffer_free(&out);
    return result;
}

/* Where the lock may not be looked at, a run without an end is taken for one that goes on. */
static int find_sender(struct store *store, bool *sending, struct error *error)
{
    int active = store_sender_active(store, error);
    if (active == STORE_SENDER_HIDDEN) {
        struct buffer name = {0};
        int64_t run_id;
        active = store_find_open_run(store, &run_id, &name, error);
        buffer_free(&name);
    }
    *sending = active > 0;
    return active < 0 ? -1 : 0;
}

int cmd_reconcile(struct invocation *invocation, struct error *error)
{
    struct store *store = NULL;
    struct campaign campaign = {0};
    struct reconciling reconciling = {.invocation = invocation, .campaign = &campaign};
    int result = -1;
    if (invocation_open_store(invocation, STORE_READ, &store, error) != 0)
        return -1;
    if (find_sender(store, &reconciling.sending, error) == 0 &&
        store_need_campaign(store, invocation_argument(invocation, 0), &campaign, error) >= 0)
        result = tell(&reconciling, store, error);
    reconcile_free(&reconciling.reconcile);
    campaign_free(&campaign);
    store_close(store);
    return result == 0 ? EXIT_DONE : -1;
}
