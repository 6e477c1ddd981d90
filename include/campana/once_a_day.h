/* One message a day for each person (Ley 2300 de 2023, art. 3, as practitioners read it): whom any campaign in this
 * database has reached, or may have reached, on a Colombian day (00:00 to 24:00 at UTC−5). */
#ifndef CAMPANA_ONCE_A_DAY_H
#define CAMPANA_ONCE_A_DAY_H

#include "campana/store.h"

struct numberset;

/* When the Colombian day of that instant begins, and when the next one does. */
int64_t once_a_day_begins(int64_t at_ms);
int64_t once_a_day_ends(int64_t at_ms);

/* Numbers that messages have reached on the day of that instant: accepted, unknown, or inflight now. The caller frees. */
int once_a_day_reached(struct store *store, int64_t at_ms, struct numberset **reached, struct error *error);

/* How many of the campaign's pending rows would be held back on that day: their number was reached, or stands on an earlier
 * pending row. A walk through what is pending. */
int once_a_day_count(struct store *store, int64_t campaign_id, int64_t at_ms, int64_t *held_back, struct error *error);

#endif
