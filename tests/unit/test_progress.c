#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/estimate.h"
#include "campana/hours.h"
#include "campana/progress.h"
#include "campana/utf8.h"
#include "main.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct progress progress;
static struct engine_progress now;
static struct buffer line;
static volatile sig_atomic_t stop_count;
static int saved_error, captured_error;

static void start(void)
{
    struct talk talk = {0};
    stop_count = 0;
    progress_init(&progress, &talk, "navidad", true, &stop_count);
    progress.rewrites = false;
    now = (struct engine_progress){.pending_at_start = 1000, .in_flight_limit = 32};
    buffer_init(&line);
}

static void stop(void)
{
    buffer_free(&line);
}

static const char *put_line(size_t width)
{
    buffer_clear(&line);
    progress_put_line(&progress, &now, width, &line);
    return buffer_string(&line);
}

static void advance(int64_t ms, int64_t accepted)
{
    now.elapsed_ns += ms * NS_PER_MS;
    now.accepted += accepted;
    progress_mark(&progress, &now);
}

/* Standard error goes into a file until told() reads it. */
static void capture(void)
{
    char path[] = "/tmp/campana-test-XXXXXX";
    captured_error = mkstemp(path);
    ck_assert_int_ge(captured_error, 0);
    unlink(path);
    saved_error = dup(STDERR_FILENO);
    dup2(captured_error, STDERR_FILENO);
}

static const char *told(void)
{
    static char text[4096];
    dup2(saved_error, STDERR_FILENO);
    close(saved_error);
    ssize_t len = pread(captured_error, text, sizeof text - 1, 0);
    close(captured_error);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

START_TEST(a_run_that_begins_shows_no_rate_yet)
{
    ck_assert_str_eq(put_line(0), "navidad  0/1000  0%  0 accepted");
}
END_TEST

START_TEST(rate_and_time_left_are_those_of_now)
{
    advance(0, 0);
    advance(1000, 10);
    advance(1000, 10);
    ck_assert_str_eq(put_line(0), "navidad  20/1000  2%  10.0/s  1 min 38 s left  20 accepted");
    for (int i = 0; i < 40; i++)
        advance(500, 1); /* it slows down to 2/s, and the fast beginning is forgotten */
    ck_assert_str_eq(put_line(0), "navidad  60/1000  6%  2.0/s  7 min 50 s left  60 accepted");
}
END_TEST

START_TEST(all_outcomes_count_as_done_and_only_those_that_are_there_are_named)
{
    now.accepted = 5;
    now.refused = 2;
    now.unknown = 1;
    now.held_back = 4;
    now.returned = 9;
    ck_assert_str_eq(put_line(0), "navidad  8/1000  0%  5 accepted, 2 refused, 1 unknown, 4 held back");
}
END_TEST

START_TEST(what_is_wrong_with_the_gateway_is_told)
{
    now.mood = MOOD_SLOWED;
    now.in_flight = 1;
    now.in_flight_limit = 1;
    snprintf(now.note, sizeof now.note, "no answer in time");
    ck_assert_str_eq(put_line(0),
                     "navidad  0/1000  0%  0 accepted  slowed, 1 of 1 in flight  (no answer in time)");
}
END_TEST

START_TEST(the_rate_that_it_is_slowed_to_is_shown)
{
    now.mood = MOOD_SLOWED;
    now.in_flight = 3;
    now.in_flight_limit = 8;
    now.slowed_mhz = 18437;
    ck_assert_str_eq(put_line(0), "navidad  0/1000  0%  0 accepted  slowed to 18.4/s, 3 of 8 in flight");
}
END_TEST

START_TEST(a_log_tells_the_first_time_that_it_is_slowed_and_why)
{
    capture();
    for (int i = 0; i < 3; i++) {
        now.mood = MOOD_SENDING;
        now.slowed_mhz = 0;
        progress_show(&progress, &now);
        now.mood = MOOD_SLOWED;
        now.slowed_mhz = 18437;
        snprintf(now.note, sizeof now.note, "the gateway asked to slow down");
        progress_show(&progress, &now);
    }
    ck_assert_str_eq(told(), "campana: navidad: sending 1000 messages\n"
                             "campana: navidad: sending more slowly: the gateway asked to slow down\n");
}
END_TEST

START_TEST(waiting_tells_until_when)
{
    now.mood = MOOD_WAITING;
    now.waits_until_ms = hours_instant(2026, 11, 24, 7, 0);
    ck_assert_str_eq(put_line(0),
                     "navidad  0/1000  0%  0 accepted  waiting until Tuesday 24 November 2026, 07:00");
    now.waits_until_ms = INT64_MAX;
    ck_assert_str_eq(put_line(0), "navidad  0/1000  0%  0 accepted");
}
END_TEST

START_TEST(the_line_is_never_wider_than_the_terminal)
{
    now.mood = MOOD_SLOWED;
    snprintf(now.note, sizeof now.note,
             "ñandú 漢字 \x1b[31m\r\n an answer that is as long as answers can be …");
    for (size_t width = 1; width < 200; width++) {
        const char *text = put_line(width);
        ck_assert_uint_le(utf8_width(text, strlen(text)), width);
        ck_assert_ptr_null(strpbrk(text, "\x1b\r\n"));
    }
}
END_TEST

START_TEST(nothing_to_do_divides_by_nothing)
{
    now.pending_at_start = 0;
    advance(2000, 0);
    advance(2000, 0);
    ck_assert_str_eq(put_line(0), "navidad  0/0  0.0/s  0 accepted");
}
END_TEST

START_TEST(a_log_gets_a_line_at_the_beginning_and_no_more)
{
    capture();
    for (int i = 0; i < 50; i++) {
        now.elapsed_ns += 200 * NS_PER_MS;
        now.accepted++;
        progress_show(&progress, &now);
    }
    progress_end(&progress);
    ck_assert_str_eq(told(), "campana: navidad: sending 1000 messages\n");
}
END_TEST

START_TEST(one_message_is_told_as_one)
{
    now.pending_at_start = 1;
    capture();
    progress_show(&progress, &now);
    ck_assert_str_eq(told(), "campana: navidad: sending 1 message\n");
}
END_TEST

START_TEST(a_log_tells_once_that_the_run_waits)
{
    capture();
    now.mood = MOOD_WAITING;
    now.waits_until_ms = hours_instant(2026, 11, 24, 7, 0);
    for (int i = 0; i < 5; i++)
        progress_show(&progress, &now);
    ck_assert_str_eq(told(), "campana: navidad: sending 1000 messages\n"
                             "campana: navidad: waiting until Tuesday 24 November 2026, 07:00 "
                             "(Colombian time)\n");
}
END_TEST

START_TEST(a_log_is_silent_where_what_would_be_waited_for_ends_the_run)
{
    progress.waits = false;
    now.mood = MOOD_WAITING;
    now.waits_until_ms = hours_instant(2026, 11, 24, 7, 0);
    capture();
    progress_show(&progress, &now);
    now.mood = MOOD_DRAINING;
    progress_show(&progress, &now);
    ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_change_of_the_rate_is_told_once_with_who_made_it)
{
    capture();
    now.rate = (struct rate){10, NS_PER_S};
    progress_show(&progress, &now);
    now.rate = (struct rate){600, 60 * NS_PER_S};
    snprintf(now.steered_by, sizeof now.steered_by, "ana@caja");
    progress_show(&progress, &now);
    progress_show(&progress, &now);
    now.rate = (struct rate){0, NS_PER_S};
    progress_show(&progress, &now);
    ck_assert_str_eq(told(), "campana: navidad: sending 1000 messages\n"
                             "campana: navidad: rate 600/min from now on, by ana@caja\n"
                             "campana: navidad: rate max from now on, by ana@caja\n");
}
END_TEST

START_TEST(the_first_stop_signal_is_answered_once_even_when_quiet)
{
    capture();
    progress.talk.quiet = true;
    progress_show(&progress, &now);
    stop_count = 1;
    now.mood = MOOD_DRAINING;
    now.in_flight = 7;
    progress_show(&progress, &now);
    now.in_flight = 3;
    progress_show(&progress, &now);
    ck_assert_str_eq(told(),
                     "campana: stopping: waiting for 7 in flight; Ctrl-C again leaves them unknown\n");
}
END_TEST

START_TEST(a_terminal_gets_one_line_that_is_erased_at_the_end)
{
    capture();
    progress.rewrites = true;
    progress_show(&progress, &now);
    progress_show(&progress, &now);
    progress_end(&progress);
    progress_end(&progress);
    const char *text = told();
    int erased = 0;
    for (const char *at = text; (at = strstr(at, "\r\x1b[K")) != NULL; at++)
        erased++;
    ck_assert_int_eq(erased, 3);
    ck_assert_ptr_null(strchr(text, '\n'));
    ck_assert_str_eq(text + strlen(text) - 4, "\r\x1b[K");
}
END_TEST

START_TEST(an_answer_that_could_not_be_recorded_is_told_whole)
{
    struct outcome accepted = {.kind = OUTCOME_ACCEPTED, .code = 4711};
    capture();
    progress.talk.quiet = true;
    progress_unrecorded(&progress, 17, "573102111111", &accepted);
    ck_assert_str_eq(told(),
                     "campana: row 17 (573102111111): accepted by the gateway, code 4711; this could NOT be "
                     "recorded, write it down\n");
    struct outcome cut = {.kind = OUTCOME_UNKNOWN, .reason = REASON_CUT};
    capture();
    progress_unrecorded(&progress, 17, "573102111111", &cut);
    progress_unrecorded(&progress, 18, "573102111112", NULL);
    const char *text = told();
    ck_assert_ptr_nonnull(strstr(text, "row 17 (573102111111): the message was handed over"));
    ck_assert_ptr_null(strstr(text, "code 0"));
    ck_assert_ptr_nonnull(strstr(text, "row 18 (573102111112): the message did not leave; this could NOT"));
}
END_TEST

/* ---- how long it will take ---- */

static struct estimate estimate(const char *rate_text, const char *hours_text, int64_t count, bool wait,
                                int64_t start_ms)
{
    struct rate rate;
    struct hours hours;
    struct error error;
    ck_assert_int_eq(rate_parse(rate_text, &rate, &error), 0);
    ck_assert_int_eq(hours_parse(hours_text, &hours, &error), 0);
    return estimate_run(&rate, &hours, count, wait, start_ms);
}

START_TEST(an_estimate_is_count_by_rate)
{
    int64_t start_ms = hours_instant(2026, 11, 24, 10, 0);
    struct estimate found = estimate("10/s", "any", 1000, false, start_ms);
    ck_assert(found.known);
    ck_assert_int_eq(found.sending_ms, 100000);
    ck_assert_int_eq(found.ends_at_ms, start_ms + 100000);
    ck_assert_int_eq(found.left, 0);
    ck_assert_int_eq(estimate("7/min", "any", 1, false, start_ms).sending_ms, 8572); /* rounded up */
    ck_assert(!estimate("max", "any", 1000, false, start_ms).known);
}
END_TEST

START_TEST(an_estimate_ends_with_the_contact_hours_and_tells_what_is_left)
{
    int64_t start_ms = hours_instant(2026, 11, 24, 18, 0); /* a Tuesday, open until 19:00 */
    struct estimate found = estimate("1/s", "co", 5000, false, start_ms);
    ck_assert(found.known);
    ck_assert_int_eq(found.ends_at_ms, hours_instant(2026, 11, 24, 19, 0));
    ck_assert_int_eq(found.left, 1400);
}
END_TEST

START_TEST(an_estimate_that_waits_goes_on_at_the_next_opening)
{
    int64_t start_ms = hours_instant(2026, 12, 7, 18, 0); /* Monday; the 8th is a holiday */
    struct estimate found = estimate("1/s", "co", 5400, true, start_ms);
    ck_assert(found.known);
    ck_assert_int_eq(found.ends_at_ms, hours_instant(2026, 12, 9, 7, 30));
    ck_assert_int_eq(found.left, 0);
}
END_TEST

START_TEST(an_estimate_beyond_any_plan_is_none)
{
    ck_assert(!estimate("1/h", "Mon 08:00-08:01", 1000000, true, hours_instant(2026, 12, 7, 18, 0)).known);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *tcase = tcase_create("progress");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, a_run_that_begins_shows_no_rate_yet);
    tcase_add_test(tcase, rate_and_time_left_are_those_of_now);
    tcase_add_test(tcase, all_outcomes_count_as_done_and_only_those_that_are_there_are_named);
    tcase_add_test(tcase, what_is_wrong_with_the_gateway_is_told);
    tcase_add_test(tcase, the_rate_that_it_is_slowed_to_is_shown);
    tcase_add_test(tcase, a_log_tells_the_first_time_that_it_is_slowed_and_why);
    tcase_add_test(tcase, waiting_tells_until_when);
    tcase_add_test(tcase, the_line_is_never_wider_than_the_terminal);
    tcase_add_test(tcase, nothing_to_do_divides_by_nothing);
    tcase_add_test(tcase, a_log_gets_a_line_at_the_beginning_and_no_more);
    tcase_add_test(tcase, one_message_is_told_as_one);
    tcase_add_test(tcase, a_log_tells_once_that_the_run_waits);
    tcase_add_test(tcase, a_log_is_silent_where_what_would_be_waited_for_ends_the_run);
    tcase_add_test(tcase, a_change_of_the_rate_is_told_once_with_who_made_it);
    tcase_add_test(tcase, the_first_stop_signal_is_answered_once_even_when_quiet);
    tcase_add_test(tcase, a_terminal_gets_one_line_that_is_erased_at_the_end);
    tcase_add_test(tcase, an_answer_that_could_not_be_recorded_is_told_whole);
    tcase_add_test(tcase, an_estimate_is_count_by_rate);
    tcase_add_test(tcase, an_estimate_ends_with_the_contact_hours_and_tells_what_is_left);
    tcase_add_test(tcase, an_estimate_that_waits_goes_on_at_the_next_opening);
    tcase_add_test(tcase, an_estimate_beyond_any_plan_is_none);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
