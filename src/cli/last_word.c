/* Decides what is said when a run is over: why, what is left, and the command that goes on. */
#include "campana/clock.h"
#include "campana/layout.h"
#include "campana/shell.h"
#include "campana/signals.h"
#include "campana/utf8.h"
#include "sending.h"
#include <inttypes.h>
#include <string.h>

/* A --start that is over is left out: much later it would be refused as a slip. */
static void put_start(const struct invocation *invocation, struct buffer *out)
{
    const char *start = option_text(invocation->options, OPTION_START);
    int64_t start_ms;
    if (start == NULL || hours_parse_local(start, &start_ms) != 0 ||
        start_ms <= clock_wall_ms(invocation->clock))
        return;
    buffer_printf(out, " %s ", option_name(OPTION_START));
    shell_put_quoted(out, start);
}

/* Appends the same command again, for a shell. */
static void put_again(const struct invocation *invocation, const char *campaign, struct buffer *out)
{
    const char *file = invocation_argument(invocation, 0);
    bool runs_file = strcmp(invocation->command->name, "run") == 0 && strcmp(file, "-") != 0;
    invocation_put_command(invocation, runs_file ? "run " : "send ", out);
    shell_put_quoted(out, runs_file ? file : campaign);
    options_put_again(invocation->options, runs_file ? invocation->command->groups : command_send_groups,
                      out);
    put_start(invocation, out);
}

static void put_named(const struct invocation *invocation, const char *command, const char *campaign,
                      struct buffer *out)
{
    invocation_put_command(invocation, command, out);
    shell_put_quoted(out, campaign);
}

static void put_left(int64_t pending, int64_t unknown, struct buffer *out)
{
    layout_put_count(out, pending, "message is", "messages are");
    buffer_puts(out, " left");
    if (unknown > 0) {
        buffer_puts(out, ", ");
        layout_put_count(out, unknown, "row is", "rows are");
        buffer_puts(out, signals_stop > 1 ? " unknown, or will be" : " unknown");
    }
}

static void put_why(const struct engine_result *result, struct buffer *out)
{
    char when[HOURS_TEXT_BYTES];
    buffer_puts(out, run_end_sentence(run_end_name(result->end)));
    if (result->end == END_STOPPED) {
        buffer_printf(out, ", by ");
        utf8_put_visible(out, result->progress.steered_by, strlen(result->progress.steered_by), 0);
    }
    if (result->end == END_FAILURES && result->last.reason != REASON_NONE)
        buffer_printf(out, ": %s", reason_sentence(result->last.reason));
    /* A failure that the run went on after is not why another end came. */
    if ((result->end == END_FAILURES || result->end == END_FORBIDDEN) && result->last.detail[0] != '\0')
        buffer_printf(out, ": %s", result->last.detail);
    if (result->end == END_PAUSE) {
        hours_format(result->paused_until_ms, when);
        buffer_printf(out, ", until %s (Colombian time)", when);
    }
    if (result->end == END_HOURS && result->opens_at_ms < INT64_MAX) {
        hours_format(result->opens_at_ms, when);
        buffer_printf(out, ", which open on %s (Colombian time)", when);
    } else if (result->end == END_HOURS) {
        buffer_puts(out, ", which never open");
    }
}

/* Memory may be what has run out. Frees the line. */
static void say(struct buffer *line)
{
    talk_line("%s", line->failed ? "campana status tells what is left" : buffer_string(line));
    buffer_free(line);
}

static void tell_counts(const struct last_word *word)
{
    const struct engine_progress *progress = &word->result->progress;
    const struct run *run = &word->result->run;
    struct buffer line = {0};
    char duration[CLOCK_DURATION_BYTES];
    clock_format_duration(progress->elapsed_ns / NS_PER_MS, duration);
    buffer_printf(&line, "%s: %" PRId64 " accepted, %" PRId64 " refused, %" PRId64 " unknown in %s",
                  word->campaign, progress->accepted, progress->refused, progress->unknown, duration);
    if (progress->held_back > 0)
        buffer_printf(&line, ", %" PRId64 " held back (reached today already)", progress->held_back);
    if (run->slowed > 0) {
        buffer_puts(&line, "; slowed ");
        layout_put_count(&line, run->slowed, "time", "times");
        buffer_printf(&line, " by the gateway's trouble, to %s at the slowest", run->slowest_rate);
    }
    if (run->balance_before[0] != '\0' && run->balance_after[0] != '\0')
        buffer_printf(&line, "; balance %s before, %s after", run->balance_before, run->balance_after);
    talk_note(&word->invocation->talk, "%s", buffer_string(&line));
    buffer_free(&line);
}

/* The command that sends would do nothing; what is unknown is a person's to decide. */
static void put_nothing_left(const struct invocation *invocation, const char *campaign, int64_t unknown,
                             struct buffer *out)
{
    buffer_puts(out, "nothing is left to send");
    if (unknown == 0)
        return;
    buffer_puts(out, ", but ");
    layout_put_count(out, unknown, "row is", "rows are");
    buffer_puts(out, " unknown. See them: ");
    put_named(invocation, "report ", campaign, out);
    buffer_puts(out, " --state unknown; what the balance says about them: ");
    put_named(invocation, "reconcile ", campaign, out);
    buffer_puts(out, "; decide: ");
    put_named(invocation, "resolve ", campaign, out);
    buffer_puts(out, " --as accepted|refused|pending");
}

void last_word_on_nothing(const struct invocation *invocation, const char *campaign, int64_t unknown)
{
    struct buffer line = {0};
    buffer_printf(&line, "%s: ", campaign);
    put_nothing_left(invocation, campaign, unknown, &line);
    if (unknown > 0) {
        say(&line);
        return;
    }
    talk_note(&invocation->talk, "%s", buffer_string(&line));
    buffer_free(&line);
}

static void put_way_on(const struct last_word *word, struct buffer *out)
{
    const struct engine_result *result = word->result;
    const char *remedy = run_end_remedy(run_end_name(result->end));
    put_left(result->pending, result->unknown, out);
    if (remedy[0] != '\0')
        buffer_printf(out, "; %s", remedy);
    buffer_puts(out, "; to go on: ");
    put_again(word->invocation, word->campaign, out);
}

void last_word_on_run(const struct last_word *word)
{
    const struct engine_result *result = word->result;
    struct buffer line = {0};
    tell_counts(word);
    if (result->end == END_DONE) {
        last_word_on_nothing(word->invocation, word->campaign, result->unknown);
        return;
    }
    buffer_puts(&line, "stopped: ");
    put_why(result, &line);
    buffer_puts(&line, "; ");
    /* After a second Ctrl-C rows are still inflight, and it is the next run that calls them unknown. */
    if (result->pending == 0 && signals_stop < 2)
        put_nothing_left(word->invocation, word->campaign, result->unknown, &line);
    else
        put_way_on(word, &line);
    say(&line);
}

void last_word_on_failure(const struct last_word *word)
{
    struct buffer line = {0};
    tell_counts(word);
    if (word->result->pending > 0 || word->result->unknown > 0)
        put_left(word->result->pending, word->result->unknown, &line);
    else
        buffer_puts(&line, "nothing more is sent");
    buffer_puts(&line, "; once that is put right, to go on: ");
    put_again(word->invocation, word->campaign, &line);
    say(&line);
}

void last_word_put_before_run(const struct invocation *invocation, const char *campaign, const char *why,
                              int64_t pending, int64_t unknown, const char *more, struct buffer *line)
{
    buffer_printf(line, "%s; ", why);
    put_left(pending, unknown, line);
    buffer_puts(line, "; to go on: ");
    put_again(invocation, campaign, line);
    buffer_puts(line, more);
}

void last_word_before_run(const struct invocation *invocation, const char *campaign, const char *why,
                          int64_t pending, int64_t unknown, const char *more)
{
    struct buffer line = {0};
    last_word_put_before_run(invocation, campaign, why, pending, unknown, more, &line);
    say(&line);
}
