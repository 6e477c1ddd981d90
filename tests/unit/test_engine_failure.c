/* A run on a machine that fails: memory and database, call by call, and a write lock that another process
 * keeps. Whatever fails, nobody is written to twice, no row is lost, and the next run goes on. */
#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/error.h"
#include "faults.h"
#include "rawserver.h"
#include "store_fixture.h"

#define FAULTS_MOST 3000
#define ROWS        5

static char url[64];
static struct store *store;
static struct http *http;
static struct campaign campaign;
static struct engine_options options;
static struct engine_result result;
static volatile sig_atomic_t stop;
static int next_id, first_id;
static int64_t unrecorded[ROWS];
static int unrecorded_count;

static void open_http(void)
{
    struct http_options transport = {.concurrency = 4, .connect_timeout_ms = 5000, .timeout_ms = 10000};
    if (url[0] == '\0')
        snprintf(url, sizeof url, "http://127.0.0.1:%d", rawserver_start());
    assert_ok(http_open(&transport, &http, &error));
}

/* A campaign whose texts tell the server what to do; its numbers are new to it. */
static void load_rows(const char *const whats[], int count)
{
    first_id = next_id;
    campaign = fixture_campaign("c");
    assert_ok(store_load_begin(store, &campaign, &error));
    for (int i = 0; i < count; i++) {
        char number[32];
        snprintf(number, sizeof number, "57310000%04d", next_id++);
        struct fixture_row row = {number, whats[i], JOB_PENDING, REASON_NONE};
        struct store_message message = fixture_message(i + 2, &row);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    stop = 0;
    options = (struct engine_options){.account = {url, "u", "p"},
                                      .campaign_id = campaign.id,
                                      .concurrency = 4,
                                      .post = true,
                                      .max_failures = 1000};
    assert_ok(hours_parse("any", &options.hours, &error));
}

static void note_unrecorded(void *context, int64_t row, const char *msisdn, const struct outcome *outcome)
{
    (void)context;
    (void)msisdn;
    (void)outcome;
    if (unrecorded_count < ROWS)
        unrecorded[unrecorded_count++] = row;
}

static int send_all(const struct engine_watch *watch)
{
    return engine_run(store, http, &options, "100", &clock_system, NULL, &stop, NULL, watch, &result, &error);
}

static struct counts counts(void)
{
    struct counts found;
    assert_ok(store_count(store, &campaign, &found, &error));
    return found;
}

/* ---- what fails, call by call ---- */

static int note_state(void *context, const struct report_row *row, struct error *into)
{
    enum job_state *states = context;
    (void)into;
    states[row->row - 2] = row->state;
    return 0;
}

static void assert_books_agree(long fault)
{
    enum job_state states[ROWS];
    assert_ok(store_report(store, &campaign, 0, note_state, states, &error));
    for (int i = 0; i < ROWS; i++) {
        int copies = rawserver_copies(first_id + i);
        ck_assert_msg(copies <= 1, "fault %ld: row %d came %d times", fault, i + 2, copies);
        ck_assert_msg(states[i] != JOB_INFLIGHT && states[i] != JOB_PENDING, "fault %ld: row %d is %s", fault,
                      i + 2, job_state_name(states[i]));
        if (states[i] == JOB_ACCEPTED || states[i] == JOB_REFUSED)
            ck_assert_msg(copies == 1, "fault %ld: row %d is %s and never came", fault, i + 2,
                          job_state_name(states[i]));
    }
    for (int i = 0; i < unrecorded_count; i++)
        ck_assert_msg(states[unrecorded[i] - 2] == JOB_UNKNOWN,
                      "fault %ld: row %d was not recorded and is %s", fault, (int)unrecorded[i],
                      job_state_name(states[unrecorded[i] - 2]));
}

/* Returns whether a fault happened. */
static bool run_with_fault(long fault, bool all_that_follow, bool once_per_day)
{
    static const char *const whats[ROWS] = {"fine", "fine", "refused", "close", "fine"};
    const struct engine_watch watch = {.unrecorded = note_unrecorded};
    int64_t recovered;
    open_http();
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    load_rows(whats, ROWS);
    options.once_per_day = once_per_day;
    unrecorded_count = 0;
    error_clear(&error);
    faults_arm(fault, all_that_follow);
    int outcome = send_all(&watch);
    bool happened = faults_disarm();
    if (outcome != 0)
        ck_assert_msg(outcome == -1 && result.end == END_LOCAL && error.kind == ERROR_MACHINE,
                      "fault %ld: end %d, %s", fault, (int)result.end, error.text);
    else
        ck_assert_msg(result.end == END_DONE, "fault %ld: end %d", fault, (int)result.end);
    store_rollback(store);
    assert_ok(store_recover(store, NOW_MS, &recovered, &error));
    assert_ok(send_all(NULL));
    ck_assert_int_eq(result.end, END_DONE);
    assert_books_agree(fault);
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
    return happened;
}

static void try_every_fault(bool all_that_follow, bool once_per_day)
{
    long fault = 0;
    faults_here_only = true;
    do {
        ck_assert_int_lt(++fault, FAULTS_MOST);
    } while (run_with_fault(fault, all_that_follow, once_per_day));
    ck_assert_int_gt(fault, 50);
}

START_TEST(whatever_fails_once_nobody_is_written_to_twice_and_the_next_run_goes_on)
{
    try_every_fault(false, false);
}
END_TEST

START_TEST(whatever_fails_from_some_moment_on_nobody_is_written_to_twice)
{
    try_every_fault(true, false);
}
END_TEST

START_TEST(whatever_fails_while_numbers_are_held_back_nobody_is_written_to_twice)
{
    try_every_fault(false, true);
}
END_TEST

/* Memory or the database at every call that a message to one's own telephone needs. */
START_TEST(a_test_message_that_fails_anywhere_is_told_and_never_comes_twice)
{
    static const char *const whats[] = {"fine"};
    struct outcome outcome;
    bool happened;
    long fault = 0;
    faults_here_only = true;
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    open_http();
    load_rows(whats, 1);
    do {
        char number[32];
        int id = next_id++;
        snprintf(number, sizeof number, "57310000%04d", id);
        faults_arm(++fault, false);
        int sent = engine_send_test(store, http, &options, number, slice_of("fine"), &clock_system, &outcome,
                                    &error);
        happened = faults_disarm();
        ck_assert_int_le(rawserver_copies(id), 1);
        if (sent == 0) {
            ck_assert_int_eq(outcome.kind, OUTCOME_ACCEPTED);
            ck_assert_int_eq(rawserver_copies(id), 1);
        } else {
            ck_assert_int_eq(error.kind, ERROR_MACHINE);
            store_rollback(store);
        }
    } while (happened);
    ck_assert_int_gt(fault, 10);
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
}
END_TEST

START_TEST(a_test_message_that_latin1_cannot_write_is_refused_before_it_is_recorded)
{
    static const char *const whats[] = {"fine"};
    struct outcome outcome;
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    open_http();
    load_rows(whats, 1);
    options.charset = GATEWAY_LATIN1;
    assert_fails(engine_send_test(store, http, &options, "573100000000", slice_of("5 \xE2\x82\xAC"),
                                  &clock_system, &outcome, &error),
                 ERROR_INPUT, "U+20AC");
    assert_ok(store_find_tests(store, "573100000000", NULL, NULL, &error));
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
}
END_TEST

/* ---- another process that keeps the write lock ---- */

static sqlite3 *other;

static void open_files(void)
{
    store = fixture_open(STORE_CREATE);
    assert_ok(store_lock_sender(store, &error));
    open_http();
    other = fixture_connect(fixture_database);
}

static void close_files(void)
{
    sqlite3_close(other);
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
}

static void take_lock(void)
{
    if (sqlite3_get_autocommit(other))
        ck_assert_int_eq(fixture_execute(other, "BEGIN IMMEDIATE"), SQLITE_OK);
}

static void give_lock(void)
{
    if (!sqlite3_get_autocommit(other))
        ck_assert_int_eq(fixture_execute(other, "COMMIT"), SQLITE_OK);
}

static int answers, looks;

static void lock_at_first_answer(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "answered") == 0 && ++answers == 1)
        take_lock();
}

static void unlock_at_third_look(void *context, const struct engine_progress *progress)
{
    (void)context;
    (void)progress;
    if (++looks == 3)
        give_lock();
}

static const char *const fine[] = {"fine", "fine", "fine", "fine", "fine"};

START_TEST(answers_wait_until_another_process_has_written)
{
    struct steps steps = {lock_at_first_answer, NULL};
    struct engine_watch watch = {.progress = unlock_at_third_look};
    load_rows(fine, ROWS);
    assert_ok(
        engine_run(store, http, &options, "", &clock_system, &steps, &stop, NULL, &watch, &result, &error));
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], ROWS);
    ck_assert_int_ge(looks, 3);
}
END_TEST

/* A clock on which a millisecond is a second: two minutes are soon over. */
static int64_t fast_ns(void *context)
{
    static int64_t began_ns;
    int64_t now_ns = clock_monotonic_ns(&clock_system);
    (void)context;
    if (began_ns == 0)
        began_ns = now_ns;
    return NS_PER_S + (now_ns - began_ns) * 1000;
}

static int64_t fast_ms(void *context)
{
    return NOW_MS + fast_ns(context) / NS_PER_MS;
}

static const struct clock fast_clock = {fast_ms, fast_ns, NULL};

START_TEST(a_process_that_never_ends_its_writing_is_named_and_the_answers_are_told)
{
    struct steps steps = {lock_at_first_answer, NULL};
    struct engine_watch watch = {.unrecorded = note_unrecorded};
    int64_t recovered;
    load_rows(fine, ROWS);
    assert_fails(
        engine_run(store, http, &options, "", &fast_clock, &steps, &stop, NULL, &watch, &result, &error),
        ERROR_MACHINE, "another process has been writing to this database for two minutes");
    ck_assert_int_eq(result.end, END_LOCAL);
    ck_assert_int_gt(unrecorded_count, 0);
    give_lock();
    assert_ok(store_recover(store, NOW_MS, &recovered, &error));
    ck_assert_int_eq(recovered, unrecorded_count);
    assert_ok(send_all(NULL));
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], ROWS - (int)recovered);
    ck_assert_int_eq(counts().of[JOB_UNKNOWN], (int)recovered);
    for (int id = first_id; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 1);
}
END_TEST

static void stop_twice_at_first_answer(void *context, const char *step)
{
    lock_at_first_answer(context, step);
    if (answers == 1)
        stop = 2;
}

START_TEST(answers_that_a_hasty_end_cannot_record_are_told)
{
    struct steps steps = {stop_twice_at_first_answer, NULL};
    struct engine_watch watch = {.unrecorded = note_unrecorded};
    load_rows(fine, 1);
    engine_run(store, http, &options, "", &fast_clock, &steps, &stop, NULL, &watch, &result, &error);
    ck_assert_int_eq(unrecorded_count, 1);
    ck_assert_int_eq(unrecorded[0], 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_failure");
    TCase *faults = fixture_case(suite, "faults");
    tcase_set_timeout(faults, 300);
    tcase_add_test(faults, whatever_fails_once_nobody_is_written_to_twice_and_the_next_run_goes_on);
    tcase_add_test(faults, whatever_fails_from_some_moment_on_nobody_is_written_to_twice);
    tcase_add_test(faults, whatever_fails_while_numbers_are_held_back_nobody_is_written_to_twice);
    tcase_add_test(faults, a_test_message_that_fails_anywhere_is_told_and_never_comes_twice);
    tcase_add_test(faults, a_test_message_that_latin1_cannot_write_is_refused_before_it_is_recorded);
    TCase *busy = fixture_case(suite, "busy");
    tcase_add_checked_fixture(busy, open_files, close_files);
    tcase_add_test(busy, answers_wait_until_another_process_has_written);
    tcase_add_test(busy, a_process_that_never_ends_its_writing_is_named_and_the_answers_are_told);
    tcase_add_test(busy, answers_that_a_hasty_end_cannot_record_are_told);
    return run_suite(suite);
}
