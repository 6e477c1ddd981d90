/* What the files of the HTML report share: the page while it is made. report_html.c has its order and frame,
 * report_headline.c what is said first, report_sections.c charts and tables. */
#ifndef CAMPANA_REPORT_PAGE_H
#define CAMPANA_REPORT_PAGE_H

#include "campana/figures.h"
#include "report_internal.h"

struct page {
    struct report *report;
    struct buffer *out;
    const struct figures *figures;
    const int64_t *of; /* figures->counts.of */
    bool hidden;       /* the sender's lock may not be looked at: figures->sending is a guess */
};

void page_put(struct page *page, const char *html);

/* A number that a program can read back (data-value), as an element of this id … */
void page_put_figure(struct page *page, const char *id, int64_t number);
/* … and as a cell of a table. */
void page_put_cell(struct page *page, int64_t number);

/* Begins an item of a list of facts; the caller ends it. */
void page_put_fact(struct page *page, const char *name);

/* A command of campana's on this campaign, to be copied. */
void report_put_command(struct report *report, const char *command, const char *options);

/* Its heading has the id ID-heading. The caller ends it with </section>. */
void page_begin_section(struct page *page, const char *id, const char *heading);

void page_put_headline(struct page *page);

/* Sections, in the order in which they may come. */
void page_put_reasons(struct page *page);
void page_put_timeline(struct page *page);
void page_put_latencies(struct page *page);
void page_put_runs(struct page *page);

#endif
