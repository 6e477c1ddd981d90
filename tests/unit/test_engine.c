#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/error.h"
#include "main.h"
#include "rawserver.h"
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int port;
static char url[64];
static struct store *store;
static struct http *http;
static struct campaign campaign;
static struct engine_options options;
static struct engine_result result;
static struct error error;
static volatile sig_atomic_t stop;
static int next_id = 1;
static int first_id;

/* What happens at the store's next commit of a batch; NULL: nothing. */
static void (*at_commit)(void);

static void see_step(void *context, const char *step)
{
    (void)context;
    if (at_commit != NULL && strcmp(step, "commit:batch") == 0)
        at_commit();
}

static const struct steps steps = {see_step, NULL};

static void open_http(int64_t timeout_ms)
{
    struct http_options transport = {
        .concurrency = 4, .connect_timeout_ms = timeout_ms, .timeout_ms = timeout_ms};
    ck_assert_int_eq(http_open(&transport, &http, &error), 0);
}

static void open_database(const char *path)
{
    if (port == 0)
        port = rawserver_start(NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    ck_assert_msg(store_open(path, STORE_CREATE, &steps, &store, &error) == 0, "%s", error.text);
    open_http(60000);
    ck_assert_int_eq(store_lock_sender(store, &error), 0);
    stop = 0;
    at_commit = NULL;
    first_id = next_id;
    campaign = (struct campaign){.name = strdup("x"),
                                 .file = strdup("x.csv"),
                                 .settings = strdup("{}"),
                                 .columns = strdup("[]"),
                                 .text_column = -1};
    memset(campaign.sha256, '0', 64);
    ck_assert_int_eq(store_load_begin(store, &campaign, true, &error), 0);
}

static void open_all(void)
{
    open_database(":memory:");
}

static void close_all(void)
{
    campaign_free(&campaign);
    http_free(http);
    store_close(store);
}

/* Rows whose texts tell the server what to do. */
static void add(int count, const char *what)
{
    for (int i = 0; i < count; i++) {
        char number[32];
        snprintf(number, sizeof number, "57310000%04d", next_id++);
        struct store_message message = {.row = next_id - first_id + 1,
                                        .msisdn = slice_of(number),
                                        .text = slice_of(what),
                                        .fields = slice_of("[]"),
                                        .state = JOB_PENDING};
        ck_assert_msg(store_load_message(store, &campaign, &message, &error) == 0, "%s", error.text);
    }
}

static void loaded(void)
{
    ck_assert_int_eq(store_load_end(store, &campaign, &error), 0);
    options = (struct engine_options){.account = {url, "u", "p"},
                                      .campaign_id = campaign.id,
                                      .concurrency = 4,
                                      .post = true,
                                      .max_failures = 1000};
    ck_assert_int_eq(hours_parse("any", &options.hours, &error), 0);
}

static void run(void)
{
    int outcome =
        engine_run(store, http, &options, "", &clock_system, NULL, &stop, NULL, NULL, &result, &error);
    ck_assert_msg(outcome == 0, "%s", error.text);
}

static struct counts counts(void)
{
    struct counts found;
    ck_assert_int_eq(store_count(store, &campaign, &found, &error), 0);
    return found;
}

static void assert_once_each(void)
{
    for (int id = first_id; id < next_id; id++)
        ck_assert_int_le(rawserver_copies(id), 1);
}

START_TEST(every_row_is_sent_once_and_the_run_is_recorded)
{
    add(50, "fine");
    loaded();
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 50);
    ck_assert_int_eq(result.run.accepted, 50);
    ck_assert_str_eq(result.run.ended, "done");
    ck_assert_str_eq(result.run.balance_after, "123");
    assert_once_each();
}
END_TEST

static bool recorded_beside_a_silent_one;

static void look_beside_the_silent_one(void)
{
    struct counts found = counts();
    if (found.of[JOB_ACCEPTED] == 1 && found.of[JOB_INFLIGHT] == 1)
        recorded_beside_a_silent_one = true;
}

START_TEST(an_answer_is_recorded_while_another_one_is_waited_for)
{
    add(1, "fine");
    add(1, "silent");
    loaded();
    http_free(http);
    open_http(3000);
    recorded_beside_a_silent_one = false;
    at_commit = look_beside_the_silent_one;
    run();
    at_commit = NULL;
    ck_assert(recorded_beside_a_silent_one);
    ck_assert_int_eq(counts().of[JOB_UNKNOWN], 1);
    assert_once_each();
}
END_TEST

static int commits;
static atomic_int answers;

static void count_answers(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "answered") == 0)
        answers++;
}

static const struct steps counting_steps = {count_answers, NULL};

/* The first one tells the engine what the disk is like; the second one takes until all have answered. */
static void commit_slowly(void)
{
    if (++commits == 1)
        usleep(20000);
    for (int i = 0; commits == 2 && answers < 4 && i < 30000; i++)
        usleep(1000);
    if (commits == 2)
        ck_assert_int_eq(answers, 4);
}

START_TEST(a_slow_disk_does_not_keep_answers_waiting)
{
    cpu_set_t cores;
    ck_assert_int_eq(sched_getaffinity(0, sizeof cores, &cores), 0);
    if (CPU_COUNT(&cores) == 1)
        return; /* the loop records by itself, and they do wait */
    add(2, "fine");
    add(2, "late");
    loaded();
    commits = 0;
    answers = 0;
    at_commit = commit_slowly;
    int outcome = engine_run(store, http, &options, "", &clock_system, &counting_steps, &stop, NULL, NULL,
                             &result, &error);
    ck_assert_msg(outcome == 0, "%s", error.text);
    ck_assert_int_gt(commits, 2);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 4);
    assert_once_each();
}
END_TEST

static _Atomic int64_t disk_ns; /* what the disk has taken by the engine's clock */
static int most_claimed;

static int64_t late_ns(void *context)
{
    (void)context;
    return clock_monotonic_ns(&clock_system) + disk_ns;
}

static int64_t late_ms(void *context)
{
    (void)context;
    return clock_wall_ms(&clock_system);
}

static const struct clock late_clock = {late_ms, late_ns, NULL};

static void take_a_third_of_a_second(void)
{
    int claimed = (int)counts().of[JOB_INFLIGHT];
    if (claimed > most_claimed)
        most_claimed = claimed;
    disk_ns += 333 * NS_PER_MS;
}

START_TEST(what_is_due_while_a_slow_disk_writes_is_claimed_before)
{
    add(20, "fine");
    loaded();
    options.rate = (struct rate){100, NS_PER_S};
    disk_ns = 0;
    most_claimed = 0;
    at_commit = take_a_third_of_a_second;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &late_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    ck_assert_int_eq(most_claimed, options.concurrency);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 20);
    assert_once_each();
}
END_TEST

static int64_t first_left_ns, second_leaves_ns;

/* The process is kept from going on between its look at the clock and the message's leaving. */
static void be_kept_at_the_first(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "before-hand-off") == 0 && first_left_ns == 0)
        disk_ns += 90 * NS_PER_MS;
    else if (strcmp(step, "before-hand-off") == 0)
        second_leaves_ns = late_ns(NULL);
    else if (strcmp(step, "after-hand-off") == 0 && first_left_ns == 0)
        first_left_ns = late_ns(NULL);
}

START_TEST(the_distance_to_the_next_message_is_kept_from_when_one_has_left)
{
    static const struct steps keeping_steps = {be_kept_at_the_first, NULL};
    add(2, "fine");
    loaded();
    options.rate = (struct rate){10, NS_PER_S};
    disk_ns = 0;
    first_left_ns = 0;
    second_leaves_ns = 0;
    ck_assert_int_eq(engine_run(store, http, &options, "", &late_clock, &keeping_steps, &stop, NULL, NULL,
                                &result, &error),
                     0);
    ck_assert_int_gt(first_left_ns, 0);
    ck_assert_int_ge(second_leaves_ns - first_left_ns, 100 * NS_PER_MS);
}
END_TEST

START_TEST(each_outcome_leads_to_its_state)
{
    add(5, "fine");
    add(3, "refused");
    add(4, "close");
    add(2, "cut-body");
    add(1, "old");
    loaded();
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 6);
    ck_assert_int_eq(counts().of[JOB_REFUSED], 3);
    ck_assert_int_eq(counts().of[JOB_UNKNOWN], 6);
    ck_assert_int_eq(result.unknown, 6);
    assert_once_each();
}
END_TEST

static const struct {
    const char *what;
    enum run_end end;
} stops[] = {{"credentials", END_CREDENTIALS},
             {"broke", END_BALANCE},
             {"maintenance", END_MAINTENANCE},
             {"forbidden", END_FORBIDDEN}};

START_TEST(a_stop_leaves_the_rest_pending)
{
    add(10, "fine");
    add(40, stops[_i].what);
    loaded();
    run();
    ck_assert_int_eq(result.end, stops[_i].end);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 10);
    ck_assert_int_eq(counts().of[JOB_PENDING], 40);
    ck_assert_int_eq(result.pending, 40);
    ck_assert_int_le(result.progress.returned, 4);
    assert_once_each();
}
END_TEST

START_TEST(a_limit_ends_the_run_to_the_message)
{
    add(30, "fine");
    loaded();
    options.limit = 7;
    run();
    ck_assert_int_eq(result.end, END_LIMIT);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 7);
    options.limit = 23;
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 30);
}
END_TEST

START_TEST(failures_in_a_row_end_the_run)
{
    add(30, "close");
    loaded();
    options.max_failures = 5;
    run();
    ck_assert_int_eq(result.end, END_FAILURES);
    ck_assert_int_ge(counts().of[JOB_UNKNOWN], 5);
    ck_assert_int_le(counts().of[JOB_UNKNOWN], 5 + 4);
    assert_once_each();
}
END_TEST

START_TEST(a_gateway_that_cannot_be_reached_leaves_all_pending)
{
    add(10, "fine");
    loaded();
    options.account.base_url = "http://127.0.0.1:1";
    options.max_failures = 3;
    run();
    ck_assert_int_eq(result.end, END_FAILURES);
    ck_assert_int_eq(counts().of[JOB_PENDING], 10);
    ck_assert_int_eq(result.unknown, 0);
}
END_TEST

START_TEST(slowing_down_loses_nothing)
{
    add(10, "fine");
    add(1, "date"); /* 503 with Retry-After, every time */
    add(10, "fine");
    loaded();
    options.limit = 20; /* or the run would ask for ever */
    run();
    ck_assert_int_eq(result.end, END_LIMIT);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 20);
    ck_assert_int_eq(counts().of[JOB_PENDING], 1);
}
END_TEST

START_TEST(a_pause_that_is_too_long_to_wait_for_ends_the_run)
{
    add(10, "tomorrow");
    loaded();
    options.concurrency = 1;
    int64_t before_ms = clock_wall_ms(&clock_system);
    run();
    ck_assert_int_eq(result.end, END_PAUSE);
    ck_assert_int_ge(result.paused_until_ms, before_ms + 24 * 3600 * 1000);
    ck_assert_int_le(result.paused_until_ms, clock_wall_ms(&clock_system) + 24 * 3600 * 1000);
    ck_assert_int_eq(counts().of[JOB_PENDING], 10);
    ck_assert_int_eq(rawserver_copies(first_id), 1);
    ck_assert_int_eq(rawserver_copies(first_id + 1), 0);
}
END_TEST

START_TEST(hours_that_never_open_are_not_waited_for)
{
    add(5, "fine");
    loaded();
    options.hours = (struct hours){0};
    options.wait = true;
    run();
    ck_assert_int_eq(result.end, END_HOURS);
    ck_assert(result.opens_at_ms == INT64_MAX);
    ck_assert_int_eq(counts().of[JOB_PENDING], 5);
}
END_TEST

START_TEST(outside_the_hours_nothing_leaves)
{
    add(5, "fine");
    loaded();
    struct hours_local now = hours_local(clock_wall_ms(&clock_system));
    const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char tomorrow[32];
    snprintf(tomorrow, sizeof tomorrow, "%s 10:00-10:01", names[(now.weekday + 1) % 7]);
    ck_assert_int_eq(hours_parse(tomorrow, &options.hours, &error), 0);
    run();
    ck_assert_int_eq(result.end, END_HOURS);
    ck_assert_int_gt(result.opens_at_ms, clock_wall_ms(&clock_system));
    ck_assert_int_eq(counts().of[JOB_PENDING], 5);
    ck_assert_int_eq(rawserver_copies(first_id), 0);
}
END_TEST

/* A clock that can be set: on a Monday, 10 o'clock in Colombia. */
static int64_t set_forward_ms;

static int64_t settable_ms(void *context)
{
    (void)context;
    return 1795446000000LL + set_forward_ms;
}

static int64_t system_ns(void *context)
{
    (void)context;
    return clock_monotonic_ns(&clock_system);
}

static const struct clock settable_clock = {settable_ms, system_ns, NULL};

static void set_forward_an_hour(void)
{
    set_forward_ms = 3600 * MS_PER_S;
}

START_TEST(what_is_claimed_when_the_hours_end_does_not_leave_and_is_pending_again)
{
    add(5, "fine");
    loaded();
    ck_assert_int_eq(hours_parse("Mon 9:30-10:30", &options.hours, &error), 0);
    set_forward_ms = 0;
    at_commit = set_forward_an_hour;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &settable_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    ck_assert_int_eq(result.end, END_HOURS);
    ck_assert_int_eq(counts().of[JOB_PENDING], 5);
    for (int id = first_id; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
    at_commit = NULL;
    set_forward_ms = 0;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &settable_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 5);
    assert_once_each();
}
END_TEST

/* An hour: the test would not live to see it. */
START_TEST(the_end_of_a_run_does_not_wait_for_its_pace)
{
    add(1, "fine");
    loaded();
    options.rate = (struct rate){1, 3600 * NS_PER_S};
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
}
END_TEST

static void set_forward_at_the_answer(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "answered") == 0)
        set_forward_an_hour();
}

START_TEST(a_run_whose_last_answer_comes_after_hours_is_done)
{
    static const struct steps closing_steps = {set_forward_at_the_answer, NULL};
    add(1 + (_i == 1), "fine");
    loaded();
    ck_assert_int_eq(hours_parse("Mon 9:30-10:30", &options.hours, &error), 0);
    options.limit = 1;
    set_forward_ms = 0;
    ck_assert_int_eq(engine_run(store, http, &options, "", &settable_clock, &closing_steps, &stop, NULL, NULL,
                                &result, &error),
                     0);
    ck_assert_int_eq(result.end, _i == 1 ? END_LIMIT : END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
}
END_TEST

START_TEST(a_signal_before_the_first_message_sends_nothing)
{
    add(5, "fine");
    loaded();
    stop = 1;
    run();
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_PENDING], 5);
}
END_TEST

START_TEST(on_one_core_the_loop_records_by_itself)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    add(50, "fine");
    loaded();
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 50);
    assert_once_each();
}
END_TEST

/* The same number twice in one campaign, as --duplicates all loads it. */
START_TEST(numbers_that_were_reached_today_are_held_back)
{
    add(3, "fine");
    next_id = first_id;
    add(3, "fine");
    loaded();
    options.once_per_day = true;
    run();
    ck_assert_int_eq(result.end, END_HELD_BACK);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 3);
    ck_assert_int_eq(counts().of[JOB_PENDING], 3);
    ck_assert_int_eq(result.progress.held_back, 3);
    assert_once_each();
}
END_TEST

static void set_back_a_day_at_the_answer(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "answered") == 0)
        set_forward_ms = 0;
}

START_TEST(a_clock_that_is_set_back_to_another_day_holds_that_days_numbers_back)
{
    static const struct steps correcting_steps = {set_back_a_day_at_the_answer, NULL};
    add(2, "fine");
    next_id = first_id;
    add(1, "fine");
    next_id = first_id + 2;
    loaded();
    options.once_per_day = true;
    options.concurrency = 1;
    options.limit = 1;
    set_forward_ms = 0;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &settable_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    options.limit = 0;
    set_forward_ms = 24 * 3600 * MS_PER_S;
    ck_assert_int_eq(engine_run(store, http, &options, "", &settable_clock, &correcting_steps, &stop, NULL,
                                NULL, &result, &error),
                     0);
    ck_assert_int_eq(result.end, END_HELD_BACK);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 2);
    assert_once_each();
}
END_TEST

/* A clock on which a millisecond is a second. */
#define FASTER 1000

static int64_t fast_ns(void *context)
{
    static int64_t began_ns;
    int64_t now_ns = clock_monotonic_ns(&clock_system);
    (void)context;
    if (began_ns == 0)
        began_ns = now_ns;
    return NS_PER_S + (now_ns - began_ns) * FASTER;
}

static int64_t fast_ms(void *context)
{
    return 1795442400000LL + fast_ns(context) / NS_PER_MS;
}

static const struct clock fast_clock = {fast_ms, fast_ns, NULL};

static void stop_after_nine(void *context, const struct engine_progress *progress)
{
    (void)context;
    stop = progress->returned >= 9;
}

START_TEST(a_number_whose_first_message_was_refused_was_not_reached)
{
    add(1, "refused");
    next_id = first_id;
    add(1, "fine");
    loaded();
    options.once_per_day = true;
    run();
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_REFUSED], 1);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
    ck_assert_int_eq(result.progress.held_back, 0);
}
END_TEST

static void open_the_hours_again(void)
{
    set_forward_ms = 0;
}

static void close_the_hours_until_the_next_commit(void)
{
    set_forward_an_hour();
    at_commit = open_the_hours_again;
}

START_TEST(what_is_held_back_is_counted_once_where_a_row_before_it_came_back)
{
    add(4, "fine");
    next_id = first_id;
    add(3, "fine");
    loaded();
    ck_assert_int_eq(hours_parse("Mon 9:30-10:30", &options.hours, &error), 0);
    options.once_per_day = true;
    options.wait = true;
    options.limit = 3;
    set_forward_ms = 0;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &settable_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 3);
    options.limit = 0;
    at_commit = close_the_hours_until_the_next_commit;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &settable_clock, NULL, &stop, NULL, NULL, &result, &error), 0);
    ck_assert_int_eq(result.end, END_HELD_BACK);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 4);
    ck_assert_int_eq(result.progress.held_back, 3);
    assert_once_each();
}
END_TEST

/* By the instants that the run has recorded: a probe's answer is no sooner than the pause after the last one.
 */
START_TEST(the_end_of_maintenance_is_asked_for_less_and_less_often)
{
    static const int64_t pauses_s[] = {5, 10, 20, 40, 80, 160, 300, 300};
    char directory[] = "/tmp/campana-test-XXXXXX";
    char path[64], lock[80];
    struct engine_watch watch = {.progress = stop_after_nine};
    sqlite3 *database;
    sqlite3_stmt *statement;
    int64_t last_ms = 0;
    close_all();
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/campana.db", directory);
    snprintf(lock, sizeof lock, "%s-sender", path);
    open_database(path);
    add(20, "maintenance");
    loaded();
    options.wait = true;
    options.concurrency = 1;
    ck_assert_int_eq(
        engine_run(store, http, &options, "", &fast_clock, NULL, &stop, NULL, &watch, &result, &error), 0);
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_PENDING], 20);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_prepare_v2(database, "SELECT at_ms FROM attempt ORDER BY id", -1, &statement, NULL);
    for (int i = 0; i < 9; i++) {
        ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
        int64_t at_ms = sqlite3_column_int64(statement, 0);
        if (i > 0)
            ck_assert_int_ge(at_ms - last_ms, pauses_s[i - 1] * MS_PER_S - 1);
        last_ms = at_ms;
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    close_all();
    unlink(path);
    unlink(lock);
    rmdir(directory);
    open_all();
}
END_TEST

START_TEST(every_end_has_a_name_and_a_sentence)
{
    for (int end = 0; end < RUN_ENDS; end++) {
        ck_assert_uint_gt(strlen(run_end_name((enum run_end)end)), 0);
        ck_assert_uint_gt(strlen(run_end_sentence(run_end_name((enum run_end)end))), 0);
    }
    ck_assert_uint_gt(strlen(run_end_sentence("crashed")), 0);
    ck_assert_str_eq(run_end_sentence("from-a-later-version"), "");
    ck_assert_str_eq(run_end_remedy("from-a-later-version"), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine");
    TCase *tcase = tcase_create("runs");
    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_add_test(tcase, every_row_is_sent_once_and_the_run_is_recorded);
    tcase_add_test(tcase, an_answer_is_recorded_while_another_one_is_waited_for);
    tcase_add_test(tcase, a_slow_disk_does_not_keep_answers_waiting);
    tcase_add_test(tcase, what_is_due_while_a_slow_disk_writes_is_claimed_before);
    tcase_add_test(tcase, the_distance_to_the_next_message_is_kept_from_when_one_has_left);
    tcase_add_test(tcase, each_outcome_leads_to_its_state);
    tcase_add_loop_test(tcase, a_stop_leaves_the_rest_pending, 0, sizeof stops / sizeof *stops);
    tcase_add_test(tcase, a_limit_ends_the_run_to_the_message);
    tcase_add_test(tcase, failures_in_a_row_end_the_run);
    tcase_add_test(tcase, a_gateway_that_cannot_be_reached_leaves_all_pending);
    tcase_add_test(tcase, slowing_down_loses_nothing);
    tcase_add_test(tcase, a_pause_that_is_too_long_to_wait_for_ends_the_run);
    tcase_add_test(tcase, hours_that_never_open_are_not_waited_for);
    tcase_add_test(tcase, outside_the_hours_nothing_leaves);
    tcase_add_test(tcase, what_is_claimed_when_the_hours_end_does_not_leave_and_is_pending_again);
    tcase_add_test(tcase, the_end_of_a_run_does_not_wait_for_its_pace);
    tcase_add_loop_test(tcase, a_run_whose_last_answer_comes_after_hours_is_done, 0, 2);
    tcase_add_test(tcase, a_signal_before_the_first_message_sends_nothing);
    tcase_add_test(tcase, on_one_core_the_loop_records_by_itself);
    tcase_add_test(tcase, numbers_that_were_reached_today_are_held_back);
    tcase_add_test(tcase, a_clock_that_is_set_back_to_another_day_holds_that_days_numbers_back);
    tcase_add_test(tcase, a_number_whose_first_message_was_refused_was_not_reached);
    tcase_add_test(tcase, what_is_held_back_is_counted_once_where_a_row_before_it_came_back);
    tcase_add_test(tcase, the_end_of_maintenance_is_asked_for_less_and_less_often);
    tcase_add_test(tcase, every_end_has_a_name_and_a_sentence);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
