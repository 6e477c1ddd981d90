#include "campana/histogram.h"
#include "main.h"
#include <stdlib.h>

START_TEST(percentiles_are_of_the_nearest_rank)
{
    static const struct latency_count counts[] = {{10, 50}, {20, 45}, {30, 4}, {900, 1}};
    ck_assert_int_eq(latency_percentile(counts, 4, 50), 10);
    ck_assert_int_eq(latency_percentile(counts, 4, 51), 20);
    ck_assert_int_eq(latency_percentile(counts, 4, 95), 20);
    ck_assert_int_eq(latency_percentile(counts, 4, 99), 30);
    ck_assert_int_eq(latency_percentile(counts, 4, 100), 900);
    ck_assert_int_eq(latency_percentile(counts, 0, 50), 0);
    ck_assert_int_eq(latency_percentile((struct latency_count[]){{7, 1}}, 1, 1), 7);
}
END_TEST

/* Against sorting, on random answers. */
static int by_size(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

START_TEST(percentiles_agree_with_a_sorted_list)
{
    srand(20261124);
    for (int round = 0; round < 300; round++) {
        int sorted[200];
        struct latency_count counts[200];
        size_t kinds = 0;
        int total = 1 + rand() % 200;
        for (int i = 0; i < total; i++)
            sorted[i] = rand() % 60;
        qsort(sorted, (size_t)total, sizeof *sorted, by_size);
        for (int i = 0; i < total; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1])
                counts[kinds++] = (struct latency_count){sorted[i], 0};
            counts[kinds - 1].count++;
        }
        for (int percent = 1; percent <= 100; percent++) {
            int rank = (total * percent + 99) / 100;
            ck_assert_int_eq(latency_percentile(counts, kinds, percent), sorted[rank - 1]);
        }
    }
}
END_TEST

START_TEST(every_answer_is_in_a_bin_or_beyond_the_last)
{
    srand(7);
    for (int round = 0; round < 300; round++) {
        struct latency_count counts[50];
        int64_t total = 0;
        int64_t at_ms = 0;
        size_t kinds = (size_t)(1 + rand() % 50);
        for (size_t i = 0; i < kinds; i++) {
            at_ms += 1 + rand() % (round % 3 == 0 ? 3 : 4000);
            counts[i] = (struct latency_count){at_ms, 1 + rand() % 1000};
            total += counts[i].count;
        }
        struct histogram histogram = histogram_of(counts, kinds);
        int64_t seen = histogram.beyond;
        ck_assert_int_le(histogram.bins, HISTOGRAM_BINS_MOST);
        for (int i = 0; i < histogram.bins; i++)
            seen += histogram.of[i];
        ck_assert_int_eq(seen, total);
        ck_assert_int_le(histogram.beyond * 100, total);
    }
}
END_TEST

START_TEST(no_answers_make_no_bins)
{
    struct histogram histogram = histogram_of(NULL, 0);
    ck_assert_int_eq(histogram.bins, 0);
    ck_assert_int_eq(histogram.beyond, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("histogram");
    TCase *tcase = tcase_create("latencies");
    tcase_add_test(tcase, percentiles_are_of_the_nearest_rank);
    tcase_add_test(tcase, percentiles_agree_with_a_sorted_list);
    tcase_add_test(tcase, every_answer_is_in_a_bin_or_beyond_the_last);
    tcase_add_test(tcase, no_answers_make_no_bins);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
