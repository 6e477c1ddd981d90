#include "campana/once_a_day.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/numberset.h"

#define DAY_MS (24 * 60 * 60 * MS_PER_S)

int64_t once_a_day_begins(int64_t at_ms)
{
    struct hours_local day = hours_local(at_ms);
    return hours_instant(day.year, day.month, day.day, 0, 0);
}

int64_t once_a_day_ends(int64_t at_ms)
{
    return once_a_day_begins(at_ms) + DAY_MS;
}

static int add(void *context, const char *msisdn, struct error *error)
{
    return numberset_add(context, msisdn) < 0 ? error_no_memory(error) : 0;
}

int once_a_day_reached(struct store *store, int64_t at_ms, struct numberset **reached, struct error *error)
{
    *reached = numberset_new();
    if (*reached == NULL)
        return error_no_memory(error);
    if (store_each_number_since(store, once_a_day_begins(at_ms), add, *reached, error) == 0)
        return 0;
    numberset_free(*reached);
    *reached = NULL;
    return -1;
}

struct counting {
    struct numberset *reached;
    int64_t held_back;
};

/* Who gets the message now is reached from then on. */
static int count(void *context, const char *msisdn, struct error *error)
{
    struct counting *counting = context;
    int added = numberset_add(counting->reached, msisdn);
    if (added < 0)
        return error_no_memory(error);
    counting->held_back += added == 0;
    return 0;
}

int once_a_day_count(struct store *store, int64_t campaign_id, int64_t at_ms, int64_t *held_back,
                     struct error *error)
{
    struct counting counting = {0};
    if (once_a_day_reached(store, at_ms, &counting.reached, error) != 0)
        return -1;
    int result = store_each_pending_number(store, campaign_id, count, &counting, error);
    *held_back = counting.held_back;
    numberset_free(counting.reached);
    return result;
}
