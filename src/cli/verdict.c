/* Decides how a load's findings read. Finds out nothing by itself. */
#include "campana/verdict.h"
#include "campana/buffer.h"
#include "campana/dialect.h"
#include "campana/json.h"
#include "campana/layout.h"
#include "campana/naming.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>

#define EXAMPLE_MOST 80 /* columns of what is special about a row */

/* More than any message takes, and still a few lines: a cell may hold a megabyte. */
#define CITED_MOST 240

/* The state that a reason at load leads to. */
static enum job_state state_of(enum reason reason)
{
    switch (reason) {
    case REASON_DUPLICATE: return JOB_DUPLICATE;
    case REASON_SUPPRESSED: return JOB_SUPPRESSED;
    default: return JOB_INVALID;
    }
}

/* ---- for people ---- */

static void put_cited(struct buffer *out, const char *text)
{
    layout_put_cited(out, text, strlen(text), CITED_MOST);
}

/* How the encoding was chosen, where the file itself does not say. */
static const char *why_encoding(const struct csv_facts *facts)
{
    if (facts->encoding_given)
        return " (as told)";
    if (facts->bom)
        return " with byte-order mark";
    if (strcmp(facts->encoding, "WINDOWS-1252") == 0)
        return " (no byte-order mark and not UTF-8, so taken for Excel's plain CSV)";
    return strcmp(facts->encoding, "UTF-8") == 0 ? "" : " (by its zero bytes)";
}

static void put_source(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    const struct csv_facts *facts = &verdict->facts;
    const char *file = naming_shown_file(options->file);
    utf8_put_visible(out, file, strlen(file), 0);
    buffer_printf(out, ": %s%s, cells separated by %s%s", facts->encoding, why_encoding(facts),
                  dialect_delimiter_name(facts->delimiter),
                  facts->delimiter_given      ? " (as told)"
                  : facts->delimiter_from_sep ? " (by its line sep=)"
                                              : "");
    buffer_puts(out, "\n  number from column ");
    put_cited(out, verdict->phone_column);
    if (verdict->phone_found)
        buffer_puts(out, " (found by its name)");
    buffer_puts(out, verdict->text_column == NULL ? ", message from a template" : ", message from column ");
    if (options->template_encoding != NULL)
        buffer_printf(out, " in a file (%s)", options->template_encoding);
    if (verdict->text_column != NULL) {
        put_cited(out, verdict->text_column);
        if (verdict->text_found)
            buffer_puts(out, " (found by its name)");
    }
    buffer_put(out, '\n');
}

/* The next reason after `reason` that led rows to the state; REASONS: none. */
static enum reason next_reason(const struct verdict *verdict, enum job_state state, enum reason reason)
{
    do
        reason++;
    while (reason < REASONS && (verdict->reasons[reason] == 0 || state_of(reason) != state));
    return reason;
}

static bool is_about_number(enum reason reason)
{
    return reason >= REASON_NUMBER_EMPTY && reason <= REASON_NUMBER_LONG;
}

/* "(first row 12: «31021A1111»)" */
static void put_first_row(const struct verdict *verdict, enum reason reason, struct buffer *out)
{
    const char *example = verdict->reason_example[reason];
    buffer_printf(out, " (%srow %" PRId64, verdict->reasons[reason] == 1 ? "" : "first ",
                  verdict->reason_row[reason]);
    if (example != NULL) {
        buffer_puts(out, ": ");
        if (is_about_number(reason))
            layout_put_cited(out, example, strlen(example), EXAMPLE_MOST);
        else
            utf8_put_visible(out, example, strlen(example), EXAMPLE_MOST);
    }
    buffer_puts(out, ")\n");
}

/* Neighbours with the same remedy share it. */
static void put_reasons(const struct verdict *verdict, enum job_state state, struct buffer *out)
{
    enum reason next;
    for (enum reason reason = next_reason(verdict, state, REASON_NONE); reason < REASONS; reason = next) {
        next = next_reason(verdict, state, reason);
        buffer_printf(out, "          %" PRId64 ": %s", verdict->reasons[reason], reason_sentence(reason));
        put_first_row(verdict, reason, out);
        if (next == REASONS || strcmp(reason_remedy(next), reason_remedy(reason)) != 0)
            buffer_printf(out, "             → %s\n", reason_remedy(reason));
    }
}

static void put_states(const struct verdict *verdict, struct buffer *out)
{
    static const enum job_state states[] = {JOB_PENDING, JOB_INVALID, JOB_DUPLICATE, JOB_SUPPRESSED};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        int64_t count = verdict->counts.of[states[i]];
        if (count == 0 && states[i] != JOB_PENDING)
            continue;
        buffer_printf(out, "%9" PRId64 " %-10s %s\n", count, job_state_name(states[i]),
                      job_state_meaning(states[i]));
        put_reasons(verdict, states[i], out);
    }
}

/* Whoever does not know it writes to everybody twice. */
static void put_same_content(const struct verdict *verdict, const struct load_options *options,
                             struct buffer *out)
{
    if (verdict->same_content == NULL)
        return;
    bool again = options->campaign != NULL && strcmp(options->campaign, verdict->same_content) != 0;
    buffer_puts(out, "  WARNING: campaign ");
    put_cited(out, verdict->same_content);
    buffer_puts(out, " was loaded from this very content: ");
    buffer_puts(out, again ? "its recipients would be written to again\n"
                           : "it is loaded again only under another name (--campaign NAME), and its "
                             "recipients would then be written to again\n");
}

/* `place` 0: there is none. */
static void put_namesake(const char *column, size_t place, const char *option, struct buffer *out)
{
    if (place == 0)
        return;
    buffer_printf(out, "  WARNING: column %zu is called ", place);
    put_cited(out, column);
    buffer_printf(out, ", too, and is not the one that is taken; %s %zu takes it\n", option, place);
}

static void put_garbled(const struct verdict *verdict, struct buffer *out)
{
    const char *encoding = verdict->facts.encoding;
    if (verdict->garbled == 0)
        return;
    buffer_puts(out, "  WARNING: ");
    layout_put_count(out, verdict->garbled, "text looks", "texts look");
    buffer_printf(out, " spoiled, with such as Ã± where ñ should be (%srow %" PRId64 "): ",
                  verdict->garbled == 1 ? "" : "first ", verdict->garbled_row);
    if (strcmp(encoding, "UTF-8") == 0)
        buffer_puts(out,
                    "a program before campana read UTF-8 as another encoding; correct the spreadsheet\n");
    else
        buffer_printf(out,
                      "they seem to be UTF-8, and the file was read as %s; save the spreadsheet anew as CSV "
                      "UTF-8\n",
                      encoding);
}

/* What was read as well as it can be, and may still be wrong. */
static void put_doubts(const struct verdict *verdict, struct buffer *out)
{
    put_garbled(verdict, out);
    put_namesake(verdict->phone_column, verdict->phone_namesake, "--phone", out);
    put_namesake(verdict->text_column, verdict->text_namesake, "--text", out);
    if (verdict->wide_rows > 0) {
        buffer_puts(out, "  WARNING: ");
        layout_put_count(out, verdict->wide_rows, "row has", "rows have");
        buffer_printf(out,
                      " text behind the last column (%srow %" PRId64 "); if a text with a %s in it is not in "
                      "quotes, it is cut off there: put it in quotes\n",
                      verdict->wide_rows == 1 ? "" : "first ", verdict->wide_row,
                      dialect_delimiter_name(verdict->facts.delimiter));
    }
    if (verdict->mended > 0) {
        buffer_puts(out, "  WARNING: ");
        layout_put_count(out, verdict->mended, "quote stands", "quotes stand");
        buffer_printf(out,
                      " in an odd place (%srow %" PRId64
                      ") and was read as spreadsheet programs read it; a quote "
                      "within a text should be doubled (\"\")\n",
                      verdict->mended == 1 ? "" : "first ", verdict->mended_row);
    }
}

static void put_changes(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    if (verdict->numbers_changed > 0) {
        buffer_puts(out, "  ");
        layout_put_count(out, verdict->numbers_changed, "number was", "numbers were");
        buffer_puts(out, " brought into the gateway's form (12 digits)");
        if (verdict->numbers_national > 0)
            buffer_printf(out, "; %" PRId64 " got the country code %s", verdict->numbers_national,
                          options->country);
        buffer_put(out, '\n');
    }
    if (verdict->texts_changed == 0)
        return;
    buffer_puts(out, "  ");
    layout_put_count(out, verdict->texts_changed, "text was", "texts were");
    buffer_puts(out, " changed, because an SMS lacks some characters:\n");
    for (int i = 0; i < verdict->example_count; i++) {
        const struct verdict_example *example = &verdict->examples[i];
        buffer_printf(out, "    row %" PRId64 "  ", example->row);
        put_cited(out, example->before);
        buffer_puts(out, "\n         → ");
        put_cited(out, example->after);
        buffer_put(out, '\n');
    }
    if (verdict->lost_tilde)
        buffer_puts(out, "  WARNING: ñ became n, and año becomes ano; --text-mode gsm keeps it\n");
}

static void put_samples(const struct verdict *verdict, struct buffer *out)
{
    if (verdict->sample_count > 0)
        buffer_puts(out, "  as they will be sent:\n");
    for (int i = 0; i < verdict->sample_count; i++) {
        const struct verdict_sample *sample = &verdict->samples[i];
        buffer_printf(out, "    row %" PRId64 "  %s  ", sample->row, sample->msisdn);
        layout_put_count(out, sample->septets, "character", "characters");
        buffer_puts(out, "\n      ");
        put_cited(out, sample->text);
        buffer_put(out, '\n');
    }
}

static void put_list(const struct suppression_facts *list, struct buffer *out)
{
    buffer_puts(out, "  suppression list ");
    const char *file = naming_shown_file(list->file);
    utf8_put_visible(out, file, strlen(file), 0);
    buffer_puts(out, ": ");
    layout_put_count(out, list->numbers, "number", "numbers");
    buffer_printf(out, " from column %zu%s\n", list->column + 1,
                  list->by_name ? " (found by its name)" : " (found by its numbers)");
    if (list->unreadable == 0)
        return;
    buffer_puts(out, "    WARNING: ");
    layout_put_count(out, list->unreadable, "row of it holds", "rows of it hold");
    buffer_printf(out, " no number that can be read, and suppress%s nobody: correct %srow %" PRId64 "\n",
                  list->unreadable == 1 ? "es" : "", list->unreadable == 1 ? "" : "them, beginning with ",
                  list->unreadable_row);
}

static void put_lists(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    for (size_t i = 0; i < verdict->list_count; i++)
        put_list(&verdict->lists[i], out);
    if (options->rejects != NULL) {
        buffer_puts(out, "  ");
        layout_put_count(out, verdict->rejects_written, "row", "rows");
        buffer_puts(out, " to correct: written to ");
        utf8_put_visible(out, options->rejects, strlen(options->rejects), 0);
        buffer_put(out, '\n');
    }
}

static void put_conclusion(const struct verdict *verdict, const struct load_options *options,
                           struct buffer *out)
{
    int64_t sendable = verdict->counts.of[JOB_PENDING];
    buffer_puts(out, options->dry_run ? "Checked only, nothing is stored: campaign " : "Loaded as campaign ");
    put_cited(out, verdict->campaign);
    buffer_puts(out, ", ");
    layout_put_count(out, sendable, "message to be sent and paid", "messages to be sent and paid");
    if (verdict->longest_septets > 0) {
        buffer_puts(out, "; the longest has ");
        layout_put_count(out, verdict->longest_septets, "character", "characters");
        buffer_printf(out, " (row %" PRId64 ")", verdict->longest_row);
    }
    buffer_puts(out, ".\n");
}

void verdict_put_text(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    if (verdict->loaded_before) {
        buffer_puts(out, "Campaign ");
        put_cited(out, verdict->campaign);
        buffer_puts(out, " is loaded already, from this very content; nothing was changed.");
        if (verdict->same_content != NULL)
            buffer_puts(out, " To write to everybody in it once more, load it under a name of its own: "
                             "--campaign NAME");
        buffer_put(out, '\n');
        return;
    }
    put_source(verdict, options, out);
    buffer_puts(out, "  ");
    layout_put_count(out, verdict->rows, "row", "rows");
    if (verdict->blank_lines > 0) {
        buffer_puts(out, ", and ");
        layout_put_count(out, verdict->blank_lines, "blank line", "blank lines");
    }
    buffer_put(out, '\n');
    put_states(verdict, out);
    put_same_content(verdict, options, out);
    put_doubts(verdict, out);
    put_changes(verdict, options, out);
    put_lists(verdict, options, out);
    put_samples(verdict, out);
    put_conclusion(verdict, options, out);
}

/* ---- for programs ---- */

static void put_string(struct buffer *out, const char *text)
{
    if (text == NULL)
        buffer_puts(out, "null");
    else
        json_put_string(out, text, strlen(text));
}

static void put_json_reasons(const struct verdict *verdict, struct buffer *out)
{
    const char *separator = "";
    buffer_puts(out, ",\"reasons\":[");
    for (enum reason reason = REASON_NONE; reason < REASONS; reason++) {
        if (verdict->reasons[reason] == 0)
            continue;
        buffer_printf(out,
                      "%s{\"state\":\"%s\",\"reason\":\"%s\",\"rows\":%" PRId64 ",\"first_row\":%" PRId64,
                      separator, job_state_name(state_of(reason)), reason_code(reason),
                      verdict->reasons[reason], verdict->reason_row[reason]);
        buffer_puts(out, ",\"first\":");
        put_string(out, verdict->reason_example[reason]);
        buffer_puts(out, ",\"meaning\":");
        put_string(out, reason_sentence(reason));
        buffer_puts(out, ",\"remedy\":");
        put_string(out, reason_remedy(reason));
        buffer_put(out, '}');
        separator = ",";
    }
    buffer_put(out, ']');
}

static void put_json_lists(const struct verdict *verdict, struct buffer *out)
{
    buffer_puts(out, ",\"suppression\":[");
    for (size_t i = 0; i < verdict->list_count; i++) {
        const struct suppression_facts *list = &verdict->lists[i];
        buffer_puts(out, i == 0 ? "{\"file\":" : ",{\"file\":");
        layout_put_json(out, list->file);
        buffer_printf(out,
                      ",\"numbers\":%" PRId64 ",\"column\":%zu,\"unreadable_rows\":%" PRId64
                      ",\"first_unreadable_row\":%" PRId64 "}",
                      list->numbers, list->column + 1, list->unreadable, list->unreadable_row);
    }
    buffer_put(out, ']');
}

static void put_json_texts(const struct verdict *verdict, struct buffer *out)
{
    buffer_puts(out, ",\"examples\":[");
    for (int i = 0; i < verdict->example_count; i++) {
        const struct verdict_example *example = &verdict->examples[i];
        buffer_printf(out, "%s{\"row\":%" PRId64 ",\"before\":", i == 0 ? "" : ",", example->row);
        put_string(out, example->before);
        buffer_puts(out, ",\"after\":");
        put_string(out, example->after);
        buffer_put(out, '}');
    }
    buffer_puts(out, "],\"samples\":[");
    for (int i = 0; i < verdict->sample_count; i++) {
        const struct verdict_sample *sample = &verdict->samples[i];
        buffer_printf(out, "%s{\"row\":%" PRId64 ",\"msisdn\":\"%s\",\"characters\":%d,\"text\":",
                      i == 0 ? "" : ",", sample->row, sample->msisdn, sample->septets);
        put_string(out, sample->text);
        buffer_put(out, '}');
    }
    buffer_put(out, ']');
}

void verdict_put_json(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    const struct csv_facts *facts = &verdict->facts;
    buffer_puts(out, "{\"campaign\":");
    layout_put_json(out, verdict->campaign);
    buffer_puts(out, ",\"file\":");
    layout_put_json(out, options->file);
    buffer_printf(out, ",\"sha256\":\"%s\",\"loaded_before\":%s,\"dry_run\":%s", facts->sha256,
                  verdict->loaded_before ? "true" : "false", options->dry_run ? "true" : "false");
    buffer_puts(out, ",\"same_content_as\":");
    if (verdict->same_content == NULL)
        buffer_puts(out, "null");
    else
        layout_put_json(out, verdict->same_content);
    buffer_puts(out, ",\"encoding\":");
    put_string(out, facts->encoding);
    buffer_printf(out, ",\"encoding_given\":%s,\"byte_order_mark\":%s,\"delimiter\":",
                  facts->encoding_given ? "true" : "false", facts->bom ? "true" : "false");
    json_put_string(out, &facts->delimiter, 1);
    buffer_puts(out, ",\"phone_column\":");
    put_string(out, verdict->phone_column);
    buffer_puts(out, ",\"text_column\":");
    put_string(out, verdict->text_column);
    if (!verdict->loaded_before) {
        buffer_printf(out, ",\"rows\":%" PRId64 ",\"blank_lines\":%" PRId64 ",\"counts\":{", verdict->rows,
                      verdict->blank_lines);
        for (int state = 0; state < JOB_STATES; state++)
            buffer_printf(out, "%s\"%s\":%" PRId64, state == 0 ? "" : ",",
                          job_state_name((enum job_state)state), verdict->counts.of[state]);
        buffer_put(out, '}');
        put_json_reasons(verdict, out);
        buffer_printf(out,
                      ",\"to_be_paid\":%" PRId64 ",\"numbers_changed\":%" PRId64
                      ",\"numbers_national\":%" PRId64 ",\"texts_changed\":%" PRId64
                      ",\"lost_tilde\":%s,\"longest\":{\"characters\":%d,\"row\":%" PRId64
                      "},\"rejects_written\":%" PRId64,
                      verdict->counts.of[JOB_PENDING], verdict->numbers_changed, verdict->numbers_national,
                      verdict->texts_changed, verdict->lost_tilde ? "true" : "false",
                      verdict->longest_septets, verdict->longest_row, verdict->rejects_written);
        buffer_printf(out,
                      ",\"wide_rows\":{\"rows\":%" PRId64 ",\"first_row\":%" PRId64
                      "},\"odd_quotes\":{\"cells\":%" PRId64 ",\"first_row\":%" PRId64
                      "},\"spoiled_texts\":{\"texts\":%" PRId64 ",\"first_row\":%" PRId64 "}",
                      verdict->wide_rows, verdict->wide_row, verdict->mended, verdict->mended_row,
                      verdict->garbled, verdict->garbled_row);
        put_json_lists(verdict, out);
        put_json_texts(verdict, out);
    }
    buffer_puts(out, "}\n");
}
