/* Decides what a load's options default to. */
#include "loading.h"
#include "campana/dialect.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMPLATE_BYTES_MOST 65536
#define SAMPLES_OTHERWISE   3

static int read_template(const char *path, struct buffer *template, struct error *error)
{
    char piece[4096];
    int result = 0;
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return error_set(error, ERROR_INPUT, "--template-file %s: %s", path, strerror(errno));
    while (result == 0) {
        ssize_t got = read(descriptor, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            result = error_set(error, ERROR_INPUT, "--template-file %s: %s", path, strerror(errno));
        if (got <= 0)
            break;
        buffer_append(template, piece, (size_t)got);
        if (template->len > TEMPLATE_BYTES_MOST)
            result =
                error_set(error, ERROR_INPUT, "--template-file %s: this is too long for a message", path);
    }
    if (!standard)
        close(descriptor);
    return result == 0 ? buffer_check(template, error) : -1;
}

/* What an editor puts around a text is no part of the message: a byte-order mark, a line end. */
static struct slice bare_text(struct slice text)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (text.len >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0)
        text = (struct slice){text.data + sizeof mark - 1, text.len - (sizeof mark - 1)};
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (text.len > 0 && text.data[text.len - 1] == '\r')
        text.len--;
    return text;
}

static int take_template(const char *path, struct loading *loading, struct error *error)
{
    struct buffer file = {0};
    int result = read_template(path, &file, error);
    struct slice text = bare_text((struct slice){buffer_string(&file), file.len});
    if (result == 0 && (!utf8_valid(text.data, text.len) || memchr(text.data, '\0', text.len) != NULL))
        result = error_set(error, ERROR_INPUT,
                           "--template-file %s: this is no plain text in UTF-8; save it so", path);
    buffer_append(&loading->template, text.data, text.len);
    if (result == 0)
        result = buffer_check(&loading->template, error);
    loading->options.template_source = buffer_string(&loading->template);
    buffer_free(&file);
    return result;
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
    if (path == NULL)
        return 0;
    if (strcmp(path, "-") == 0 && strcmp(loading->options.file, "-") == 0)
        return error_set(error, ERROR_INPUT,
                         "standard input cannot be both the spreadsheet and the template");
    return take_template(path, loading, error);
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
    if (copy_suppress(given, loading, error) != 0)
        return -1;
    return choose_template(given, loading, error);
}

void loading_free(struct loading *loading)
{
    verdict_free(&loading->verdict);
    buffer_free(&loading->template);
    free(loading->suppress);
    *loading = (struct loading){0};
}
