/* Decides how a load's findings read. Finds out nothing by itself. */
#include "campana/verdict.h"
#include "campana/buffer.h"
#include "campana/dialect.h"
#include "campana/json.h"
#include "campana/layout.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>

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

static void put_source(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    const struct csv_facts *facts = &verdict->facts;
    const char *file = strcmp(options->file, "-") == 0 ? "standard input" : options->file;
    utf8_put_visible(out, file, strlen(file), 0);
    buffer_printf(out, ": %s%s%s, cells separated by %s%s", facts->encoding,
                  facts->bom ? " with byte-order mark" : "", facts->encoding_given ? " (as told)" : "",
                  dialect_delimiter_name(facts->delimiter),
                  facts->delimiter_given      ? " (as told)"
                  : facts->delimiter_from_sep ? " (by its line sep=)"
                                              : "");
    buffer_puts(out, "\n  number from column ");
    put_cited(out, verdict->phone_column);
    if (verdict->phone_found)
        buffer_puts(out, " (found by its name)");
    buffer_puts(out, verdict->text_column == NULL ? ", message from a template" : ", message from column ");
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

/* Neighbours with the same remedy share it. */
static void put_reasons(const struct verdict *verdict, enum job_state state, struct buffer *out)
{
    enum reason next;
    for (enum reason reason = next_reason(verdict, state, REASON_NONE); reason < REASONS; reason = next) {
        next = next_reason(verdict, state, reason);
        buffer_printf(out, "          %" PRId64 ": %s (%srow %" PRId64 ")\n", verdict->reasons[reason],
                      reason_sentence(reason), verdict->reasons[reason] == 1 ? "" : "first ",
                      verdict->reason_row[reason]);
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

static void put_changes(const struct verdict *verdict, struct buffer *out)
{
    if (verdict->numbers_changed > 0) {
        buffer_puts(out, "  ");
        layout_put_count(out, verdict->numbers_changed, "number was", "numbers were");
        buffer_puts(out, " brought into the gateway's form (12 digits)\n");
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
        buffer_printf(out, "    row %" PRId64 "  %s  %d characters\n      ", sample->row, sample->msisdn,
                      sample->septets);
        put_cited(out, sample->text);
        buffer_put(out, '\n');
    }
}

static void put_lists(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    if (options->suppress_count > 0) {
        buffer_puts(out, "  suppression: ");
        layout_put_count(out, verdict->suppress_numbers, "number", "numbers");
        if (verdict->suppress_unreadable > 0) {
            buffer_puts(out, "; WARNING: ");
            layout_put_count(out, verdict->suppress_unreadable, "row holds", "rows hold");
            buffer_puts(out, " no number that can be read, and suppresses nobody");
        }
        buffer_put(out, '\n');
    }
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
    if (verdict->longest_septets > 0)
        buffer_printf(out, "; the longest has %d characters (row %" PRId64 ")", verdict->longest_septets,
                      verdict->longest_row);
    buffer_puts(out, ".\n");
}

void verdict_put_text(const struct verdict *verdict, const struct load_options *options, struct buffer *out)
{
    if (verdict->loaded_before) {
        buffer_puts(out, "Campaign ");
        put_cited(out, verdict->campaign);
        buffer_puts(out, " is loaded already, from this very content; nothing was changed.\n");
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
    put_changes(verdict, out);
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
        buffer_puts(out, ",\"meaning\":");
        put_string(out, reason_sentence(reason));
        buffer_puts(out, ",\"remedy\":");
        put_string(out, reason_remedy(reason));
        buffer_put(out, '}');
        separator = ",";
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
    buffer_printf(out, ",\"sha256\":\"%s\",\"loaded_before\":%s,\"dry_run\":%s,\"encoding\":", facts->sha256,
                  verdict->loaded_before ? "true" : "false", options->dry_run ? "true" : "false");
    put_string(out, facts->encoding);
    buffer_puts(out, ",\"delimiter\":");
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
                      ",\"numbers_changed\":%" PRId64 ",\"texts_changed\":%" PRId64
                      ",\"lost_tilde\":%s,\"longest\":{\"characters\":%d,\"row\":%" PRId64
                      "},\"suppression\":{\"numbers\":%" PRId64 ",\"unreadable_rows\":%" PRId64
                      "},\"rejects_written\":%" PRId64,
                      verdict->numbers_changed, verdict->texts_changed,
                      verdict->lost_tilde ? "true" : "false", verdict->longest_septets, verdict->longest_row,
                      verdict->suppress_numbers, verdict->suppress_unreadable, verdict->rejects_written);
        put_json_texts(verdict, out);
    }
    buffer_puts(out, "}\n");
}
