#include "campana/clock.h"
#include "campana/throttle.h"
#include "main.h"

#define MS           NS_PER_MS
#define CONCURRENCY  32
#define MAX_FAILURES 10

static struct throttle throttle;

static void begin(void)
{
    throttle_init(&throttle, CONCURRENCY, MAX_FAILURES);
}

static void answer(int count)
{
    for (int i = 0; i < count; i++)
        throttle_answered(&throttle);
}

START_TEST(without_trouble_as_many_may_leave_as_were_asked_for)
{
    ck_assert_int_eq(throttle_allows(&throttle, 0, 0), CONCURRENCY);
    ck_assert_int_eq(throttle_allows(&throttle, 1, 5), CONCURRENCY - 1);
    ck_assert_int_eq(throttle_allows(&throttle, CONCURRENCY - 1, 5), 1);
    ck_assert_int_eq(throttle_allows(&throttle, CONCURRENCY, 5), 0);
    answer(1000);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 5), CONCURRENCY);
    ck_assert(!throttle_gives_up(&throttle));
}
END_TEST

START_TEST(more_in_flight_than_the_limit_allows_none)
{
    throttle_not_sent(&throttle, 0, 1000 * MS);
    ck_assert_int_eq(throttle_allows(&throttle, CONCURRENCY, 1200 * MS), 0);
}
END_TEST

/* ---- requests that surely never left ---- */

START_TEST(a_request_that_never_left_pauses_and_leaves_one_in_flight)
{
    throttle_not_sent(&throttle, 0, 1000 * MS);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 1000 * MS), 0);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 1200 * MS - 1), 0);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 1200 * MS), 1);
    ck_assert_int_eq(throttle_allows(&throttle, 1, 1200 * MS), 0);
    ck_assert_int_eq(throttle.failures, 1);
}
END_TEST

START_TEST(it_counts_even_when_it_left_at_the_clocks_first_instant)
{
    throttle_not_sent(&throttle, 0, 0);
    ck_assert_int_eq(throttle.failures, 1);
    ck_assert_int_eq(throttle.resume_due_ns, 200 * MS);
}
END_TEST

START_TEST(all_that_were_under_way_with_it_are_the_same_incident)
{
    for (int i = 0; i < CONCURRENCY; i++)
        throttle_not_sent(&throttle, (900 + i) * MS, (1000 + 10 * i) * MS);
    ck_assert_int_eq(throttle.failures, 1);
    ck_assert_int_eq(throttle.resume_due_ns, 1200 * MS);
    ck_assert(!throttle_gives_up(&throttle));
}
END_TEST

START_TEST(one_that_left_at_the_instant_of_the_incident_belongs_to_it)
{
    throttle_not_sent(&throttle, 0, 1000 * MS);
    throttle_not_sent(&throttle, 1000 * MS, 1100 * MS);
    ck_assert_int_eq(throttle.failures, 1);
    throttle_not_sent(&throttle, 1000 * MS + 1, 1100 * MS);
    ck_assert_int_eq(throttle.failures, 2);
}
END_TEST

START_TEST(the_pause_doubles_from_200_ms_to_5_s)
{
    static const int64_t pauses_ms[] = {200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000};
    int64_t now_ns = 1000 * MS;
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        int64_t sent_ns = now_ns;
        now_ns += 10 * MS;
        throttle_not_sent(&throttle, sent_ns, now_ns);
        ck_assert_int_eq(throttle_allows(&throttle, 0, now_ns + pauses_ms[i] * MS - 1), 0);
        ck_assert_int_eq(throttle_allows(&throttle, 0, now_ns + pauses_ms[i] * MS), 1);
        ck_assert_int_eq(throttle.failures, (int)i + 1);
        now_ns += pauses_ms[i] * MS;
    }
}
END_TEST

START_TEST(the_first_answer_ends_the_series)
{
    throttle_not_sent(&throttle, 1, 1000 * MS);
    throttle_not_sent(&throttle, 1500 * MS, 1600 * MS);
    throttle_not_sent(&throttle, 2500 * MS, 2600 * MS);
    answer(1);
    ck_assert_int_eq(throttle.failures, 0);
    throttle_not_sent(&throttle, 9000 * MS, 9001 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 9201 * MS);
    ck_assert_int_eq(throttle.failures, 1);
}
END_TEST

START_TEST(an_answer_does_not_cut_a_pause_short)
{
    throttle_not_sent(&throttle, 1, 1000 * MS);
    answer(1);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 1100 * MS), 0);
}
END_TEST

START_TEST(incidents_in_a_row_end_the_run)
{
    int64_t now_ns = 1;
    for (int i = 0; i < MAX_FAILURES; i++) {
        ck_assert(!throttle_gives_up(&throttle));
        throttle_not_sent(&throttle, now_ns, now_ns + 1);
        now_ns += 10 * NS_PER_S;
    }
    ck_assert(throttle_gives_up(&throttle));
}
END_TEST

START_TEST(a_long_row_of_incidents_overflows_nothing)
{
    throttle_init(&throttle, 1024, 1000000);
    int64_t now_ns = 0;
    for (int i = 0; i < 100000; i++) {
        now_ns += 6 * NS_PER_S;
        throttle_not_sent(&throttle, now_ns - 1, now_ns);
    }
    ck_assert_int_eq(throttle.resume_due_ns, now_ns + 5 * NS_PER_S);
    ck_assert_int_eq(throttle.failures, 100000);
}
END_TEST

/* ---- requests whose fate is unknown ---- */

START_TEST(each_unknown_counts_for_itself)
{
    for (int i = 0; i < MAX_FAILURES; i++) {
        ck_assert(!throttle_gives_up(&throttle));
        throttle_unknown(&throttle);
    }
    ck_assert(throttle_gives_up(&throttle));
}
END_TEST

START_TEST(an_unknown_halves_the_limit_and_does_not_pause)
{
    static const int limits[] = {16, 8, 4, 2, 1, 1, 1};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        throttle_unknown(&throttle);
        ck_assert_int_eq(throttle_allows(&throttle, 0, 0), limits[i]);
    }
}
END_TEST

START_TEST(an_answer_between_them_starts_the_count_anew)
{
    for (int i = 0; i < 100; i++) {
        throttle_unknown(&throttle);
        throttle_not_sent(&throttle, i * NS_PER_S, i * NS_PER_S + 1);
        ck_assert_int_eq(throttle.failures, 2);
        answer(1);
        ck_assert(!throttle_gives_up(&throttle));
    }
}
END_TEST

START_TEST(incidents_and_unknowns_count_together)
{
    throttle_init(&throttle, 8, 3);
    throttle_unknown(&throttle);
    throttle_not_sent(&throttle, 1, 1000 * MS);
    throttle_not_sent(&throttle, 2, 1001 * MS);
    ck_assert(!throttle_gives_up(&throttle));
    throttle_unknown(&throttle);
    ck_assert(throttle_gives_up(&throttle));
}
END_TEST

START_TEST(one_failure_can_be_enough)
{
    throttle_init(&throttle, 8, 1);
    ck_assert(!throttle_gives_up(&throttle));
    throttle_unknown(&throttle);
    ck_assert(throttle_gives_up(&throttle));
}
END_TEST

/* ---- the gateway asks to slow down ---- */

START_TEST(slow_down_halves_the_limit_and_pauses_as_told)
{
    throttle_slow_down(&throttle, 1, 30000, 1000 * MS);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 31000 * MS - 1), 0);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 31000 * MS), CONCURRENCY / 2);
    ck_assert_int_eq(throttle.failures, 0);
}
END_TEST

START_TEST(told_nothing_it_pauses_longer_each_time)
{
    static const int64_t pauses_ms[] = {200, 400, 800, 1600, 3200, 5000, 5000};
    static const int limits[] = {16, 8, 4, 2, 1, 1, 1};
    int64_t now_ns = 1000 * MS;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        throttle_slow_down(&throttle, now_ns - 1, -1, now_ns);
        now_ns += pauses_ms[i] * MS;
        ck_assert_int_eq(throttle_allows(&throttle, 0, now_ns - 1), 0);
        ck_assert_int_eq(throttle_allows(&throttle, 0, now_ns), limits[i]);
        now_ns += 10 * MS;
    }
    ck_assert(!throttle_gives_up(&throttle));
}
END_TEST

START_TEST(told_to_wait_for_no_time_it_waits_a_little)
{
    throttle_slow_down(&throttle, 1, 0, 1000 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 1200 * MS);
    throttle_slow_down(&throttle, 1300 * MS, 199, 1400 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 1600 * MS);
    throttle_slow_down(&throttle, 1700 * MS, 201, 1800 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 2001 * MS);
    throttle_slow_down(&throttle, 2100 * MS, -1, 2200 * MS);
    throttle_slow_down(&throttle, 2500 * MS, 0, 2600 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 2800 * MS);
}
END_TEST

START_TEST(requests_under_way_with_it_halve_nothing_again)
{
    for (int i = 0; i < CONCURRENCY; i++)
        throttle_slow_down(&throttle, i * MS, -1, (1000 + i) * MS);
    ck_assert_int_eq(throttle.limit, CONCURRENCY / 2);
    ck_assert_int_eq(throttle.resume_due_ns, 1200 * MS);
    throttle_slow_down(&throttle, 1000 * MS, -1, 1100 * MS);
    ck_assert_int_eq(throttle.limit, CONCURRENCY / 2);
    throttle_slow_down(&throttle, 1000 * MS + 1, -1, 1100 * MS);
    ck_assert_int_eq(throttle.limit, CONCURRENCY / 4);
}
END_TEST

START_TEST(the_longest_pause_that_was_told_holds)
{
    throttle_slow_down(&throttle, 1, 10000, 1000 * MS);
    throttle_slow_down(&throttle, 2, 20000, 1001 * MS);
    throttle_slow_down(&throttle, 3, 5000, 1002 * MS);
    throttle_not_sent(&throttle, 4, 1003 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 21001 * MS);
    ck_assert_int_eq(throttle.limit, CONCURRENCY / 2);
    ck_assert_int_eq(throttle.failures, 0);
}
END_TEST

START_TEST(a_later_incident_does_not_shorten_a_told_pause)
{
    throttle_slow_down(&throttle, 1, 60000, 1000 * MS);
    throttle_not_sent(&throttle, 2000 * MS, 2001 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 61000 * MS);
    ck_assert_int_eq(throttle.failures, 1);
}
END_TEST

START_TEST(a_pause_of_hours_is_kept_as_told)
{
    throttle_slow_down(&throttle, 1, 7200 * 1000, 1000 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, 7201 * 1000 * MS);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 7201 * 1000 * MS - 1), 0);
    ck_assert_int_gt(throttle_allows(&throttle, 0, 7201 * 1000 * MS), 0);
}
END_TEST

START_TEST(more_than_the_longest_pause_counts_as_that)
{
    throttle_slow_down(&throttle, 1, INT64_MAX, 1000 * MS);
    ck_assert_int_eq(throttle.resume_due_ns, (1000 + THROTTLE_TOLD_MOST_MS) * MS);
}
END_TEST

START_TEST(slow_down_neither_counts_nor_clears_failures)
{
    throttle_unknown(&throttle);
    throttle_unknown(&throttle);
    throttle_slow_down(&throttle, 1, -1, 1000 * MS);
    ck_assert_int_eq(throttle.failures, 2);
}
END_TEST

START_TEST(slow_answers_halve_the_limit_and_are_no_failure)
{
    throttle_ease(&throttle);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 0), CONCURRENCY / 2);
    ck_assert_int_eq(throttle.failures, 0);
    for (int i = 0; i < 10; i++)
        throttle_ease(&throttle);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 0), 1);
}
END_TEST

/* ---- recovery ---- */

START_TEST(every_limit_answers_in_a_row_raise_it_by_one)
{
    throttle_not_sent(&throttle, 0, 0);
    for (int limit = 1; limit < CONCURRENCY; limit++) {
        ck_assert_int_eq(throttle.limit, limit);
        answer(limit - 1);
        ck_assert_int_eq(throttle.limit, limit);
        answer(1);
    }
    ck_assert_int_eq(throttle.limit, CONCURRENCY);
    answer(10000);
    ck_assert_int_eq(throttle.limit, CONCURRENCY);
}
END_TEST

START_TEST(a_failure_interrupts_the_row)
{
    throttle_slow_down(&throttle, 1, -1, 1000 * MS); /* 16 */
    answer(15);
    throttle_unknown(&throttle); /* 8 */
    answer(7);
    ck_assert_int_eq(throttle.limit, 8);
    answer(1);
    ck_assert_int_eq(throttle.limit, 9);
}
END_TEST

START_TEST(answers_at_full_strength_are_not_saved_up)
{
    answer(1000);
    throttle_unknown(&throttle);
    answer(1);
    ck_assert_int_eq(throttle.limit, CONCURRENCY / 2);
}
END_TEST

START_TEST(one_at_a_time_stays_one_at_a_time)
{
    throttle_init(&throttle, 1, 10);
    throttle_unknown(&throttle);
    throttle_slow_down(&throttle, 1, -1, 2);
    throttle_not_sent(&throttle, 3 * NS_PER_S, 4 * NS_PER_S);
    answer(100);
    ck_assert_int_eq(throttle_allows(&throttle, 0, 100 * NS_PER_S), 1);
    ck_assert_int_eq(throttle_allows(&throttle, 1, 100 * NS_PER_S), 0);
}
END_TEST

static uint32_t random_state = 20261123;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

START_TEST(whatever_happens_the_limit_stays_between_one_and_what_was_asked_for)
{
    int64_t now_ns = 0;
    for (int i = 0; i < 200000; i++) {
        int64_t resume_before_ns = throttle.resume_due_ns;
        now_ns += random_below(1000) * MS;
        int64_t sent_ns = now_ns - random_below(3000) * MS;
        switch (random_below(8)) {
        case 0: throttle_not_sent(&throttle, sent_ns, now_ns); break;
        case 1: throttle_unknown(&throttle); break;
        case 2: throttle_slow_down(&throttle, sent_ns, (int64_t)random_below(10000) - 5000, now_ns); break;
        default: throttle_answered(&throttle); break;
        }
        int allowed = throttle_allows(&throttle, (int)random_below(40), now_ns);
        bool sound = throttle.limit >= 1 && throttle.limit <= CONCURRENCY && allowed >= 0 &&
                     allowed <= throttle.limit && throttle.resume_due_ns >= resume_before_ns &&
                     throttle.resume_due_ns <= now_ns + 5 * NS_PER_S;
        if (!sound)
            ck_abort_msg("step %d: limit %d, allowed %d", i, throttle.limit, allowed);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("throttle");
    TCase *tests = tcase_create("throttle");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, without_trouble_as_many_may_leave_as_were_asked_for);
    tcase_add_test(tests, more_in_flight_than_the_limit_allows_none);
    tcase_add_test(tests, a_request_that_never_left_pauses_and_leaves_one_in_flight);
    tcase_add_test(tests, it_counts_even_when_it_left_at_the_clocks_first_instant);
    tcase_add_test(tests, all_that_were_under_way_with_it_are_the_same_incident);
    tcase_add_test(tests, one_that_left_at_the_instant_of_the_incident_belongs_to_it);
    tcase_add_test(tests, the_pause_doubles_from_200_ms_to_5_s);
    tcase_add_test(tests, the_first_answer_ends_the_series);
    tcase_add_test(tests, an_answer_does_not_cut_a_pause_short);
    tcase_add_test(tests, incidents_in_a_row_end_the_run);
    tcase_add_test(tests, a_long_row_of_incidents_overflows_nothing);
    tcase_add_test(tests, each_unknown_counts_for_itself);
    tcase_add_test(tests, an_unknown_halves_the_limit_and_does_not_pause);
    tcase_add_test(tests, an_answer_between_them_starts_the_count_anew);
    tcase_add_test(tests, incidents_and_unknowns_count_together);
    tcase_add_test(tests, one_failure_can_be_enough);
    tcase_add_test(tests, slow_down_halves_the_limit_and_pauses_as_told);
    tcase_add_test(tests, told_nothing_it_pauses_longer_each_time);
    tcase_add_test(tests, told_to_wait_for_no_time_it_waits_a_little);
    tcase_add_test(tests, requests_under_way_with_it_halve_nothing_again);
    tcase_add_test(tests, the_longest_pause_that_was_told_holds);
    tcase_add_test(tests, a_later_incident_does_not_shorten_a_told_pause);
    tcase_add_test(tests, a_pause_of_hours_is_kept_as_told);
    tcase_add_test(tests, more_than_the_longest_pause_counts_as_that);
    tcase_add_test(tests, slow_down_neither_counts_nor_clears_failures);
    tcase_add_test(tests, slow_answers_halve_the_limit_and_are_no_failure);
    tcase_add_test(tests, every_limit_answers_in_a_row_raise_it_by_one);
    tcase_add_test(tests, a_failure_interrupts_the_row);
    tcase_add_test(tests, answers_at_full_strength_are_not_saved_up);
    tcase_add_test(tests, one_at_a_time_stays_one_at_a_time);
    tcase_add_test(tests, whatever_happens_the_limit_stays_between_one_and_what_was_asked_for);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
