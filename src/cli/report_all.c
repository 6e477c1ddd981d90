/* `report --all`: the bill of a period over all campaigns. The figures are bill.h's. */
#include "campana/bill.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/output.h"
#include "output_given.h"
#include "spared.h"
#include <string.h>

static int check(const struct invocation *invocation, struct error *error)
{
    static const enum option of_one[] = {OPTION_STATES, OPTION_FULL_NUMBERS};
    const struct options *options = invocation->options;
    const char *since = option_text(options, OPTION_SINCE);
    const char *until = option_text(options, OPTION_UNTIL);
    if (invocation_argument(invocation, 0) != NULL)
        return error_set(error, ERROR_INPUT,
                         "--all is all campaigns, and \"%s\" is one; leave one of the two out",
                         invocation_argument(invocation, 0));
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++)
        if (option_given(options, of_one[i]))
            return error_set(error, ERROR_INPUT, "%s is about rows, and --all counts; leave it out",
                             option_name(of_one[i]));
    if (since != NULL && until != NULL && strcmp(since, until) > 0)
        return error_set(error, ERROR_INPUT, "--since %s is later than --until %s", since, until);
    return 0;
}

static int read_options(const struct invocation *invocation, struct bill_options *bill, struct error *error)
{
    const struct options *options = invocation->options;
    *bill = (struct bill_options){
        .by = (enum bill_by)option_number(options, OPTION_BY, BILL_TOTAL),
        .since = option_text(options, OPTION_SINCE),
        .until = option_text(options, OPTION_UNTIL),
        .excel = option_given(options, OPTION_EXCEL),
    };
    bill->format = output_format_given(options);
    if (bill->excel && bill->format != REPORT_CSV)
        return error_set(error, ERROR_INPUT, "--excel goes with --format csv");
    if (bill->format == REPORT_HTML)
        return error_set(error, ERROR_INPUT,
                         "--format html shows one campaign; with --all it is table, csv, json or jsonl");
    return check(invocation, error);
}

static int write_file(const char *path, const struct buffer *out, struct error *error)
{
    struct output_file *file;
    if (output_file_open(path, &file, error) != 0)
        return -1;
    if (output_file_write(file, out->data, out->len, error) == 0)
        return output_file_finish(file, error);
    output_file_abandon(file);
    return -1;
}

int report_all(struct invocation *invocation, struct error *error)
{
    const char *path = output_given(invocation->options);
    struct store *store = NULL;
    struct bill_options options;
    struct buffer out = {0};
    if (read_options(invocation, &options, error) != 0 ||
        invocation_open_store(invocation, STORE_READ, &store, error) != 0)
        return -1;
    int result = path == NULL ? 0 : spared_check(invocation, store, path, error);
    if (result == 0)
        result = bill_put(store, &options, &out, error);
    if (result == 0)
        result = path == NULL ? output_buffer(&out, error) : write_file(path, &out, error);
    buffer_free(&out);
    store_close(store);
    return result == 0 ? EXIT_DONE : -1;
}
