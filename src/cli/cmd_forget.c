/* Takes numbers and texts out of the database for good. Decides what must be shown and asked before: nothing
 * brings them back. So a pipe, which cannot be asked, needs --yes; and a person types the campaign's name, or
 * how many they are, and not a "y" that is pressed before it is thought. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/plan.h"
#include "campana/store_forget.h"
#include "campana/terminal.h"
#include "command.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_MS (24 * 60 * 60 * MS_PER_S)

struct forgetting {
    struct invocation *invocation;
    struct store *store;
    bool unfinished;
    int64_t now_ms, used_before_ms; /* the second one with --older-than */
    char **names;                   /* owned: the campaigns that will be forgotten */
    size_t count;
    int64_t rows, pending, unknown;
    bool reached_today;
    struct buffer shown; /* a line for each */
};

static int64_t count_rows(const struct counts *counts)
{
    int64_t rows = 0;
    for (int state = 0; state < JOB_STATES; state++)
        rows += counts->of[state];
    return rows;
}

/* ---- which ---- */

static int choose(struct forgetting *forgetting, const struct campaign *campaign, struct error *error)
{
    struct counts counts;
    int64_t used_at_ms;
    if (store_forget_check(forgetting->store, campaign, forgetting->unfinished, &counts, error) != 0 ||
        store_last_used(forgetting->store, campaign, &used_at_ms, error) != 0)
        return -1;
    char **more = realloc(forgetting->names, (forgetting->count + 1) * sizeof(char *));
    if (more == NULL)
        return error_no_memory(error);
    forgetting->names = more;
    if ((more[forgetting->count] = strdup(campaign->name)) == NULL)
        return error_no_memory(error);
    forgetting->count++;
    forgetting->rows += count_rows(&counts);
    forgetting->pending += counts.of[JOB_PENDING];
    forgetting->unknown += counts.of[JOB_UNKNOWN];
    struct hours_local used = hours_local(used_at_ms);
    struct hours_local today = hours_local(forgetting->now_ms);
    if (used_at_ms >= hours_instant(today.year, today.month, today.day, 0, 0))
        forgetting->reached_today = true;
    buffer_puts(&forgetting->shown, "  ");
    layout_put_cited(&forgetting->shown, campaign->name, strlen(campaign->name), 40);
    buffer_puts(&forgetting->shown, ": ");
    layout_put_count(&forgetting->shown, count_rows(&counts), "row", "rows");
    buffer_printf(&forgetting->shown, ", last used %04d-%02d-%02d\n", used.year, used.month, used.day);
    return buffer_check(&forgetting->shown, error);
}

/* --older-than: what is not over is passed over, and said. */
static int choose_if_old(void *context, const struct campaign *campaign, struct error *error)
{
    struct forgetting *forgetting = context;
    int64_t used_at_ms;
    if (campaign->forgotten_at_ms != 0)
        return 0;
    if (store_last_used(forgetting->store, campaign, &used_at_ms, error) != 0)
        return -1;
    if (used_at_ms >= forgetting->used_before_ms)
        return 0;
    if (choose(forgetting, campaign, error) == 0)
        return 0;
    if (error->kind != ERROR_INPUT)
        return -1;
    talk_line("left as it is: %s", error->text);
    error_clear(error);
    return 0;
}

static int choose_named(struct forgetting *forgetting, const char *name, struct error *error)
{
    struct campaign campaign = {0};
    int result = store_need_campaign(forgetting->store, name, &campaign, error) < 0 ? -1 : 0;
    if (result == 0 && campaign.forgotten_at_ms == 0)
        result = choose(forgetting, &campaign, error);
    campaign_free(&campaign);
    return result;
}

/* ---- the question ---- */

static void put_plan(const struct forgetting *forgetting, struct buffer *out)
{
    buffer_puts(out, "To be forgotten for good:\n");
    buffer_append(out, forgetting->shown.data, forgetting->shown.len);
    layout_put_wrapped(
        out,
        "Numbers, texts, the spreadsheet's own cells and column names, its file's name, test messages "
        "and what answers said are taken out of the database. Rows, states, codes, times, runs and "
        "decisions stay, and so does the campaign's name.",
        0, 0);
    if (forgetting->pending > 0) {
        layout_put_count(out, forgetting->pending, "row is", "rows are");
        buffer_puts(out, " pending and will never be sent.\n");
    }
    if (forgetting->unknown > 0) {
        layout_put_count(out, forgetting->unknown, "row is", "rows are");
        buffer_puts(out, " unknown and can no longer be looked up.\n");
    }
    if (forgetting->reached_today)
        layout_put_wrapped(out, "Whom it reached today --once-per-day will not know any more.", 0, 0);
}

/* 1: agreed, 0: not, -1. */
static int ask(const struct forgetting *forgetting, struct error *error)
{
    struct buffer text = {0};
    struct buffer answer = {0};
    int result = -1;
    put_plan(forgetting, &text);
    if (buffer_check(&text, error) != 0)
        goto out;
    talk_text(&text);
    const char *question = forgetting->count == 1 ? "To forget it, type the campaign's name: "
                                                  : "To forget them, type how many campaigns they are: ";
    if (terminal_ask(question, &answer, error) != 0)
        goto out;
    if (forgetting->count == 1)
        result = strcmp(buffer_string(&answer), forgetting->names[0]) == 0;
    else
        result = plan_is_number(buffer_string(&answer), (int64_t)forgetting->count);
out:
    buffer_free(&text);
    buffer_free(&answer);
    return result;
}

/* 1: agreed, 0: not, -1. */
static int agree(const struct forgetting *forgetting, struct error *error)
{
    if (forgetting->count == 0 || option_given(forgetting->invocation->options, OPTION_YES))
        return 1;
    if (terminal_can_ask())
        return ask(forgetting, error);
    return error_set(
        error, ERROR_INPUT,
        "nothing brings forgotten numbers back, and nobody can be asked here: give --yes if it is meant");
}

/* ---- doing it ---- */

/* A million rows take some seconds, in which a terminal that says nothing looks like one that hangs. */
static void tell_work(const struct forgetting *forgetting, const char *work)
{
    if (terminal_width(STDERR_FILENO) > 0)
        talk_note(&forgetting->invocation->talk, "%s", work);
}

static int forget_one(struct forgetting *forgetting, const char *name, struct error *error)
{
    struct campaign campaign = {0};
    int result = -1;
    if (store_need_campaign(forgetting->store, name, &campaign, error) >= 0)
        result =
            store_forget(forgetting->store, &campaign, forgetting->unfinished, forgetting->now_ms, error);
    campaign_free(&campaign);
    return result;
}

static int erase(struct forgetting *forgetting, struct error *error)
{
    bool needs;
    if (store_needs_erasing(forgetting->store, &needs, error) != 0)
        return -1;
    if (!needs)
        return 0;
    tell_work(forgetting, "rewriting the database's file, so that no trace of them is left …");
    if (store_erase(forgetting->store, forgetting->now_ms, error) == 0)
        return 0;
    return error_prefix(
        error, "numbers and texts are out of the tables, but the file may hold traces of them until the "
               "same command has succeeded");
}

static int tell(const struct forgetting *forgetting, struct error *error)
{
    struct buffer line = {0};
    if (forgetting->count == 0) {
        talk_note(&forgetting->invocation->talk, "nothing is left to forget");
        return 0;
    }
    layout_put_count(&line, (int64_t)forgetting->count, "campaign", "campaigns");
    buffer_puts(&line, " forgotten: ");
    layout_put_count(&line, forgetting->rows, "row keeps its state and codes",
                     "rows keep their states and codes");
    buffer_puts(&line, ", and nothing else\n");
    int result = output_text(&line, error);
    buffer_free(&line);
    talk_note(&forgetting->invocation->talk, "what is not in the database is yours to delete: the "
                                             "spreadsheet, its suppression lists, rejects, reports, "
                                             "and backups");
    return result;
}

/* The exit code, or -1. */
static int forget_all(struct forgetting *forgetting, struct error *error)
{
    int agreed = agree(forgetting, error);
    if (agreed < 0)
        return -1;
    if (agreed == 0) {
        talk_line("not confirmed; nothing was forgotten");
        return EXIT_INTERRUPTED;
    }
    if (forgetting->count > 0)
        tell_work(forgetting, "taking numbers and texts out of the tables …");
    for (size_t i = 0; i < forgetting->count; i++)
        if (forget_one(forgetting, forgetting->names[i], error) != 0)
            return -1;
    return erase(forgetting, error) == 0 && tell(forgetting, error) == 0 ? EXIT_DONE : -1;
}

/* The lock keeps a run away; what a crash left inflight is unknown from then on. */
static int take_over(struct forgetting *forgetting, struct error *error)
{
    int64_t recovered;
    if (store_lock_sender(forgetting->store, error) != 0)
        return -1;
    return forgetting->unfinished ? store_recover(forgetting->store, forgetting->now_ms, &recovered, error)
                                  : 0;
}

int cmd_forget(struct invocation *invocation, struct error *error)
{
    const char *name = invocation_argument(invocation, 0);
    const char *age = option_text(invocation->options, OPTION_OLDER_THAN);
    struct forgetting forgetting = {.invocation = invocation,
                                    .unfinished = option_given(invocation->options, OPTION_UNFINISHED),
                                    .now_ms = clock_wall_ms(invocation->clock)};
    int64_t days = 0;
    int result = -1;
    if ((name == NULL) == (age == NULL))
        return error_set(error, ERROR_INPUT,
                         "forget what? campana forget CAMPAIGN, or campana forget --older-than 90d");
    if (age != NULL && value_read_days(age, &days, error) != 0)
        return -1;
    forgetting.used_before_ms = forgetting.now_ms - days * DAY_MS;
    if (invocation_open_store(invocation, STORE_WRITE, &forgetting.store, error) == 0 &&
        take_over(&forgetting, error) == 0 &&
        (name != NULL ? choose_named(&forgetting, name, error)
                      : store_each_campaign(forgetting.store, choose_if_old, &forgetting, error)) == 0)
        result = forget_all(&forgetting, error);
    for (size_t i = 0; i < forgetting.count; i++)
        free(forgetting.names[i]);
    free(forgetting.names);
    buffer_free(&forgetting.shown);
    store_close(forgetting.store);
    return result;
}
