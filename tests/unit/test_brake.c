#include "campana/brake.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/throttle.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

#define S  NS_PER_S
#define MS NS_PER_MS

static struct brake brake;
static struct rate rate;
static struct error error;

static void begin(const char *text)
{
    ck_assert_int_eq(rate_parse(text, &rate, &error), 0);
    brake_init(&brake, &rate);
}

/* `count` answers a second from one instant to another. */
static void serve(int64_t from_ns, int64_t to_ns, int count)
{
    for (int64_t i = 0; from_ns + i * S / count < to_ns; i++)
        brake_answered(&brake, from_ns + i * S / count);
}

static bool press(int64_t now_ns)
{
    return brake_press(&brake, now_ns - MS, now_ns, now_ns);
}

START_TEST(without_trouble_there_is_no_brake)
{
    begin("50/s");
    serve(0, 100 * S, 50);
    ck_assert_int_eq(brake_interval_ns(&brake), 0);
    ck_assert_int_eq(brake.times, 0);
    ck_assert_int_eq(brake.slowest_mhz, 0);
}
END_TEST

START_TEST(pressed_it_takes_four_fifths_of_what_was_served_within_the_last_second)
{
    begin("30/s");
    serve(0, 5 * S, 20);
    ck_assert(press(5 * S));
    ck_assert_int_eq(brake.pace_mhz, 16000);
    ck_assert_int_eq(brake_interval_ns(&brake), 62500000);
    ck_assert_int_eq(brake.times, 1);
    ck_assert_int_eq(brake.slowest_mhz, 16000);
}
END_TEST

START_TEST(it_never_falls_by_more_than_three_fifths_at_once)
{
    begin("50/s");
    ck_assert(press(5 * S));
    ck_assert_int_eq(brake.ceiling_mhz, 25000);
    ck_assert_int_eq(brake.pace_mhz, 20000);
}
END_TEST

START_TEST(without_a_rate_that_was_asked_for_what_was_served_counts)
{
    begin("max");
    serve(0, 5 * S, 200);
    ck_assert(press(5 * S));
    ck_assert_int_eq(brake.pace_mhz, 160000);
    begin("max");
    ck_assert(press(2 * MS));
    ck_assert_int_eq(brake.pace_mhz, 1000);
}
END_TEST

START_TEST(requests_that_left_before_belong_to_the_same_trouble)
{
    begin("50/s");
    serve(0, 5 * S, 50);
    ck_assert(press(5 * S));
    int64_t pace_mhz = brake.pace_mhz;
    for (int i = 0; i < 30; i++)
        ck_assert(!brake_press(&brake, 5 * S - i * MS, 5 * S + i * MS, 5 * S + i * MS));
    ck_assert_int_eq(brake.pace_mhz, pace_mhz);
    ck_assert_int_eq(brake.times, 1);
    ck_assert(brake_press(&brake, 5 * S + 1, 5 * S + 40 * MS, 5 * S + 40 * MS));
    ck_assert_int_lt(brake.pace_mhz, pace_mhz);
    ck_assert_int_eq(brake.times, 2);
    ck_assert_int_eq(brake.slowest_mhz, brake.pace_mhz);
}
END_TEST

START_TEST(one_timeout_among_many_answers_is_bad_luck)
{
    begin("50/s");
    for (int second = 0; second < 20; second++) {
        serve(second * S, (second + 1) * S, 50);
        ck_assert(!brake_troubled(&brake, second * S + 1, (second + 1) * S - 1));
    }
    ck_assert_int_eq(brake.pace_mhz, 0);
}
END_TEST

START_TEST(timeouts_that_are_a_quarter_of_what_comes_back_press_it)
{
    begin("50/s");
    serve(0, S, 6);
    ck_assert(!brake_troubled(&brake, 1, S));
    ck_assert(brake_troubled(&brake, 2, S));
    ck_assert(!brake_troubled(&brake, 3, S + MS)); /* the same trouble */
    ck_assert_int_eq(brake.times, 1);
}
END_TEST

START_TEST(it_recovers_to_just_under_the_ceiling_stays_and_then_creeps_beyond)
{
    begin("500/s");
    serve(0, 5 * S, 500);
    for (int i = 0; i < 4; i++) /* down to a tenth */
        press((5 + i) * S);
    serve(9 * S, 10 * S, 20);
    press(10 * S);
    int64_t ceiling_mhz = brake.ceiling_mhz;
    int64_t last_mhz = brake.pace_mhz;
    int64_t near_since_s = 0, asked_at_s = 0;
    for (int64_t second = 10; second < 60 && brake.pace_mhz != 0; second++) {
        serve(second * S, (second + 1) * S, (int)(brake.pace_mhz / 1000));
        ck_assert(brake.pace_mhz == 0 || brake.pace_mhz >= last_mhz);
        ck_assert_int_le(brake.pace_mhz, 2 * last_mhz + 2);
        last_mhz = brake.pace_mhz;
        if (near_since_s == 0 && brake.pace_mhz == ceiling_mhz - ceiling_mhz / 20)
            near_since_s = second;
        if (brake.pace_mhz == 0)
            asked_at_s = second;
        if (near_since_s != 0 && second < near_since_s + 9)
            ck_assert_int_eq(brake.pace_mhz, ceiling_mhz - ceiling_mhz / 20);
    }
    ck_assert_int_ge(near_since_s, 14);
    ck_assert_int_le(near_since_s, 18);
    ck_assert_int_gt(asked_at_s, near_since_s + 9);
    ck_assert_int_lt(asked_at_s, 45);
    ck_assert_int_eq(brake_interval_ns(&brake), 0);
}
END_TEST

START_TEST(a_step_needs_an_answer)
{
    begin("50/s");
    serve(0, 5 * S, 50);
    press(5 * S);
    int64_t pace_mhz = brake.pace_mhz;
    brake_answered(&brake, 3600 * S);
    ck_assert_int_gt(brake.pace_mhz, pace_mhz);
    ck_assert_int_le(brake.pace_mhz, brake.ceiling_mhz);
    pace_mhz = brake.pace_mhz;
    brake_answered(&brake, 3600 * S + S - 1);
    ck_assert_int_eq(brake.pace_mhz, pace_mhz);
}
END_TEST

START_TEST(the_pause_that_was_told_tells_nothing_about_the_gateway)
{
    begin("max");
    serve(0, 5 * S, 100);
    brake_press(&brake, 5 * S - 1, 30 * S, 5 * S);
    int64_t pace_mhz = brake.pace_mhz;
    brake_answered(&brake, 30 * S);
    brake_answered(&brake, 31 * S - 1);
    ck_assert_int_eq(brake.pace_mhz, pace_mhz);
    brake_answered(&brake, 31 * S);
    ck_assert_int_gt(brake.pace_mhz, pace_mhz);
    ck_assert_int_le(brake.pace_mhz, 100000);
}
END_TEST

START_TEST(what_is_asked_for_anew_bounds_it_and_releases_it)
{
    struct rate slow = {1, S};
    struct rate fast = {400, S};
    begin("100/s");
    serve(0, 5 * S, 100);
    press(5 * S);
    ck_assert_int_eq(brake.pace_mhz, 80000);
    brake_ask(&brake, &fast);
    ck_assert_int_eq(brake.pace_mhz, 80000); /* the trouble is still there */
    brake_ask(&brake, &slow);
    ck_assert_int_eq(brake.pace_mhz, 0);
}
END_TEST

START_TEST(nobody_is_slowed_below_one_a_second)
{
    begin("1/h");
    ck_assert(!press(5 * S));
    ck_assert_int_eq(brake_interval_ns(&brake), 0);
    begin("60/min");
    ck_assert(!press(5 * S));
    begin("5/s");
    for (int i = 0; i < 50; i++)
        press((5 + i) * S);
    ck_assert_int_eq(brake_interval_ns(&brake), 1 * S);
}
END_TEST

static const struct {
    int64_t mhz;
    const char *text;
} formats[] = {{18437, "18.4/s"}, {20000, "20/s"}, {99949, "99.9/s"}, {99999, "100/s"}, {250400, "250/s"},
               {1000, "1/s"},     {800, "48/min"}, {17, "1/min"},     {20, "1.2/min"},  {5551, "5.6/s"}};

START_TEST(a_pace_is_written_for_people)
{
    char text[RATE_BYTES];
    brake_format(formats[_i].mhz, text);
    ck_assert_str_eq(text, formats[_i].text);
}
END_TEST

/* ---- with a gateway that has a limit: pacer, throttle and brake as the engine joins them, in made-up time
 * ---- */

enum limit { WINDOW, SLIDING, BUCKET };

#define MESSAGES_MOST 60000
static const struct limited {
    const char *asked;
    int limit; /* a second */
    enum limit kind;
    int64_t latency_ms, retry_after_ms; /* -1: not told */
    double least;                       /* share of the limit that must be reached */
} limited[] = {
    {"100/s", 20, WINDOW, 30, -1, 0.9},   {"max", 20, WINDOW, 30, -1, 0.9},
    {"25/s", 20, WINDOW, 30, -1, 0.9},    {"100/s", 20, WINDOW, 30, 1000, 0.85},
    {"max", 20, WINDOW, 300, 1000, 0.85}, {"100/s", 20, SLIDING, 30, -1, 0.85},
    {"max", 20, SLIDING, 300, -1, 0.85},  {"100/s", 20, BUCKET, 30, -1, 0.8},
    {"500/s", 100, WINDOW, 50, -1, 0.9},  {"max", 100, SLIDING, 50, -1, 0.85},
    {"max", 5, WINDOW, 30, -1, 0.8},      {"20/s", 3, WINDOW, 30, -1, 0.8},
};

struct gateway {
    const struct limited *how;
    int64_t window, in_window;
    int64_t accepted_ns[MESSAGES_MOST];
    int accepted, refused;
};
static struct gateway gateway;

/* As it arrives. */
static bool takes(int64_t at_ns)
{
    int limit = gateway.how->limit;
    bool fits = true;
    if (gateway.how->kind == WINDOW) {
        if (at_ns / S != gateway.window)
            gateway.in_window = 0;
        gateway.window = at_ns / S;
        fits = ++gateway.in_window <= limit;
    } else if (gateway.how->kind == SLIDING) {
        fits = gateway.accepted < limit || at_ns - gateway.accepted_ns[gateway.accepted - limit] >= S;
    } else { /* as nginx's limit_req without a burst */
        fits = gateway.accepted == 0 || at_ns - gateway.accepted_ns[gateway.accepted - 1] >= S / limit;
    }
    if (fits)
        gateway.accepted_ns[gateway.accepted++] = at_ns;
    else
        gateway.refused++;
    return fits;
}

struct flight {
    int64_t sent_ns, back_ns;
    bool taken;
};

static void send_for(int64_t duration_ns)
{
    struct throttle throttle;
    struct pacer pacer;
    static struct flight flights[1024];
    int first = 0, last = 0;
    throttle_init(&throttle, 32, 10);
    pacer_init(&pacer, &rate);
    for (int64_t now_ns = 7 * S; now_ns < duration_ns + 7 * S; now_ns += MS) {
        for (; first < last && flights[first % 1024].back_ns <= now_ns; first++) {
            struct flight *flight = &flights[first % 1024];
            if (flight->taken) {
                throttle_answered(&throttle);
                brake_answered(&brake, now_ns);
            } else {
                throttle_slow_down(&throttle, flight->sent_ns, gateway.how->retry_after_ms, now_ns);
                brake_press(&brake, flight->sent_ns, throttle.resume_due_ns, now_ns);
            }
            pacer_slow(&pacer, brake_interval_ns(&brake), now_ns);
        }
        while (pacer_due_ns(&pacer) <= now_ns && throttle_allows(&throttle, last - first, now_ns) > 0) {
            pacer_take(&pacer, now_ns);
            flights[last++ % 1024] = (struct flight){now_ns, now_ns + gateway.how->latency_ms * MS,
                                                     takes(now_ns + gateway.how->latency_ms * MS / 2)};
        }
    }
}

START_TEST(a_gateway_with_a_limit_is_kept_near_it)
{
    begin(limited[_i].asked);
    gateway = (struct gateway){.how = &limited[_i]};
    send_for(20 * S); /* to settle */
    int accepted_before = gateway.accepted, refused_before = gateway.refused;
    int64_t seconds = 300;
    begin(limited[_i].asked);
    gateway = (struct gateway){.how = &limited[_i]};
    send_for((20 + seconds) * S);
    double accepted = (double)(gateway.accepted - accepted_before) / (double)seconds;
    double refused = (double)(gateway.refused - refused_before) / (double)seconds;
    ck_assert_msg(accepted >= limited[_i].least * limited[_i].limit,
                  "%s on %d/s: %.2f/s accepted, %.2f/s refused", limited[_i].asked, limited[_i].limit,
                  accepted, refused);
    ck_assert_msg(refused <= 0.03 * accepted, "%s on %d/s: %.2f/s accepted, %.2f/s refused",
                  limited[_i].asked, limited[_i].limit, accepted, refused);
    if (getenv("CAMPANA_SHOW") != NULL)
        fprintf(stderr, "%-6s on %3d/s, kind %d: %.2f/s accepted, %.3f/s refused, slowed %d times\n",
                limited[_i].asked, limited[_i].limit, limited[_i].kind, accepted, refused, (int)brake.times);
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

START_TEST(whatever_happens_the_pace_stays_under_what_was_asked_for_and_over_one_a_minute)
{
    static const char *const asked[] = {"max", "1/h", "10/min", "1/s", "500/s", "100000/s"};
    int64_t now_ns = 0;
    begin("10/s");
    for (int i = 0; i < 300000; i++) {
        now_ns += random_below(10) == 0 ? random_below(3000) * MS : random_below(50) * MS;
        int64_t sent_ns = now_ns - random_below(2000) * MS;
        switch (random_below(12)) {
        case 0: brake_press(&brake, sent_ns, now_ns + random_below(2000) * MS, now_ns); break;
        case 1: brake_troubled(&brake, sent_ns, now_ns); break;
        case 2:
            if (random_below(100) == 0) {
                ck_assert_int_eq(rate_parse(asked[random_below(6)], &rate, &error), 0);
                brake_ask(&brake, &rate);
            }
            break;
        default: brake_answered(&brake, now_ns); break;
        }
        bool sound = brake.pace_mhz == 0 || (brake.pace_mhz >= 17 && brake_interval_ns(&brake) > 0 &&
                                             (brake.asked_mhz == 0 || brake.pace_mhz < brake.asked_mhz));
        if (!sound)
            ck_abort_msg("step %d: pace %d, asked %d", i, (int)brake.pace_mhz, (int)brake.asked_mhz);
    }
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, (int)(sizeof table / sizeof table[0]))

int main(void)
{
    Suite *suite = suite_create("brake");
    TCase *tests = tcase_create("brake");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, without_trouble_there_is_no_brake);
    tcase_add_test(tests, pressed_it_takes_four_fifths_of_what_was_served_within_the_last_second);
    tcase_add_test(tests, it_never_falls_by_more_than_three_fifths_at_once);
    tcase_add_test(tests, without_a_rate_that_was_asked_for_what_was_served_counts);
    tcase_add_test(tests, requests_that_left_before_belong_to_the_same_trouble);
    tcase_add_test(tests, one_timeout_among_many_answers_is_bad_luck);
    tcase_add_test(tests, timeouts_that_are_a_quarter_of_what_comes_back_press_it);
    tcase_add_test(tests, it_recovers_to_just_under_the_ceiling_stays_and_then_creeps_beyond);
    tcase_add_test(tests, a_step_needs_an_answer);
    tcase_add_test(tests, the_pause_that_was_told_tells_nothing_about_the_gateway);
    tcase_add_test(tests, what_is_asked_for_anew_bounds_it_and_releases_it);
    tcase_add_test(tests, nobody_is_slowed_below_one_a_second);
    LOOP(tests, a_pace_is_written_for_people, formats);
    LOOP(tests, a_gateway_with_a_limit_is_kept_near_it, limited);
    tcase_add_test(tests, whatever_happens_the_pace_stays_under_what_was_asked_for_and_over_one_a_minute);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
