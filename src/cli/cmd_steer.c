/* A word to the run that sends, from another terminal: another rate, or stop. Decides how long it waits for
 * the run to answer. Nothing here reaches the sender but by the database, so it works over any login. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/pacer.h"
#include "campana/shell.h"
#include "campana/who.h"
#include "command.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOOK_NS       (20 * NS_PER_MS)
#define LEFT_MOST_NS  (30 * NS_PER_S)  /* a transaction lasts milliseconds, a load's some seconds */
#define TAKEN_MOST_NS (10 * NS_PER_S)  /* a run looks five times a second; one that does not is suspended */
#define ENDED_MOST_NS (120 * NS_PER_S) /* what is in flight, and the balance query after it */
#define TOLD_FIRST_NS NS_PER_S         /* a wait so long is explained */

struct word {
    struct invocation *invocation;
    struct store *store;
    struct campaign campaign;
    int64_t run_id;
    int64_t id;          /* of the word, once it is left */
    struct buffer other; /* what is being sent instead; "" nothing */
    bool beginning;      /* a sender is there and has not begun to send */
};

/* Whether the campaign is being sent now: 1, 0, -1. */
static int find_sender(struct word *word, struct error *error)
{
    struct buffer name = {0};
    int active = store_sender_active(word->store, error);
    int found = active > 0 ? store_find_open_run(word->store, &word->run_id, &name, error) : 0;
    int result = active < 0 || found < 0 ? -1 : 0;
    if (found > 0 && strcmp(buffer_string(&name), word->campaign.name) == 0)
        result = 1;
    else if (found > 0)
        buffer_append(&word->other, name.data, name.len);
    word->beginning = active > 0 && found == 0;
    buffer_free(&name);
    return result;
}

static void put_not_sent(const struct word *word, struct buffer *out)
{
    layout_put_cited(out, word->campaign.name, strlen(word->campaign.name), 0);
    buffer_puts(out, " is not being sent");
    if (word->other.len > 0) {
        buffer_puts(out, "; what is being sent is ");
        layout_put_cited(out, word->other.data, word->other.len, 0);
    } else if (word->beginning) {
        buffer_puts(
            out, "; a sender has this database and has not begun yet: it may be asking for a confirmation");
    }
}

/* Waits while another process writes. What sends does so for a moment at a time, but keeps the database where
 * it is suspended in that moment. 0 or -1. */
static int leave_patiently(struct word *word, const struct steering *steering, struct error *error)
{
    int64_t began_ns = clock_monotonic_ns(word->invocation->clock);
    bool told = false;
    for (;;) {
        int result = store_steer(word->store, word->run_id, steering, &word->id, error);
        if (result != STORE_BUSY)
            return result;
        int64_t waited_ns = clock_monotonic_ns(word->invocation->clock) - began_ns;
        if (waited_ns >= LEFT_MOST_NS)
            return error_set(
                error, ERROR_MACHINE,
                "another process has been writing to this database for %d s, and the process that sends "
                "%s was told nothing; if that one is suspended, let it go on (fg, or kill -CONT), and "
                "give this command again",
                (int)(LEFT_MOST_NS / NS_PER_S), word->campaign.name);
        if (!told && waited_ns >= TOLD_FIRST_NS) {
            talk_note(&word->invocation->talk, "waiting until another process has written to the database");
            told = true;
        }
    }
}

/* Leaves the word: 1, 0 where the run has just ended, -1. */
static int leave(struct word *word, const char *rate, struct error *error)
{
    struct steering steering = {.at_ms = clock_wall_ms(word->invocation->clock)};
    struct buffer who = {0};
    who_put(&who);
    snprintf(steering.who, sizeof steering.who, "%s", buffer_string(&who));
    snprintf(steering.rate, sizeof steering.rate, "%s", rate);
    int result = buffer_check(&who, error);
    buffer_free(&who);
    if (result == 0)
        result = leave_patiently(word, &steering, error);
    return result == 0 ? word->id > 0 : -1;
}

enum answer { ANSWER_NONE, ANSWER_TAKEN, ANSWER_ENDED, ANSWER_GONE };

/* Waits until the run has taken the word, or, with `for_end`, until it has ended. */
static int await(struct word *word, bool for_end, int64_t most_ns, enum answer *answer,
                 struct steering_fate *fate, struct error *error)
{
    const struct timespec nap = {.tv_nsec = LOOK_NS};
    int64_t began_ns = clock_monotonic_ns(word->invocation->clock);
    bool told = false;
    for (;;) {
        int active = store_sender_active(word->store, error);
        if (active < 0 || store_steering_fate(word->store, word->id, fate, error) != 0)
            return -1;
        int64_t waited_ns = clock_monotonic_ns(word->invocation->clock) - began_ns;
        if (fate->ended[0] != '\0')
            *answer = ANSWER_ENDED;
        else if (active == 0)
            *answer = ANSWER_GONE;
        else if (fate->taken && !for_end)
            *answer = ANSWER_TAKEN;
        else
            *answer = ANSWER_NONE;
        if (*answer != ANSWER_NONE || waited_ns >= most_ns)
            return 0;
        if (for_end && !told && waited_ns >= TOLD_FIRST_NS) {
            talk_note(&word->invocation->talk, "stopping; what is in flight is waited for");
            told = true;
        }
        nanosleep(&nap, NULL);
    }
}

static int fail_silent(const struct word *word, const char *later, struct error *error)
{
    return error_set(
        error, ERROR_MACHINE,
        "the process that sends %s has not answered for %d s; it may be suspended. The word is left for "
        "it: %s as soon as it goes on",
        word->campaign.name, (int)(TAKEN_MOST_NS / NS_PER_S), later);
}

static int print(struct buffer *line, struct error *error)
{
    buffer_put(line, '\n');
    int result = output_text(line, error);
    buffer_free(line);
    return result == 0 ? EXIT_DONE : -1;
}

/* ---- pace ---- */

static int refuse_pace(const struct word *word, const char *rate, struct error *error)
{
    struct buffer why = {0};
    put_not_sent(word, &why);
    buffer_puts(&why, ". A rate is given with the command that sends: ");
    invocation_put_command(word->invocation, "send ", &why);
    shell_put_quoted(&why, word->campaign.name);
    buffer_printf(&why, " --rate %s", rate);
    if (buffer_check(&why, error) == 0)
        error_set(error, ERROR_INPUT, "%s", buffer_string(&why));
    buffer_free(&why);
    return -1;
}

static int pace(struct word *word, struct error *error)
{
    char text[RATE_BYTES];
    struct rate rate;
    struct steering_fate fate;
    enum answer answer;
    struct buffer line = {0};
    if (rate_parse(invocation_argument(word->invocation, 1), &rate, error) != 0)
        return -1;
    rate_format(&rate, text);
    int sent = find_sender(word, error);
    if (sent > 0)
        sent = leave(word, text, error);
    if (sent < 0)
        return -1;
    if (sent == 0)
        return refuse_pace(word, text, error);
    if (await(word, false, TAKEN_MOST_NS, &answer, &fate, error) != 0)
        return -1;
    if (answer == ANSWER_NONE)
        return fail_silent(word, "the rate changes", error);
    if (answer == ANSWER_GONE || (answer == ANSWER_ENDED && !fate.taken))
        return refuse_pace(word, text, error);
    layout_put_cited(&line, word->campaign.name, strlen(word->campaign.name), 0);
    if (rate.count == 0)
        buffer_puts(&line, ": no limit from now on, as fast as the gateway answers");
    else
        buffer_printf(&line, ": %s from now on", text);
    return print(&line, error);
}

/* ---- stop ---- */

static int print_stopped(const struct word *word, const struct steering_fate *fate, struct error *error)
{
    struct buffer line = {0};
    int64_t pending, unknown;
    if (store_count_pending(word->store, word->campaign.id, &pending, error) != 0 ||
        store_count_unknown(word->store, word->campaign.id, &unknown, error) != 0)
        return -1;
    layout_put_cited(&line, word->campaign.name, strlen(word->campaign.name), 0);
    if (strcmp(fate->ended, "stopped") == 0)
        buffer_puts(&line, ": stopped");
    else if (fate->ended[0] != '\0')
        buffer_printf(&line, ": had come to its end already (%s)", fate->ended);
    else
        buffer_puts(&line, ": the process that sent it is gone without a word");
    buffer_puts(&line, "; ");
    layout_put_count(&line, pending, "message is", "messages are");
    buffer_puts(&line, " left");
    if (unknown > 0) {
        buffer_puts(&line, ", ");
        layout_put_count(&line, unknown, "row is", "rows are");
        buffer_puts(&line, fate->ended[0] != '\0' ? " unknown" : " unknown, or will be");
    }
    return print(&line, error);
}

static int tell_nothing_to_stop(const struct word *word, struct error *error)
{
    struct buffer line = {0};
    put_not_sent(word, &line);
    int result = buffer_check(&line, error);
    if (result == 0)
        talk_line("%s; nothing was stopped", buffer_string(&line));
    buffer_free(&line);
    return result == 0 ? EXIT_DONE : -1;
}

static int stop(struct word *word, struct error *error)
{
    struct steering_fate fate;
    enum answer answer;
    int sent = find_sender(word, error);
    if (sent > 0)
        sent = leave(word, "", error);
    if (sent < 0)
        return -1;
    if (sent == 0)
        return tell_nothing_to_stop(word, error);
    if (await(word, false, TAKEN_MOST_NS, &answer, &fate, error) != 0)
        return -1;
    if (answer == ANSWER_NONE)
        return fail_silent(word, "it stops", error);
    if (answer == ANSWER_TAKEN && await(word, true, ENDED_MOST_NS, &answer, &fate, error) != 0)
        return -1;
    if (answer == ANSWER_NONE)
        return error_set(
            error, ERROR_MACHINE,
            "%s has been told to stop and sends nothing more, but what is in flight has not come back "
            "for %d s; campana status %s shows when it has ended",
            word->campaign.name, (int)(ENDED_MOST_NS / NS_PER_S), word->campaign.name);
    return print_stopped(word, &fate, error);
}

static int steer(struct invocation *invocation, int (*act)(struct word *word, struct error *error),
                 struct error *error)
{
    struct word word = {.invocation = invocation};
    int result = -1;
    if (invocation_open_store(invocation, STORE_WRITE, &word.store, error) != 0)
        return -1;
    if (store_need_campaign(word.store, invocation_argument(invocation, 0), &word.campaign, error) > 0)
        result = act(&word, error);
    campaign_free(&word.campaign);
    buffer_free(&word.other);
    store_close(word.store);
    return result;
}

int cmd_pace(struct invocation *invocation, struct error *error)
{
    return steer(invocation, pace, error);
}

int cmd_stop(struct invocation *invocation, struct error *error)
{
    return steer(invocation, stop, error);
}
