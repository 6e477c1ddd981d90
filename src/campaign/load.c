/* Decides what a file becomes: which columns are read, and what the verdict says. The rows' own checks stand
 * in checker.c, whether the campaign is there already in loaded.c. Invariant: the store has all of the file
 * or nothing of it. */
#include "campana/load.h"
#include "campana/checker.h"
#include "campana/clock.h"
#include "campana/columns.h"
#include "campana/error.h"
#include "campana/garbled.h"
#include "campana/heading.h"
#include "campana/json.h"
#include "campana/loaded.h"
#include "campana/naming.h"
#include "campana/rejects.h"
#include <stdlib.h>
#include <string.h>

int duplicates_from_name(const char *name, enum duplicates *duplicates)
{
    static const char *const names[] = {"first", "all", "reject"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *duplicates = (enum duplicates)i;
            return 0;
        }
    }
    return -1;
}

void verdict_free(struct verdict *verdict)
{
    free(verdict->campaign);
    free(verdict->same_content);
    free(verdict->encoding);
    free(verdict->phone_column);
    free(verdict->text_column);
    for (int i = 0; i < verdict->example_count; i++) {
        free(verdict->examples[i].before);
        free(verdict->examples[i].after);
    }
    for (int i = 0; i < verdict->sample_count; i++)
        free(verdict->samples[i].text);
    for (int i = 0; i < REASONS; i++)
        free(verdict->reason_example[i]);
    free(verdict->lists);
    *verdict = (struct verdict){0};
}

struct load {
    const struct load_options *options;
    struct store *known; /* where it may be loaded already; NULL on a dry run without a database */
    struct store *store; /* where it is loaded; NULL on a dry run */
    struct verdict *verdict;
    struct csvfile *file;
    struct heading heading;
    struct checker_rules rules;
    struct template *template;
    struct suppression *suppression;
    struct checker checker;
    struct rejects *rejects;
    struct campaign campaign;
    size_t most_cells;
    struct load_progress progress;
};

static void tell(struct load *load)
{
    if (load->options->watch != NULL)
        load->options->watch(load->options->watch_context, &load->progress);
}

static void on_read(void *context, int64_t bytes, int64_t bytes_in_all)
{
    struct load *load = context;
    load->progress.rows = load->verdict->rows;
    load->progress.bytes = bytes;
    load->progress.bytes_in_all = bytes_in_all;
    tell(load);
}

static const char *shown_name(const struct load *load)
{
    return naming_shown_file(load->options->file);
}

static char *column_name(const struct slice *names, size_t column)
{
    struct buffer name = {0};
    if (names[column].len == 0)
        buffer_printf(&name, "%zu", column + 1);
    else
        buffer_append(&name, names[column].data, names[column].len);
    char *copy = name.failed ? NULL : strdup(buffer_string(&name));
    buffer_free(&name);
    return copy;
}

static int refuse_missing_header(const struct load *load, struct error *error)
{
    return error_set(
        error, ERROR_INPUT,
        "%s: row %lld holds a telephone number where the columns' names are expected; if the file has "
        "no header row, say --no-header --phone 1 --text 2 (columns counted from 1)",
        shown_name(load), (long long)load->heading.row);
}

/* A file without a header fails here for its "names"; the remedy is another than for a wrong name. */
static int explain_missing_header(const struct load *load, struct error *error)
{
    for (size_t i = 0; i < load->heading.count; i++)
        if (heading_is_number(&load->heading, i, load->options->country))
            return refuse_missing_header(load, error);
    return error_prefix(error, "%s", shown_name(load));
}

static int find_columns(struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    struct heading *header = &load->heading;
    struct checker_rules *rules = &load->rules;

    if (columns_find(header->names, header->count, COLUMN_PHONE, options->phone, &rules->phone_column,
                     error) != 0)
        return explain_missing_header(load, error);
    /* Named by its place, a column is found even where the first row is a message: it must not be lost. */
    if (heading_is_number(header, rules->phone_column, options->country))
        return refuse_missing_header(load, error);
    load->verdict->phone_column = column_name(header->names, rules->phone_column);
    load->verdict->phone_found = options->phone == NULL;
    if (columns_find_namesake(header->names, header->count, rules->phone_column,
                              &load->verdict->phone_namesake, error) != 0)
        return -1;

    rules->text_column = NO_COLUMN;
    if (options->template_source != NULL) {
        if (template_parse(slice_of(options->template_source), header->names, header->count, &load->template,
                           error) != 0)
            return explain_missing_header(load, error);
        rules->template = load->template;
        return load->verdict->phone_column == NULL ? error_no_memory(error) : 0;
    }
    if (columns_find(header->names, header->count, COLUMN_TEXT, options->text, &rules->text_column, error) !=
        0)
        return explain_missing_header(load, error);
    load->verdict->text_column = column_name(header->names, rules->text_column);
    load->verdict->text_found = options->text == NULL;
    if (columns_find_namesake(header->names, header->count, rules->text_column, &load->verdict->text_namesake,
                              error) != 0)
        return -1;
    if (load->verdict->phone_column == NULL || load->verdict->text_column == NULL)
        return error_no_memory(error);
    if (rules->phone_column == rules->text_column)
        return error_set(
            error, ERROR_INPUT,
            "%s: column \"%s\" cannot be both the number's and the message's; name two columns with --phone "
            "and --text",
            shown_name(load), load->verdict->phone_column);
    return 0;
}

/* What shapes the rows, as one JSON object with its keys in a fixed order. */
static void put_settings(const struct load *load, struct buffer *out)
{
    const struct load_options *options = load->options;
    const char *text = load->verdict->text_column;
    const char *encoding = load->verdict->facts.encoding;
    buffer_puts(out, "{\"phone\":");
    json_put_string(out, load->verdict->phone_column, strlen(load->verdict->phone_column));
    if (text != NULL) {
        buffer_puts(out, ",\"text\":");
        json_put_string(out, text, strlen(text));
    } else {
        buffer_puts(out, ",\"template\":");
        json_put_string(out, options->template_source, strlen(options->template_source));
    }
    buffer_printf(out, ",\"header\":%s,\"encoding\":", options->no_header ? "false" : "true");
    json_put_string(out, encoding, strlen(encoding));
    buffer_puts(out, ",\"delimiter\":");
    json_put_string(out, &load->verdict->facts.delimiter, 1);
    buffer_printf(
        out, ",\"country\":\"%s\",\"text_mode\":\"%s\",\"max_length\":%d,\"duplicates\":%d,\"suppress\":",
        options->country, text_mode_name(options->text_rules.mode), options->text_rules.max_septets,
        (int)options->duplicates);
    suppression_put_digests(load->suppression, out);
    buffer_put(out, '}');
}

static int keep_copy(char **to, struct slice from, struct error *error)
{
    *to = strndup(from.data == NULL ? "" : from.data, from.len);
    return *to == NULL ? error_no_memory(error) : 0;
}

/* Examples and samples, counted once their strings are there. */
static int show_text(struct verdict *verdict, const struct load_options *options,
                     const struct checked *checked, struct error *error)
{
    const struct store_message *message = &checked->message;
    if (checked->text.replaced > 0 && verdict->example_count < VERDICT_EXAMPLES) {
        struct verdict_example *example = &verdict->examples[verdict->example_count++];
        example->row = message->row;
        if (keep_copy(&example->before, checked->raw_text, error) != 0 ||
            keep_copy(&example->after, message->text, error) != 0)
            return -1;
    }
    if (verdict->sample_count < options->samples && verdict->sample_count < VERDICT_SAMPLES_MOST) {
        struct verdict_sample *sample = &verdict->samples[verdict->sample_count++];
        sample->row = message->row;
        sample->septets = checked->text.septets;
        memcpy(sample->msisdn, message->msisdn.data, PHONE_BYTES);
        if (keep_copy(&sample->text, message->text, error) != 0)
            return -1;
    }
    return 0;
}

/* The first row with a reason. */
static int note_first(struct verdict *verdict, const struct store_message *message, struct error *error)
{
    bool number = message->reason >= REASON_NUMBER_EMPTY && message->reason <= REASON_NUMBER_LONG;
    struct slice example = number ? message->msisdn : message->detail;
    verdict->reason_row[message->reason] = message->row;
    return example.len == 0 ? 0 : keep_copy(&verdict->reason_example[message->reason], example, error);
}

/* A comma in a text that nobody quoted makes one cell too many; empty ones are only a spreadsheet's habit. */
static void note_width(struct load *load, const struct csv_row *row)
{
    struct verdict *verdict = load->verdict;
    bool wide = false;
    for (size_t i = load->heading.count; i < row->count; i++)
        wide = wide || row->cells[i].len > 0;
    verdict->wide_rows += wide;
    if (wide && verdict->wide_row == 0)
        verdict->wide_row = row->row;
}

static int note(struct load *load, const struct checked *checked, struct error *error)
{
    struct verdict *verdict = load->verdict;
    const struct store_message *message = &checked->message;
    verdict->rows++;
    verdict->counts.of[message->state]++;
    if (message->state != JOB_PENDING) {
        verdict->reasons[message->reason]++;
        return verdict->reason_row[message->reason] > 0 ? 0 : note_first(verdict, message, error);
    }
    verdict->numbers_changed += checked->number_changed;
    verdict->numbers_national += checked->number_national;
    verdict->texts_changed += checked->text.replaced > 0;
    if (checked->text.replaced > 0 && garbled_is(checked->raw_text) && verdict->garbled++ == 0)
        verdict->garbled_row = message->row;
    verdict->lost_tilde = verdict->lost_tilde || checked->text.lost_tilde;
    if (checked->text.septets > verdict->longest_septets) {
        verdict->longest_septets = checked->text.septets;
        verdict->longest_row = message->row;
    }
    return show_text(verdict, load->options, checked, error);
}

static int reject(struct load *load, const struct csv_row *row, const struct store_message *message,
                  struct error *error)
{
    struct buffer reason = {0};
    buffer_puts(&reason, reason_sentence(message->reason));
    if (message->detail.len > 0) {
        buffer_puts(&reason, ": ");
        buffer_append(&reason, message->detail.data, message->detail.len);
    }
    int result = buffer_check(&reason, error);
    if (result == 0)
        result = rejects_add(load->rejects, row, buffer_string(&reason), error);
    buffer_free(&reason);
    load->verdict->rejects_written++;
    return result;
}

static int on_row(void *context, const struct csv_row *row, struct error *error)
{
    struct load *load = context;
    struct checked checked;
    if (row->row == load->heading.row)
        return 0;
    if (row->count > load->most_cells)
        load->most_cells = row->count;
    if (row->count > load->heading.count)
        note_width(load, row);
    if (checker_check(&load->checker, row, &checked, error) != 0 || note(load, &checked, error) != 0)
        return -1;
    if (load->rejects != NULL && checked.message.state == JOB_INVALID &&
        reject(load, row, &checked.message, error) != 0)
        return -1;
    return load->store == NULL ? 0
                               : store_load_message(load->store, &load->campaign, &checked.message, error);
}

/* Every row is checked. What remains is whether the file as a whole can be used. */
static int judge_file(const struct load *load, struct error *error)
{
    const struct verdict *verdict = load->verdict;
    if (verdict->rows == 0)
        return error_set(error, ERROR_INPUT, "%s: there is a header and no row under it", shown_name(load));
    if (load->options->duplicates == DUPLICATES_REJECT && verdict->counts.of[JOB_DUPLICATE] > 0)
        return error_set(
            error, ERROR_INPUT,
            "%s: %lld %s a number that stands earlier in the file (row %lld is the first), and "
            "--duplicates reject was given. Nothing was loaded. Take them out, or say --duplicates first "
            "to send to each number once",
            shown_name(load), (long long)verdict->counts.of[JOB_DUPLICATE],
            verdict->counts.of[JOB_DUPLICATE] == 1 ? "row repeats" : "rows repeat",
            (long long)verdict->reason_row[REASON_DUPLICATE]);
    return 0;
}

/* The columns of the widest row: cells behind the header's end have no name. */
static int set_columns(struct load *load, struct error *error)
{
    size_t count = load->most_cells > load->heading.count ? load->most_cells : load->heading.count;
    struct slice *names = calloc(count, sizeof *names);
    struct buffer json = {0};
    int result = -1;
    if (names == NULL) {
        error_no_memory(error);
        goto out;
    }
    for (size_t i = 0; i < load->heading.count; i++)
        names[i] = load->heading.names[i];
    columns_put_unique(names, count, NULL, 0, &json);
    if (buffer_check(&json, error) != 0)
        goto out;
    free(load->campaign.columns);
    result = keep_copy(&load->campaign.columns, buffer_slice(&json), error);
out:
    buffer_free(&json);
    free(names);
    return result;
}

static int read_rows(struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    if (options->rejects != NULL &&
        rejects_open(options->rejects, &load->verdict->facts, options->no_header ? NULL : load->heading.names,
                     load->heading.count, &load->rejects, error) != 0)
        return -1;
    load->progress.stage = LOAD_READING;
    if (csvfile_read(load->file, on_row, load, &load->verdict->blank_lines, error) != 0 ||
        judge_file(load, error) != 0)
        return -1;
    load->verdict->mended = csvfile_mended(load->file, &load->verdict->mended_row);
    return load->rejects == NULL ? 0 : rejects_flush(load->rejects, error);
}

static int store_rows(struct load *load, const struct clock *clock, struct error *error)
{
    struct campaign *campaign = &load->campaign;
    campaign->loaded_at_ms = clock_wall_ms(clock);
    campaign->phone_column = (int64_t)load->rules.phone_column;
    campaign->text_column = load->rules.text_column == NO_COLUMN ? -1 : (int64_t)load->rules.text_column;
    memcpy(campaign->sha256, load->verdict->facts.sha256, sizeof campaign->sha256);
    bool named = load->options->campaign != NULL;
    if (set_columns(load, error) != 0 || store_load_begin(load->store, campaign, named, error) != 0)
        return -1;
    int result = read_rows(load, error);
    if (result == 0) {
        load->progress.stage = LOAD_ENDING;
        tell(load);
        result = set_columns(load, error);
    }
    if (result == 0)
        result = store_load_end(load->store, campaign, error);
    if (result != 0)
        store_load_abort(load->store);
    return result;
}

/* The user's name for it, or the file's. */
static int choose_name(const struct load_options *options, char **name, struct error *error)
{
    bool named = options->campaign != NULL;
    if (!named && strcmp(options->file, "-") == 0)
        return error_set(error, ERROR_INPUT,
                         "standard input has no name: name the campaign with --campaign NAME");
    *name = named ? strdup(options->campaign) : naming_of_file(options->file);
    if (*name == NULL)
        return error_no_memory(error);
    if (naming_check(*name, error) == 0)
        return 0;
    if (named)
        return -1;
    return error_prefix(error, "%s: name the campaign with --campaign NAME", options->file);
}

static int open_sources(struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    struct verdict *verdict = load->verdict;
    if (choose_name(options, &verdict->campaign, error) != 0)
        return -1;
    struct csv_options csv = options->csv;
    csv.watch = on_read;
    csv.watch_context = load;
    if (suppression_open(options->suppress, options->suppress_count, options->country, &load->suppression,
                         error) != 0 ||
        csvfile_open(options->file, &csv, &load->file, error) != 0)
        return -1;
    if (suppression_copy_facts(load->suppression, &verdict->lists, &verdict->list_count, error) != 0)
        return -1;
    verdict->facts = *csvfile_facts(load->file);
    verdict->encoding = strdup(verdict->facts.encoding);
    verdict->facts.encoding = verdict->encoding;
    return verdict->encoding == NULL ? error_no_memory(error) : 0;
}

static int keep_same_content(struct load *load, const struct campaign *there, struct error *error)
{
    return keep_copy(&load->verdict->same_content, slice_of(there->name), error);
}

/* On a dry run nothing is refused for what is loaded: the file is to be checked. */
static int check_only(struct load *load, const struct loaded_question *question, struct error *error)
{
    struct campaign there = {0};
    int found = load->known == NULL ? 0 : loaded_look(load->known, question, &there, error);
    int result = found > 0 ? keep_same_content(load, &there, error) : found;
    campaign_free(&there);
    return result == 0 ? read_rows(load, error) : result;
}

/* It is there, perhaps under another name than the file's. */
static int take_loaded(struct load *load, struct campaign *there, struct error *error)
{
    struct verdict *verdict = load->verdict;
    verdict->loaded_before = true;
    if (strcmp(verdict->campaign, there->name) == 0)
        return 0;
    if (keep_same_content(load, there, error) != 0)
        return -1;
    free(verdict->campaign);
    verdict->campaign = there->name;
    there->name = NULL;
    return 0;
}

static int load_opened(struct load *load, const struct clock *clock, struct error *error)
{
    struct buffer settings = {0};
    struct campaign there = {0};
    enum loaded loaded;
    int result = -1;

    put_settings(load, &settings);
    if (buffer_check(&settings, error) != 0)
        goto out;
    const struct loaded_question question = {.shown = shown_name(load),
                                             .campaign = load->verdict->campaign,
                                             .named = load->options->campaign != NULL,
                                             .sha256 = load->verdict->facts.sha256,
                                             .settings = buffer_string(&settings)};
    if (load->store == NULL) {
        result = check_only(load, &question, error);
        goto out;
    }
    if (loaded_find(load->store, &question, &loaded, &there, error) != 0)
        goto out;
    if (loaded == LOADED_SAME) {
        result = take_loaded(load, &there, error);
        goto out;
    }
    if (loaded == LOADED_TWIN && keep_same_content(load, &there, error) != 0)
        goto out;
    if (keep_copy(&load->campaign.name, slice_of(load->verdict->campaign), error) == 0 &&
        keep_copy(&load->campaign.file, slice_of(load->options->file), error) == 0 &&
        keep_copy(&load->campaign.settings, buffer_slice(&settings), error) == 0)
        result = store_rows(load, clock, error);
out:
    campaign_free(&there);
    buffer_free(&settings);
    return result;
}

int load_file(struct store *store, const struct load_options *options, const struct clock *clock,
              struct verdict *verdict, struct error *error)
{
    struct load load = {
        .options = options, .known = store, .store = options->dry_run ? NULL : store, .verdict = verdict};
    int result = -1;

    *verdict = (struct verdict){0};
    if (open_sources(&load, error) != 0 ||
        heading_read(load.file, shown_name(&load), options->no_header, &load.heading, error) != 0 ||
        find_columns(&load, error) != 0)
        goto out;
    load.rules.names = load.heading.names;
    load.rules.country = options->country;
    load.rules.text = options->text_rules;
    load.rules.duplicates_allowed = options->duplicates == DUPLICATES_ALL;
    load.rules.suppression = load.suppression;
    if (checker_init(&load.checker, &load.rules, error) == 0)
        result = load_opened(&load, clock, error);
out:
    if (result != 0)
        rejects_abandon(load.rejects);
    else if (rejects_finish(load.rejects, error) != 0)
        result =
            load.store == NULL ? -1 : error_prefix(error, "all is loaded, only the rejects are not written");
    campaign_free(&load.campaign);
    checker_free(&load.checker);
    suppression_free(load.suppression);
    template_free(load.template);
    heading_free(&load.heading);
    csvfile_free(load.file);
    return result;
}
