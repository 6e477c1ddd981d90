/* A disk that takes nothing more: simulated by a limit on the size of files, which SQLite meets as an I/O
 * error. */
#include "store_fixture.h"
#include <signal.h>
#include <sys/resource.h>

static struct store *store;
static struct campaign campaign;
static struct run run;

static void set_limit(rlim_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

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

START_TEST(a_claim_that_does_not_reach_the_disk_never_was)
{
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    assert_ok(store_claim(store, &job, NOW_MS, &error));
    set_limit(size_of_log() + 100);
    assert_fails(store_commit(store, &error), ERROR_MACHINE, "cannot write to the disk");
    assert_says("campana.db");
    assert_says("check the disk");
    set_limit(RLIM_INFINITY);

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
    set_limit(size_of_log() + 100);
    for (int tries = 0; tries < 3; tries++) {
        assert_ok(store_begin(store, &error));
        assert_ok(store_settle(store, &settlement, &error));
        assert_fails(store_commit(store, &error), ERROR_MACHINE, "cannot write to the disk");
    }
    set_limit(RLIM_INFINITY);
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_ok(store_commit(store, &error));
    ck_assert_str_eq(fixture_text("SELECT state || code FROM message WHERE id = 1"), "accepted7");
    ck_assert_int_eq(fixture_number("SELECT accepted FROM run"), 1);
}
END_TEST

/* A load that is larger than SQLite's cache meets the limit long before its commit. */
START_TEST(a_load_that_does_not_fit_leaves_nothing_and_nothing_slips_in_behind)
{
    enum { MOST = 200000 };
    char text[500];
    int result = 0;
    struct campaign large = fixture_campaign("large");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct fixture_row row = {"573001112233", text, JOB_PENDING, REASON_NONE};
    set_limit(4 << 20);
    assert_ok(store_load_begin(store, &large, &error));
    for (int i = 0; i < MOST && result == 0; i++) {
        struct store_message message = fixture_message(i + 2, &row);
        result = store_load_message(store, &large, &message, &error);
    }
    ck_assert_int_eq(result, -1);
    assert_says("cannot store a row");
    assert_says("File too large");

    struct store_message message = fixture_message(2, &row);
    assert_fails(store_load_message(store, &large, &message, &error), ERROR_MACHINE,
                 "undone by an earlier failure");
    ck_assert_int_eq(store_load_end(store, &large, &error), -1);
    store_load_abort(store);
    set_limit(RLIM_INFINITY);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 6);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
    campaign_free(&large);
}
END_TEST

START_TEST(every_writer_says_what_it_could_not_write)
{
    int64_t number;
    struct outcome outcome = {.code = 7};
    struct store_resolve resolve = {.from = JOB_UNKNOWN, .to = JOB_PENDING, .who = "ana", .now_ms = NOW_MS};
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    assert_ok(store_test_begin(store, campaign.id, "573001112233", slice_of("x"), NOW_MS, &number, &error));
    assert_ok(store_lock_sender(store, &error));
    snprintf(run.ended, sizeof run.ended, "done");
    run.ended_at_ms = NOW_MS;
    set_limit(size_of_log() + 100);
    struct run next = run;
    assert_fails(store_run_begin(store, &next, &error), ERROR_MACHINE, "cannot ");
    assert_fails(store_run_end(store, &run, &error), ERROR_MACHINE, "cannot ");
    assert_fails(store_recover(store, NOW_MS, &number, &error), ERROR_MACHINE, "cannot ");
    assert_fails(store_test_begin(store, 1, "573001112233", slice_of("x"), NOW_MS, &number, &error),
                 ERROR_MACHINE, "cannot ");
    assert_fails(store_test_end(store, 1, JOB_ACCEPTED, &outcome, &error), ERROR_MACHINE, "cannot ");
    assert_fails(store_resolve_apply(store, &campaign, &resolve, &number, &error), ERROR_MACHINE, "cannot ");
    struct campaign other = fixture_campaign("other");
    assert_ok(store_load_begin(store, &other, &error));
    assert_fails(store_load_end(store, &other, &error), ERROR_MACHINE, "cannot ");
    set_limit(RLIM_INFINITY);
    assert_ok(store_test_end(store, 1, JOB_ACCEPTED, &outcome, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'unknown'"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 1);
    campaign_free(&other);
}
END_TEST

START_TEST(a_database_that_cannot_be_made_is_told)
{
    struct store *other;
    set_limit(1000);
    assert_fails(store_open(fixture_path("new.db"), STORE_CREATE, NULL, &other, &error), ERROR_MACHINE,
                 "new.db");
    set_limit(RLIM_INFINITY);
    assert_ok(store_open(fixture_path("new.db"), STORE_CREATE, NULL, &other, &error));
    store_close(other);
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
    tcase_add_test(disk, every_writer_says_what_it_could_not_write);
    tcase_add_test(disk, a_database_that_cannot_be_made_is_told);
    return run_suite(suite);
}
