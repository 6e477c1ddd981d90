/* Decides what counts as an event of a message's life. Tries that failed and decisions stand in tables of
 * their own; acceptance stands in the message. */
#include "campana/history.h"
#include "campana/error.h"
#include <stdlib.h>
#include <string.h>

/* Puts it where its time wants it: behind what is not later. */
static int add(struct history *history, const struct history_event *event, struct slice words,
               struct error *error)
{
    struct history_event *events = realloc(history->events, (history->count + 1) * sizeof *events);
    if (events == NULL)
        return error_no_memory(error);
    history->events = events;
    char *copy = strndup(words.len == 0 ? "" : words.data, words.len);
    if (copy == NULL)
        return error_no_memory(error);
    size_t place = history->count++;
    for (; place > 0 && events[place - 1].at_ms > event->at_ms; place--)
        events[place] = events[place - 1];
    events[place] = *event;
    events[place].words = copy;
    return 0;
}

static int add_attempt(void *context, const struct attempt *attempt, struct error *error)
{
    struct history_event event = {
        .at_ms = attempt->at_ms,
        .state = attempt->state,
        .has_code = attempt->has_code,
        .code = attempt->code,
        .has_http_status = attempt->has_http_status,
        .http_status = attempt->http_status,
        .has_latency = attempt->has_latency,
        .latency_ms = attempt->latency_ms,
        .reason = attempt->reason,
    };
    return add(context, &event, attempt->detail, error);
}

static int add_resolution(void *context, const struct resolution *resolution, struct error *error)
{
    struct history_event event = {
        .at_ms = resolution->at_ms, .decided = true, .from = resolution->from, .state = resolution->to};
    return add(context, &event, resolution->who, error);
}

static int add_acceptance(struct history *history, const struct report_row *row, struct error *error)
{
    struct history_event event = {
        .at_ms = row->finished_at_ms,
        .state = JOB_ACCEPTED,
        .has_code = row->has_code,
        .code = row->code,
        .has_http_status = row->has_http_status,
        .http_status = row->http_status,
        .has_latency = row->has_latency,
        .latency_ms = row->latency_ms,
    };
    if (row->state != JOB_ACCEPTED || row->reason == REASON_RESOLVED)
        return 0;
    return add(history, &event, (struct slice){"", 0}, error);
}

int history_read(struct store *store, const struct found_message *found, struct history *history,
                 struct error *error)
{
    *history = (struct history){0};
    if (store_each_attempt(store, found->id, add_attempt, history, error) == 0 &&
        store_each_resolution(store, found->id, add_resolution, history, error) == 0 &&
        add_acceptance(history, &found->row, error) == 0)
        return 0;
    history_free(history);
    return -1;
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        free(history->events[i].words);
    free(history->events);
    *history = (struct history){0};
}
