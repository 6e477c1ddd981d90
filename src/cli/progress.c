/* Decides what is told of a run while it runs. The counts are the engine's; only the rate of now is reckoned
 * here. */
#include "campana/progress.h"
#include "campana/brake.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MARK_NS                                                                                              \
    (500 * NS_PER_MS)    /* two marks are at least so far apart, and so all of them reach back 16 s */
#define RATE_DECIMAL 100 /* rates under it are shown with a decimal */

void progress_init(struct progress *progress, const struct talk *talk, const char *campaign, bool waits,
                   const volatile sig_atomic_t *stop)
{
    *progress = (struct progress){.talk = *talk, .campaign = campaign, .waits = waits, .stop = stop};
    progress->rewrites = !talk->quiet && terminal_can_rewrite(STDERR_FILENO);
}

static int64_t done_of(const struct engine_progress *now)
{
    return now->accepted + now->refused + now->unknown;
}

void progress_mark(struct progress *progress, const struct engine_progress *now)
{
    size_t count = progress->mark_count;
    if (count > 0 && now->elapsed_ns - progress->marks[count - 1].elapsed_ns < MARK_NS)
        return;
    if (count == PROGRESS_MARKS) {
        memmove(progress->marks, progress->marks + 1, (count - 1) * sizeof *progress->marks);
        count--;
    }
    progress->marks[count].elapsed_ns = now->elapsed_ns;
    progress->marks[count].done = done_of(now);
    progress->mark_count = count + 1;
}

/* Messages a second over the time that the marks reach back; negative while nothing can be said. */
static double rate_of_now(const struct progress *progress, const struct engine_progress *now)
{
    if (progress->mark_count == 0)
        return -1;
    int64_t span_ns = now->elapsed_ns - progress->marks[0].elapsed_ns;
    int64_t done = done_of(now) - progress->marks[0].done;
    return span_ns < NS_PER_S ? -1 : (double)done / ((double)span_ns / (double)NS_PER_S);
}

static void put_mood(const struct engine_progress *now, struct buffer *out)
{
    char rate[RATE_BYTES];
    char when[HOURS_TEXT_BYTES];
    if (now->mood == MOOD_DRAINING)
        buffer_printf(out, "  stopping, %d in flight", now->in_flight);
    else if (now->mood == MOOD_WAITING && now->waits_until_ms > 0 && now->waits_until_ms < INT64_MAX) {
        hours_format(now->waits_until_ms, when);
        buffer_printf(out, "  waiting until %s", when);
    } else if (now->mood == MOOD_SLOWED) {
        buffer_puts(out, "  slowed");
        if (now->slowed_mhz > 0) {
            brake_format(now->slowed_mhz, rate);
            buffer_printf(out, " to %s", rate);
        }
        buffer_printf(out, ", %d of %d in flight", now->in_flight, now->in_flight_limit);
    }
    if (now->note[0] != '\0')
        buffer_printf(out, "  (%s)", now->note);
}

void progress_put_line(const struct progress *progress, const struct engine_progress *now, size_t width,
                       struct buffer *out)
{
    struct buffer line = {0};
    char left[CLOCK_DURATION_BYTES];
    int64_t done = done_of(now);
    double rate = rate_of_now(progress, now);

    buffer_printf(&line, "%s  %" PRId64 "/%" PRId64, progress->campaign, done, now->pending_at_start);
    if (now->pending_at_start > 0)
        buffer_printf(&line, "  %" PRId64 "%%", done * 100 / now->pending_at_start);
    if (now->mood != MOOD_WAITING && rate >= 0)
        buffer_printf(&line, rate < RATE_DECIMAL ? "  %.1f/s" : "  %.0f/s", rate);
    if ((now->mood == MOOD_SENDING || now->mood == MOOD_SLOWED) && rate > 0 && done < now->pending_at_start) {
        clock_format_duration((int64_t)((double)(now->pending_at_start - done) * 1000 / rate), left);
        buffer_printf(&line, "  %s left", left);
    }
    buffer_printf(&line, "  %" PRId64 " accepted", now->accepted);
    if (now->refused > 0)
        buffer_printf(&line, ", %" PRId64 " refused", now->refused);
    if (now->unknown > 0)
        buffer_printf(&line, ", %" PRId64 " unknown", now->unknown);
    if (now->held_back > 0)
        buffer_printf(&line, ", %" PRId64 " held back", now->held_back);
    put_mood(now, &line);
    utf8_put_visible(out, line.data, line.len, width);
    out->failed = out->failed || line.failed;
    buffer_free(&line);
}

static void rewrite(struct progress *progress, const struct engine_progress *now)
{
    struct buffer line = {0};
    progress_put_line(progress, now, terminal_line_width(STDERR_FILENO), &line);
    talk_in_place(&line);
    progress->on_line = true;
    buffer_free(&line);
}

void progress_end(struct progress *progress)
{
    if (progress->on_line)
        talk_in_place(&(struct buffer){0});
    progress->on_line = false;
}

/* Once, and even with -q: whoever pressed Ctrl-C wants to know that it was seen. */
static void tell_stopping(struct progress *progress, const struct engine_progress *now)
{
    if (*progress->stop == 0 || progress->stopping_told || now->mood != MOOD_DRAINING || now->in_flight == 0)
        return;
    progress_end(progress);
    talk_line("stopping: waiting for %d in flight; Ctrl-C again leaves them unknown", now->in_flight);
    progress->stopping_told = true;
}

/* Somebody changed the rate from another terminal. */
static void tell_rate(struct progress *progress, const struct engine_progress *now)
{
    char rate[RATE_BYTES];
    bool same = now->rate.count == progress->rate.count && now->rate.window_ns == progress->rate.window_ns;
    if (progress->has_rate && !same) {
        rate_format(&now->rate, rate);
        progress_end(progress);
        talk_note(&progress->talk, "%s: rate %s from now on, by %s", progress->campaign, rate,
                  now->steered_by);
    }
    progress->rate = now->rate;
    progress->has_rate = true;
}

static void tell_in_log(struct progress *progress, const struct engine_progress *now)
{
    char when[HOURS_TEXT_BYTES];
    if (!progress->began && now->mood == MOOD_DRAINING)
        return;
    if (!progress->began)
        talk_note(&progress->talk, "%s: sending %" PRId64 " %s", progress->campaign, now->pending_at_start,
                  now->pending_at_start == 1 ? "message" : "messages");
    progress->began = true;
    if (now->mood == MOOD_WAITING && !progress->waiting_told && now->waits_until_ms > 0 &&
        now->waits_until_ms < INT64_MAX) {
        hours_format(now->waits_until_ms, when);
        talk_note(&progress->talk, "%s: waiting until %s (Colombian time)%s%s", progress->campaign, when,
                  now->note[0] == '\0' ? "" : ": ", now->note);
        progress->waiting_told = true;
    }
    if (now->mood == MOOD_SENDING)
        progress->waiting_told = false;
    if (now->mood == MOOD_SLOWED && now->slowed_mhz > 0 && !progress->slowed_told) {
        talk_note(&progress->talk, "%s: sending more slowly: %s", progress->campaign,
                  now->note[0] == '\0' ? "the gateway is in trouble" : now->note);
        progress->slowed_told = true;
    }
    if (now->note[0] != '\0' && strcmp(now->note, progress->note) != 0)
        talk_detail(&progress->talk, "%s: %s", progress->campaign, now->note);
    memcpy(progress->note, now->note, sizeof progress->note);
}

void progress_show(void *context, const struct engine_progress *now)
{
    struct progress *progress = context;
    tell_stopping(progress, now);
    tell_rate(progress, now);
    progress_mark(progress, now);
    if (now->mood == MOOD_WAITING && !progress->waits)
        return;
    if (progress->rewrites)
        rewrite(progress, now);
    else
        tell_in_log(progress, now);
}

/* Without a buffer: it may be memory that has run out. */
void progress_unrecorded(void *context, int64_t row, const char *msisdn, const struct outcome *outcome)
{
    struct progress *progress = context;
    const char *sentence = outcome == NULL                     ? "the message did not leave"
                           : outcome->kind == OUTCOME_ACCEPTED ? "accepted by the gateway"
                                                               : reason_sentence(outcome->reason);
    char code[32] = "";
    if (outcome != NULL && outcome_has_code(outcome))
        snprintf(code, sizeof code, ", code %" PRId64, outcome->code);
    progress_end(progress);
    talk_line("row %" PRId64 " (%s): %s%s; this could NOT be recorded, write it down", row, msisdn, sentence,
              code);
}
