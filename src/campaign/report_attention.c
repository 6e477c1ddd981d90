/* Decides which rows a person must look at, and how a row reads in the page. Every word that comes from the
 * spreadsheet or the gateway is escaped, isolated against its neighbours' direction of writing, and, unless
 * it was asked for otherwise, without telephone numbers. */
#include "campana/html.h"
#include "campana/mask.h"
#include "campana/report_words.h"
#include "report_page.h"
#include <inttypes.h>

#define ROWS_MOST       50  /* of a state */
#define CHARACTERS_MOST 320 /* of a text: a message has 160, a cell may hold a megabyte */
#define CELL_MOST       60
#define CELLS_MOST      6

static const enum job_state attention_order[] = {JOB_UNKNOWN, JOB_INFLIGHT,  JOB_REFUSED,    JOB_INVALID,
                                                 JOB_PENDING, JOB_DUPLICATE, JOB_SUPPRESSED, JOB_ACCEPTED};
#define STATES_THAT_NEED_A_PERSON (1u << JOB_UNKNOWN | 1u << JOB_REFUSED | 1u << JOB_INVALID)

struct attention {
    struct report *report;
    struct buffer masked; /* room for one text */
    int64_t shown;        /* of the state at hand */
};

typedef void mask_fn(struct buffer *out, struct slice text, struct slice number);

static void mask_cell(struct buffer *out, struct slice cell, struct slice number)
{
    (void)number;
    mask_put_number(out, cell);
}

/* The text, with the row's number masked in it, at most so many characters. */
static void put_text(struct attention *attention, const struct report_row *row, mask_fn *mask,
                     struct slice text, size_t most)
{
    struct buffer *out = &attention->report->out;
    if (attention->report->options->full_numbers) {
        html_put_text(out, text, most);
        return;
    }
    buffer_clear(&attention->masked);
    mask(&attention->masked, text, row->msisdn);
    html_put_text(out, buffer_slice(&attention->masked), most);
    out->failed = out->failed || attention->masked.failed;
}

/* The same where its direction of writing cannot touch what stands around it. */
static void put_isolated(struct attention *attention, const struct report_row *row, const char *class,
                         mask_fn *mask, struct slice text)
{
    struct buffer *out = &attention->report->out;
    if (text.len == 0) {
        buffer_puts(out, "<span class=\"own\">empty</span>");
        return;
    }
    buffer_printf(out, "<bdi class=\"%s\">", class);
    put_text(attention, row, mask, text, CHARACTERS_MOST);
    buffer_puts(out, "</bdi>");
}

/* The spreadsheet's other columns: a name is what a person knows a customer by. */
static void put_own_cells(struct attention *attention, const struct report_row *row)
{
    struct report *report = attention->report;
    struct slice rest = row->fields;
    struct slice cell;
    int shown = 0;
    for (size_t i = 0; i < report->own_count && shown < CELLS_MOST; i++) {
        if (!report_next_cell(report, row, i, &rest, &cell))
            break;
        if ((int64_t)i == report->campaign->phone_column || (int64_t)i == report->campaign->text_column ||
            cell.len == 0)
            continue;
        buffer_puts(&report->out, shown++ == 0 ? "<div class=\"own\">" : " · ");
        html_put_text(&report->out, report->own[i], CELL_MOST);
        buffer_puts(&report->out, ": <bdi>");
        put_text(attention, row, mask_put_text, cell, CELL_MOST);
        buffer_puts(&report->out, "</bdi>");
    }
    if (shown > 0)
        buffer_puts(&report->out, "</div>");
}

static void put_why(struct attention *attention, const struct report_row *row)
{
    struct buffer *out = &attention->report->out;
    words_put_sentence(out, row->reason != REASON_NONE ? reason_sentence(row->reason)
                                                       : job_state_meaning(row->state));
    if (row->detail.len > 0) {
        buffer_puts(out, "<div class=\"own\">");
        put_text(attention, row, mask_put_text, row->detail, CHARACTERS_MOST);
        buffer_puts(out, "</div>");
    }
    if (row->first_sent_at_ms > 0) {
        buffer_puts(out, "<div class=\"own\">sent ");
        words_put_instant(out, row->first_sent_at_ms);
        if (row->attempts > 1)
            buffer_printf(out, ", %" PRId64 " attempts", row->attempts);
        buffer_puts(out, "</div>");
    }
}

static int put_row(void *context, const struct report_row *row, struct error *error)
{
    struct attention *attention = context;
    struct buffer *out = &attention->report->out;
    const char *state = job_state_name(row->state);
    (void)error;
    if (attention->shown == ROWS_MOST)
        return 1;
    attention->shown++;
    buffer_printf(out,
                  "<tr data-row=\"%" PRId64 "\" data-state=\"%s\"><th scope=\"row\">%" PRId64 "</th>"
                  "<td>",
                  row->row, state, row->row);
    put_isolated(attention, row, "number", mask_cell, row->msisdn);
    buffer_printf(out, "</td><td><span class=\"badge %s\">%s</span></td><td class=\"why\">", state, state);
    put_why(attention, row);
    buffer_puts(out, "</td><td>");
    put_isolated(attention, row, "text", mask_put_text, row->text);
    put_own_cells(attention, row);
    buffer_puts(out, "</td></tr>\n");
    return 0;
}

static void put_missing(struct report *report, enum job_state state, int64_t count)
{
    struct buffer options = {0};
    buffer_puts(&report->out, "<p class=\"note more\">");
    words_put_number(&report->out, count - ROWS_MOST);
    buffer_printf(&report->out, " more rows are %s; all of them: ", job_state_name(state));
    buffer_printf(&options, " --state %s", job_state_name(state));
    report_put_command(report, "report", buffer_string(&options));
    buffer_puts(&report->out, "</p>\n");
    report->out.failed = report->out.failed || options.failed;
    buffer_free(&options);
}

static unsigned states_to_list(const struct report *report, const struct figures *figures)
{
    if (report->options->states != 0)
        return report->options->states;
    /* What a crash left behind becomes unknown with the next run; while a run is at work, it is on its way.
     */
    return STATES_THAT_NEED_A_PERSON | (figures->sending ? 0 : 1u << JOB_INFLIGHT);
}

int report_put_attention(struct report *report, struct store *store, const struct figures *figures,
                         struct error *error)
{
    struct attention attention = {.report = report};
    struct buffer *out = &report->out;
    unsigned states = states_to_list(report, figures);
    int64_t rows = 0;
    int result = 0;
    for (int state = 0; state < JOB_STATES; state++)
        rows += (states >> state & 1) != 0 ? figures->counts.of[state] : 0;
    if (rows == 0) {
        buffer_puts(out, report->options->states == 0
                             ? "<p class=\"good\">None. No row is unknown, refused or invalid.</p>\n"
                             : "<p>No row is in the states that were asked for.</p>\n");
        return 0;
    }
    buffer_puts(
        out,
        "<form class=\"search\" id=\"search\" role=\"search\" hidden><label for=\"words\">Search these "
        "rows</label> "
        "<input id=\"words\" type=\"search\" autocomplete=\"off\"> <output id=\"found\" for=\"words\">"
        "</output></form>\n"
        "<table class=\"rows\" id=\"attention\"><caption class=\"unseen\">Rows that need a person</caption>\n"
        "<thead><tr><th scope=\"col\">Row</th><th scope=\"col\">Number</th><th scope=\"col\">State</th>"
        "<th scope=\"col\">Why</th><th scope=\"col\">Message</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < JOB_STATES && result >= 0; i++) {
        enum job_state state = attention_order[i];
        attention.shown = 0;
        if ((states >> state & 1) != 0 && figures->counts.of[state] > 0)
            result = store_report(store, report->campaign, 1u << state, put_row, &attention, error);
    }
    buffer_puts(out, "</tbody></table>\n");
    for (size_t i = 0; i < JOB_STATES; i++) {
        enum job_state state = attention_order[i];
        if ((states >> state & 1) != 0 && figures->counts.of[state] > ROWS_MOST)
            put_missing(report, state, figures->counts.of[state]);
    }
    buffer_free(&attention.masked);
    return result < 0 ? -1 : 0;
}
