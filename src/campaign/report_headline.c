/* What is said first: how it went, what to do next, and the figures. */
#include "campana/clock.h"
#include "campana/reckoning.h"
#include "campana/report_svg.h"
#include "campana/report_words.h"
#include "report_page.h"
#include <inttypes.h>
#include <stdio.h>

static void put_verdict(struct page *page)
{
    const struct figures *figures = page->figures;
    int64_t accepted = page->of[JOB_ACCEPTED];
    page_put(page, "<p class=\"verdict\" id=\"verdict\">");
    if (figures->rows == 0) {
        page_put(page, "This campaign has no rows");
    } else if (figures->sendable == 0) {
        page_put(page, "No row of this campaign can be sent");
    } else if (figures->run_count == 0 && accepted == 0) {
        words_put_count(page->out, figures->sendable, "message is", "messages are");
        page_put(page, " ready, none has been sent yet");
    } else if (accepted == figures->sendable) {
        page_put(page, accepted == 1 ? "The message was" : "All ");
        if (accepted > 1) {
            words_put_number(page->out, accepted);
            page_put(page, " messages were");
        }
        page_put(page, " accepted by the gateway");
    } else {
        words_put_number(page->out, accepted);
        page_put(page, " of ");
        words_put_count(page->out, figures->sendable, "message", "messages");
        page_put(page, accepted == 1 ? " was accepted by the gateway" : " were accepted by the gateway");
    }
    page_put(page, "</p>\n");
}

/* The one thing to do next, if there is one. */
static void put_next_step(struct page *page)
{
    int64_t waiting = page->of[JOB_PENDING] + page->of[JOB_INFLIGHT];
    if (waiting > 0 && !page->figures->sending) {
        page_put(page, "<p class=\"next\">");
        words_put_count(page->out, waiting, "message waits", "messages wait");
        page_put(page, " to be sent. To go on: ");
        report_put_command(page->report, "send", "");
        page_put(page, "</p>\n");
    }
    if (page->of[JOB_UNKNOWN] > 0) {
        page_put(page, "<p class=\"next\">");
        words_put_count(page->out, page->of[JOB_UNKNOWN], "message", "messages");
        page_put(page,
                 " may or may not have been sent: the gateway gave no clear answer, and campana does not "
                 "send twice. "
                 "Look the numbers up in the gateway's web reports (<span lang=\"es\">A través de web "
                 "services</span>), "
                 "then decide: ");
        report_put_command(page->report, "resolve", " --as accepted|refused|pending");
        page_put(page, "</p>\n");
    }
}

static const char *explain(const struct outcome_part *part)
{
    if ((part->states >> JOB_ACCEPTED & 1) != 0)
        return "taken by the gateway";
    if ((part->states >> JOB_PENDING & 1) != 0)
        return "still to be sent";
    if ((part->states >> JOB_UNKNOWN & 1) != 0)
        return "may have been sent";
    if ((part->states >> JOB_REFUSED & 1) != 0)
        return "by the gateway, not charged";
    return "never left";
}

static void put_not_sendable(struct page *page)
{
    static const enum job_state states[] = {JOB_INVALID, JOB_DUPLICATE, JOB_SUPPRESSED};
    const char *separator = "";
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (page->of[states[i]] == 0)
            continue;
        page_put(page, separator);
        words_put_number(page->out, page->of[states[i]]);
        buffer_printf(page->out, " %s", job_state_name(states[i]));
        separator = ", ";
    }
}

static void put_tiles(struct page *page)
{
    page_put(page, "<ul class=\"tiles\">\n");
    for (const struct outcome_part *part = outcome_parts; part->name != NULL; part++) {
        char id[32];
        int64_t count = outcome_part_count(part, &page->figures->counts);
        bool unsendable = (part->states >> JOB_INVALID & 1) != 0;
        snprintf(id, sizeof id, "count-%s", part->name);
        buffer_printf(page->out, "<li class=\"%s%s\"><span>%s</span> ", part->name, count == 0 ? " none" : "",
                      part->label);
        page_put_figure(page, id, count);
        if (count > 0) {
            page_put(page, " <small>");
            words_put_share(page->out, count, page->figures->rows);
            page_put(page, " · ");
            if (unsendable)
                put_not_sendable(page);
            else
                page_put(page, explain(part));
            page_put(page, "</small>");
        }
        page_put(page, "</li>\n");
    }
    page_put(page, "</ul>\n");
}

static void put_duration(struct page *page)
{
    const struct figures *figures = page->figures;
    char duration[CLOCK_DURATION_BYTES];
    clock_format_duration(figures->sending_ms, duration);
    page_put_fact(page, "Sending time");
    buffer_printf(page->out, "<b id=\"sending-ms\" data-value=\"%" PRId64 "\">%s</b> <small>in ",
                  figures->sending_ms, duration);
    words_put_count(page->out, (int64_t)figures->run_count, "run", "runs");
    page_put(page, ", long pauses left out</small></li>\n");
}

static void put_rate(struct page *page)
{
    const struct figures *figures = page->figures;
    int64_t peak = figures_peak_per_minute(figures);
    page_put_fact(page, "Pace");
    if (figures->answers == 0) {
        page_put(page, "<b>–</b> <small>no answer yet</small></li>\n");
        return;
    }
    page_put_figure(page, "per-minute", figures_mean_per_minute(figures));
    page_put(page, " <small>messages a minute on average, at most ");
    words_put_number(page->out, peak);
    page_put(page, "</small></li>\n");
}

static void put_credit(struct page *page)
{
    const struct figure_credit *credit = &page->figures->credit;
    char spent[RECKONING_AMOUNT_BYTES];
    page_put_fact(page, "Credit spent");
    if (credit->known == 0 || credit->bought) {
        page_put(page, "<b>not known</b> <small>");
        page_put(page, credit->bought ? "the balance rose during a run: credit was bought meanwhile"
                                      : "the balance was not known before and after a run");
    } else {
        reckoning_format_amount(credit->spent, spent);
        buffer_printf(page->out,
                      "<b id=\"credit\" data-value=\"%s\">%s</b> <small>balance before less balance after ",
                      spent, spent);
        page_put(page, credit->known == 1 ? "the run" : "each run");
        if (credit->not_known > 0) {
            page_put(page, "; without ");
            words_put_count(page->out, (int64_t)credit->not_known, "run", "runs");
            page_put(page, " whose balance is not known");
        }
        page_put(page, ". Whatever else the account sent meanwhile is in it");
    }
    page_put(page, "</small></li>\n");
}

void page_put_headline(struct page *page)
{
    page_put(page, "<section aria-label=\"Result\" class=\"headline\">\n");
    put_verdict(page);
    put_next_step(page);
    if (page->figures->rows > 0) {
        page_put(page, "<p class=\"note all\">Of ");
        page_put_figure(page, "rows", page->figures->rows);
        page_put(page, page->figures->rows == 1 ? " row in the spreadsheet:</p>\n"
                                                : " rows in the spreadsheet:</p>\n");
        svg_put_outcomes(page->out, page->figures);
        put_tiles(page);
    }
    page_put(page, "<p class=\"note\"><strong>Accepted means accepted by the gateway, not delivered to the "
                   "telephone:</strong> "
                   "the gateway tells no more.</p>\n");
    if (page->figures->run_count > 0) {
        page_put(page, "<ul class=\"facts\">\n");
        put_duration(page);
        put_rate(page);
        put_credit(page);
        page_put(page, "</ul>\n");
    }
    page_put(page, "</section>\n");
}
