/* A person decides on rows whose fate is not known. What it will do is shown before it is done. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/shell.h"
#include "campana/terminal.h"
#include "campana/who.h"
#include "command.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN 10
#define ROW_INDENT 45 /* what stands before the reason in a row */

static const enum job_state to_states[] = {JOB_ACCEPTED, JOB_REFUSED, JOB_PENDING};
static const enum job_state from_states[] = {JOB_UNKNOWN, JOB_REFUSED};

/* The numbers that an option was given; NULL without an error: it was not given. */
static int64_t *copy_numbers(const struct options *options, enum option option, struct error *error)
{
    size_t count = options->given[option].count;
    if (count == 0)
        return NULL;
    int64_t *rows = calloc(count, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < count; i++)
        rows[i] = options->given[option].items[i].number;
    if (rows == NULL)
        error_no_memory(error);
    return rows;
}

/* Nothing is in `from`: that may have a reason that a person should know. */
static int tell_nothing(struct store *store, const struct campaign *campaign, enum job_state from,
                        struct error *error)
{
    struct counts counts;
    if (store_count(store, campaign, &counts, error) != 0)
        return -1;
    if (counts.of[JOB_INFLIGHT] > 0)
        talk_line("no row of %s is %s; %" PRId64
                  " are inflight: let the sender finish, or, after a crash, let "
                  "campana send %s find out what became of them",
                  campaign->name, job_state_name(from), counts.of[JOB_INFLIGHT], campaign->name);
    else
        talk_line("no row of %s is %s; nothing to decide", campaign->name, job_state_name(from));
    return EXIT_DONE;
}

static int put_row(void *context, int64_t row, const char *msisdn, int64_t first_sent_at_ms,
                   enum reason reason, struct error *error)
{
    struct buffer *out = context;
    struct hours_local sent = hours_local(first_sent_at_ms);
    (void)error;
    buffer_printf(out, "  row %-6" PRId64 " %s  %04d-%02d-%02d %02d:%02d  ", row, msisdn, sent.year,
                  sent.month, sent.day, sent.hour, sent.minute);
    layout_put_wrapped(out, reason_sentence(reason), ROW_INDENT, ROW_INDENT);
    return 0;
}

/* Shows what it will be done to, the first of them, and asks. */
static int confirm(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                   int64_t count, struct error *error)
{
    struct buffer question = {0};
    if (store_resolve_each(store, campaign, resolve, ROWS_SHOWN, put_row, &question, error) != 0) {
        buffer_free(&question);
        return -1;
    }
    if (count > ROWS_SHOWN)
        buffer_printf(&question, "  and %" PRId64 " more\n", count - ROWS_SHOWN);
    talk_text(&question);
    buffer_clear(&question);
    layout_put_count(&question, count, "row", "rows");
    buffer_puts(&question, " of ");
    layout_put_cited(&question, campaign->name, strlen(campaign->name), 0);
    buffer_printf(&question, ", now %s: %s become %s", job_state_name(resolve->from),
                  count == 1 ? "shall it" : "shall they", job_state_name(resolve->to));
    if (resolve->to == JOB_PENDING)
        buffer_printf(&question, " and be sent again%s",
                      resolve->from == JOB_UNKNOWN ? " (whoever did get the message gets it twice)" : "");
    buffer_puts(&question, "?");
    int result = buffer_check(&question, error);
    if (result == 0)
        result = terminal_confirm(buffer_string(&question), error);
    buffer_free(&question);
    return result;
}

static int apply(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                 struct invocation *invocation, struct error *error)
{
    int64_t count;
    struct buffer line = {0};
    if (store_resolve_apply(store, campaign, resolve, &count, error) != 0)
        return -1;
    layout_put_count(&line, count, "row of ", "rows of ");
    layout_put_cited(&line, campaign->name, strlen(campaign->name), 0);
    buffer_printf(&line, " %s %s now\n", count == 1 ? "is" : "are", job_state_name(resolve->to));
    int result = output_text(&line, error);
    buffer_clear(&line);
    if (result == 0 && resolve->to == JOB_PENDING) {
        invocation_put_command(invocation, "send ", &line);
        shell_put_quoted(&line, campaign->name);
        talk_note(&invocation->talk, "to send them: %s", buffer_string(&line));
    }
    buffer_free(&line);
    return result == 0 ? EXIT_DONE : -1;
}

static int resolve_in(struct store *store, struct invocation *invocation, const struct store_resolve *resolve,
                      struct error *error)
{
    struct campaign campaign = {0};
    int64_t count;
    int result = -1;
    if (store_need_campaign(store, invocation_argument(invocation, 0), &campaign, error) < 0 ||
        store_resolve_count(store, &campaign, resolve, &count, error) != 0)
        goto out;
    if (count == 0) {
        result = tell_nothing(store, &campaign, resolve->from, error);
        goto out;
    }
    int agreed = 1;
    if (!option_given(invocation->options, OPTION_YES) && terminal_can_ask())
        agreed = confirm(store, &campaign, resolve, count, error);
    if (agreed > 0)
        result = apply(store, &campaign, resolve, invocation, error);
    if (agreed == 0) {
        talk_line("not confirmed; nothing was changed");
        result = EXIT_INTERRUPTED;
    }
out:
    campaign_free(&campaign);
    return result;
}

int cmd_resolve(struct invocation *invocation, struct error *error)
{
    const struct options *options = invocation->options;
    struct store *store = NULL;
    struct buffer who = {0};
    int64_t *rows = NULL;
    int64_t *runs = NULL;
    int result = -1;
    if (!option_given(options, OPTION_AS))
        return error_set(
            error, ERROR_INPUT,
            "resolve as what? --as accepted or --as refused closes the rows, --as pending sends them again");
    struct store_resolve resolve = {.from = from_states[option_number(options, OPTION_FROM, 0)],
                                    .to = to_states[option_number(options, OPTION_AS, 0)],
                                    .row_count = options->given[OPTION_ROW].count,
                                    .run_count = options->given[OPTION_RUN].count,
                                    .now_ms = clock_wall_ms(invocation->clock)};
    if (!job_move_legal(resolve.from, resolve.to))
        return error_set(error, ERROR_INPUT, "rows that are %s cannot become %s",
                         job_state_name(resolve.from), job_state_name(resolve.to));
    resolve.rows = rows = copy_numbers(options, OPTION_ROW, error);
    resolve.runs = runs = copy_numbers(options, OPTION_RUN, error);
    if ((resolve.row_count > 0 && rows == NULL) || (resolve.run_count > 0 && runs == NULL))
        goto out;
    who_put(&who);
    resolve.who = buffer_string(&who);
    if (buffer_check(&who, error) == 0 && invocation_open_store(invocation, STORE_WRITE, &store, error) == 0)
        result = resolve_in(store, invocation, &resolve, error);
out:
    store_close(store);
    buffer_free(&who);
    free(rows);
    free(runs);
    return result;
}
