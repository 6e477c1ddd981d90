#include "campana/report_svg.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

static struct buffer out;

static void clear(void)
{
    buffer_clear(&out);
}

static void free_out(void)
{
    buffer_free(&out);
}

/* The number behind the nth `name="` in the chart, in thousandths. */
static long attribute(const char *name, int nth)
{
    char sought[64];
    double value = -1;
    const char *at = buffer_string(&out);
    snprintf(sought, sizeof sought, " %s=\"", name);
    for (int i = 0; at != NULL && i <= nth; i++) {
        at = strstr(at, sought);
        if (at != NULL)
            at += strlen(sought);
    }
    if (at != NULL)
        ck_assert_int_eq(sscanf(at, "%lf", &value), 1);
    return (long)(value * 1000 + 0.5);
}

START_TEST(the_outcomes_fill_the_bar_and_none_is_too_small_to_be_seen)
{
    struct figures figures = {.rows = 1000000};
    figures.counts.of[JOB_ACCEPTED] = 999998;
    figures.counts.of[JOB_UNKNOWN] = 1;
    figures.counts.of[JOB_INVALID] = 1;
    svg_put_outcomes(&out, &figures);
    ck_assert_int_eq(attribute("data-count", 0), 999998000);
    ck_assert_int_eq(attribute("data-count", 1), 1000);
    ck_assert_int_eq(attribute("data-count", 2), 1000);
    ck_assert_int_eq(attribute("data-count", 3), -999);
    ck_assert_int_eq(attribute("x", 0), 0);
    ck_assert_int_eq(attribute("x", 1), attribute("width", 1)); /* width 0 is the chart's own */
    ck_assert_int_ge(attribute("width", 2), 1000);
    ck_assert_int_ge(attribute("width", 3), 1000);
    ck_assert_int_le(attribute("x", 2) + attribute("width", 3), 100000);
    ck_assert_ptr_nonnull(strstr(buffer_string(&out), "role=\"img\""));
}
END_TEST

START_TEST(rows_in_one_state_are_the_whole_bar)
{
    struct figures figures = {.rows = 5};
    figures.counts.of[JOB_PENDING] = 5;
    svg_put_outcomes(&out, &figures);
    ck_assert_int_eq(attribute("width", 1), 100000);
    ck_assert_ptr_nonnull(strstr(buffer_string(&out), "5 rows: 5 waiting to be sent"));
}
END_TEST

START_TEST(every_state_is_in_exactly_one_part)
{
    unsigned seen = 0;
    for (const struct outcome_part *part = outcome_parts; part->name != NULL; part++) {
        ck_assert_uint_eq(seen & part->states, 0);
        seen |= part->states;
    }
    ck_assert_uint_eq(seen, (1u << JOB_STATES) - 1);
}
END_TEST

START_TEST(marks_of_percentiles_stand_where_they_belong)
{
    static struct latency_count latencies[] = {{10, 50}, {20, 45}, {40, 5}};
    struct figures figures = {.latencies = latencies, .latency_count = 3, .answers = 100};
    figures.histogram = histogram_of(latencies, 3);
    svg_put_latencies(&out, &figures);
    int64_t whole_ms = figures.histogram.bins * figures.histogram.bin_ms;
    ck_assert_int_eq(attribute("data-ms", 0), 10000);
    ck_assert_int_eq(attribute("data-ms", 1), 20000);
    ck_assert_int_eq(attribute("data-ms", 2), 40000);
    const char *first = strstr(buffer_string(&out), "data-percentile=\"50\"");
    double x = 0;
    ck_assert_ptr_nonnull(first);
    ck_assert_int_eq(sscanf(strstr(first, " x1=\""), " x1=\"%lf%%", &x), 1);
    ck_assert(x >= 100.0 * 10 / (double)whole_ms - 1 && x <= 100.0 * 11 / (double)whole_ms + 1);
}
END_TEST

START_TEST(the_bar_of_no_rows_is_whole_all_the_same)
{
    struct figures figures = {0};
    svg_put_outcomes(&out, &figures);
    ck_assert(!out.failed);
    ck_assert_ptr_nonnull(strstr(buffer_string(&out), "</svg>"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_svg");
    TCase *tcase = tcase_create("charts");
    tcase_add_checked_fixture(tcase, clear, free_out);
    tcase_add_test(tcase, the_outcomes_fill_the_bar_and_none_is_too_small_to_be_seen);
    tcase_add_test(tcase, rows_in_one_state_are_the_whole_bar);
    tcase_add_test(tcase, every_state_is_in_exactly_one_part);
    tcase_add_test(tcase, marks_of_percentiles_stand_where_they_belong);
    tcase_add_test(tcase, the_bar_of_no_rows_is_whole_all_the_same);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
