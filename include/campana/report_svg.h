/* The report's charts as inline SVG. They have no view box: what is across is in percent and what is down in pixels, so that
 * a chart is as wide as its page and its words keep their size on a telephone. Every shape carries its figure as a data-
 * attribute, and every chart its gist as a title; colours are the style sheet's, by class. Nothing in them comes from a
 * file. */
#ifndef CAMPANA_REPORT_SVG_H
#define CAMPANA_REPORT_SVG_H

#include "campana/figures.h"

/* What a campaign's rows came to, in the order in which it is shown. */
struct outcome_part {
    const char *name; /* also the shape's class: accepted, waiting, unknown, refused, unsendable */
    const char *label;
    unsigned states; /* bits 1 << state */
};
extern const struct outcome_part outcome_parts[]; /* ends with name NULL */

int64_t outcome_part_count(const struct outcome_part *part, const struct counts *counts);

/* One bar: data-name, data-count. A part that is not empty can be seen, however small. */
void svg_put_outcomes(struct buffer *out, const struct figures *figures);

/* Both of a campaign with at least one answer. Answers per minute: per bar data-from-ms, data-accepted, data-others; per stop data-run (from 1), data-at-ms. */
void svg_put_timeline(struct buffer *out, const struct figures *figures);

/* How many answers took how long: per bar data-from-ms, data-to-ms, data-count; per mark data-percentile, data-ms. */
void svg_put_latencies(struct buffer *out, const struct figures *figures);

#endif
