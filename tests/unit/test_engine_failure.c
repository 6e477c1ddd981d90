/* A run on a machine that fails: memory and database, call by call, and a write lock that another process
 * keeps. Whatever fails, nobody is written to twice, no row is lost, and the next run goes on. */
#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/error.h"
#include "faults.h"
#include "rawserver.h"
#include "store_fixture.h"
#include <arpa/inet.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

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
        snprintf(url, sizeof url, "http://127.0.0.1:%d", rawserver_start(faults_spare_this_thread));
    assert_ok(http_open(&transport, &http, &error));
}

static bool last_is_first; /* its number: what is loaded with --duplicates all */

/* A campaign whose texts tell the server what to do; its numbers are new to it. */
static void load_rows(const char *const whats[], int count)
{
    first_id = next_id;
    campaign = fixture_campaign("c");
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (int i = 0; i < count; i++) {
        char number[32];
        bool again = last_is_first && i == count - 1;
        snprintf(number, sizeof number, "57310000%04d", again ? first_id : next_id++);
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

/* Of all rows but those that are held back. */
static void assert_books_agree(long fault, int rows)
{
    enum job_state states[ROWS];
    assert_ok(store_report(store, &campaign, 0, note_state, states, &error));
    for (int i = 0; i < rows; i++) {
        int copies = rawserver_copies(first_id + i);
        ck_assert_msg(copies <= 1, "fault %ld: row %d came %d times", fault, i + 2, copies);
        ck_assert_msg(states[i] != JOB_INFLIGHT && states[i] != JOB_PENDING, "fault %ld: row %d is %s", fault,
                      i + 2, job_state_name(states[i]));
        if (states[i] == JOB_ACCEPTED || states[i] == JOB_REFUSED)
            ck_assert_msg(copies == 1, "fault %ld: row %d is %s and never came", fault, i + 2,
                          job_state_name(states[i]));
    }
    if (rows < ROWS)
        ck_assert_int_eq(states[rows], JOB_PENDING);
    for (int i = 0; i < unrecorded_count; i++)
        ck_assert_msg(states[unrecorded[i] - 2] == JOB_UNKNOWN,
                      "fault %ld: row %d was not recorded and is %s", fault, (int)unrecorded[i],
                      job_state_name(states[unrecorded[i] - 2]));
}

/* A caller may watch all of a run, some of it, or nothing. */
static const struct engine_watch *watch_of(long fault)
{
    static const struct engine_watch watches[] = {{.unrecorded = note_unrecorded}, {0}};
    return fault % 3 == 2 ? NULL : &watches[fault % 3];
}

/* Returns whether a fault happened. */
static bool run_with_fault(long fault, bool all_that_follow, bool other_options)
{
    static const char *const whats[ROWS] = {"fine", "fine", "refused", "close", "fine"};
    int64_t recovered;
    open_http();
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    last_is_first = other_options;
    load_rows(whats, ROWS);
    last_is_first = false;
    options.once_per_day = other_options;
    if (other_options)
        options.rate = (struct rate){.count = 1000, .window_ns = NS_PER_S};
    options.post = !other_options;
    options.charset = other_options ? GATEWAY_LATIN1 : GATEWAY_UTF8;
    unrecorded_count = 0;
    error_clear(&error);
    faults_arm(fault, all_that_follow);
    enum run_end good_end = other_options ? END_HELD_BACK : END_DONE;
    int outcome = send_all(watch_of(fault));
    bool happened = faults_disarm();
    if (outcome != 0)
        ck_assert_msg(outcome == -1 && result.end == END_LOCAL && error.kind == ERROR_MACHINE,
                      "fault %ld: end %d, %s", fault, (int)result.end, error.text);
    else
        ck_assert_msg(result.end == good_end, "fault %ld: end %d", fault, (int)result.end);
    http_free(http); /* what is under way still is not this run's any more */
    open_http();
    store_rollback(store);
    assert_ok(store_recover(store, NOW_MS, &recovered, &error));
    assert_ok(send_all(NULL));
    ck_assert_int_eq(result.end, good_end);
    assert_books_agree(fault, other_options ? ROWS - 1 : ROWS);
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
    return happened;
}

static void try_every_fault(bool all_that_follow, bool other_options)
{
    long fault = 0;
    do {
        ck_assert_int_lt(++fault, FAULTS_MOST);
    } while (run_with_fault(fault, all_that_follow, other_options));
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

START_TEST(whatever_fails_by_get_in_latin1_once_per_day_nobody_is_written_to_twice)
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

/* ---- what fails at a chosen moment ---- */

/* A clock that stands still, but for what a step adds; so what is claimed waits for its turn. */
static int64_t still_ns;

static int64_t read_still_ns(void *context)
{
    (void)context;
    return NS_PER_S + still_ns;
}

static int64_t read_still_ms(void *context)
{
    return NOW_MS + read_still_ns(context) / NS_PER_MS;
}

static const struct clock still_clock = {read_still_ms, read_still_ns, NULL};

static void (*at_first_hand_off)(void);
static void (*at_first_answer)(void);

static void call_once(void (**act)(void))
{
    void (*now)(void) = *act;
    *act = NULL;
    if (now != NULL)
        now();
}

/* Behind the first hand-off and the first answer time stands still no more than it must: an answer is an
 * hour's worth. */
static void see_step(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "after-hand-off") == 0)
        call_once(&at_first_hand_off);
    if (strcmp(step, "answered") == 0)
        call_once(&at_first_answer);
}

static const struct steps seeing_steps = {see_step, NULL};

static const char *moment;
static long fault_there;

static void fail_at_the_moment(void *context, const char *step)
{
    (void)context;
    if (moment != NULL && strcmp(step, moment) == 0) {
        moment = NULL;
        still_ns += 60 * NS_PER_S;
        faults_arm(fault_there, false);
    }
}

static const struct steps failing_steps = {fail_at_the_moment, NULL};

static void open_memory(const char *const whats[], int count)
{
    unrecorded_count = 0;
    assert_ok(store_open(":memory:", STORE_CREATE, &failing_steps, &store, &error));
    open_http();
    load_rows(whats, count);
}

static void close_memory(void)
{
    campaign_free(&campaign);
    store_close(store);
    http_free(http);
}

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

/* The run has the store for itself. */
static int pending_on_disk(void)
{
    return (int)fixture_number("SELECT count(*) FROM message WHERE state = 'pending'");
}

static const char *const fine[] = {"fine", "fine", "fine", "fine", "fine"};

START_TEST(a_start_to_come_that_fails_anywhere_sends_nothing_before_it_is_recorded)
{
    bool happened;
    fault_there = 0;
    do {
        int64_t recovered;
        open_memory(fine, 1);
        still_ns = 0;
        options.start_at_ms = clock_wall_ms(&still_clock) + 60 * MS_PER_S;
        moment = "commit:run-begin";
        fault_there++;
        int outcome =
            engine_run(store, http, &options, "", &still_clock, NULL, &stop, NULL, NULL, &result, &error);
        happened = faults_disarm();
        if (outcome == 0) {
            ck_assert_int_eq(result.end, END_DONE);
            ck_assert_int_ge(result.run.started_at_ms, options.start_at_ms);
            ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
        } else {
            ck_assert_int_eq(error.kind, ERROR_MACHINE);
            store_rollback(store);
            assert_ok(store_recover(store, NOW_MS, &recovered, &error));
            ck_assert_int_eq(rawserver_copies(first_id),
                             (int)(counts().of[JOB_ACCEPTED] + counts().of[JOB_UNKNOWN]));
        }
        close_memory();
    } while (happened);
    ck_assert_int_gt(fault_there, 20);
}
END_TEST

START_TEST(a_start_at_which_the_balance_is_not_told_goes_on_without)
{
    open_memory(fine, 1);
    still_ns = 0;
    options.account.base_url = "http://127.0.0.1:1";
    options.max_failures = 1;
    options.start_at_ms = clock_wall_ms(&still_clock) + 60 * MS_PER_S;
    moment = "commit:run-begin";
    fault_there = LONG_MAX;
    assert_ok(
        engine_run(store, http, &options, "50", &still_clock, NULL, &stop, NULL, NULL, &result, &error));
    faults_disarm();
    ck_assert_int_eq(result.end, END_FAILURES);
    ck_assert_str_eq(result.run.balance_before, "");
    ck_assert_int_eq(counts().of[JOB_PENDING], 1);
    close_memory();
}
END_TEST

/* ---- what is waited for after a failure ---- */

static void stop_by_alarm(int number)
{
    (void)number;
    stop = 2;
}

static void fail_from_now_on(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 100000}};
    struct sigaction action = {.sa_handler = stop_by_alarm};
    faults_arm(1, true);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
}

START_TEST(a_second_signal_ends_the_wait_for_what_is_under_way_when_the_machine_failed)
{
    static const char *const whats[] = {"fine", "silent"};
    const struct engine_watch watch = {.unrecorded = note_unrecorded};
    open_memory(whats, 2);
    at_first_answer = fail_from_now_on;
    int outcome = engine_run(store, http, &options, "", &clock_system, &seeing_steps, &stop, NULL, &watch,
                             &result, &error);
    faults_disarm();
    ck_assert_int_eq(outcome, -1);
    ck_assert_int_eq(result.end, END_LOCAL);
    ck_assert_int_eq(unrecorded_count, 1);
    ck_assert_int_eq(unrecorded[0], 2);
    store_rollback(store);
    ck_assert_int_eq(counts().of[JOB_INFLIGHT], 2);
    close_memory();
}
END_TEST

START_TEST(a_signal_while_a_start_is_waited_for_sends_nothing)
{
    open_memory(fine, 1);
    options.start_at_ms = clock_wall_ms(&clock_system) + 3600 * MS_PER_S;
    stop = 1;
    assert_ok(send_all(NULL));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(rawserver_copies(first_id), 0);
    close_memory();
}
END_TEST

/* ---- a signal while something else than the network is waited for ---- */

static void stop_by_signal(int number)
{
    (void)number;
    stop = 1;
}

/* Time passes, so that a start to come is there. */
static void raise_at_the_moment(void *context, const char *step)
{
    (void)context;
    still_ns += 60 * NS_PER_S;
    if (moment != NULL && strcmp(step, moment) == 0) {
        moment = NULL;
        raise(SIGUSR1);
    }
}

static const struct steps raising_steps = {raise_at_the_moment, NULL};

static void send_with_a_signal_at(const char *step, int64_t start_in_ms)
{
    struct sigaction action = {.sa_handler = stop_by_signal};
    sigset_t blocked, unblocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaction(SIGUSR1, &action, NULL);
    sigprocmask(SIG_BLOCK, &blocked, &unblocked);
    assert_ok(store_open(":memory:", STORE_CREATE, &raising_steps, &store, &error));
    open_http();
    load_rows(fine, 4);
    still_ns = 0;
    options.start_at_ms = start_in_ms > 0 ? clock_wall_ms(&still_clock) + start_in_ms : 0;
    moment = step;
    assert_ok(
        engine_run(store, http, &options, "", &still_clock, NULL, &stop, &unblocked, NULL, &result, &error));
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
}

START_TEST(a_signal_that_came_while_the_disk_was_waited_for_lets_nothing_leave)
{
    static const struct {
        const char *moment;
        int64_t start_in_ms;
    } turns[] = {{"commit:run-begin", 0}, {"commit:run-start", 1}, {"commit:batch", 0}};
    send_with_a_signal_at(turns[_i].moment, turns[_i].start_in_ms);
    ck_assert_ptr_null(moment);
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_PENDING], 4);
    for (int id = first_id; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
    close_memory();
}
END_TEST

/* It takes connections, and answers nothing. */
static void open_deaf_gateway(char base_url[64])
{
    struct http_options patient = {.concurrency = 4, .connect_timeout_ms = 600000, .timeout_ms = 600000};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &bytes), 0);
    snprintf(base_url, 64, "http://127.0.0.1:%d", ntohs(address.sin_port));
    http_free(http);
    assert_ok(http_open(&patient, &http, &error));
}

static void stop_soon(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 100000}};
    struct sigaction action = {.sa_handler = stop_by_signal};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
}

START_TEST(a_signal_ends_the_wait_for_a_balance)
{
    char base_url[64];
    open_memory(fine, 1);
    open_deaf_gateway(base_url);
    options.account.base_url = base_url;
    still_ns = 0;
    options.start_at_ms = clock_wall_ms(&still_clock) + 1;
    moment = "commit:run-begin"; /* time passes there */
    fault_there = LONG_MAX;
    stop_soon();
    assert_ok(engine_run(store, http, &options, "", &still_clock, NULL, &stop, NULL, NULL, &result, &error));
    faults_disarm();
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_PENDING], 1);
    ck_assert_int_eq(http_under_way(http), 0);
    close_memory();
}
END_TEST

/* ---- what is claimed and may not leave after all ---- */

static int send_on_a_still_clock(const struct engine_watch *watch)
{
    still_ns = 0;
    assert_ok(rate_parse("400/s", &options.rate, &error));
    return engine_run(store, http, &options, "", &still_clock, &seeing_steps, &stop, NULL, watch, &result,
                      &error);
}

static const char *const first_is_silent[] = {"silent", "fine", "fine", "fine"};

static void stop_at_once(void)
{
    stop = 2;
}

START_TEST(a_second_signal_gives_back_what_is_claimed_and_leaves_what_is_under_way)
{
    open_memory(first_is_silent, 4);
    at_first_hand_off = stop_at_once;
    assert_ok(send_on_a_still_clock(NULL));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_INFLIGHT], 1);
    ck_assert_int_eq(counts().of[JOB_PENDING], 3);
    for (int id = first_id + 1; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
    close_memory();
}
END_TEST

static void stop_once(void)
{
    stop = 1;
}

START_TEST(a_signal_gives_back_what_is_claimed_and_waits_for_what_is_under_way)
{
    open_memory(fine, 4);
    at_first_hand_off = stop_once;
    assert_ok(send_on_a_still_clock(NULL));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
    ck_assert_int_eq(counts().of[JOB_PENDING], 3);
    for (int id = first_id + 1; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
    close_memory();
}
END_TEST

static void stop_at_once_and_fail(void)
{
    stop = 2;
    faults_arm(fault_there, false);
}

START_TEST(what_fails_while_a_claim_is_given_back_is_told_and_nothing_leaves)
{
    bool happened;
    fault_there = 0;
    do {
        int64_t recovered;
        open_memory(first_is_silent, 4);
        at_first_hand_off = stop_at_once_and_fail;
        fault_there++;
        int outcome = send_on_a_still_clock(NULL);
        happened = faults_disarm();
        ck_assert_int_eq(result.end, outcome == 0 ? END_INTERRUPTED : END_LOCAL);
        store_rollback(store);
        assert_ok(store_recover(store, NOW_MS, &recovered, &error));
        ck_assert_int_ge(recovered, 1);
        ck_assert_int_eq(counts().of[JOB_PENDING], 4 - recovered);
        for (int id = first_id + 1; id < next_id; id++)
            ck_assert_int_eq(rawserver_copies(id), 0);
        close_memory();
    } while (happened);
    ck_assert_int_gt(fault_there, 10);
}
END_TEST

static void stop_at_once_and_fail_for_good(void)
{
    stop = 2;
    faults_arm(1, true);
}

START_TEST(a_claim_that_cannot_be_given_back_is_told)
{
    const struct engine_watch watch = {.unrecorded = note_unrecorded};
    open_memory(first_is_silent, 4);
    at_first_hand_off = stop_at_once_and_fail_for_good;
    int outcome = send_on_a_still_clock(&watch);
    faults_disarm();
    ck_assert_int_eq(outcome, -1);
    ck_assert_int_eq(unrecorded_count, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(unrecorded[i], i + 3);
        ck_assert_int_eq(rawserver_copies(first_id + 1 + i), 0);
    }
    store_rollback(store);
    ck_assert_int_eq(counts().of[JOB_INFLIGHT], 4);
    close_memory();
}
END_TEST

static int given_back; /* the most rows that were seen to be pending again */

static bool sees_pending(int wanted)
{
    int pending = pending_on_disk();
    if (pending > given_back)
        given_back = pending;
    return given_back >= wanted;
}

/* The pause that the gateway asked for is 7 s. */
static void pass_the_pause_once_all_are_back(void *context, const struct engine_progress *progress)
{
    (void)context;
    (void)progress;
    if (at_first_answer == NULL)
        still_ns += sees_pending(4) ? 10 * NS_PER_S : 300 * NS_PER_MS;
}

static void pass_a_tick(void)
{
    still_ns += 300 * NS_PER_MS;
}

START_TEST(what_is_claimed_when_the_gateway_asks_to_slow_down_goes_back)
{
    static const char *const whats[] = {"later", "fine", "fine", "fine"};
    const struct engine_watch watch = {.progress = pass_the_pause_once_all_are_back};
    open_files();
    load_rows(whats, 4);
    at_first_answer = pass_a_tick;
    given_back = 0;
    options.limit = 3; /* or what is asked to come later would be asked for ever */
    assert_ok(send_on_a_still_clock(&watch));
    ck_assert_int_eq(result.end, END_LIMIT);
    ck_assert_int_eq(given_back, 4);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 3);
    for (int id = first_id + 1; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 1);
    close_files();
}
END_TEST

static bool waited_on;

static void stop_when_waiting_still(void *context, const struct engine_progress *progress)
{
    (void)context;
    if (progress->accepted == 1 && progress->mood == MOOD_WAITING) {
        waited_on = true;
        stop = 1;
    }
}

/* By then the gateway was not in maintenance yet. */
START_TEST(a_late_answer_to_what_left_before_maintenance_does_not_end_the_wait)
{
    static const char *const whats[] = {"maintenance", "late", "fine", "fine"};
    const struct engine_watch watch = {.progress = stop_when_waiting_still};
    open_memory(whats, 4);
    options.wait = true;
    options.concurrency = 2;
    assert_ok(send_all(&watch));
    ck_assert(waited_on);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
    for (int id = first_id + 2; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
    close_memory();
}
END_TEST

/* ---- another process that keeps the write lock ---- */

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

START_TEST(answers_that_a_hasty_end_cannot_record_are_told_and_nothing_is_waited_for)
{
    struct steps steps = {stop_twice_at_first_answer, NULL};
    struct engine_watch watch = {.unrecorded = note_unrecorded};
    load_rows(fine, 1);
    assert_ok(
        engine_run(store, http, &options, "", &fast_clock, &steps, &stop, NULL, &watch, &result, &error));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(result.unknown, 1);
    ck_assert_int_eq(unrecorded_count, 1);
    ck_assert_int_eq(unrecorded[0], 2);
}
END_TEST

static void stop_once_at_first_answer(void *context, const char *step)
{
    lock_at_first_answer(context, step);
    if (answers == 1)
        stop = 1;
}

START_TEST(a_run_that_is_to_end_waits_until_its_answers_are_recorded)
{
    struct steps steps = {stop_once_at_first_answer, NULL};
    struct engine_watch watch = {.progress = unlock_at_third_look};
    load_rows(fine, ROWS);
    assert_ok(
        engine_run(store, http, &options, "", &clock_system, &steps, &stop, NULL, &watch, &result, &error));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(counts().of[JOB_INFLIGHT] + counts().of[JOB_UNKNOWN], 0);
    for (int id = first_id; id < next_id; id++)
        ck_assert_int_le(rawserver_copies(id), 1);
}
END_TEST

static void steer_to(const char *rate)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "INSERT INTO steering (run_id, at_ms, who, rate) VALUES ((SELECT max(id) FROM run), 1, "
             "'ana@pc', '%s')",
             rate);
    ck_assert_int_eq(fixture_execute(other, sql), SQLITE_OK);
    pass_a_tick();
}

static void steer_to_one_a_minute(void)
{
    steer_to("1/min");
}

static void steer_to_nonsense(void)
{
    steer_to("quick");
}

static void steer_and_fail(void)
{
    steer_to("300/s");
    faults_arm(fault_there, false);
}

static void stop_when_slow(void *context, const struct engine_progress *progress)
{
    (void)context;
    if (strcmp(progress->steered_by, "ana@pc") == 0 && sees_pending(3))
        stop = 1;
    if (at_first_answer == NULL)
        still_ns += NS_PER_S;
}

START_TEST(what_is_claimed_when_a_person_slows_the_run_goes_back)
{
    const struct engine_watch watch = {.progress = stop_when_slow};
    load_rows(fine, 4);
    given_back = 0;
    at_first_answer = steer_to_one_a_minute;
    assert_ok(send_on_a_still_clock(&watch));
    ck_assert_int_eq(result.end, END_INTERRUPTED);
    ck_assert_int_eq(given_back, 3);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
    for (int id = first_id + 1; id < next_id; id++)
        ck_assert_int_eq(rawserver_copies(id), 0);
}
END_TEST

static void pass_time(void *context, const struct engine_progress *progress)
{
    (void)context;
    (void)progress;
    if (at_first_answer == NULL)
        still_ns += NS_PER_S;
}

START_TEST(a_word_that_cannot_be_read_changes_nothing)
{
    const struct engine_watch watch = {.progress = pass_time};
    load_rows(fine, 4);
    at_first_answer = steer_to_nonsense;
    assert_ok(send_on_a_still_clock(&watch));
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 4);
    ck_assert_int_eq(result.progress.rate.count, options.rate.count);
}
END_TEST

START_TEST(what_fails_while_a_person_is_obeyed_is_told_and_nobody_is_written_to_twice)
{
    const struct engine_watch watch = {.progress = pass_time};
    bool happened;
    fault_there = 0;
    close_files();
    do {
        int64_t recovered;
        unlink(fixture_database);
        open_files();
        load_rows(fine, 3);
        at_first_answer = steer_and_fail;
        fault_there++;
        int outcome = send_on_a_still_clock(&watch);
        happened = faults_disarm();
        http_free(http);
        open_http();
        if (outcome != 0)
            ck_assert_int_eq(error.kind, ERROR_MACHINE);
        store_rollback(store);
        assert_ok(store_recover(store, NOW_MS, &recovered, &error));
        for (int id = first_id; id < next_id; id++)
            ck_assert_int_le(rawserver_copies(id), 1);
        ck_assert_int_eq(counts().of[JOB_ACCEPTED] + counts().of[JOB_UNKNOWN] + counts().of[JOB_PENDING], 3);
        if (happened)
            close_files();
    } while (happened);
    ck_assert_int_gt(fault_there, 30);
}
END_TEST

static void *let_go_soon(void *context)
{
    (void)context;
    usleep(250000);
    give_lock();
    return NULL;
}

static pthread_t letting_go;

static void lock_at_last_answer(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "commit:batch") == 0 && ++answers == 2) {
        take_lock();
        ck_assert_int_eq(pthread_create(&letting_go, NULL, let_go_soon, NULL), 0);
    }
}

START_TEST(a_runs_end_waits_until_another_process_has_written)
{
    struct steps steps = {lock_at_last_answer, NULL};
    close_files();
    assert_ok(store_open(fixture_database, STORE_WRITE, &steps, &store, &error));
    open_http();
    other = fixture_connect(fixture_database);
    load_rows(fine, 1);
    assert_ok(send_all(NULL));
    ck_assert_int_eq(answers, 2);
    pthread_join(letting_go, NULL);
    ck_assert_int_eq(result.end, END_DONE);
    ck_assert_str_eq(fixture_text("SELECT ended FROM run"), "done");
}
END_TEST

static int64_t stop_when_ended_ns(void *context)
{
    if (strcmp(result.run.ended, "done") == 0)
        stop = 2;
    return fast_ns(context);
}

static const struct clock stopping_clock = {fast_ms, stop_when_ended_ns, NULL};

static void lock_behind_the_last_answer(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "commit:batch") == 0 && ++answers == 2)
        take_lock();
}

START_TEST(who_does_not_wait_for_a_runs_end_is_told_that_it_could_not_be_recorded)
{
    struct steps steps = {lock_behind_the_last_answer, NULL};
    close_files();
    assert_ok(store_open(fixture_database, STORE_WRITE, &steps, &store, &error));
    open_http();
    other = fixture_connect(fixture_database);
    load_rows(fine, 1);
    assert_fails(
        engine_run(store, http, &options, "", &stopping_clock, NULL, &stop, NULL, NULL, &result, &error),
        ERROR_MACHINE, "another process is writing to this database");
    ck_assert_int_eq(result.end, END_LOCAL);
    give_lock();
    ck_assert_int_eq(counts().of[JOB_ACCEPTED], 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_failure");
    TCase *faults = fixture_case(suite, "faults");
    tcase_set_timeout(faults, 300);
    tcase_add_test(faults, whatever_fails_once_nobody_is_written_to_twice_and_the_next_run_goes_on);
    tcase_add_test(faults, whatever_fails_from_some_moment_on_nobody_is_written_to_twice);
    tcase_add_test(faults, whatever_fails_by_get_in_latin1_once_per_day_nobody_is_written_to_twice);
    tcase_add_test(faults, a_test_message_that_fails_anywhere_is_told_and_never_comes_twice);
    tcase_add_test(faults, a_test_message_that_latin1_cannot_write_is_refused_before_it_is_recorded);
    tcase_add_test(faults, a_start_to_come_that_fails_anywhere_sends_nothing_before_it_is_recorded);
    tcase_add_test(faults, a_signal_while_a_start_is_waited_for_sends_nothing);
    tcase_add_test(faults, what_fails_while_a_claim_is_given_back_is_told_and_nothing_leaves);
    tcase_add_test(faults, a_claim_that_cannot_be_given_back_is_told);
    tcase_add_test(faults, a_start_at_which_the_balance_is_not_told_goes_on_without);
    tcase_add_test(faults, a_second_signal_ends_the_wait_for_what_is_under_way_when_the_machine_failed);
    TCase *claims = fixture_case(suite, "claims");
    tcase_add_test(claims, a_signal_ends_the_wait_for_a_balance);
    tcase_add_loop_test(claims, a_signal_that_came_while_the_disk_was_waited_for_lets_nothing_leave, 0, 3);
    tcase_add_test(claims, a_signal_gives_back_what_is_claimed_and_waits_for_what_is_under_way);
    tcase_add_test(claims, a_second_signal_gives_back_what_is_claimed_and_leaves_what_is_under_way);
    tcase_add_test(claims, what_is_claimed_when_the_gateway_asks_to_slow_down_goes_back);
    tcase_add_test(claims, a_late_answer_to_what_left_before_maintenance_does_not_end_the_wait);
    TCase *busy = fixture_case(suite, "busy");
    tcase_add_checked_fixture(busy, open_files, close_files);
    tcase_add_test(busy, answers_wait_until_another_process_has_written);
    tcase_add_test(busy, a_process_that_never_ends_its_writing_is_named_and_the_answers_are_told);
    tcase_add_test(busy, answers_that_a_hasty_end_cannot_record_are_told_and_nothing_is_waited_for);
    tcase_add_test(busy, a_run_that_is_to_end_waits_until_its_answers_are_recorded);
    tcase_add_test(busy, what_is_claimed_when_a_person_slows_the_run_goes_back);
    tcase_add_test(busy, a_word_that_cannot_be_read_changes_nothing);
    tcase_add_test(busy, what_fails_while_a_person_is_obeyed_is_told_and_nobody_is_written_to_twice);
    tcase_add_test(busy, a_runs_end_waits_until_another_process_has_written);
    tcase_add_test(busy, who_does_not_wait_for_a_runs_end_is_told_that_it_could_not_be_recorded);
    return run_suite(suite);
}
