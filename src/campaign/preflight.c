/* Decides nothing: it counts. */
#include "campana/preflight.h"
#include "campana/error.h"
#include "campana/once_a_day.h"
#include "campana/reconcile.h"

static int read_price(struct store *store, const struct campaign *campaign, struct price *price,
                      struct error *error)
{
    struct reconcile reconcile = {0};
    int result = reconcile_read(store, campaign, "", false, &reconcile, error);
    *price = reconcile.price;
    reconcile_free(&reconcile);
    return result;
}

static int read_credit(struct store *store, const struct campaign *campaign, const char *balance,
                       struct preflight *preflight, struct error *error)
{
    int64_t amount;
    preflight->pays_for = -1;
    if (read_price(store, campaign, &preflight->price, error) != 0)
        return -1;
    if (reckoning_read_amount(balance, &amount) != 0)
        return 0;
    preflight->pays_for = amount > 0 ? amount / preflight->price.amount : 0;
    if (preflight->pays_for == 0 || preflight->pays_for >= preflight->count || preflight->held_back > 0)
        return 0;
    return store_pending_row(store, campaign->id, preflight->pays_for, &preflight->last_paid_row, error);
}

static int read_samples(struct store *store, const struct campaign *campaign, struct preflight *preflight,
                        struct error *error)
{
    int64_t rows = campaign->last_id - campaign->first_id + 1;
    const int64_t behind[PREFLIGHT_SAMPLES] = {0, campaign->first_id + rows / 2 - 1, campaign->last_id - 1};
    for (int i = 0; i < PREFLIGHT_SAMPLES; i++) {
        struct job *sample = &preflight->samples[preflight->sample_count];
        int found;
        if (store_peek(store, campaign->id, behind[i], sample, 1, &found, error) != 0)
            return -1;
        if (found == 1 && (preflight->sample_count == 0 || sample->id > sample[-1].id))
            preflight->sample_count++;
    }
    return 0;
}

int preflight_read(struct store *store, const struct campaign *campaign, const struct engine_options *options,
                   const char *balance, int64_t start_ms, struct preflight *preflight, struct error *error)
{
    *preflight = (struct preflight){.pending = options->pending};
    if (options->once_per_day &&
        once_a_day_count(store, campaign->id, start_ms, &preflight->held_back, error) != 0)
        return -1;
    preflight->count = preflight->pending - preflight->held_back;
    if (options->limit > 0 && options->limit < preflight->count)
        preflight->count = options->limit;
    if (read_credit(store, campaign, balance, preflight, error) != 0)
        return -1;
    return read_samples(store, campaign, preflight, error);
}
