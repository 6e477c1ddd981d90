/* What there is and how it stands: counts by state, runs and why each ended. Reads only. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/naming.h"
#include "campana/output.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include "campana/watch.h"
#include "command.h"
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define NAME_WIDTH 20

struct status {
    struct store *store;
    struct buffer *out;
    bool sending; /* some process holds the sender's lock, or may hold it … */
    bool hidden;  /* … which there is no permission to look at */
    int64_t now_ms;
    int64_t campaigns, runs;
};

static void put_instant(struct buffer *out, int64_t at_ms)
{
    char text[CLOCK_UTC_BYTES];
    if (at_ms == 0) {
        buffer_puts(out, "null");
        return;
    }
    clock_format_utc(at_ms, text);
    buffer_printf(out, "\"%s\"", text);
}

static void put_local(struct buffer *out, int64_t at_ms)
{
    struct hours_local local = hours_local(at_ms);
    buffer_printf(out, "%04d-%02d-%02d %02d:%02d", local.year, local.month, local.day, local.hour,
                  local.minute);
}

/* ---- JSON ---- */

static int put_json_word(void *context, const struct steering *steering, struct error *error)
{
    struct buffer *out = context;
    (void)error;
    if (steering->taken_at_ms == 0)
        return 0;
    buffer_puts(out, out->data[out->len - 1] == '[' ? "{\"at\":" : ",{\"at\":");
    put_instant(out, steering->taken_at_ms);
    buffer_puts(out, ",\"rate\":");
    if (steering->rate[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, steering->rate);
    buffer_puts(out, ",\"who\":");
    layout_put_json(out, steering->who);
    buffer_put(out, '}');
    return 0;
}

static void put_json_string_or_null(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, text);
}

static int put_json_run(void *context, const struct run *run, struct error *error)
{
    struct status *status = context;
    struct buffer *out = status->out;
    buffer_puts(out, status->runs++ == 0 ? "\n  {\"started_at\":" : ",\n  {\"started_at\":");
    put_instant(out, run->started_at_ms);
    buffer_puts(out, ",\"ended_at\":");
    put_instant(out, run->ended_at_ms);
    put_json_string_or_null(out, "ended", run->ended);
    put_json_string_or_null(out, "rate", run->rate);
    buffer_printf(out, ",\"concurrency\":%d", run->concurrency);
    put_json_string_or_null(out, "balance_before", run->balance_before);
    put_json_string_or_null(out, "balance_after", run->balance_after);
    buffer_printf(out,
                  ",\"accepted\":%" PRId64 ",\"refused\":%" PRId64 ",\"unknown\":%" PRId64
                  ",\"returned\":%" PRId64 ",\"start_at\":",
                  run->accepted, run->refused, run->unknown, run->returned);
    put_instant(out, run->start_at_ms);
    buffer_printf(out, ",\"slowed\":%" PRId64, run->slowed);
    put_json_string_or_null(out, "slowest_rate", run->slowest_rate);
    buffer_puts(out, ",\"steering\":[");
    if (store_each_steering(status->store, run->id, 0, put_json_word, out, error) != 0)
        return -1;
    buffer_puts(out, "]}");
    return 0;
}

/* Without the closing brace. */
static int put_json_campaign(struct status *status, const struct campaign *campaign, struct error *error)
{
    struct counts counts, decided;
    struct buffer *out = status->out;
    if (store_count(status->store, campaign, &counts, error) != 0 ||
        store_count_decided(status->store, campaign, &decided, error) != 0)
        return -1;
    buffer_puts(out, "{\"campaign\":");
    layout_put_json(out, campaign->name);
    put_json_string_or_null(out, "file", campaign->file);
    buffer_puts(out, ",\"loaded_at\":");
    put_instant(out, campaign->loaded_at_ms);
    buffer_puts(out, ",\"forgotten_at\":");
    put_instant(out, campaign->forgotten_at_ms);
    buffer_puts(out, ",\"counts\":{");
    for (int state = 0; state < JOB_STATES; state++)
        buffer_printf(out, "%s\"%s\":%" PRId64, state == 0 ? "" : ",", job_state_name((enum job_state)state),
                      counts.of[state]);
    buffer_printf(out, "},\"decided\":{\"accepted\":%" PRId64 ",\"refused\":%" PRId64 "}",
                  decided.of[JOB_ACCEPTED], decided.of[JOB_REFUSED]);
    return 0;
}

static int put_json_element(void *context, const struct campaign *campaign, struct error *error)
{
    struct status *status = context;
    buffer_puts(status->out, status->campaigns++ == 0 ? "\n" : ",\n");
    if (put_json_campaign(status, campaign, error) != 0)
        return -1;
    buffer_put(status->out, '}');
    return 0;
}

static int put_json_all(struct status *status, struct error *error)
{
    buffer_put(status->out, '[');
    if (store_each_campaign(status->store, put_json_element, status, error) != 0)
        return -1;
    buffer_puts(status->out, "\n]\n");
    return 0;
}

static int put_json_one(struct status *status, const struct campaign *campaign, struct error *error)
{
    if (put_json_campaign(status, campaign, error) != 0)
        return -1;
    buffer_puts(status->out, ",\"runs\":[");
    if (store_each_run(status->store, campaign->id, put_json_run, status, error) != 0)
        return -1;
    buffer_puts(status->out, status->runs == 0 ? "]}\n" : "\n]}\n");
    return 0;
}

/* ---- words ---- */

static int put_word(void *context, const struct steering *steering, struct error *error)
{
    struct buffer *out = context;
    (void)error;
    if (steering->taken_at_ms == 0)
        return 0;
    buffer_puts(out, "    ");
    put_local(out, steering->taken_at_ms);
    if (steering->rate[0] == '\0')
        buffer_puts(out, ": told to stop, by ");
    else
        buffer_printf(out, ": rate %s from here on, by ", steering->rate);
    utf8_put_visible(out, steering->who, strlen(steering->who), 0);
    buffer_put(out, '\n');
    return 0;
}

static void put_why(struct buffer *out, const struct status *status, const struct run *run)
{
    char when[HOURS_TEXT_BYTES];
    const char *why = run_end_sentence(run->ended);
    if (run->ended[0] != '\0')
        buffer_puts(out, why[0] == '\0' ? run->ended : why);
    else if (!status->sending)
        buffer_puts(out, run_end_sentence("crashed"));
    else
        buffer_puts(out, status->hidden ? "it has not ended yet, or crashed: the sender's lock is another "
                                          "user's, and may not be looked at"
                                        : "it has not ended yet");
    if (run->ended[0] == '\0' && status->sending && run->start_at_ms > status->now_ms) {
        hours_format(run->start_at_ms, when);
        buffer_printf(out, "; it will begin on %s", when);
    }
    buffer_put(out, '\n');
}

static int put_run(void *context, const struct run *run, struct error *error)
{
    struct status *status = context;
    struct buffer *out = status->out;
    char duration[CLOCK_DURATION_BYTES];
    if (status->runs++ == 0)
        buffer_puts(out, "\nRuns (Colombian time):\n");
    buffer_puts(out, "  ");
    put_local(out, run->started_at_ms);
    if (run->ended_at_ms > 0) {
        clock_format_duration(run->ended_at_ms - run->started_at_ms, duration);
        buffer_printf(out, ", %s", duration);
    }
    buffer_printf(out, ": %" PRId64 " accepted", run->accepted);
    if (run->refused > 0)
        buffer_printf(out, ", %" PRId64 " refused", run->refused);
    if (run->unknown > 0)
        buffer_printf(out, ", %" PRId64 " unknown", run->unknown);
    if (run->balance_before[0] != '\0' || run->balance_after[0] != '\0')
        buffer_printf(out, "; balance %s before, %s after",
                      run->balance_before[0] == '\0' ? "?" : run->balance_before,
                      run->balance_after[0] == '\0' ? "?" : run->balance_after);
    buffer_puts(out, "\n");
    if (run->slowed > 0) {
        buffer_puts(out, "    slowed ");
        layout_put_count(out, run->slowed, "time", "times");
        buffer_printf(out, " by the gateway's trouble, to %s at the slowest\n", run->slowest_rate);
    }
    if (store_each_steering(status->store, run->id, 0, put_word, out, error) != 0)
        return -1;
    buffer_puts(out, "    ");
    put_why(out, status, run);
    return 0;
}

static int put_one(struct status *status, const struct campaign *campaign, struct error *error)
{
    struct counts counts, decided;
    struct buffer *out = status->out;
    int64_t rows = 0;
    if (store_count(status->store, campaign, &counts, error) != 0 ||
        store_count_decided(status->store, campaign, &decided, error) != 0)
        return -1;
    for (int state = 0; state < JOB_STATES; state++)
        rows += counts.of[state];
    layout_put_cited(out, campaign->name, strlen(campaign->name), 0);
    buffer_puts(out, ": ");
    layout_put_count(out, rows, "row", "rows");
    if (campaign->forgotten_at_ms == 0) {
        const char *file = naming_shown_file(campaign->file);
        buffer_puts(out, " of ");
        utf8_put_visible(out, file, strlen(file), 0);
    }
    buffer_puts(out, ", loaded ");
    put_local(out, campaign->loaded_at_ms);
    if (campaign->forgotten_at_ms != 0) {
        buffer_puts(out, ";\nits numbers and texts were forgotten ");
        put_local(out, campaign->forgotten_at_ms);
    }
    buffer_puts(out, "\n\n");
    for (int state = 0; state < JOB_STATES; state++) {
        enum job_state of = (enum job_state)state;
        if (counts.of[state] == 0)
            continue;
        buffer_printf(out, "%9" PRId64 " %-10s %s\n", counts.of[state], job_state_name(of),
                      job_state_meaning(of));
        if (of != JOB_ACCEPTED && job_state_remedy(of)[0] != '\0')
            buffer_printf(out, "                     %s\n", job_state_remedy(of));
        if (decided.of[state] > 0)
            buffer_printf(out, "                     %" PRId64 " of them because a person decided so\n",
                          decided.of[state]);
    }
    return store_each_run(status->store, campaign->id, put_run, status, error);
}

static int keep_last_run(void *context, const struct run *run, struct error *error)
{
    struct run *last = context;
    (void)error;
    *last = *run;
    return 0;
}

static int put_line(void *context, const struct campaign *campaign, struct error *error)
{
    struct status *status = context;
    struct buffer *out = status->out;
    struct counts counts;
    struct run last = {0};
    if (store_count(status->store, campaign, &counts, error) != 0 ||
        store_each_run(status->store, campaign->id, keep_last_run, &last, error) != 0)
        return -1;
    if (status->campaigns++ == 0)
        buffer_printf(out, "%-*s %-10s %8s %8s %8s %8s  %s\n", NAME_WIDTH, "CAMPAIGN", "LOADED", "PENDING",
                      "ACCEPTED", "REFUSED", "UNKNOWN", "LAST RUN");
    size_t before = out->len;
    utf8_put_visible(out, campaign->name, strlen(campaign->name), NAME_WIDTH);
    size_t used = out->failed ? NAME_WIDTH : utf8_width(out->data + before, out->len - before);
    buffer_printf(out, "%*s ", (int)(NAME_WIDTH - used), "");
    struct hours_local loaded = hours_local(campaign->loaded_at_ms);
    buffer_printf(out, "%04d-%02d-%02d", loaded.year, loaded.month, loaded.day);
    const char *ended = last.ended;
    if (last.id != 0 && last.ended[0] == '\0')
        ended = status->hidden ? "not ended" : status->sending ? "sending" : "crashed";
    buffer_printf(out, " %8" PRId64 " %8" PRId64 " %8" PRId64 " %8" PRId64 "  %s\n", counts.of[JOB_PENDING],
                  counts.of[JOB_ACCEPTED], counts.of[JOB_REFUSED],
                  counts.of[JOB_UNKNOWN] + counts.of[JOB_INFLIGHT], last.id == 0 ? "never sent" : ended);
    return 0;
}

static int put_all(struct status *status, struct error *error)
{
    if (store_each_campaign(status->store, put_line, status, error) != 0)
        return -1;
    if (status->campaigns == 0)
        buffer_puts(status->out, "No campaign is loaded yet: campana load FILE\n");
    return 0;
}

/* The whole answer, afresh. */
static int look(struct invocation *invocation, struct store *store, struct buffer *out, struct error *error)
{
    const char *name = invocation_argument(invocation, 0);
    bool json = option_given(invocation->options, OPTION_JSON);
    struct status status = {.store = store, .out = out, .now_ms = clock_wall_ms(invocation->clock)};
    struct campaign campaign = {0};
    int result = -1;
    int active = store_sender_active(store, error);
    if (active < 0 || (name != NULL && store_need_campaign(store, name, &campaign, error) < 0))
        return -1;
    status.sending = active > 0;
    status.hidden = active == STORE_SENDER_HIDDEN;
    if (name == NULL)
        result = json ? put_json_all(&status, error) : put_all(&status, error);
    else
        result = json ? put_json_one(&status, &campaign, error) : put_one(&status, &campaign, error);
    campaign_free(&campaign);
    return result;
}

struct looker {
    struct invocation *invocation;
    struct store *store;
};

static int look_again(void *context, struct buffer *out, struct error *error)
{
    const struct looker *looker = context;
    return look(looker->invocation, looker->store, out, error);
}

int cmd_status(struct invocation *invocation, struct error *error)
{
    struct buffer out = {0};
    struct looker looker = {.invocation = invocation};
    if (invocation_open_store(invocation, STORE_READ, &looker.store, error) != 0)
        return -1;
    int result;
    if (option_given(invocation->options, OPTION_WATCH)) {
        result = watch(look_again, &looker, invocation->clock, error);
    } else {
        result = look(invocation, looker.store, &out, error);
        if (result == 0)
            result = option_given(invocation->options, OPTION_JSON) ? output_buffer(&out, error)
                                                                    : output_text(&out, error);
    }
    buffer_free(&out);
    store_close(looker.store);
    return result == 0 ? EXIT_DONE : -1;
}
