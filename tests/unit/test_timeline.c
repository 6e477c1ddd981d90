#include "campana/error.h"
#include "campana/timeline.h"
#include "main.h"

static struct timeline timeline;
static struct error error;

static void release(void)
{
    timeline_free(&timeline);
}

static void lay(const struct timeline_bin *bins, size_t count, const int64_t *instants_ms, size_t instants)
{
    timeline_free(&timeline);
    ck_assert_int_eq(timeline_lay(&timeline, 1000, bins, count, instants_ms, instants, &error), 0);
}

START_TEST(bins_stay_narrow_where_there_is_room)
{
    static const struct timeline_bin bins[] = {{100, 5, 0}, {101, 3, 1}, {103, 2, 0}};
    lay(bins, 3, NULL, 0);
    ck_assert_int_eq(timeline.bin_ms, 1000);
    ck_assert_uint_eq(timeline.bin_count, 3);
    ck_assert_uint_eq(timeline.stretch_count, 1);
    ck_assert_int_eq(timeline.slots, 4);
    ck_assert_int_eq(timeline_bin_at(&timeline, 100), 0);
    ck_assert_int_eq(timeline_bin_at(&timeline, 102), TIMELINE_WHOLE / 2);
    ck_assert_int_eq(timeline_at(&timeline, 101500), TIMELINE_WHOLE * 3 / 8);
}
END_TEST

START_TEST(a_long_pause_is_cut_out_and_nothing_stands_in_it)
{
    static const struct timeline_bin bins[] = {{0, 1, 0}, {1, 1, 0}, {50000, 1, 0}};
    lay(bins, 3, NULL, 0);
    ck_assert_uint_eq(timeline.stretch_count, 2);
    ck_assert_int_eq(timeline.slots, 3 + TIMELINE_CUT_BINS);
    ck_assert_int_eq(timeline_at(&timeline, 20000000), TIMELINE_WHOLE * 2 / timeline.slots);
    ck_assert_int_eq(timeline_overlap_ms(&timeline, 0, 60000000), 3000);
    ck_assert_int_eq(timeline_overlap_ms(&timeline, 1500, 50000500), 1000);
}
END_TEST

START_TEST(many_bins_are_put_together_and_nothing_is_lost)
{
    struct timeline_bin bins[5000];
    int64_t accepted = 0;
    int64_t others = 0;
    for (int i = 0; i < 5000; i++)
        bins[i] = (struct timeline_bin){i, 7, i % 3 == 0};
    lay(bins, 5000, NULL, 0);
    ck_assert_int_le(timeline.slots, TIMELINE_BINS_MOST);
    for (size_t i = 0; i < timeline.bin_count; i++) {
        accepted += timeline.bins[i].accepted;
        others += timeline.bins[i].others;
    }
    ck_assert_int_eq(accepted, 35000);
    ck_assert_int_eq(others, 1667);
}
END_TEST

START_TEST(instants_without_answers_are_on_the_axis)
{
    static const int64_t instants_ms[] = {9000, 5000};
    lay(NULL, 0, instants_ms, 2);
    ck_assert_int_eq(timeline_at(&timeline, 5000), 0);
    ck_assert_int_eq(timeline_at(&timeline, 9000), TIMELINE_WHOLE * 4 / 5);
    lay(NULL, 0, NULL, 0);
    ck_assert_int_eq(timeline_at(&timeline, 5000), 0);
}
END_TEST

START_TEST(widths_grow_by_whole_multiples)
{
    for (size_t i = 1; timeline_width(i) != 0; i++)
        ck_assert_int_eq(timeline_width(i) % timeline_width(i - 1), 0);
    ck_assert_int_eq(timeline_fine_width(0), 1000);
    ck_assert_int_eq(timeline_fine_width(INT64_C(19999) * 1000), 1000);
    ck_assert_int_eq(timeline_fine_width(INT64_C(20000) * 1000), 5000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timeline");
    TCase *tcase = tcase_create("axis");
    tcase_add_checked_fixture(tcase, NULL, release);
    tcase_add_test(tcase, bins_stay_narrow_where_there_is_room);
    tcase_add_test(tcase, a_long_pause_is_cut_out_and_nothing_stands_in_it);
    tcase_add_test(tcase, many_bins_are_put_together_and_nothing_is_lost);
    tcase_add_test(tcase, instants_without_answers_are_on_the_axis);
    tcase_add_test(tcase, widths_grow_by_whole_multiples);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
