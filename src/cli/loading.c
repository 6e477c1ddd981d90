/* Decides what a load's options default to. */
#include "loading.h"
#include "campana/dialect.h"
#include "campana/error.h"
#include "campana/load_line.h"
#include "campana/shell.h"
#include "campana/textfile.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMPLATE_BYTES_MOST 65536
#define SAMPLES_OTHERWISE   3

static int take_template(const char *path, struct loading *loading, struct error *error)
{
    if (textfile_read(path, TEMPLATE_BYTES_MOST, &loading->template, &loading->options.template_encoding,
                      error) != 0)
        return error_prefix(error, "--template-file");
    loading->options.template_source = buffer_string(&loading->template);
    if (loading->template.len == 0)
        return error_set(error, ERROR_INPUT, "--template-file: %s: there is no text in this file", path);
    return buffer_check(&loading->template, error);
}

static int choose_template(const struct options *given, struct loading *loading, struct error *error)
{
    const char *path = option_text(given, OPTION_TEMPLATE_FILE);
    loading->options.template_source = option_text(given, OPTION_TEMPLATE);
    if (path != NULL && loading->options.template_source != NULL)
        return error_set(error, ERROR_INPUT, "--template and --template-file contradict each other");
    if ((path != NULL || loading->options.template_source != NULL) && loading->options.text != NULL)
        return error_set(error, ERROR_INPUT,
                         "--text and a template contradict each other: where does the message stand?");
    return path == NULL ? 0 : take_template(path, loading, error);
}

/* Standard input can be read once. */
static int check_standard_input(const struct options *given, const struct loading *loading,
                                struct error *error)
{
    const char *template = option_text(given, OPTION_TEMPLATE_FILE);
    int uses = strcmp(loading->options.file, "-") == 0;
    uses += template != NULL && strcmp(template, "-") == 0;
    for (size_t i = 0; i < loading->options.suppress_count; i++)
        uses += strcmp(loading->options.suppress[i], "-") == 0;
    if (uses <= 1)
        return 0;
    return error_set(
        error, ERROR_INPUT,
        "standard input (-) can be only one of the spreadsheet, the template and the suppression lists");
}

/* A slip of the pen must not leave an empty database where there was none. */
static int check_file(const char *file, struct error *error)
{
    if (strcmp(file, "-") == 0 || access(file, R_OK) == 0)
        return 0;
    return error_set(error, ERROR_INPUT, "%s: cannot be opened: %s", file, strerror(errno));
}

static int copy_suppress(const struct options *given, struct loading *loading, struct error *error)
{
    size_t count = given->given[OPTION_SUPPRESS].count;
    if (count == 0)
        return 0;
    loading->suppress = calloc(count, sizeof *loading->suppress);
    if (loading->suppress == NULL)
        return error_no_memory(error);
    for (size_t i = 0; i < count; i++)
        loading->suppress[i] = given->given[OPTION_SUPPRESS].items[i].text;
    loading->options.suppress = loading->suppress;
    loading->options.suppress_count = count;
    return 0;
}

int loading_read(struct invocation *invocation, struct loading *loading, struct error *error)
{
    const struct options *given = invocation->options;
    const char *delimiter = option_text(given, OPTION_DELIMITER);
    loading->options = (struct load_options){
        .file = invocation_argument(invocation, 0),
        .campaign = option_text(given, OPTION_CAMPAIGN),
        .phone = option_text(given, OPTION_PHONE),
        .text = option_text(given, OPTION_TEXT),
        .no_header = option_given(given, OPTION_NO_HEADER),
        .csv = {.encoding = option_text(given, OPTION_ENCODING)},
        .country = setting_text(&invocation->settings, SETTING_COUNTRY),
        .text_rules = {.mode = (enum text_mode)option_number(given, OPTION_TEXT_MODE, TEXT_GSM),
                       .max_septets = (int)option_number(given, OPTION_MAX_LENGTH, TEXT_SEPTETS_DEFAULT)},
        .duplicates = (enum duplicates)option_number(given, OPTION_DUPLICATES, DUPLICATES_FIRST),
        .rejects = option_text(given, OPTION_REJECTS),
        .dry_run = option_given(given, OPTION_DRY_RUN),
        .samples = (int)option_number(given, OPTION_SAMPLE, SAMPLES_OTHERWISE)};
    if (delimiter != NULL && dialect_delimiter_from_name(delimiter, &loading->options.csv.delimiter) != 0)
        return error_set(error, ERROR_INPUT, "--delimiter %s cannot be used", delimiter);
    if (loading->options.rejects != NULL && strcmp(loading->options.rejects, "-") == 0)
        return error_set(error, ERROR_INPUT,
                         "--rejects needs a file of its own: standard output (-) has other things to say");
    if (check_file(loading->options.file, error) != 0 || copy_suppress(given, loading, error) != 0 ||
        check_standard_input(given, loading, error) != 0)
        return -1;
    return choose_template(given, loading, error);
}

int loading_go(struct invocation *invocation, struct store *store, struct loading *loading,
               struct error *error)
{
    struct load_line line;
    load_line_init(&line, &invocation->talk, invocation->clock, loading->options.file);
    loading->options.watch = load_line_show;
    loading->options.watch_context = &line;
    int result = load_file(store, &loading->options, invocation->clock, &loading->verdict, error);
    load_line_end(&line);
    return result;
}

void loading_tell_rejects(const struct invocation *invocation, const struct loading *loading)
{
    const char *rejects = loading->options.rejects;
    struct buffer line = {0};
    if (!loading->verdict.loaded_before || rejects == NULL)
        return;
    if (access(rejects, F_OK) == 0) { /* the same command again: it is the first load's */
        talk_note(&invocation->talk, "%s is there already, and was left as it is", rejects);
        return;
    }
    invocation_put_command(invocation, "load ", &line);
    shell_put_quoted(&line, loading->options.file);
    options_put_again(invocation->options, command_file_groups, &line);
    buffer_puts(&line, " --dry-run --rejects ");
    shell_put_quoted(&line, rejects);
    talk_note(&invocation->talk,
              "%s was not written: it is made when a file is loaded for the first time. To have it now: %s",
              rejects, buffer_string(&line));
    buffer_free(&line);
}

void loading_free(struct loading *loading)
{
    verdict_free(&loading->verdict);
    buffer_free(&loading->template);
    free(loading->suppress);
    *loading = (struct loading){0};
}
