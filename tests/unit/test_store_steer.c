#include "campana/buffer.h"
#include "store_fixture.h"

static struct store *sender, *other; /* two connections, as of two processes */
static struct campaign campaign;
static struct run sending;
static struct buffer name;

static void setup(void)
{
    fixture_setup();
    sender = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(sender, "navidad", 3);
    sending = fixture_run(sender, &campaign);
    other = fixture_open(STORE_WRITE);
}

static void teardown(void)
{
    store_close(sender);
    store_close(other);
    campaign_free(&campaign);
    buffer_free(&name);
    fixture_teardown();
}

static int64_t steer(const char *rate)
{
    struct steering steering = {.at_ms = NOW_MS + 5, .who = "ana@caja"};
    int64_t id = 0;
    snprintf(steering.rate, sizeof steering.rate, "%s", rate);
    assert_ok(store_steer(other, sending.id, &steering, &id, &error));
    ck_assert_int_gt(id, 0);
    return id;
}

static void end_run(void)
{
    sending.ended_at_ms = NOW_MS + 1000;
    snprintf(sending.ended, sizeof sending.ended, "stopped");
    assert_ok(store_run_end(sender, &sending, &error));
}

struct words {
    int count;
    struct steering last;
};

static int keep(void *context, const struct steering *steering, struct error *unused)
{
    struct words *words = context;
    (void)unused;
    words->count++;
    words->last = *steering;
    return 0;
}

static struct words read_words(int64_t run_id, int64_t after_id)
{
    struct words words = {0};
    assert_ok(store_each_steering(sender, run_id, after_id, keep, &words, &error));
    return words;
}

START_TEST(the_run_that_sends_is_found_with_its_campaigns_name)
{
    int64_t run_id = 0;
    ck_assert_int_eq(store_find_open_run(other, &run_id, &name, &error), 1);
    ck_assert_int_eq(run_id, sending.id);
    ck_assert_str_eq(buffer_string(&name), "navidad");
    end_run();
    ck_assert_int_eq(store_find_open_run(other, &run_id, &name, &error), 0);
}
END_TEST

START_TEST(a_word_is_read_by_its_run_alone_and_once)
{
    int64_t first = steer("20/s");
    struct words words = read_words(sending.id, 0);
    ck_assert_int_eq(words.count, 1);
    ck_assert_str_eq(words.last.rate, "20/s");
    ck_assert_str_eq(words.last.who, "ana@caja");
    ck_assert_int_eq(words.last.at_ms, NOW_MS + 5);
    ck_assert_int_eq(words.last.taken_at_ms, 0);
    ck_assert_int_eq(read_words(sending.id, first).count, 0);
    ck_assert_int_eq(read_words(sending.id + 1, 0).count, 0);
    int64_t second = steer("");
    words = read_words(sending.id, first);
    ck_assert_int_eq(words.last.id, second);
    ck_assert_str_eq(words.last.rate, "");
}
END_TEST

START_TEST(a_run_that_has_ended_takes_no_word)
{
    struct steering steering = {.at_ms = NOW_MS, .who = "ana@caja"};
    int64_t id = 1;
    end_run();
    assert_ok(store_steer(other, sending.id, &steering, &id, &error));
    ck_assert_int_eq(id, 0);
    id = 1;
    assert_ok(store_steer(other, 4711, &steering, &id, &error));
    ck_assert_int_eq(id, 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM steering"), 0);
}
END_TEST

START_TEST(the_fate_of_a_word_tells_whether_it_was_taken_and_how_its_run_ended)
{
    struct steering_fate fate;
    int64_t first = steer("20/s");
    int64_t second = steer("");
    assert_ok(store_steering_fate(other, second, &fate, &error));
    ck_assert(!fate.taken);
    ck_assert_str_eq(fate.ended, "");
    assert_ok(store_steering_taken(sender, sending.id, first, NOW_MS + 9, &error));
    assert_ok(store_steering_fate(other, second, &fate, &error));
    ck_assert(!fate.taken);
    assert_ok(store_steering_taken(sender, sending.id, second, NOW_MS + 11, &error));
    assert_ok(store_steering_fate(other, second, &fate, &error));
    ck_assert(fate.taken);
    end_run();
    assert_ok(store_steering_fate(other, first, &fate, &error));
    ck_assert_str_eq(fate.ended, "stopped");
    ck_assert_str_eq(fixture_text("SELECT group_concat(taken_at_ms - 1763884800000) FROM steering"), "9,11");
    assert_fails(store_steering_fate(other, 4711, &fate, &error), ERROR_MACHINE, "a word to a run is gone");
}
END_TEST

START_TEST(a_write_lock_that_is_somebody_elses_is_busy_and_nothing_is_lost)
{
    struct steering steering = {.at_ms = NOW_MS, .who = "ana@caja"};
    int64_t id = steer("");
    assert_ok(store_begin(other, &error));
    ck_assert_int_eq(store_steering_taken(sender, sending.id, id, NOW_MS, &error), STORE_BUSY);
    store_rollback(other);
    assert_ok(store_steering_taken(sender, sending.id, id, NOW_MS, &error));
    assert_ok(store_begin(sender, &error));
    ck_assert_int_eq(store_steer(other, sending.id, &steering, &id, &error), STORE_BUSY);
    store_rollback(sender);
    assert_ok(store_steer(other, sending.id, &steering, &id, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM steering"), 2);
}
END_TEST

START_TEST(what_others_commit_is_noticed_and_what_one_commits_oneself_is_not)
{
    int64_t version = 0;
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 1); /* the first look */
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 0);
    fixture_claim(sender, &campaign);
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 0);
    steer("1/s");
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 1);
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 0);
    steer("2/s");
    fixture_claim(sender, &campaign);
    ck_assert_int_eq(store_changed_by_others(sender, &version, &error), 1);
}
END_TEST

START_TEST(a_run_that_begins_later_keeps_when_it_was_told_to_and_when_it_did)
{
    struct run later = {.campaign_id = campaign.id,
                        .started_at_ms = NOW_MS,
                        .start_at_ms = NOW_MS + 60000,
                        .rate = "10/s",
                        .concurrency = 1,
                        .balance_before = "1000"};
    assert_ok(store_run_begin(sender, &later, &error));
    later.started_at_ms = NOW_MS + 60007;
    snprintf(later.balance_before, sizeof later.balance_before, "750");
    assert_ok(store_run_start(sender, &later, &error));
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(format('%d %s %d', started_at_ms - 1763884800000, balance_before,"
                     "                           start_at_ms - 1763884800000), '; ') FROM run"),
        "0 1000 0; 60007 750 60000");
    later.id = 4711;
    assert_fails(store_run_start(sender, &later, &error), ERROR_MACHINE, "a run that starts is not there");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_steer");
    TCase *tcase = tcase_create("steering");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 300);
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, the_run_that_sends_is_found_with_its_campaigns_name);
    tcase_add_test(tcase, a_word_is_read_by_its_run_alone_and_once);
    tcase_add_test(tcase, a_run_that_has_ended_takes_no_word);
    tcase_add_test(tcase, the_fate_of_a_word_tells_whether_it_was_taken_and_how_its_run_ended);
    tcase_add_test(tcase, a_write_lock_that_is_somebody_elses_is_busy_and_nothing_is_lost);
    tcase_add_test(tcase, what_others_commit_is_noticed_and_what_one_commits_oneself_is_not);
    tcase_add_test(tcase, a_run_that_begins_later_keeps_when_it_was_told_to_and_when_it_did);
    return run_suite(suite);
}
