/* Decides where the charts' shapes stand. Across, everything is reckoned in thousandths of a percent. */
#include "campana/report_svg.h"
#include "campana/hours.h"
#include "campana/report_words.h"
#include <inttypes.h>
#include <string.h>

#define WHOLE      TIMELINE_WHOLE
#define MS_PER_MIN 60000LL

#define BAR_HEIGHT       28
#define PART_LEAST       1600 /* what is seen of a part that is not empty */
#define PLOT_TOP         30
#define PLOT_BASE        190
#define PLOT_HEIGHT      (PLOT_BASE - PLOT_TOP)
#define CHART_HEIGHT     228
#define TICKS_MOST       4
#define BAR_WIDEST       6000
#define LABEL_DISTANCE   17000 /* two labels of an axis stand at least so far apart */
#define PERCENTILE_LINES 13    /* pixels between the labels of percentiles */

const struct outcome_part outcome_parts[] = {
    {"accepted", "accepted", 1u << JOB_ACCEPTED},
    {"waiting", "waiting to be sent", 1u << JOB_PENDING | 1u << JOB_INFLIGHT},
    {"unknown", "unknown", 1u << JOB_UNKNOWN},
    {"refused", "refused", 1u << JOB_REFUSED},
    {"unsendable", "not sendable", 1u << JOB_INVALID | 1u << JOB_DUPLICATE | 1u << JOB_SUPPRESSED},
    {NULL, NULL, 0},
};

int64_t outcome_part_count(const struct outcome_part *part, const struct counts *counts)
{
    int64_t count = 0;
    for (int state = 0; state < JOB_STATES; state++)
        if ((part->states >> state & 1) != 0)
            count += counts->of[state];
    return count;
}

static void put_percent(struct buffer *out, const char *name, int64_t thousandths)
{
    buffer_printf(out, " %s=\"%" PRId64 ".%03" PRId64 "%%\"", name, thousandths / 1000, thousandths % 1000);
}

/* Up to the chart's gist in words, which the caller appends and ends with END_GIST. */
#define END_GIST "\">\n"
static void begin_chart(struct buffer *out, const char *class, const char *name, int height)
{
    buffer_printf(out, "<svg class=\"%s\" id=\"%s\" role=\"img\" width=\"100%%\" height=\"%d\" aria-label=\"",
                  class, name, height);
}

/* ---- the outcome ---- */

void svg_put_outcomes(struct buffer *out, const struct figures *figures)
{
    int64_t shares = 0; /* of parts that need no help to be seen */
    int64_t left = WHOLE;
    int64_t x = 0;
    const char *separator = ": ";
    for (const struct outcome_part *part = outcome_parts; part->name != NULL; part++) {
        int64_t count = outcome_part_count(part, &figures->counts);
        left -= count > 0 ? PART_LEAST : 0;
        shares += count;
    }
    begin_chart(out, "chart", "outcomes", BAR_HEIGHT);
    words_put_count(out, figures->rows, "row", "rows");
    for (const struct outcome_part *part = outcome_parts; part->name != NULL; part++) {
        int64_t count = outcome_part_count(part, &figures->counts);
        if (count == 0)
            continue;
        buffer_puts(out, separator);
        words_put_number(out, count);
        buffer_printf(out, " %s", part->label);
        separator = ", ";
    }
    buffer_puts(out, END_GIST);
    for (const struct outcome_part *part = outcome_parts; part->name != NULL; part++) {
        int64_t count = outcome_part_count(part, &figures->counts);
        if (count == 0)
            continue;
        int64_t width = PART_LEAST + left * count / shares;
        buffer_printf(out, "<rect class=\"part %s\" data-name=\"%s\" data-count=\"%" PRId64 "\"", part->name,
                      part->name, count);
        put_percent(out, "x", x);
        put_percent(out, "width", width);
        buffer_printf(out, " y=\"0\" height=\"%d\"><title>", BAR_HEIGHT);
        words_put_number(out, count);
        buffer_printf(out, " %s</title></rect>\n", part->label);
        x += width;
    }
    buffer_puts(out, "</svg>\n");
}

/* ---- what both charts with axes have ---- */

/* The distance of the axis' ticks: 1, 2 or 5 with zeros, at most TICKS_MOST of them up to `most`. */
static int64_t tick_distance(int64_t most)
{
    static const int firsts[] = {1, 2, 5};
    for (int64_t zeros = 1;; zeros *= 10)
        for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
            if (most <= TICKS_MOST * firsts[i] * zeros)
                return firsts[i] * zeros;
}

struct scale {
    int64_t tick, top; /* top: the value at PLOT_TOP */
};

static struct scale scale_for(int64_t most)
{
    int64_t least = most > 0 ? most : 1;
    int64_t tick = tick_distance(least);
    return (struct scale){tick, (least + tick - 1) / tick * tick};
}

static void put_line(struct buffer *out, const char *class, int64_t x, int top)
{
    buffer_printf(out, "<line class=\"%s\"", class);
    put_percent(out, "x1", x);
    put_percent(out, "x2", x);
    buffer_printf(out, " y1=\"%d\" y2=\"%d\"/>", top, PLOT_BASE);
}

static void put_grid(struct buffer *out, const struct scale *scale)
{
    for (int64_t value = 0; value <= scale->top; value += scale->tick) {
        int64_t y = PLOT_BASE - PLOT_HEIGHT * value / scale->top;
        buffer_printf(out,
                      "<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%" PRId64 "\" y2=\"%" PRId64 "\"/>\n",
                      value == 0 ? "base" : "grid", y, y);
    }
}

/* To the left of the plot, in the room that the style sheet keeps there. */
static void put_grid_labels(struct buffer *out, const struct scale *scale)
{
    for (int64_t value = scale->tick; value <= scale->top; value += scale->tick) {
        buffer_printf(out, "<text class=\"tick\" text-anchor=\"end\" x=\"-8\" y=\"%" PRId64 "\">",
                      PLOT_BASE - PLOT_HEIGHT * value / scale->top + 4);
        words_put_number(out, value);
        buffer_puts(out, "</text>\n");
    }
}

/* A label below the axis, kept within it at both ends. */
static void begin_axis_label(struct buffer *out, int64_t x, int line)
{
    const char *anchor = x < 4000 ? "start" : x > 96000 ? "end" : "middle";
    buffer_printf(out, "<text class=\"tick\" text-anchor=\"%s\"", anchor);
    put_percent(out, "x", x);
    buffer_printf(out, " y=\"%d\">", PLOT_BASE + 15 * line);
}

static void put_bar(struct buffer *out, const char *class, int64_t x, int64_t slot, int64_t y, int64_t height)
{
    int64_t width = slot * 86 / 100 < BAR_WIDEST ? slot * 86 / 100 : BAR_WIDEST;
    buffer_printf(out, "<rect class=\"%s\"", class);
    put_percent(out, "x", x + (slot - width) / 2);
    put_percent(out, "width", width);
    buffer_printf(out, " y=\"%" PRId64 ".%" PRId64 "\" height=\"%" PRId64 ".%" PRId64 "\"/>", y / 10, y % 10,
                  height / 10, height % 10);
}

/* ---- answers over time ---- */

static int64_t per_minute(const struct timeline *timeline, int64_t answers)
{
    return answers * MS_PER_MIN / timeline->bin_ms;
}

/* In tenths of a pixel; what is not nothing is seen. */
static int64_t height_of(const struct scale *scale, int64_t value, int64_t answers)
{
    int64_t height = 10 * PLOT_HEIGHT * value / scale->top;
    return answers > 0 && height < 10 ? 10 : height;
}

static void put_time_bar(struct buffer *out, const struct timeline *timeline, const struct timeline_bin *bin,
                         const struct scale *scale)
{
    int64_t x = timeline_bin_at(timeline, bin->index);
    int64_t slot = WHOLE / timeline->slots;
    int64_t accepted = height_of(scale, per_minute(timeline, bin->accepted), bin->accepted);
    int64_t others = height_of(scale, per_minute(timeline, bin->others), bin->others);
    buffer_printf(out,
                  "<g class=\"bin\" data-from-ms=\"%" PRId64 "\" data-accepted=\"%" PRId64
                  "\" data-others=\"%" PRId64 "\"><title>",
                  bin->index * timeline->bin_ms, bin->accepted, bin->others);
    words_put_time(out, bin->index * timeline->bin_ms, timeline->bin_ms < MS_PER_MIN);
    buffer_puts(out, ": ");
    words_put_number(out, per_minute(timeline, bin->accepted + bin->others));
    buffer_puts(out, " a minute</title>");
    if (bin->accepted > 0)
        put_bar(out, "accepted", x, slot, 10 * PLOT_BASE - accepted, accepted);
    if (bin->others > 0)
        put_bar(out, "others", x, slot, 10 * PLOT_BASE - accepted - others, others);
    buffer_puts(out, "</g>\n");
}

static void put_cuts(struct buffer *out, const struct timeline *timeline)
{
    int64_t width = WHOLE * TIMELINE_CUT_BINS / timeline->slots;
    for (size_t i = 1; i < timeline->stretch_count; i++) {
        buffer_puts(out, "<rect class=\"cut\"");
        put_percent(out, "x", timeline_bin_at(timeline, timeline->stretches[i].first) - width);
        put_percent(out, "width", width);
        buffer_printf(out, " y=\"%d\" height=\"%d\"/>\n", PLOT_TOP, PLOT_HEIGHT);
    }
}

struct time_labels {
    struct buffer *out;
    const struct timeline *timeline;
    int64_t last_x;          /* of the last label, far left before the first */
    struct hours_local last; /* its time */
};

static void put_time_label(struct time_labels *labels, int64_t x, int64_t at_ms)
{
    struct hours_local local = hours_local(at_ms);
    begin_axis_label(labels->out, x, 1);
    words_put_time(labels->out, at_ms, labels->timeline->bin_ms < MS_PER_MIN);
    buffer_puts(labels->out, "</text>");
    if (local.day != labels->last.day || local.month != labels->last.month) {
        begin_axis_label(labels->out, x, 2);
        words_put_day(labels->out, at_ms);
        buffer_puts(labels->out, "</text>");
    }
    buffer_puts(labels->out, "\n");
    labels->last_x = x;
    labels->last = local;
}

/* Where stretches begin, then within them, as long as there is room. */
static void put_time_labels(struct buffer *out, const struct timeline *timeline)
{
    struct time_labels labels = {.out = out, .timeline = timeline, .last_x = -WHOLE};
    int64_t step = timeline->slots / 5 > 1 ? timeline->slots / 5 : 1;
    for (size_t i = 0; i < timeline->stretch_count; i++) {
        const struct timeline_stretch *stretch = &timeline->stretches[i];
        for (int64_t index = stretch->first; index <= stretch->last; index += step) {
            int64_t x = timeline_bin_at(timeline, index);
            if (x - labels.last_x >= LABEL_DISTANCE && (x < 4000 || x < WHOLE - LABEL_DISTANCE / 2))
                put_time_label(&labels, x, index * timeline->bin_ms);
        }
    }
    if (WHOLE - labels.last_x >= LABEL_DISTANCE * 3 / 2 && timeline->stretch_count > 0) {
        const struct timeline_stretch *last = &timeline->stretches[timeline->stretch_count - 1];
        put_time_label(&labels, WHOLE, (last->last + 1) * timeline->bin_ms);
    }
}

static void put_stops(struct buffer *out, const struct figures *figures)
{
    int64_t labelled = -WHOLE;
    for (size_t i = 0; i < figures->run_count; i++) {
        const struct run *run = &figures->runs[i];
        int64_t at_ms = figures_stopped_at_ms(figures, run);
        if (at_ms == 0)
            continue;
        int64_t x = timeline_at(&figures->timeline, at_ms);
        buffer_printf(
            out, "<g class=\"stop\" data-run=\"%zu\" data-at-ms=\"%" PRId64 "\"><title>Run %zu stopped at ",
            i + 1, at_ms, i + 1);
        words_put_time(out, at_ms, true);
        buffer_puts(out, "</title>");
        put_line(out, strcmp(run->ended, "done") == 0 ? "done" : "early", x, PLOT_TOP - 12);
        if (x - labelled >= 3500) {
            buffer_printf(out, "<text class=\"mark\" text-anchor=\"%s\"",
                          x < 2000    ? "start"
                          : x > 98000 ? "end"
                                      : "middle");
            put_percent(out, "x", x);
            buffer_printf(out, " y=\"%d\">%zu</text>", PLOT_TOP - 16, i + 1);
            labelled = x;
        }
        buffer_puts(out, "</g>\n");
    }
}

void svg_put_timeline(struct buffer *out, const struct figures *figures)
{
    const struct timeline *timeline = &figures->timeline;
    struct scale scale = scale_for(figures_peak_per_minute(figures));
    begin_chart(out, "chart axes", "timeline", CHART_HEIGHT);
    buffer_puts(out, "Answers per minute over time: at most ");
    words_put_number(out, figures_peak_per_minute(figures));
    buffer_puts(out, " a minute; ");
    words_put_count(out, (int64_t)figures->run_count, "run", "runs");
    buffer_puts(out, END_GIST);
    put_grid(out, &scale);
    put_cuts(out, timeline);
    for (size_t i = 0; i < timeline->bin_count; i++)
        put_time_bar(out, timeline, &timeline->bins[i], &scale);
    put_stops(out, figures);
    put_grid_labels(out, &scale);
    put_time_labels(out, timeline);
    buffer_puts(out, "</svg>\n");
}

/* ---- how long answers took ---- */

static void put_latency_bar(struct buffer *out, const struct scale *scale, int64_t slot, int place,
                            int64_t from_ms, int64_t to_ms, int64_t count)
{
    if (count == 0)
        return;
    int64_t height = height_of(scale, count, count);
    buffer_printf(out, "<g class=\"bin\" data-from-ms=\"%" PRId64 "\"", from_ms);
    if (to_ms > 0)
        buffer_printf(out, " data-to-ms=\"%" PRId64 "\"", to_ms);
    buffer_printf(out, " data-count=\"%" PRId64 "\"><title>", count);
    words_put_number(out, count);
    buffer_puts(out, to_ms > 0 ? " from " : " after ");
    words_put_latency(out, from_ms);
    if (to_ms > 0) {
        buffer_puts(out, " to ");
        words_put_latency(out, to_ms);
    }
    buffer_puts(out, "</title>");
    put_bar(out, to_ms > 0 ? "latency" : "others", slot * place, slot, 10 * PLOT_BASE - height, height);
    buffer_puts(out, "</g>\n");
}

static void put_percentiles(struct buffer *out, const struct figures *figures, int64_t slot)
{
    static const int percents[] = {50, 95, 99};
    const struct histogram *histogram = &figures->histogram;
    for (int i = 0; i < (int)(sizeof percents / sizeof *percents); i++) {
        int64_t ms = latency_percentile(figures->latencies, figures->latency_count, percents[i]);
        int64_t x = ms * slot / histogram->bin_ms + slot / 2 / histogram->bin_ms;
        bool right = x > 70000;
        buffer_printf(out, "<g class=\"percentile\" data-percentile=\"%d\" data-ms=\"%" PRId64 "\">",
                      percents[i], ms);
        put_line(out, "mark", x, 2 + PERCENTILE_LINES * i);
        buffer_printf(out, "<text class=\"mark\" text-anchor=\"%s\"", right ? "end" : "start");
        put_percent(out, "x", x);
        buffer_printf(out, " dx=\"%d\" y=\"%d\">p%d ", right ? -5 : 5, 11 + PERCENTILE_LINES * i,
                      percents[i]);
        words_put_latency(out, ms);
        buffer_puts(out, "</text></g>\n");
    }
}

void svg_put_latencies(struct buffer *out, const struct figures *figures)
{
    const struct histogram *histogram = &figures->histogram;
    int slots = histogram->bins + (histogram->beyond > 0 ? 2 : 0);
    int64_t slot = WHOLE / (slots > 0 ? slots : 1);
    int64_t most = histogram->beyond;
    for (int i = 0; i < histogram->bins; i++)
        most = histogram->of[i] > most ? histogram->of[i] : most;
    struct scale scale = scale_for(most);

    begin_chart(out, "chart axes", "latencies", CHART_HEIGHT);
    buffer_puts(out, "How long answers took: half of them at most ");
    words_put_latency(out, latency_percentile(figures->latencies, figures->latency_count, 50));
    buffer_puts(out, ", 95 in a hundred at most ");
    words_put_latency(out, latency_percentile(figures->latencies, figures->latency_count, 95));
    buffer_puts(out, ", 99 in a hundred at most ");
    words_put_latency(out, latency_percentile(figures->latencies, figures->latency_count, 99));
    buffer_puts(out, END_GIST);
    put_grid(out, &scale);
    for (int i = 0; i < histogram->bins; i++)
        put_latency_bar(out, &scale, slot, i, i * histogram->bin_ms, (i + 1) * histogram->bin_ms,
                        histogram->of[i]);
    put_latency_bar(out, &scale, slot, slots - 1, histogram->bins * histogram->bin_ms, 0, histogram->beyond);
    put_percentiles(out, figures, slot);
    put_grid_labels(out, &scale);
    int step = histogram->bins / 4 > 0 ? histogram->bins / 4 : 1;
    for (int i = 0; i < histogram->bins; i += step) {
        begin_axis_label(out, slot * i, 1);
        words_put_latency(out, i * histogram->bin_ms);
        buffer_puts(out, "</text>\n");
    }
    if (histogram->beyond > 0) {
        begin_axis_label(out, WHOLE, 2);
        buffer_puts(out, "over ");
        words_put_latency(out, histogram->bins * histogram->bin_ms);
        buffer_puts(out, "</text>\n");
    }
    buffer_puts(out, "</svg>\n");
}
