/* A row for every row of the spreadsheet, on standard output or into a file. The rows are report.h's. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/outflow.h"
#include "campana/output.h"
#include "campana/pager.h"
#include "campana/report.h"
#include "campana/signals.h"
#include "campana/terminal.h"
#include "output_given.h"
#include "spared.h"
#include <unistd.h>

/* A stop signal must not leave the unfinished file behind. */
static int to_file(void *context, const char *data, size_t len, struct error *error)
{
    if (signals_stop > 0)
        return error_set(error, ERROR_INPUT, "interrupted");
    return output_file_write(context, data, len, error);
}

static int read_options(const struct options *given, struct report_options *options, struct error *error)
{
    const char *states = option_text(given, OPTION_STATES);
    *options = (struct report_options){.excel = option_given(given, OPTION_EXCEL)};
    options->format = output_format_given(given);
    if (options->excel && options->format != REPORT_CSV)
        return error_set(error, ERROR_INPUT, "--excel goes with --format csv");
    options->full_numbers = option_given(given, OPTION_FULL_NUMBERS);
    options->now_ms = clock_wall_ms(&clock_system);
    if (states != NULL && value_read_states(states, &options->states, error) != 0)
        return -1;
    if (output_given(given) == NULL)
        options->width = terminal_width(STDOUT_FILENO);
    return 0;
}

/* The exit code, or -1. */
static int write_file(struct store *store, const struct campaign *campaign,
                      const struct report_options *options, const char *path, struct error *error)
{
    struct output_file *file;
    if (output_file_open(path, &file, error) != 0)
        return -1;
    signals_count(NULL);
    if (report_write(store, campaign, options, to_file, file, error) == 0)
        return output_file_finish(file, error);
    output_file_abandon(file);
    if (signals_stop == 0)
        return -1;
    talk_line("interrupted; %s was not written", path);
    return EXIT_INTERRUPTED;
}

static int write_out(struct store *store, const struct campaign *campaign,
                     const struct report_options *options, struct error *error)
{
    struct outflow outflow;
    struct error ignored;
    if (options->format == REPORT_TABLE && pager_begin(error) != 0)
        return -1;
    outflow_init(&outflow);
    int result = report_write(store, campaign, options, outflow_write, &outflow, error);
    if (result == 0)
        result = outflow_finish(&outflow, error);
    outflow_free(&outflow);
    /* Where nobody read it to its end, that may be because of the pager. */
    bool told = result != 0 && error->kind != ERROR_NONE;
    return pager_end(told ? &ignored : error) == 0 ? result : -1;
}

static int check_one(const struct invocation *invocation, struct error *error)
{
    static const enum option only_all[] = {OPTION_SINCE, OPTION_UNTIL, OPTION_BY};
    if (invocation_argument(invocation, 0) == NULL)
        return error_set(error, ERROR_INPUT,
                         "report what? It is campana report CAMPAIGN, or campana report --all; see campana "
                         "report --help");
    for (size_t i = 0; i < sizeof only_all / sizeof *only_all; i++)
        if (option_given(invocation->options, only_all[i]))
            return error_set(error, ERROR_INPUT, "%s goes with --all", option_name(only_all[i]));
    return 0;
}

int cmd_report(struct invocation *invocation, struct error *error)
{
    const char *path = output_given(invocation->options);
    struct store *store = NULL;
    struct campaign campaign = {0};
    struct report_options options;
    int result = -1;
    if (option_given(invocation->options, OPTION_ALL))
        return report_all(invocation, error);
    if (check_one(invocation, error) != 0 || read_options(invocation->options, &options, error) != 0 ||
        invocation_open_store(invocation, STORE_READ, &store, error) != 0)
        return -1;
    if (store_need_campaign(store, invocation_argument(invocation, 0), &campaign, error) < 0 ||
        (path != NULL && spared_check(invocation, store, path, error) != 0))
        goto out;
    if (campaign.forgotten_at_ms != 0)
        talk_note(&invocation->talk,
                  "%s was forgotten: its numbers, texts and cells are not in the database any more",
                  campaign.name);
    if (path != NULL)
        result = write_file(store, &campaign, &options, path, error);
    else
        result = write_out(store, &campaign, &options, error);
out:
    campaign_free(&campaign);
    store_close(store);
    return result;
}
