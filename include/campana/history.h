/* What happened to one message, in the order of time: every try, and every decision of a person. */
#ifndef CAMPANA_HISTORY_H
#define CAMPANA_HISTORY_H

#include "campana/store.h"

struct history_event {
    int64_t at_ms;
    bool decided;         /* by a person; else a try that ended */
    enum job_state from;  /* of a decision */
    enum job_state state; /* that the message came to */
    bool has_code, has_http_status, has_latency;
    int64_t code, http_status, latency_ms;
    enum reason reason; /* of a try */
    char *words;        /* of a try: what is special about it; of a decision: who; never NULL */
};

struct history {
    struct history_event *events;
    size_t count;
};

/* Reads it while `found` is valid (in store_find()'s callback). A message that the gateway accepted ends with
 * that. A request under way is no event yet. 0 or -1, then there is nothing to free. */
int history_read(struct store *store, const struct found_message *found, struct history *history,
                 struct error *error);
void history_free(struct history *history);

#endif
