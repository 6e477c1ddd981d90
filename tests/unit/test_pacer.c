#include "campana/clock.h"
#include "campana/error.h"
#include "campana/pacer.h"
#include "main.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* For loops of many rounds: ck_assert() reports each time that it holds, which is slow. */
#define must(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("not so: %s", #condition);                                                          \
    } while (0)

#define MS NS_PER_MS
#define S  NS_PER_S

static struct error error;
static struct pacer pacer;
static struct rate rate;

static uint32_t random_state;

static uint32_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* 0 to limit - 1. */
static int64_t random_below(int64_t limit)
{
    uint64_t bits = (uint64_t)random_bits() << 32 | random_bits();
    return (int64_t)(bits % (uint64_t)limit);
}

static void seed_random(void)
{
    random_state = 20261123;
    error_clear(&error);
}

static void begin(const char *text)
{
    ck_assert_int_eq(rate_parse(text, &rate, &error), 0);
    pacer_init(&pacer, &rate);
}

/* ---- rates ---- */

static const struct {
    const char *text;
    int64_t count;
    int64_t window_s;
    const char *formatted;
} good_rates[] = {
    {"10", 10, 1, "10/s"},
    {"10/s", 10, 1, "10/s"},
    {"1/s", 1, 1, "1/s"},
    {"600/min", 600, 60, "600/min"},
    {"5000/h", 5000, 3600, "5000/h"},
    {"1/h", 1, 3600, "1/h"},
    {"007/s", 7, 1, "7/s"},
    {"100000/s", 100000, 1, "100000/s"},
    {"6000000/min", 6000000, 60, "6000000/min"},
    {"360000000/h", 360000000, 3600, "360000000/h"},
    {"max", 0, 1, "max"},
};

START_TEST(a_rate_is_read_and_written)
{
    char text[RATE_BYTES];
    ck_assert_int_eq(rate_parse(good_rates[_i].text, &rate, &error), 0);
    ck_assert_int_eq(rate.count, good_rates[_i].count);
    ck_assert_int_eq(rate.window_ns, good_rates[_i].window_s * S);
    rate_format(&rate, text);
    ck_assert_str_eq(text, good_rates[_i].formatted);
}
END_TEST

static const struct {
    const char *text;
    const char *complaint;
} bad_rates[] = {
    {"", "is no rate"},
    {"/s", "is no rate"},
    {"s", "is no rate"},
    {"ten", "is no rate"},
    {"MAX", "is no rate"},
    {"max/s", "is no rate"},
    {"maximum", "is no rate"},
    {"-1", "is no rate"},
    {"-1/s", "is no rate"},
    {"+1/s", "is no rate"},
    {"0.5/s", "is no rate"},
    {"1,5/s", "is no rate"},
    {"1e3", "is no rate"},
    {"0x10", "is no rate"},
    {" 10", "is no rate"},
    {"10 ", "is no rate"},
    {"10 /s", "is no rate"},
    {"10/ s", "is no rate"},
    {"10/", "is no rate"},
    {"10/S", "is no rate"},
    {"10/sec", "is no rate"},
    {"10/m", "is no rate"},
    {"10/hour", "is no rate"},
    {"10/d", "is no rate"},
    {"10/s/s", "is no rate"},
    {"10//s", "is no rate"},
    {"\xd9\xa1\xd9\xa0", "is no rate"},
    {"0", "would send nothing"},
    {"0/h", "would send nothing"},
    {"000000000", "would send nothing"},
    {"100001/s", "is too high"},
    {"6000001/min", "is too high"},
    {"360000001/h", "is too high"},
    {"999999999/h", "is too high"},
    {"9223372036854775807/s", "is too high"},
    {"99999999999999999999999999999999999999999999999999", "is too high"},
};

START_TEST(what_is_no_rate_is_refused_with_an_example)
{
    ck_assert_msg(rate_parse(bad_rates[_i].text, &rate, &error) == -1, "\"%s\" was read", bad_rates[_i].text);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, bad_rates[_i].complaint) != NULL, "%s", error.text);
    ck_assert_ptr_nonnull(strstr(error.text, "max"));
}
END_TEST

START_TEST(what_was_written_is_read_as_it_was)
{
    static const int64_t windows_s[] = {1, 60, 3600};
    for (int i = 0; i < 50000; i++) {
        int64_t window_s = windows_s[random_below(3)];
        struct rate written = {1 + random_below(100000 * window_s), window_s * S};
        char text[RATE_BYTES];
        rate_format(&written, text);
        must(rate_parse(text, &rate, &error) == 0);
        must(rate.count == written.count && rate.window_ns == written.window_ns);
    }
}
END_TEST

START_TEST(garbage_is_read_as_a_sound_rate_or_refused)
{
    static const char letters[] = "0123456789/sminhax. -+\xff\xc3\t";
    int read = 0;
    for (int i = 0; i < 100000; i++) {
        char text[16] = "";
        int64_t len = random_below(15);
        for (int64_t j = 0; j < len; j++)
            text[j] = letters[random_below((int64_t)sizeof letters - 1)];
        if (rate_parse(text, &rate, &error) != 0)
            continue;
        read++;
        must(rate.count >= 0 && rate.count * S <= 100000 * rate.window_ns);
        must(rate.window_ns == S || rate.window_ns == 60 * S || rate.window_ns == 3600 * S);
    }
    ck_assert_int_gt(read, 100);
}
END_TEST

/* ---- the pacer ---- */

static const char *const rates[] = {"1/s",    "10/min", "10/s",     "50/s",    "500/s",   "333/s",
                                    "1000/h", "1/h",    "100000/h", "600/min", "20000/s", "100000/s"};
#define RATES ((int)(sizeof rates / sizeof rates[0]))

static const int64_t clocks_ns[] = {0, 1, 12345, 3600 * S, 20LL * 365 * 86400 * S};
#define CLOCKS ((int)(sizeof clocks_ns / sizeof clocks_ns[0]))

/* A caller who is late by whatever `lateness` says sends `messages` messages. No window may ever hold too
 * many: neither W more than N, nor any part of it more than its share, whatever was let pass before. Returns
 * the time they took. */
typedef int64_t lateness_fn(void);

#define MESSAGES_MOST 120000
static int64_t left_ns[MESSAGES_MOST];

static int64_t send(int64_t start_ns, int messages, lateness_fn *lateness)
{
    int64_t now_ns = start_ns;
    for (int i = 0; i < messages; i++) {
        int64_t leaves_ns = pacer_due_ns(&pacer) + lateness();
        if (leaves_ns > now_ns)
            now_ns = leaves_ns;
        pacer_take(&pacer, now_ns);
        left_ns[i] = now_ns;
    }
    for (int64_t i = rate.count; i < messages; i++)
        must(left_ns[i] - left_ns[i - rate.count] >= rate.window_ns + pacer.asked_tolerance_ns);
    for (int64_t share = 1; share <= rate.count; share *= 3) {
        for (int64_t i = share; i < messages; i++)
            must(left_ns[i] - left_ns[i - share] >= share * pacer.interval_ns - pacer.tolerance_ns);
    }
    return now_ns - start_ns;
}

static int messages_for(const struct rate *of)
{
    int64_t messages = of->count * 5 / 2 < 2000 ? 2000 : of->count * 5 / 2;
    return messages < MESSAGES_MOST ? (int)messages : MESSAGES_MOST;
}

static int64_t never_late(void)
{
    return 0;
}

static int64_t late_within_tolerance(void)
{
    return random_below(pacer.tolerance_ns + 1);
}

static int64_t always_late_by_the_tolerance(void)
{
    return pacer.tolerance_ns;
}

static int64_t late_by_anything(void)
{
    switch (random_below(4)) {
    case 0: return 0;
    case 1: return random_below(pacer.tolerance_ns * 3);
    case 2: return random_below(pacer.interval_ns * 3);
    default: return random_below(20) == 0 ? random_below(3 * rate.window_ns) : 0;
    }
}

static const struct {
    const char *name;
    lateness_fn *lateness;
    bool keeps_mean;
} callers[] = {
    {"never late", never_late, true},
    {"late within the tolerance", late_within_tolerance, true},
    {"always late by the tolerance", always_late_by_the_tolerance, true},
    {"late by anything", late_by_anything, false},
};
#define CALLERS ((int)(sizeof callers / sizeof callers[0]))

START_TEST(no_window_holds_more_and_the_mean_is_kept)
{
    for (int i = 0; i < CALLERS; i++) {
        begin(rates[_i]);
        int messages = messages_for(&rate);
        int64_t took_ns = send(clocks_ns[i], messages, callers[i].lateness);
        int64_t ideal_ns = (int64_t)((double)messages * (double)rate.window_ns / (double)rate.count);
        if (callers[i].keeps_mean)
            ck_assert_msg((double)took_ns <= 1.004 * (double)ideal_ns + (double)pacer.tolerance_ns,
                          "%s: %s: %" PRId64 " ns, ideal %" PRId64, rates[_i], callers[i].name, took_ns,
                          ideal_ns);
        ck_assert_msg((double)took_ns >= (double)ideal_ns - (double)rate.window_ns / (double)rate.count,
                      "%s: %s: %" PRId64 " ns, ideal %" PRId64, rates[_i], callers[i].name, took_ns,
                      ideal_ns);
    }
}
END_TEST

/* The engine's way: it looks in when it happens to wake, and sends all that may leave by then. */
START_TEST(no_window_holds_more_when_the_caller_looks_in_at_random)
{
    begin(rates[_i]);
    int messages = messages_for(&rate);
    int64_t now_ns = 0;
    int sent = 0;
    while (sent < messages) {
        now_ns += 1 + random_below(2 * pacer.interval_ns + pacer.tolerance_ns);
        while (sent < messages && pacer_due_ns(&pacer) <= now_ns) {
            pacer_take(&pacer, now_ns);
            left_ns[sent++] = now_ns;
        }
    }
    for (int64_t i = rate.count; i < messages; i++)
        must(left_ns[i] - left_ns[i - rate.count] >= rate.window_ns + pacer.asked_tolerance_ns);
}
END_TEST

START_TEST(the_first_message_leaves_at_once_whatever_the_clock_says)
{
    begin(rates[_i]);
    for (int i = 0; i < CLOCKS; i++) {
        pacer_init(&pacer, &rate);
        ck_assert_int_le(pacer_due_ns(&pacer), clocks_ns[i]);
        ck_assert_int_ge(pacer_allows(&pacer, clocks_ns[i], 0, 1), 1);
        pacer_take(&pacer, clocks_ns[i]);
        ck_assert_int_eq(pacer_due_ns(&pacer), clocks_ns[i] + pacer.interval_ns);
    }
}
END_TEST

START_TEST(no_burst_follows_a_pause)
{
    static const int64_t pauses_s[] = {1, 10, 3600, 86400, 30LL * 86400};
    for (size_t i = 0; i < sizeof pauses_s / sizeof pauses_s[0]; i++) {
        begin(rates[_i]);
        int64_t paused_ns = send(0, 10, never_late) + 3 * rate.window_ns + pauses_s[i] * S;
        send(paused_ns, 1000, never_late);
        /* The second is not early by anything: the first one's way may be longer than its own. */
        ck_assert_int_eq(left_ns[0], paused_ns);
        for (int64_t j = 1; j < 1000; j++)
            ck_assert_int_eq(left_ns[j] - left_ns[0], j * pacer.interval_ns);
    }
}
END_TEST

static const struct {
    const char *rate;
    int64_t interval_ns;
    int64_t tolerance_ns;
} constants[] = {
    {"10/min", 6020 * MS, 100 * MS}, {"10/s", 100400000, 2 * MS},      {"50/s", 20080000, 2 * MS},
    {"500/s", 2008000, 2 * MS},      {"1000/h", 3600200000, 100 * MS}, {"1/h", 3600200 * MS, 100 * MS},
    {"3/s", 334666667, 2 * MS},      {"7/s", 143428572, 2 * MS},       /* rounded up */
    {"100000/s", 10040, 2 * MS},     {"360000000/h", 10001, 100 * MS}, /* 10000.56 rounded up */
};

START_TEST(the_distance_and_the_tolerance_are_these)
{
    begin(constants[_i].rate);
    ck_assert_int_eq(pacer.interval_ns, constants[_i].interval_ns);
    ck_assert_int_eq(pacer.tolerance_ns, constants[_i].tolerance_ns);
}
END_TEST

START_TEST(ten_a_second_are_sent_like_a_clock)
{
    begin("10/s");
    send(5 * S, 5, never_late);
    ck_assert_int_eq(left_ns[0], 5000000000);
    ck_assert_int_eq(left_ns[1], 5100400000);
    ck_assert_int_eq(left_ns[2], 5200800000);
    ck_assert_int_eq(left_ns[3], 5301200000);
    ck_assert_int_eq(left_ns[4], 5401600000);
}
END_TEST

START_TEST(a_message_that_is_too_late_moves_those_behind_it)
{
    begin("10/s");
    pacer_take(&pacer, 0);
    pacer_take(&pacer, pacer_due_ns(&pacer) + 52 * MS);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100400000 + 52 * MS - 2 * MS + 100400000);
}
END_TEST

START_TEST(without_a_limit_all_may_leave_always)
{
    begin("max");
    for (int i = 0; i < 100; i++) {
        int64_t now_ns = i * 1000;
        ck_assert_int_le(pacer_due_ns(&pacer), now_ns);
        ck_assert_int_eq(pacer_allows(&pacer, now_ns, 0, 1024), 1024);
        pacer_take(&pacer, now_ns);
        pacer_take(&pacer, now_ns);
    }
}
END_TEST

/* ---- how many may leave up to the horizon ---- */

static int count_by_taking(struct pacer copy, int64_t now_ns, int64_t horizon_ns, int most)
{
    int count = 0;
    int64_t until_ns = now_ns + horizon_ns;
    while (count < most) {
        int64_t due_ns = pacer_due_ns(&copy);
        int64_t leaves_ns = due_ns > now_ns ? due_ns : now_ns;
        if (leaves_ns > until_ns)
            break;
        pacer_take(&copy, leaves_ns);
        now_ns = leaves_ns;
        count++;
    }
    return count;
}

START_TEST(it_allows_as_many_as_taking_them_one_by_one_would)
{
    begin(rates[_i]);
    int64_t now_ns = 0;
    for (int i = 0; i < 3000; i++) {
        int64_t horizon_ns = random_below(3) == 0 ? 0 : random_below(10 * pacer.interval_ns);
        int most = (int)random_below(20);
        must(pacer_allows(&pacer, now_ns, horizon_ns, most) ==
             count_by_taking(pacer, now_ns, horizon_ns, most));
        if (pacer_due_ns(&pacer) <= now_ns)
            pacer_take(&pacer, now_ns);
        now_ns += random_below(random_below(2) == 0 ? pacer.interval_ns : 4 * pacer.interval_ns);
        if (random_below(100) == 0)
            now_ns += random_below(rate.window_ns);
    }
}
END_TEST

START_TEST(the_horizon_is_exact_to_the_nanosecond)
{
    begin("10/s");
    pacer_take(&pacer, 1 * S);
    ck_assert_int_eq(pacer_due_ns(&pacer), 1100400000);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 100400000 - 1, 10), 0);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 100400000, 10), 1);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 200800000 - 1, 10), 1);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 200800000, 10), 2);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 200800000, 1), 1);
    ck_assert_int_eq(pacer_allows(&pacer, 1 * S, 200800000, 0), 0);
}
END_TEST

START_TEST(no_horizon_and_no_clock_is_too_large)
{
    begin(rates[_i]);
    int64_t years_ns = 100LL * 365 * 86400 * S;
    ck_assert_int_eq(pacer_allows(&pacer, years_ns, INT64_MAX, 1024), 1024);
    pacer_take(&pacer, years_ns);
    ck_assert_int_eq(pacer_allows(&pacer, years_ns, INT64_MAX, 1024), 1024);
    ck_assert_int_gt(pacer_due_ns(&pacer), years_ns - pacer.tolerance_ns);
    ck_assert_int_eq(pacer_allows(&pacer, 0, INT64_MAX, INT32_MAX) >= 1, 1);
}
END_TEST

/* ---- another rate ---- */

static void change(const char *text, int64_t now_ns)
{
    ck_assert_int_eq(rate_parse(text, &rate, &error), 0);
    pacer_change(&pacer, &rate, now_ns);
}

START_TEST(the_next_message_keeps_the_new_distance_to_the_last_one)
{
    begin("10/s");
    pacer_take(&pacer, 100 * S);
    change("1/s", 100 * S + 1);
    ck_assert_int_eq(pacer_due_ns(&pacer), 101 * S + 4 * MS);
    change("50/s", 100 * S + 2);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 20080000);
    change("10/min", 100 * S + 3);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 5922 * MS);
}
END_TEST

START_TEST(the_same_rate_again_changes_nothing)
{
    begin(rates[_i]);
    send(0, 100, never_late);
    int64_t due_ns = pacer_due_ns(&pacer);
    for (int i = 0; i < 10; i++)
        change(rates[_i], left_ns[99] + i);
    ck_assert_int_eq(pacer_due_ns(&pacer), due_ns);
}
END_TEST

START_TEST(no_window_holds_more_after_a_change)
{
    begin("500/s");
    int64_t now_ns = send(7 * S, 700, never_late) + 7 * S;
    change(rates[_i], now_ns);
    send(now_ns, messages_for(&rate), never_late);
    ck_assert_int_ge(left_ns[0], now_ns);
}
END_TEST

START_TEST(a_change_before_the_first_message_does_not_delay_it)
{
    begin("100/s");
    change("1/h", 5);
    ck_assert_int_le(pacer_due_ns(&pacer), 5);
    change("max", 6);
    ck_assert_int_le(pacer_due_ns(&pacer), 6);
    change("1/h", 7);
    ck_assert_int_le(pacer_due_ns(&pacer), 7);
}
END_TEST

START_TEST(the_limit_can_be_taken_away_and_given_again)
{
    begin("1/h");
    pacer_take(&pacer, 100 * S);
    change("max", 101 * S);
    ck_assert_int_le(pacer_due_ns(&pacer), 101 * S);
    ck_assert_int_eq(pacer_allows(&pacer, 101 * S, 0, 32), 32);
    pacer_take(&pacer, 101 * S);
    change("10/s", 101 * S + 1);
    ck_assert_int_eq(pacer_due_ns(&pacer), 101 * S + 98400000);
    /* The last one left early by the tolerance: without a limit it holds nothing up. */
    begin("10/s");
    pacer_take(&pacer, 50 * S);
    pacer_take(&pacer, pacer_due_ns(&pacer));
    change("max", 50 * S + 98400000);
    ck_assert_int_le(pacer_due_ns(&pacer), 50 * S + 98400000);
}
END_TEST

/* ---- slower than asked ---- */

START_TEST(slowed_it_keeps_the_longer_distance_and_never_a_shorter_one_than_the_rate)
{
    begin("10/s");
    pacer_take(&pacer, 100 * S);
    pacer_slow(&pacer, 1 * S, 100 * S + 1);
    ck_assert_int_eq(pacer_due_ns(&pacer), 101 * S);
    pacer_slow(&pacer, 1, 100 * S + 2);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 100400000);
    pacer_slow(&pacer, 250 * MS, 100 * S + 3);
    change("2/s", 100 * S + 4);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 502 * MS);
    change("100/s", 100 * S + 5);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 250 * MS);
    pacer_slow(&pacer, 0, 100 * S + 6);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 10040 * 1000);
}
END_TEST

START_TEST(without_a_limit_it_can_be_slowed_too)
{
    begin("max");
    pacer_take(&pacer, 100 * S);
    pacer_slow(&pacer, 500 * MS, 100 * S + 1);
    ck_assert_int_eq(pacer_due_ns(&pacer), 100 * S + 498 * MS);
    ck_assert_int_eq(pacer_allows(&pacer, 100 * S + 1, 0, 10), 0);
    pacer_slow(&pacer, 0, 100 * S + 2);
    ck_assert_int_le(pacer_due_ns(&pacer), 100 * S + 2);
    ck_assert_int_eq(pacer_allows(&pacer, 100 * S + 2, 0, 10), 10);
}
END_TEST

START_TEST(no_window_holds_more_than_the_rate_however_it_is_slowed_and_released)
{
    begin(rates[_i]);
    int messages = messages_for(&rate);
    int64_t now_ns = 0;
    for (int i = 0; i < messages; i++) {
        if (random_below(20) == 0)
            pacer_slow(&pacer, random_below(3) == 0 ? 0 : random_below(4 * pacer.asked_ns + 2), now_ns);
        if (pacer_due_ns(&pacer) > now_ns)
            now_ns =
                pacer_due_ns(&pacer) + (random_below(4) == 0 ? random_below(2 * pacer.tolerance_ns + 1) : 0);
        pacer_take(&pacer, now_ns);
        left_ns[i] = now_ns;
    }
    for (int64_t i = rate.count; i < messages; i++)
        must(left_ns[i] - left_ns[i - rate.count] >= rate.window_ns + pacer.asked_tolerance_ns);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, (int)(sizeof table / sizeof table[0]))

int main(void)
{
    Suite *suite = suite_create("pacer");
    TCase *parsing = tcase_create("rate");
    tcase_set_timeout(parsing, 60);
    tcase_add_checked_fixture(parsing, seed_random, NULL);
    LOOP(parsing, a_rate_is_read_and_written, good_rates);
    LOOP(parsing, what_is_no_rate_is_refused_with_an_example, bad_rates);
    tcase_add_test(parsing, what_was_written_is_read_as_it_was);
    tcase_add_test(parsing, garbage_is_read_as_a_sound_rate_or_refused);
    suite_add_tcase(suite, parsing);

    TCase *tests = tcase_create("pacer");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, seed_random, NULL);
    tcase_add_loop_test(tests, no_window_holds_more_and_the_mean_is_kept, 0, RATES);
    tcase_add_loop_test(tests, no_window_holds_more_when_the_caller_looks_in_at_random, 0, RATES);
    tcase_add_loop_test(tests, the_first_message_leaves_at_once_whatever_the_clock_says, 0, RATES);
    tcase_add_loop_test(tests, no_burst_follows_a_pause, 0, RATES);
    LOOP(tests, the_distance_and_the_tolerance_are_these, constants);
    tcase_add_test(tests, ten_a_second_are_sent_like_a_clock);
    tcase_add_test(tests, a_message_that_is_too_late_moves_those_behind_it);
    tcase_add_test(tests, without_a_limit_all_may_leave_always);
    tcase_add_loop_test(tests, it_allows_as_many_as_taking_them_one_by_one_would, 0, RATES);
    tcase_add_test(tests, the_horizon_is_exact_to_the_nanosecond);
    tcase_add_loop_test(tests, no_horizon_and_no_clock_is_too_large, 0, RATES);
    tcase_add_test(tests, the_next_message_keeps_the_new_distance_to_the_last_one);
    tcase_add_loop_test(tests, the_same_rate_again_changes_nothing, 0, RATES);
    tcase_add_loop_test(tests, no_window_holds_more_after_a_change, 0, RATES);
    tcase_add_test(tests, a_change_before_the_first_message_does_not_delay_it);
    tcase_add_test(tests, the_limit_can_be_taken_away_and_given_again);
    tcase_add_test(tests, slowed_it_keeps_the_longer_distance_and_never_a_shorter_one_than_the_rate);
    tcase_add_test(tests, without_a_limit_it_can_be_slowed_too);
    tcase_add_loop_test(tests, no_window_holds_more_than_the_rate_however_it_is_slowed_and_released, 0,
                        RATES);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
