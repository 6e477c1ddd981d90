/* A disk that takes nothing more: simulated by a limit on the size of files, which SQLite meets as an I/O
 * error. */
#include "store_fixture.h"
#include <signal.h>
#include <sys/resource.h>

static struct store *store;
static struct campaign campaign;
static struct run run;

/* Asserts nothing: Check writes files of its own. */
static void set_limit(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* What a call returns while files may not grow beyond so many bytes. */
static int limited;
#define with_room(bytes, call) (set_limit(bytes), limited = (call), set_limit(RLIM_INFINITY), limited)

static rlim_t size_of_log(void)
{
    struct stat log;
    ck_assert_int_eq(stat(fixture_path("campana.db-wal"), &log), 0);
    return (rlim_t)log.st_size;
}

static void open_store(void)
{
    signal(SIGXFSZ, SIG_IGN);
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(store, "c", 6);
    run = fixture_run(store, &campaign);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
}

#define with_full_disk(call) with_room(size_of_log() + 100, call)

START_TEST(a_claim_that_does_not_reach_the_disk_never_was)
{
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    assert_ok(store_claim(store, &job, NOW_MS, &error));
    assert_fails(with_full_disk(store_commit(store, &error)), ERROR_MACHINE, "cannot write to the disk");
    assert_says("campana.db");
    assert_says("check the disk");

    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'pending' AND attempts = 0"),
                     6);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    ck_assert_int_eq(fixture_number("SELECT accepted FROM run"), 1);
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(an_answer_that_does_not_reach_the_disk_can_be_recorded_later)
{
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_ACCEPTED, 7, REASON_NONE);
    for (int tries = 0; tries < 3; tries++) {
        assert_ok(store_begin(store, &error));
        assert_ok(store_settle(store, &settlement, &error));
        assert_fails(with_full_disk(store_commit(store, &error)), ERROR_MACHINE, "cannot write to the disk");
    }
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_ok(store_commit(store, &error));
    ck_assert_str_eq(fixture_text("SELECT state || code FROM message WHERE id = 1"), "accepted7");
    ck_assert_int_eq(fixture_number("SELECT accepted FROM run"), 1);
}
END_TEST

static int load_until_it_fails(struct campaign *large, const struct fixture_row *row)
{
    enum { MOST = 200000 };
    for (int i = 0; i < MOST; i++) {
        struct store_message message = fixture_message(i + 2, row);
        if (store_load_message(store, large, &message, &error) != 0)
            return -1;
    }
    return 0;
}

/* A load that is larger than SQLite's cache meets the limit long before its commit. */
START_TEST(a_load_that_does_not_fit_leaves_nothing_and_nothing_slips_in_behind)
{
    char text[500];
    struct campaign large = fixture_campaign("large");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct fixture_row row = {"573001112233", text, JOB_PENDING, REASON_NONE};
    assert_ok(store_load_begin(store, &large, true, &error));
    assert_fails(with_room(4 << 20, load_until_it_fails(&large, &row)), ERROR_MACHINE, "cannot store a row");
    assert_says("File too large");

    struct store_message message = fixture_message(2, &row);
    assert_fails(store_load_message(store, &large, &message, &error), ERROR_MACHINE,
                 "a load that has ended");
    ck_assert_int_eq(store_load_end(store, &large, &error), -1);
    store_load_abort(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 6);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
    campaign_free(&large);
}
END_TEST

#define assert_told(call) assert_fails(with_full_disk(call), ERROR_MACHINE, "cannot ")

START_TEST(every_writer_says_that_it_could_not_write)
{
    int64_t number;
    struct run next = run;
    struct outcome outcome = {.code = 7};
    struct store_resolve resolve = {.from = JOB_UNKNOWN, .to = JOB_PENDING, .who = "ana", .now_ms = NOW_MS};
    struct campaign other = fixture_campaign("other");
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    assert_ok(store_test_begin(store, campaign.id, "573001112233", slice_of("x"), NOW_MS, &number, &error));
    assert_ok(store_lock_sender(store, &error));
    snprintf(run.ended, sizeof run.ended, "done");
    run.ended_at_ms = NOW_MS;
    assert_told(store_run_begin(store, &next, &error));
    assert_told(store_run_end(store, &run, &error));
    assert_told(store_recover(store, NOW_MS, &number, &error));
    assert_told(store_test_begin(store, 1, "573001112233", slice_of("x"), NOW_MS, &number, &error));
    assert_told(store_test_end(store, 1, JOB_ACCEPTED, &outcome, &error));
    assert_told(store_resolve_apply(store, &campaign, &resolve, &number, &error));
    assert_ok(store_load_begin(store, &other, true, &error));
    assert_told(store_load_end(store, &other, &error));
    assert_ok(store_test_end(store, 1, JOB_ACCEPTED, &outcome, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'unknown'"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 1);
    campaign_free(&other);
}
END_TEST

START_TEST(a_database_that_cannot_be_made_is_told)
{
    struct store *other;
    const char *path = fixture_path("new.db");
    assert_fails(with_room(1000, store_open(path, STORE_CREATE, NULL, &other, &error)), ERROR_MACHINE,
                 "new.db");
    assert_ok(store_open(path, STORE_CREATE, NULL, &other, &error));
    store_close(other);
}
END_TEST

/* ---- memory ---- */

static int note_nothing(void *context, const struct report_row *row, struct error *into)
{
    (void)context;
    (void)row;
    (void)into;
    return 0;
}

/* A little of everything; -1 where something failed. */
static int read_and_claim(struct store *mine)
{
    struct campaign found;
    struct job job;
    int count;
    if (store_need_campaign(mine, "c", &found, &error) < 0)
        return -1;
    int result = store_report(mine, &found, 0, note_nothing, NULL, &error);
    if (result == 0)
        result = store_begin(mine, &error);
    if (result == 0) {
        result = store_peek(mine, found.id, 0, &job, 1, &count, &error);
        if (result == 0)
            result = store_claim(mine, &job, NOW_MS, &error);
        if (result == 0)
            result = store_commit(mine, &error);
        else
            store_rollback(mine);
    }
    campaign_free(&found);
    return result;
}

static int work_within(sqlite3_int64 bytes)
{
    struct store *mine = NULL;
    sqlite3_hard_heap_limit64(sqlite3_memory_used() + bytes);
    int result = store_open(fixture_database, STORE_WRITE, NULL, &mine, &error);
    if (result == 0)
        result = read_and_claim(mine);
    store_close(mine);
    sqlite3_hard_heap_limit64(0);
    return result;
}

START_TEST(memory_that_runs_out_anywhere_is_told_and_spoils_nothing)
{
    enum { STEP = 997, MOST = 1 << 20 };
    int failures = 0;
    for (sqlite3_int64 bytes = STEP; bytes < MOST; bytes += STEP) {
        error_clear(&error);
        if (work_within(bytes) == 0)
            break;
        failures++;
        ck_assert_msg(error.kind == ERROR_MACHINE && strstr(error.text, "out of memory") != NULL,
                      "%lld bytes: %s", (long long)bytes, error.text);
    }
    ck_assert_int_gt(failures, 20);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'inflight'"), 1);
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_failure");
    TCase *disk = fixture_case(suite, "disk");
    tcase_add_checked_fixture(disk, open_store, close_store);
    tcase_add_test(disk, a_claim_that_does_not_reach_the_disk_never_was);
    tcase_add_test(disk, an_answer_that_does_not_reach_the_disk_can_be_recorded_later);
    tcase_add_test(disk, a_load_that_does_not_fit_leaves_nothing_and_nothing_slips_in_behind);
    tcase_add_test(disk, every_writer_says_that_it_could_not_write);
    tcase_add_test(disk, a_database_that_cannot_be_made_is_told);
    TCase *memory = fixture_case(suite, "memory");
    tcase_add_checked_fixture(memory, open_store, close_store);
    tcase_add_test(memory, memory_that_runs_out_anywhere_is_told_and_spoils_nothing);
    return run_suite(suite);
}
