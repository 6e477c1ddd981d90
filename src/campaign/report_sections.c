/* The charts, each with the same as a table, and the tables of reasons and runs. */
#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/html.h"
#include "campana/report_svg.h"
#include "campana/report_words.h"
#include "report_page.h"
#include <inttypes.h>
#include <string.h>

#define MS_PER_MIN 60000LL
#define RUNS_MOST  50

/* ---- charts ---- */

void page_put_timeline(struct page *page)
{
    const struct timeline *timeline = &page->figures->timeline;
    bool seconds = timeline->bin_ms < MS_PER_MIN;
    char width[CLOCK_DURATION_BYTES];
    clock_format_duration(timeline->bin_ms, width);
    page_begin_section(page, "pace", "Messages per minute");
    page_put(page, "<p class=\"legend\"><span class=\"key accepted\">accepted</span> "
                   "<span class=\"key others\">refused or unknown</span> "
                   "<span class=\"key stop\">a run stopped; its number stands above the line</span>");
    if (timeline->stretch_count > 1)
        page_put(page, " <span class=\"key cut\">a pause, cut out</span>");
    page_put(page, "</p>\n");
    svg_put_timeline(page->out, page->figures);
    buffer_printf(page->out,
                  "<p class=\"note\">Counted when the gateway answered, in steps of %s. Messages without an "
                  "answer are not "
                  "in it.</p>\n<details><summary>The same as a table</summary>\n<table class=\"narrow\">"
                  "<caption class=\"unseen\">Answers over time</caption>\n"
                  "<thead><tr><th scope=\"col\">From</th><th scope=\"col\" class=\"num\">Accepted</th>"
                  "<th scope=\"col\" class=\"num\">Refused or unknown</th></tr></thead>\n<tbody>\n",
                  width);
    for (size_t i = 0; i < timeline->bin_count; i++) {
        const struct timeline_bin *bin = &timeline->bins[i];
        page_put(page, "<tr><th scope=\"row\">");
        words_put_day(page->out, bin->index * timeline->bin_ms);
        page_put(page, ", ");
        words_put_time(page->out, bin->index * timeline->bin_ms, seconds);
        page_put(page, "</th>");
        page_put_cell(page, bin->accepted);
        page_put_cell(page, bin->others);
        page_put(page, "</tr>\n");
    }
    page_put(page, "</tbody></table>\n</details>\n</section>\n");
}

static void put_latency_fact(struct page *page, const char *name, int percent, const char *meaning)
{
    int64_t ms = latency_percentile(page->figures->latencies, page->figures->latency_count, percent);
    page_put_fact(page, name);
    buffer_printf(page->out, "<b id=\"p%d\" data-value=\"%" PRId64 "\">", percent, ms);
    words_put_latency(page->out, ms);
    buffer_printf(page->out, "</b> <small>%s</small></li>\n", meaning);
}

void page_put_latencies(struct page *page)
{
    const struct histogram *histogram = &page->figures->histogram;
    page_begin_section(page, "latency", "How long the gateway took to answer");
    page_put(page, "<ul class=\"facts\">\n");
    put_latency_fact(page, "Half of the answers (p50)", 50, "took at most so long");
    put_latency_fact(page, "95 in a hundred (p95)", 95, "took at most so long");
    put_latency_fact(page, "99 in a hundred (p99)", 99, "took at most so long");
    put_latency_fact(page, "The slowest", 100, "of all answers");
    page_put(page, "</ul>\n");
    svg_put_latencies(page->out, page->figures);
    page_put(page, "<details><summary>The same as a table</summary>\n<table class=\"narrow\">"
                   "<caption class=\"unseen\">Answers by the time that they took</caption>\n"
                   "<thead><tr><th scope=\"col\">Took</th><th scope=\"col\" "
                   "class=\"num\">Answers</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < histogram->bins; i++) {
        if (histogram->of[i] == 0)
            continue;
        page_put(page, "<tr><th scope=\"row\">");
        words_put_latency(page->out, i * histogram->bin_ms);
        page_put(page, " to ");
        words_put_latency(page->out, (i + 1) * histogram->bin_ms);
        page_put(page, "</th>");
        page_put_cell(page, histogram->of[i]);
        page_put(page, "</tr>\n");
    }
    if (histogram->beyond > 0) {
        page_put(page, "<tr><th scope=\"row\">longer</th>");
        page_put_cell(page, histogram->beyond);
        page_put(page, "</tr>\n");
    }
    page_put(page, "</tbody></table>\n</details>\n</section>\n");
}

/* ---- tables ---- */

static void put_reason(struct page *page, const struct figure_reason *reason)
{
    const char *state = job_state_name(reason->state);
    bool known = reason->reason != REASON_NONE;
    const char *remedy = known ? reason_remedy(reason->reason) : job_state_remedy(reason->state);
    buffer_printf(page->out,
                  "<tr data-state=\"%s\" data-reason=\"%s\" data-count=\"%" PRId64
                  "\"><th scope=\"row\" class=\"num\">",
                  state, reason_code(reason->reason), reason->count);
    words_put_number(page->out, reason->count);
    buffer_printf(page->out, "</th><td><span class=\"badge %s\">%s</span></td><td>", state, state);
    words_put_sentence(page->out, known ? reason_sentence(reason->reason) : job_state_meaning(reason->state));
    page_put(page, "</td><td>");
    words_put_sentence(page->out, remedy[0] != '\0' ? remedy : "nothing");
    page_put(page, "</td></tr>\n");
}

/* The state's rows for which there is something to say. */
static void put_reasons_of(struct page *page, enum job_state state)
{
    for (size_t i = 0; i < page->figures->reason_count; i++) {
        const struct figure_reason *reason = &page->figures->reasons[i];
        bool plain = reason->reason == REASON_NONE &&
                     (state == JOB_PENDING || state == JOB_INFLIGHT || state == JOB_ACCEPTED);
        if (reason->state == state && !plain)
            put_reason(page, reason);
    }
}

void page_put_reasons(struct page *page)
{
    static const enum job_state order[] = {JOB_UNKNOWN,   JOB_REFUSED,    JOB_INVALID, JOB_PENDING,
                                           JOB_DUPLICATE, JOB_SUPPRESSED, JOB_ACCEPTED};
    page_begin_section(page, "reasons", "Why not, and what to do");
    size_t before = page->out->len;
    page_put(page, "<table class=\"rows reasons\" id=\"reasons\"><caption class=\"unseen\">Rows by state and "
                   "reason</caption>\n"
                   "<thead><tr><th scope=\"col\" class=\"num\">Rows</th><th scope=\"col\">State</th><th "
                   "scope=\"col\">Why</th>"
                   "<th scope=\"col\">What to do</th></tr></thead>\n<tbody>\n");
    size_t empty = page->out->len;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        put_reasons_of(page, order[i]);
    if (page->out->len == empty) {
        page->out->len = before;
        page_put(page,
                 "<p class=\"good\">There is nothing to explain: no row was refused, is unknown or cannot "
                 "be sent.</p>\n");
    } else {
        page_put(page, "</tbody></table>\n");
    }
    page_put(page, "</section>\n");
}

static void put_balance(struct page *page, const char *balance)
{
    html_put_string(page->out, balance[0] == '\0' ? "?" : balance);
}

static void put_run(struct page *page, size_t place)
{
    const struct run *run = &page->figures->runs[place];
    bool last = place + 1 == page->figures->run_count;
    const char *why = run_end_sentence(run->ended);
    char duration[CLOCK_DURATION_BYTES] = "–";
    if (run->ended_at_ms == 0)
        why = !last || !page->figures->sending ? run_end_sentence("crashed")
              : page->hidden                   ? "it has not ended yet, or crashed"
                                               : "it is at work";
    if (run->ended_at_ms != 0 && strcmp(run->ended, "crashed") != 0)
        clock_format_duration(run->ended_at_ms - run->started_at_ms, duration);
    buffer_printf(page->out, "<tr data-ended=\"%s\"><th scope=\"row\" class=\"num\">%zu</th><td>", run->ended,
                  place + 1);
    words_put_instant(page->out, run->started_at_ms);
    buffer_printf(page->out, "</td><td>%s</td>", duration);
    page_put_cell(page, run->accepted);
    page_put_cell(page, run->refused);
    page_put_cell(page, run->unknown);
    page_put(page, "<td class=\"num\">");
    put_balance(page, run->balance_before);
    page_put(page, "</td><td class=\"num\">");
    put_balance(page, run->balance_after);
    page_put(page, "</td><td class=\"why\">");
    words_put_sentence(page->out, why[0] != '\0' ? why : run->ended);
    if (last && page->of[JOB_PENDING] > 0 && run_end_remedy(run->ended)[0] != '\0') {
        page_put(page, " ");
        words_put_sentence(page->out, run_end_remedy(run->ended));
    }
    page_put(page, "</td></tr>\n");
}

void page_put_runs(struct page *page)
{
    size_t count = page->figures->run_count;
    size_t first = count > RUNS_MOST ? count - RUNS_MOST : 0;
    page_begin_section(page, "runs", "Runs");
    if (count == 0) {
        page_put(page, "<p>None yet. To send: ");
        report_put_command(page->report, "send", "");
        page_put(page, "</p>\n</section>\n");
        return;
    }
    page_put(page,
             "<div class=\"wide\" role=\"region\" aria-labelledby=\"runs-heading\" tabindex=\"0\">\n<table "
             "id=\"runs\">"
             "<caption class=\"unseen\">Runs and why each ended</caption>\n"
             "<thead><tr><th scope=\"col\" class=\"num\">Run</th><th scope=\"col\">Started</th><th "
             "scope=\"col\">Took</th>"
             "<th scope=\"col\" class=\"num\">Accepted</th><th scope=\"col\" class=\"num\">Refused</th>"
             "<th scope=\"col\" class=\"num\">Unknown</th><th scope=\"col\" class=\"num\">Balance before</th>"
             "<th scope=\"col\" class=\"num\">Balance after</th><th scope=\"col\">Why it "
             "ended</th></tr></thead>\n<tbody>\n");
    for (size_t i = first; i < count; i++)
        put_run(page, i);
    page_put(page, "</tbody></table>\n</div>\n");
    if (first > 0) {
        page_put(page, "<p class=\"note more\">");
        words_put_count(page->out, (int64_t)first, "earlier run is", "earlier runs are");
        page_put(page, " not shown; all of them: ");
        report_put_command(page->report, "status", "");
        page_put(page, "</p>\n");
    }
    page_put(page, "</section>\n");
}
