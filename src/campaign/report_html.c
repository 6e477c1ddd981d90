/* The page for people: one file that needs nothing else, no network and no script. Decides what is said and
 * in which order; the headline is report_headline.c's, charts and tables are report_sections.c's, the rows
 * report_attention.c's, the looks report.css's, the words for states, reasons and ends those of job.h,
 * reason.h and engine.h. The page is made whole in memory, so that the snapshot is over before anybody reads
 * it, however slowly. */
#include "campana/digest.h"
#include "campana/html.h"
#include "campana/report_words.h"
#include "campana/shell.h"
#include "campana/store_figures.h"
#include "report_assets.h"
#include "report_page.h"
#include <inttypes.h>
#include <string.h>

#define TITLE_MOST 120

/* ---- pieces ---- */

void page_put(struct page *page, const char *html)
{
    buffer_puts(page->out, html);
}

void page_put_figure(struct page *page, const char *id, int64_t number)
{
    buffer_printf(page->out, "<b id=\"%s\" data-value=\"%" PRId64 "\">", id, number);
    words_put_number(page->out, number);
    page_put(page, "</b>");
}

void page_put_cell(struct page *page, int64_t number)
{
    buffer_printf(page->out, "<td class=\"num\" data-value=\"%" PRId64 "\">", number);
    words_put_number(page->out, number);
    page_put(page, "</td>");
}

void report_put_command(struct report *report, const char *command, const char *options)
{
    struct buffer name = {0};
    shell_put_quoted(&name, report->campaign->name);
    buffer_printf(&report->out, "<code>campana %s ", command);
    html_put_string(&report->out, buffer_string(&name));
    html_put_string(&report->out, options);
    buffer_puts(&report->out, "</code>");
    report->out.failed = report->out.failed || name.failed;
    buffer_free(&name);
}

void page_put_fact(struct page *page, const char *name)
{
    buffer_printf(page->out, "<li><span>%s</span> ", name);
}

void page_begin_section(struct page *page, const char *id, const char *heading)
{
    buffer_printf(page->out, "<section aria-labelledby=\"%s-heading\">\n<h2 id=\"%s-heading\">%s</h2>\n", id,
                  id, heading);
}

/* ---- around the figures ---- */

static int put_hash(struct page *page, const char *content, struct error *error)
{
    char hex[DIGEST_HEX_BYTES];
    struct digest *digest = digest_new(error);
    int result = digest == NULL || digest_add(digest, content, strlen(content), error) != 0 ||
                         digest_finish(digest, hex, error) != 0
                     ? -1
                     : 0;
    if (result == 0)
        html_put_hash_source(page->out, hex);
    digest_free(digest);
    return result;
}

static int put_head(struct page *page, struct error *error)
{
    page_put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
    if (put_hash(page, report_css, error) != 0)
        return -1;
    page_put(page, "; script-src ");
    if (put_hash(page, report_js, error) != 0)
        return -1;
    page_put(page, "; base-uri 'none'; form-action 'none'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n"
                   "<meta name=\"robots\" content=\"noindex\">\n<title>");
    html_put_text(page->out, slice_of(page->report->campaign->name), TITLE_MOST);
    page_put(page, ": SMS campaign report</title>\n<style>");
    page_put(page, report_css);
    page_put(page, "</style>\n</head>\n");
    return 0;
}

/* What there is to know in a word or two, and how urgent it is. */
static void put_badge(struct page *page)
{
    const struct figures *figures = page->figures;
    const char *class = "good";
    const char *words = "Complete";
    if (figures->sending) {
        class = "busy";
        words = page->hidden ? "Not ended" : "Sending now";
    } else if (page->of[JOB_PENDING] + page->of[JOB_INFLIGHT] > 0) {
        class = figures->run_count == 0 ? "busy" : "open";
        words = figures->run_count == 0 ? "Not sent yet" : "Not finished";
    } else if (page->of[JOB_UNKNOWN] > 0) {
        class = "open";
        words = "Needs a decision";
    } else if (figures->sendable == 0) {
        class = "open";
        words = "Nothing to send";
    }
    buffer_printf(page->out, "<p class=\"status %s\" id=\"status\">%s</p>\n", class, words);
}

static void put_origin(struct page *page, const struct campaign *campaign)
{
    if (campaign->forgotten_at_ms != 0) {
        page_put(page, "Loaded ");
        words_put_instant(page->out, campaign->loaded_at_ms);
        page_put(page, "; its numbers and texts were forgotten on ");
        words_put_instant(page->out, campaign->forgotten_at_ms);
        page_put(page, ".");
        return;
    }
    page_put(page, "<bdi>");
    html_put_string(page->out, strcmp(campaign->file, "-") == 0 ? "standard input" : campaign->file);
    page_put(page, "</bdi>, loaded ");
    words_put_instant(page->out, campaign->loaded_at_ms);
    page_put(page, ".");
}

static void put_header(struct page *page)
{
    const struct campaign *campaign = page->report->campaign;
    page_put(page, "<header>\n<div>\n<p class=\"kind\">SMS campaign report</p>\n<h1><bdi>");
    html_put_string(page->out, campaign->name);
    page_put(page, "</bdi></h1>\n</div>\n");
    put_badge(page);
    page_put(page, "<p class=\"origin\">");
    put_origin(page, campaign);
    page_put(page, " This report shows how things stood on ");
    words_put_instant(page->out, page->report->options->now_ms);
    page_put(page, ". All times are Colombian (UTC−5).</p>\n</header>\n");
}

static int put_attention(struct page *page, struct store *store, struct error *error)
{
    page_begin_section(page, "attention",
                       page->report->options->states == 0 ? "Rows that need a person"
                                                          : "The rows that were asked for");
    if (report_put_attention(page->report, store, page->figures, error) != 0)
        return -1;
    page_put(page, "</section>\n");
    return 0;
}

static void put_words(struct page *page)
{
    page_begin_section(page, "words", "What the words mean");
    page_put(page, "<dl class=\"words\">\n");
    for (int i = 0; i < JOB_STATES; i++) {
        enum job_state state = (enum job_state)i;
        buffer_printf(page->out, "<dt><span class=\"badge %s\">%s</span></dt><dd>", job_state_name(state),
                      job_state_name(state));
        words_put_sentence(page->out, job_state_meaning(state));
        page_put(page, "</dd>\n");
    }
    page_put(page, "</dl>\n</section>\n");
}

static void put_footer(struct page *page)
{
    page_put(page, "<footer>\n<p>");
    if (page->report->options->full_numbers) {
        page_put(page, "Telephone numbers are shown whole: keep this file to yourself.");
    } else {
        page_put(page, "Telephone numbers are masked; to see them: ");
        report_put_command(page->report, "report", " --format html --full-numbers");
        page_put(page, ". Names and texts of customers are not: mind whom you send this file to.");
    }
    page_put(page, " Every row is in ");
    report_put_command(page->report, "report", " --format csv --excel");
    page_put(page, ".</p>\n<p>Made by campana " CAMPANA_VERSION ".</p>\n</footer>\n");
}

/* ---- the whole ---- */

static int put_page(struct page *page, struct store *store, struct error *error)
{
    if (put_head(page, error) != 0)
        return -1;
    page_put(page, "<body>\n");
    put_header(page);
    page_put(page, "<main>\n");
    page_put_headline(page);
    page_put_reasons(page);
    if (page->figures->answers > 0) {
        page_put_timeline(page);
        page_put_latencies(page);
    }
    page_put_runs(page);
    if (put_attention(page, store, error) != 0)
        return -1;
    put_words(page);
    page_put(page, "</main>\n");
    put_footer(page);
    page_put(page, "<script>");
    page_put(page, report_js);
    page_put(page, "</script>\n</body>\n</html>\n");
    return 0;
}

int report_put_page(struct report *report, struct store *store, struct error *error)
{
    struct figures figures = {0};
    struct page page = {.report = report, .out = &report->out, .figures = &figures, .of = figures.counts.of};
    int result = -1;
    int sending = store_sender_active(store, error);
    page.hidden = sending == STORE_SENDER_HIDDEN;
    if (sending < 0 || store_snapshot_begin(store, error) != 0)
        return -1;
    if (figures_gather(store, report->campaign, sending != 0, report->options->now_ms, &figures, error) == 0)
        result = put_page(&page, store, error);
    store_snapshot_end(store);
    figures_free(&figures);
    return result;
}
