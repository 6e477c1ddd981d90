/* The command line's options: one table, from which parsing, help, checks and refusals derive.
 *
 * Long options take their value as `--rate 5/s` or `--rate=5/s`; -q, -v and -h are the short ones. Options
 * and arguments come in any order; `--` ends the options; `-` is an argument. Names are not abbreviated. An
 * option with a value that is given twice contradicts itself and is refused, because a second --limit that
 * quietly wins costs money; only --suppress and --row may be repeated. Flags may: -v -v is -v. A value that
 * starts with `--` must be given with `=`: more often, a value was forgotten. */
#ifndef CAMPANA_OPTIONS_H
#define CAMPANA_OPTIONS_H

#include "campana/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct buffer;

enum option {
    /* of every command */
    OPTION_DB,
    OPTION_CONFIG,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_INSECURE_HTTP,
    OPTION_HELP,
    OPTION_VERSION,
    /* loading */
    OPTION_CAMPAIGN,
    OPTION_PHONE,
    OPTION_TEXT,
    OPTION_TEMPLATE,
    OPTION_TEMPLATE_FILE,
    OPTION_NO_HEADER,
    OPTION_DELIMITER,
    OPTION_ENCODING,
    OPTION_COUNTRY,
    OPTION_TEXT_MODE,
    OPTION_MAX_LENGTH,
    OPTION_DUPLICATES,
    OPTION_SUPPRESS,
    OPTION_REJECTS,
    OPTION_DRY_RUN,
    OPTION_SAMPLE,
    /* sending */
    OPTION_RATE,
    OPTION_CONCURRENCY,
    OPTION_LIMIT,
    OPTION_HOURS,
    OPTION_WAIT,
    OPTION_START,
    OPTION_ONCE_PER_DAY,
    OPTION_TEST_TO,
    OPTION_METHOD,
    OPTION_CHARSET,
    OPTION_TIMEOUT,
    OPTION_CONNECT_TIMEOUT,
    OPTION_MAX_FAILURES,
    OPTION_YES,
    /* looking and deciding */
    OPTION_JSON,
    OPTION_FORMAT,
    OPTION_ALL,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_BY,
    OPTION_WATCH,
    OPTION_EXCEL,
    OPTION_STATES,
    OPTION_FULL_NUMBERS,
    OPTION_OUTPUT,
    OPTION_AS,
    OPTION_FROM,
    OPTION_ROW,
    OPTION_RUN,
    OPTION_PRICE,
    OPTION_OLDER_THAN,
    OPTION_UNFINISHED,
    OPTIONS
};

/* Options under one heading of a command's help. */
struct option_group {
    const char *heading;
    const enum option *options; /* ends with OPTIONS */
};

extern const struct option_group options_global;

/* The option's name with its dashes: "--rate". */
const char *option_name(enum option option);

/* What a value of it must be; NULL for a flag. */
const struct value_rule *option_rule(enum option option);

struct option_item {
    const char *text; /* as it stands in argv */
    int64_t number;   /* value_read()'s */
};

struct options {
    struct {
        struct option_item *items;
        size_t count; /* of flags too */
    } given[OPTIONS];
    const char **arguments;
    size_t argument_count;
};

/* Reads argv[from] and what follows, by options_global and `groups` (ends with a group without options; may
 * be NULL). `command` is named in refusals, "" for campana itself. With `*stop` not NULL it stops before the
 * first argument, or at the end, and tells where in *stop. What is kept points into argv. Adds to what was
 * read before; options_free() releases it. Returns -1 with ERROR_INPUT for what is unknown, repeated, lacks
 * its value, or has a wrong one. */
int options_read(struct options *options, const char *command, const struct option_group *groups, int argc,
                 char **argv, int from, int *stop, struct error *error);
void options_free(struct options *options);

bool option_given(const struct options *options, enum option option);
const char *option_text(const struct options *options, enum option option); /* NULL where it was not given */
int64_t option_number(const struct options *options, enum option option, int64_t otherwise);

/* Appends one group as it stands in help: a heading and a line or more for each option. */
void options_put_help(const struct option_group *group, struct buffer *out);

/* Appends " --rate 5/s …": what was given of the groups' options, quoted for a shell, but for those that are
 * for one time only (--yes, --test-to, -q, …) and --start, which the caller adds while it is still to come:
 * the end of "the same command again". */
void options_put_again(const struct options *options, const struct option_group *groups, struct buffer *out);

#endif
