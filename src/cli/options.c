/* Decides which options there are, and reads them. Refuses to know what they are for: a command asks for what
 * it wants. Invariant: a value that was kept has passed its rule. */
#include "campana/options.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/shell.h"
#include "campana/spelling.h"
#include "campana/utf8.h"
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 32

struct option_spec {
    const char *name; /* with its dashes */
    const char *help;
    const struct value_rule *rule; /* NULL: a flag */
    const char *placeholder;       /* NULL: the rule's */
    char letter;                   /* '\0': none */
    bool repeatable;
    bool once; /* no part of "the same command again" */
};

static const struct option_spec specs[OPTIONS] = {
    [OPTION_DB] = {.name = "--db", .help = "the database (default: ./campana.db)", .rule = &value_database},
    [OPTION_CONFIG] = {.name = "--config",
                       .help =
                           "the configuration (default: ./campana.ini, else ~/.config/campana/campana.ini)",
                       .rule = &value_file},
    [OPTION_QUIET] = {.name = "--quiet",
                      .help = "say nothing but errors and why a run stopped",
                      .letter = 'q',
                      .once = true},
    [OPTION_VERBOSE] = {.name = "--verbose", .help = "say more", .letter = 'v', .once = true},
    [OPTION_INSECURE_HTTP] =
        {.name = "--insecure-http",
         .help = "allow http:// to other hosts than this computer: password, numbers and texts can "
                 "then be read on the way"},
    [OPTION_HELP] = {.name = "--help", .help = "show this help", .letter = 'h', .once = true},
    [OPTION_VERSION] = {.name = "--version",
                        .help = "show campana's version, and libcurl's with its own libraries",
                        .once = true},

    [OPTION_CAMPAIGN] = {.name = "--campaign",
                         .help = "the campaign's name (default: the file's name without its ending)",
                         .rule = &value_name},
    [OPTION_PHONE] = {.name = "--phone",
                      .help = "the column with the telephone number (default: found by its name)",
                      .rule = &value_column},
    [OPTION_TEXT] = {.name = "--text",
                     .help = "the column with the message (default: found by its name)",
                     .rule = &value_column},
    [OPTION_TEMPLATE] =
        {.name = "--template",
         .help = "make the message from columns, such as \"Hola {nombre|cliente}\": what stands behind | is "
                 "for empty cells",
         .rule = &value_text},
    [OPTION_TEMPLATE_FILE] = {.name = "--template-file",
                              .help = "read the template from a file, - is standard input",
                              .rule = &value_file},
    [OPTION_NO_HEADER] = {.name = "--no-header",
                          .help = "the first row is a message already; columns are named 1, 2, …"},
    [OPTION_DELIMITER] = {.name = "--delimiter",
                          .help = "what stands between two cells (default: auto)",
                          .rule = &value_delimiter},
    [OPTION_ENCODING] = {.name = "--encoding",
                         .help = "the file's encoding, such as windows-1252 (default: auto)",
                         .rule = &value_encoding},
    [OPTION_COUNTRY] = {.name = "--country",
                        .help = "the country code that national numbers get (default: 57)",
                        .rule = &value_country,
                        .placeholder = "CODE"},
    [OPTION_TEXT_MODE] =
        {.name = "--text-mode",
         .help = "characters that an SMS lacks: gsm changes only those (á to a; ñ, é, ¿ stay), ascii "
                 "changes ñ too, strict changes nothing and calls the row invalid (default: gsm)",
         .rule = &value_text_mode},
    [OPTION_MAX_LENGTH] = {.name = "--max-length",
                           .help = "the longest message, in SMS characters (default: 159)",
                           .rule = &value_max_length},
    [OPTION_DUPLICATES] =
        {.name = "--duplicates",
         .help = "a number that comes again: first sends to it once, all sends every row, reject refuses "
                 "the whole file (default: first)",
         .rule = &value_duplicates},
    [OPTION_SUPPRESS] = {.name = "--suppress",
                         .help = "a list of numbers that must not be written to; may be repeated",
                         .rule = &value_file,
                         .repeatable = true},
    [OPTION_REJECTS] = {.name = "--rejects",
                        .help = "write the rows that cannot be sent into this new file, with the reason",
                        .rule = &value_file,
                        .once = true},
    [OPTION_DRY_RUN] = {.name = "--dry-run", .help = "check only, store nothing"},
    [OPTION_SAMPLE] = {.name = "--sample",
                       .help = "how many messages to show as they will be sent (default: 3)",
                       .rule = &value_samples,
                       .once = true},

    [OPTION_RATE] = {.name = "--rate",
                     .help = "messages per second, minute or hour; max: no limit (default: 10/s)",
                     .rule = &value_rate},
    [OPTION_CONCURRENCY] =
        {.name = "--concurrency",
         .help = "most requests under way at a time, and so the most rows that a crash can leave unknown "
                 "(default: 32)",
         .rule = &value_concurrency},
    [OPTION_LIMIT] = {.name = "--limit",
                      .help = "send at most so many messages this time",
                      .rule = &value_count},
    [OPTION_HOURS] =
        {.name = "--hours",
         .help = "contact hours: co is Colombia's (Monday to Friday 07:00-19:00, Saturday 08:00-15:00, no "
                 "Sundays or holidays), any is always, or such as \"Mon-Fri 08:00-18:00, Sat 09:00-13:00, "
                 "holidays off\" (default: co)",
         .rule = &value_hours},
    [OPTION_WAIT] = {.name = "--wait",
                     .help = "wait for the next permitted hour, for the end of maintenance, or of a pause of "
                             "more than an hour that the gateway asks for, instead of stopping"},
    [OPTION_START] =
        {.name = "--start",
         .help = "begin at that time, such as \"2026-11-24 08:30\", Colombian time; one long past asks first",
         .rule = &value_start,
         .once = true},
    [OPTION_ONCE_PER_DAY] = {.name = "--once-per-day",
                             .help = "hold back numbers that any campaign has reached today; where nothing "
                                     "else is left the exit code is 0, or 9 if rows are unknown"},
    [OPTION_TEST_TO] = {.name = "--test-to",
                        .help = "send the first message to that number only, and nothing of the campaign",
                        .rule = &value_text,
                        .placeholder = "NUMBER",
                        .once = true},
    [OPTION_METHOD] = {.name = "--method", .help = "the HTTP method (default: post)", .rule = &value_method},
    [OPTION_CHARSET] = {.name = "--charset",
                        .help = "how text is percent-encoded on the wire (default: utf-8)",
                        .rule = &value_charset},
    [OPTION_TIMEOUT] = {.name = "--timeout",
                        .help = "seconds for a whole request (default: 30)",
                        .rule = &value_timeout,
                        .placeholder = "S"},
    [OPTION_CONNECT_TIMEOUT] = {.name = "--connect-timeout",
                                .help = "seconds for name, connection and TLS (default: 10)",
                                .rule = &value_timeout,
                                .placeholder = "S"},
    [OPTION_MAX_FAILURES] = {.name = "--max-failures",
                             .help = "gateway failures in a row that end the run (default: 10)",
                             .rule = &value_count},
    [OPTION_YES] = {.name = "--yes", .help = "ask no question", .once = true},

    [OPTION_JSON] = {.name = "--json", .help = "write JSON"},
    [OPTION_FORMAT] = {.name = "--format",
                       .help = "the report's format (default: as --output's ending says, else table)",
                       .rule = &value_format,
                       .placeholder = "table|csv|json|jsonl|html"},
    [OPTION_EXCEL] = {.name = "--excel",
                      .help = "CSV as Excel in Spanish likes it: semicolons, a byte-order mark, local times"},
    [OPTION_ALL] = {.name = "--all",
                    .help = "the bill: what all campaigns came to, instead of the rows of one"},
    [OPTION_SINCE] = {.name = "--since",
                      .help = "with --all: from this Colombian day on, such as 2026-11-01",
                      .rule = &value_day},
    [OPTION_UNTIL] = {.name = "--until",
                      .help = "with --all: up to this Colombian day, which is included",
                      .rule = &value_day},
    [OPTION_BY] = {.name = "--by",
                   .help = "with --all: a line for each (default: one line for the whole period)",
                   .rule = &value_bill_by},
    [OPTION_WATCH] = {.name = "--watch",
                      .help = "look again every second until Ctrl-C, in place on a terminal; in a pipe, "
                              "whenever something has changed"},
    [OPTION_STATES] = {.name = "--state", .help = "only rows in these states", .rule = &value_states},
    [OPTION_FULL_NUMBERS] = {.name = "--full-numbers",
                             .help = "HTML: show telephone numbers whole (the other formats always do)"},
    [OPTION_OUTPUT] =
        {.name = "--output",
         .help = "write to this file, readable for its owner only, instead of standard output (-); one of "
                 "that name is replaced, but not a campaign's spreadsheet, nor the database",
         .rule = &value_file},
    [OPTION_AS] = {.name = "--as",
                   .help = "what the rows become; pending sends them again",
                   .rule = &value_resolve_to},
    [OPTION_FROM] = {.name = "--state",
                     .help = "the rows to decide on (default: unknown)",
                     .rule = &value_resolve_from},
    [OPTION_ROW] = {.name = "--row",
                    .help = "only this row of the spreadsheet; may be repeated",
                    .rule = &value_count,
                    .repeatable = true},
    [OPTION_RUN] =
        {.name = "--run",
         .help = "only rows whose last attempt was in this run, as campana reconcile counts runs; may be "
                 "repeated",
         .rule = &value_count,
         .repeatable = true},
    [OPTION_OLDER_THAN] = {.name = "--older-than",
                           .help = "every campaign that was last used so many days ago, such as 90d",
                           .rule = &value_days},
    [OPTION_UNFINISHED] =
        {.name = "--unfinished",
         .help = "also with rows that are pending (they are then never sent) or unknown (they can "
                 "no longer be looked up)"},
    [OPTION_PRICE] =
        {.name = "--price",
         .help = "what a message costs, in the balance's unit (default: what runs without unknown rows "
                 "show, else 1)",
         .rule = &value_price},
};

static const enum option global_options[] = {
    OPTION_DB, OPTION_CONFIG, OPTION_INSECURE_HTTP, OPTION_QUIET, OPTION_VERBOSE, OPTION_HELP, OPTIONS};

const struct option_group options_global = {"Options of every command", global_options};

static const struct option_group no_groups[] = {{NULL, NULL}};

const char *option_name(enum option option)
{
    return specs[option].name;
}

const struct value_rule *option_rule(enum option option)
{
    return specs[option].rule;
}

/* ---- reading ---- */

struct reader {
    struct options *options;
    const char *command;
    const struct option_group *groups;
    int argc, at;
    char **argv;
    struct error *error;
};

/* The allowed options, the global ones last, by their place from 0. OPTIONS behind the last. */
static enum option allowed(const struct reader *reader, size_t place)
{
    for (const struct option_group *group = reader->groups; group->heading != NULL; group++)
        for (size_t i = 0; group->options[i] != OPTIONS; i++)
            if (place-- == 0)
                return group->options[i];
    return place < sizeof global_options / sizeof *global_options ? global_options[place] : OPTIONS;
}

static enum option find_long(const struct reader *reader, const char *name, size_t len)
{
    for (size_t i = 0;; i++) {
        enum option option = allowed(reader, i);
        if (option == OPTIONS ||
            (strlen(specs[option].name) == len && memcmp(specs[option].name, name, len) == 0))
            return option;
    }
}

static enum option find_letter(const struct reader *reader, char letter)
{
    for (size_t i = 0;; i++) {
        enum option option = allowed(reader, i);
        if (option == OPTIONS || (specs[option].letter != '\0' && specs[option].letter == letter))
            return option;
    }
}

/* Some command has it. */
static bool stands_behind_a_command(const char *name)
{
    for (size_t option = 0; option < OPTIONS; option++)
        if (strcmp(specs[option].name, name) == 0)
            return true;
    return false;
}

/* Of `--name=value` only the name is shown: the value may be a secret that stands in the wrong place. */
static int fail_unknown(const struct reader *reader, const char *argument)
{
    const char *names[OPTIONS];
    size_t count = 0;
    char name[NAME_BYTES] = "";
    size_t len = strcspn(argument, "=");

    for (enum option option; (option = allowed(reader, count)) != OPTIONS; count++)
        names[count] = specs[option].name;
    if (len < sizeof name)
        memcpy(name, argument, len);
    if (strcmp(name, "--password") == 0)
        return error_set(
            reader->error, ERROR_INPUT,
            "there is no option --password: every user of this computer could read it there. Write the "
            "password into campana.ini or a password-file, or give it in CAMPANA_PASSWORD");
    if (strcmp(name, specs[OPTION_DRY_RUN].name) == 0)
        return error_set(
            reader->error, ERROR_INPUT,
            "only load has --dry-run: campana load FILE --dry-run shows what would be sent, and stores "
            "and sends nothing");
    if (reader->command[0] == '\0' && stands_behind_a_command(name))
        return error_set(reader->error, ERROR_INPUT, "%s belongs behind its command: campana COMMAND … %s",
                         name, name);
    const char *nearest = spelling_nearest(name, names, count);
    if (nearest != NULL)
        return error_set(reader->error, ERROR_INPUT, "unknown option %.*s; did you mean %s?", (int)len,
                         argument, nearest);
    return error_set(reader->error, ERROR_INPUT, "unknown option %.*s; see campana%s%s --help", (int)len,
                     argument, reader->command[0] == '\0' ? "" : " ", reader->command);
}

static int keep(struct reader *reader, enum option option, const char *text)
{
    const struct option_spec *spec = &specs[option];
    struct option_item item = {.text = text};
    if (spec->rule != NULL && value_read(spec->rule, text, &item.number, reader->error) != 0)
        return error_prefix(reader->error, "%s", spec->name);
    size_t count = reader->options->given[option].count;
    if (count > 0 && spec->rule != NULL && !spec->repeatable)
        return error_set(reader->error, ERROR_INPUT, "%s is given twice, and only one value can hold",
                         spec->name);
    struct option_item *items = realloc(reader->options->given[option].items, (count + 1) * sizeof *items);
    if (items == NULL)
        return error_no_memory(reader->error);
    items[count] = item;
    reader->options->given[option].items = items;
    reader->options->given[option].count = count + 1;
    return 0;
}

/* `value` NULL: it must be the next argument. */
static int read_option(struct reader *reader, enum option option, const char *value)
{
    const struct option_spec *spec = &specs[option];
    if (spec->rule == NULL) {
        if (value != NULL)
            return error_set(reader->error, ERROR_INPUT, "%s takes no value", spec->name);
        return keep(reader, option, NULL);
    }
    if (value != NULL)
        return keep(reader, option, value);
    const char *placeholder = spec->placeholder != NULL ? spec->placeholder : spec->rule->placeholder;
    if (reader->at == reader->argc)
        return error_set(reader->error, ERROR_INPUT, "%s needs a value: %s %s", spec->name, spec->name,
                         placeholder);
    value = reader->argv[reader->at++];
    if (strncmp(value, "--", 2) == 0)
        return error_set(
            reader->error, ERROR_INPUT,
            "%s needs a value, and an option follows it; if that is meant as the value, write %s=…",
            spec->name, spec->name);
    return keep(reader, option, value);
}

static int read_dashed(struct reader *reader, const char *argument)
{
    enum option option = OPTIONS;
    const char *value = NULL;
    if (argument[1] == '-') {
        size_t len = strcspn(argument, "=");
        option = find_long(reader, argument, len);
        value = argument[len] == '=' ? argument + len + 1 : NULL;
    } else if (argument[2] == '\0') {
        option = find_letter(reader, argument[1]);
    }
    return option == OPTIONS ? fail_unknown(reader, argument) : read_option(reader, option, value);
}

static int keep_argument(struct reader *reader, const char *argument)
{
    struct options *options = reader->options;
    const char **arguments = realloc(options->arguments, (options->argument_count + 1) * sizeof *arguments);
    if (arguments == NULL)
        return error_no_memory(reader->error);
    arguments[options->argument_count++] = argument;
    options->arguments = arguments;
    return 0;
}

int options_read(struct options *options, const char *command, const struct option_group *groups, int argc,
                 char **argv, int from, int *stop, struct error *error)
{
    struct reader reader = {.options = options,
                            .command = command,
                            .groups = groups == NULL ? no_groups : groups,
                            .argc = argc,
                            .argv = argv,
                            .at = from,
                            .error = error};
    bool only_arguments = false;
    while (reader.at < argc) {
        const char *argument = argv[reader.at];
        bool dashed = !only_arguments && argument[0] == '-' && argument[1] != '\0';
        if (!dashed && stop != NULL)
            break;
        reader.at++;
        if (dashed && strcmp(argument, "--") == 0)
            only_arguments = true;
        else if ((dashed ? read_dashed(&reader, argument) : keep_argument(&reader, argument)) != 0)
            return -1;
    }
    if (stop != NULL)
        *stop = reader.at;
    if (option_given(options, OPTION_QUIET) && option_given(options, OPTION_VERBOSE))
        return error_set(error, ERROR_INPUT, "--quiet and --verbose contradict each other");
    return 0;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < OPTIONS; i++)
        free(options->given[i].items);
    free(options->arguments);
    *options = (struct options){0};
}

bool option_given(const struct options *options, enum option option)
{
    return options->given[option].count > 0;
}

const char *option_text(const struct options *options, enum option option)
{
    return option_given(options, option) ? options->given[option].items[0].text : NULL;
}

int64_t option_number(const struct options *options, enum option option, int64_t otherwise)
{
    return option_given(options, option) ? options->given[option].items[0].number : otherwise;
}

/* ---- help, and the way back to a command line ---- */

#define HELP_INDENT 28

void options_put_help(const struct option_group *group, struct buffer *out)
{
    buffer_printf(out, "%s:\n", group->heading);
    for (size_t i = 0; group->options[i] != OPTIONS; i++) {
        const struct option_spec *spec = &specs[group->options[i]];
        size_t start = out->len;
        if (spec->letter != '\0')
            buffer_printf(out, "  -%c, %s", spec->letter, spec->name);
        else
            buffer_printf(out, "  %s", spec->name);
        if (spec->rule != NULL)
            buffer_printf(out, " %s",
                          spec->placeholder != NULL ? spec->placeholder : spec->rule->placeholder);
        size_t column = out->failed ? 0 : utf8_width(out->data + start, out->len - start);
        if (column + 2 > HELP_INDENT) {
            buffer_put(out, '\n');
            column = 0;
        }
        for (; column < HELP_INDENT; column++)
            buffer_put(out, ' ');
        layout_put_wrapped(out, spec->help, HELP_INDENT, HELP_INDENT);
    }
}

static void put_given(const struct options *options, enum option option, struct buffer *out)
{
    const struct option_spec *spec = &specs[option];
    size_t count = options->given[option].count;
    for (size_t i = 0; i < count && !spec->once; i++) {
        if (spec->rule == NULL && i > 0)
            break;
        buffer_printf(out, " %s", spec->name);
        if (spec->rule != NULL) {
            const char *text = options->given[option].items[i].text;
            buffer_put(out, strncmp(text, "--", 2) == 0 ? '=' : ' ');
            shell_put_quoted(out, text);
        }
    }
}

void options_put_again(const struct options *options, const struct option_group *groups, struct buffer *out)
{
    for (; groups->heading != NULL; groups++)
        for (size_t i = 0; groups->options[i] != OPTIONS; i++)
            put_given(options, groups->options[i], out);
}
