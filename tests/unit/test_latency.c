#include "campana/clock.h"
#include "campana/latency.h"
#include "main.h"

#define S NS_PER_S

static struct latency latency;
static int64_t now_ns;
static uint32_t random_state;

static void begin(void)
{
    latency_init(&latency);
    now_ns = 0;
    random_state = 20261123;
}

static int64_t random_below(int64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* So many seconds of 50 answers a second, each as long as `took` says; how often a rise was told. */
typedef int64_t took_fn(void);
static int answer_for(int seconds, took_fn *took)
{
    int told = 0;
    for (int i = 0; i < seconds * 50; i++) {
        now_ns += S / 50;
        told += latency_note(&latency, took(), now_ns);
    }
    return told;
}

static int64_t at_100_ms(void)
{
    return 100;
}

static int64_t at_450_ms(void)
{
    return 450;
}

static int64_t at_700_ms(void)
{
    return 700;
}

static int64_t at_2000_ms(void)
{
    return 2000;
}

static int64_t at_1_ms(void)
{
    return 1;
}

START_TEST(a_steady_gateway_is_never_slow)
{
    ck_assert_int_eq(answer_for(3600, at_100_ms), 0);
    ck_assert_int_eq(latency.usual_ms, 100);
    ck_assert_int_eq(answer_for(3600, at_1_ms), 0);
    ck_assert_int_eq(latency.usual_ms, 1);
}
END_TEST

START_TEST(a_rise_that_lasts_is_told_once_and_a_further_rise_again)
{
    answer_for(20, at_100_ms);
    ck_assert_int_eq(answer_for(2, at_700_ms), 0);
    ck_assert_int_eq(answer_for(600, at_700_ms), 1);
    ck_assert_int_eq(latency.usual_ms, 350);
    ck_assert_int_eq(answer_for(600, at_2000_ms), 1);
}
END_TEST

START_TEST(a_rise_that_is_over_soon_is_not_told)
{
    answer_for(20, at_100_ms);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(answer_for(2, at_2000_ms), 0);
        ck_assert_int_eq(answer_for(2, at_100_ms), 0);
    }
}
END_TEST

START_TEST(what_is_still_quick_is_not_slow_however_many_times_slower)
{
    answer_for(20, at_1_ms);
    ck_assert_int_eq(answer_for(600, at_450_ms), 0);
}
END_TEST

START_TEST(what_became_quick_again_is_usual_again)
{
    answer_for(20, at_100_ms);
    ck_assert_int_eq(answer_for(20, at_2000_ms), 1);
    ck_assert_int_eq(answer_for(20, at_100_ms), 0);
    ck_assert_int_eq(latency.usual_ms, 100);
    ck_assert_int_eq(answer_for(20, at_700_ms), 1);
}
END_TEST

static int64_t evenly_spread(void)
{
    return 50 + random_below(1500);
}

static int64_t mostly_quick(void)
{
    return random_below(5) == 0 ? 1000 + random_below(20000) : 80 + random_below(40);
}

static int64_t heavy_tail(void)
{
    return 30 + 3000 / (1 + random_below(100));
}

static took_fn *const jitters[] = {evenly_spread, mostly_quick, heavy_tail};

START_TEST(jitter_alone_is_never_slow)
{
    ck_assert_int_eq(answer_for(20000, jitters[_i]), 0);
}
END_TEST

START_TEST(few_answers_a_second_take_their_time)
{
    int told_at = 0;
    for (int i = 0; i < 200; i++) {
        now_ns += 6 * S;
        if (latency_note(&latency, i < 40 ? 100 : 5000, now_ns) && told_at == 0)
            told_at = i;
    }
    ck_assert_int_ge(told_at, 40 + 2 * 16);
    ck_assert_int_le(told_at, 40 + 4 * 16);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("latency");
    TCase *tests = tcase_create("latency");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, a_steady_gateway_is_never_slow);
    tcase_add_test(tests, a_rise_that_lasts_is_told_once_and_a_further_rise_again);
    tcase_add_test(tests, a_rise_that_is_over_soon_is_not_told);
    tcase_add_test(tests, what_is_still_quick_is_not_slow_however_many_times_slower);
    tcase_add_test(tests, what_became_quick_again_is_usual_again);
    tcase_add_loop_test(tests, jitter_alone_is_never_slow, 0, (int)(sizeof jitters / sizeof jitters[0]));
    tcase_add_test(tests, few_answers_a_second_take_their_time);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
