/* Claims, settlements, recovery, runs, test messages. */
#include "store_fixture.h"
#include <sys/wait.h>

static struct store *store;
static struct campaign campaign;
static struct run run;

static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    assert_ok(store_lock_sender(store, &error));
    campaign = fixture_load_pending(store, "c", 6);
    run = fixture_run(store, &campaign);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
}

static void settle(const struct settlement *settlement)
{
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, settlement, &error));
    assert_ok(store_commit(store, &error));
}

/* ---- peek and claim ---- */

START_TEST(what_is_pending_comes_in_file_order_and_in_pieces)
{
    struct job jobs[4];
    int count;
    assert_ok(store_peek(store, campaign.id, 0, jobs, 4, &count, &error));
    ck_assert_int_eq(count, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(jobs[i].row, i + 2);
    ck_assert_str_eq(jobs[3].msisdn, "573000000003");
    ck_assert_str_eq(jobs[3].text, "Hola");
    ck_assert_uint_eq(jobs[3].text_len, 4);
    ck_assert_int_eq(jobs[3].first_sent_at_ms, 0);
    assert_ok(store_peek(store, campaign.id, jobs[3].id, jobs, 4, &count, &error));
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(jobs[0].row, 6);
    assert_ok(store_peek(store, campaign.id, jobs[1].id, jobs, 4, &count, &error));
    ck_assert_int_eq(count, 0);
    assert_ok(store_peek(store, campaign.id + 1, 0, jobs, 4, &count, &error));
    ck_assert_int_eq(count, 0);
    assert_ok(store_peek(store, campaign.id, 0, jobs, 0, &count, &error));
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(the_longest_text_fits_and_a_longer_one_is_a_bug)
{
    struct job job;
    int count;
    char longest[TEXT_BYTES + 1];
    memset(longest, 'x', sizeof longest);
    longest[TEXT_BYTES - 1] = '\0';
    struct fixture_row row = {"573001112233", longest, JOB_PENDING, REASON_NONE};
    struct campaign other = fixture_load(store, "long", &row, 1);
    assert_ok(store_peek(store, other.id, 0, &job, 1, &count, &error));
    ck_assert_uint_eq(job.text_len, TEXT_BYTES - 1);
    ck_assert_str_eq(job.text, longest);
    campaign_free(&other);

    longest[TEXT_BYTES - 1] = 'x';
    longest[TEXT_BYTES] = '\0';
    other = fixture_load(store, "longer", &row, 1);
    assert_fails(store_peek(store, other.id, 0, &job, 1, &count, &error), ERROR_MACHINE,
                 "longer than any message");
    campaign_free(&other);
}
END_TEST

START_TEST(a_claim_is_inflight_with_its_time_and_no_longer_pending)
{
    struct job next;
    int count;
    struct job job = fixture_claim(store, &campaign);
    ck_assert_str_eq(fixture_text("SELECT state || attempts || first_sent_at_ms FROM message WHERE id = 1"),
                     "inflight11763884800001");
    assert_ok(store_peek(store, campaign.id, 0, &next, 1, &count, &error));
    ck_assert_int_eq(next.id, job.id + 1);
}
END_TEST

START_TEST(a_row_is_claimed_once)
{
    struct job job = fixture_claim(store, &campaign);
    assert_ok(store_begin(store, &error));
    assert_fails(store_claim(store, &job, NOW_MS, &error), ERROR_MACHINE, "is not pending");
    store_rollback(store);
}
END_TEST

START_TEST(all_rows_of_a_peek_are_claimed_by_one_statement_and_no_others)
{
    struct job jobs[3];
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, jobs, 3, &count, &error));
    assert_ok(store_claim_peeked(store, campaign.id, jobs, count, NOW_MS, &error));
    assert_ok(store_commit(store, &error));
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(id) FROM message"
                     " WHERE state = 'inflight' AND attempts = 1 AND first_sent_at_ms IS NOT NULL"),
        "1,2,3");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'pending' AND attempts = 0"),
                     3);
}
END_TEST

START_TEST(rows_that_are_not_as_they_were_read_are_not_claimed)
{
    struct job jobs[3];
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, jobs, 3, &count, &error));
    assert_ok(store_claim(store, &jobs[1], NOW_MS, &error));
    assert_fails(store_claim_peeked(store, campaign.id, jobs, count, NOW_MS, &error), ERROR_MACHINE,
                 "not what was read");
    store_rollback(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'inflight'"), 0);
}
END_TEST

START_TEST(a_claim_that_is_rolled_back_never_was)
{
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    assert_ok(store_claim(store, &job, NOW_MS, &error));
    store_rollback(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'pending' AND attempts = 0"),
                     6);
}
END_TEST

START_TEST(a_claim_given_back_leaves_the_row_as_it_was)
{
    static const char row[] =
        "SELECT quote(state) || quote(code) || quote(reason_code) || quote(reason) || attempts || "
        "quote(http_status) || quote(first_sent_at_ms) || quote(finished_at_ms) || "
        "quote(latency_ms) FROM message WHERE id = 1";
    char before[4096];
    if (_i == 1)
        fixture_send(store, &campaign, &run, JOB_PENDING, -3, REASON_GATEWAY_BALANCE);
    snprintf(before, sizeof before, "%s", fixture_text(row));
    struct job job = fixture_claim(store, &campaign);
    ck_assert_str_ne(fixture_text(row), before);
    assert_ok(store_begin(store, &error));
    assert_ok(store_unclaim(store, &job, &error));
    assert_ok(store_commit(store, &error));
    ck_assert_str_eq(fixture_text(row), before);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM attempt"), _i);
    assert_ok(store_begin(store, &error));
    assert_fails(store_unclaim(store, &job, &error), ERROR_MACHINE, "is not there");
    store_rollback(store);
}
END_TEST

/* ---- settle ---- */

static const struct {
    enum job_state state;
    int64_t code;
    enum reason reason;
    const char *message, *attempt, *counts;
} outcomes[] = {
    {JOB_ACCEPTED, 987654321, REASON_NONE, "accepted|987654321|NULL|200|1|1763884800002|1763884800102|100",
     "(none)", "1 0 0 0"},
    {JOB_REFUSED, -4, REASON_GATEWAY_NUMBER,
     "refused|-4|'gateway_number'|200|1|1763884800002|1763884800102|100",
     "refused|-4|gateway_number|200|100|1763884800102", "0 1 0 0"},
    {JOB_UNKNOWN, 0, REASON_TIMEOUT, "unknown|NULL|'timeout'|200|1|1763884800002|1763884800102|100",
     "unknown|NULL|timeout|200|100|1763884800102", "0 0 1 0"},
    {JOB_UNKNOWN, -2, REASON_ANSWER_UNKNOWN,
     "unknown|-2|'answer_unknown'|200|1|1763884800002|1763884800102|100",
     "unknown|-2|answer_unknown|200|100|1763884800102", "0 0 1 0"},
    {JOB_PENDING, -3, REASON_GATEWAY_BALANCE, "pending|-3|'gateway_balance'|200|1|1763884800002|NULL|100",
     "pending|-3|gateway_balance|200|100|1763884800102", "0 0 0 1"},
};

START_TEST(an_answer_is_recorded_with_all_that_is_known)
{
    fixture_send(store, &campaign, &run, outcomes[_i].state, outcomes[_i].code, outcomes[_i].reason);
    ck_assert_str_eq(
        fixture_text("SELECT state || '|' || quote(code) || '|' || quote(reason_code) || '|' || http_status "
                     "|| '|' || attempts || '|' || first_sent_at_ms || '|' || quote(finished_at_ms) || '|' "
                     "|| latency_ms FROM message WHERE id = 1"),
        outcomes[_i].message);
    ck_assert_str_eq(
        fixture_text("SELECT state || '|' || quote(code) || '|' || reason_code || '|' || http_status || '|' "
                     "|| latency_ms || '|' || at_ms FROM attempt WHERE run_id = 1"),
        outcomes[_i].attempt);
    ck_assert_str_eq(
        fixture_text("SELECT accepted || ' ' || refused || ' ' || unknown || ' ' || returned FROM run"),
        outcomes[_i].counts);
}
END_TEST

START_TEST(what_surely_never_left_has_no_time_of_sending)
{
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_PENDING, 0, REASON_NOT_SENT);
    settlement.first_sent_at_ms = 0;
    settlement.latency_ms = -1;
    settlement.outcome.http_status = 0;
    snprintf(settlement.outcome.detail, sizeof settlement.outcome.detail, "connection refused");
    settle(&settlement);
    ck_assert_str_eq(
        fixture_text("SELECT quote(first_sent_at_ms) || quote(latency_ms) || quote(http_status) || reason "
                     "FROM message WHERE id = 1"),
        "NULLNULLNULLconnection refused");
    ck_assert_str_eq(fixture_text("SELECT reason FROM attempt"), "connection refused");
}
END_TEST

START_TEST(attempts_add_up_and_the_first_time_stays)
{
    fixture_send(store, &campaign, &run, JOB_PENDING, -6, REASON_GATEWAY_MAINTENANCE);
    struct job again = fixture_claim(store, &campaign);
    ck_assert_int_eq(again.id, 1);
    ck_assert_int_eq(again.first_sent_at_ms, NOW_MS + 2);
    struct settlement settlement = fixture_settlement(&run, &again, JOB_ACCEPTED, 55, REASON_NONE);
    settlement.first_sent_at_ms = again.first_sent_at_ms;
    settle(&settlement);
    ck_assert_str_eq(
        fixture_text("SELECT state || attempts || first_sent_at_ms || quote(reason_code) FROM message "
                     "WHERE id = 1"),
        "accepted21763884800002NULL");
    ck_assert_str_eq(fixture_text("SELECT accepted || ' ' || returned FROM run"), "1 1");
}
END_TEST

START_TEST(an_answer_for_a_row_that_is_not_inflight_is_a_bug)
{
    struct job job = fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    assert_ok(store_begin(store, &error));
    assert_fails(store_settle(store, &settlement, &error), ERROR_MACHINE, "is not inflight");
    store_rollback(store);
    ck_assert_str_eq(fixture_text("SELECT state FROM message WHERE id = 1"), "accepted");
    ck_assert_int_eq(fixture_number("SELECT unknown FROM run"), 0);
}
END_TEST

START_TEST(an_answer_that_contradicts_its_state_is_a_bug)
{
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_ACCEPTED, -4, REASON_NONE);
    assert_ok(store_begin(store, &error));
    assert_fails(store_settle(store, &settlement, &error), ERROR_MACHINE, "CHECK constraint failed");
    store_rollback(store);
}
END_TEST

START_TEST(an_answer_for_a_run_that_is_not_there_is_a_bug)
{
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_ACCEPTED, 7, REASON_NONE);
    settlement.run_id = 99;
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_fails(store_commit(store, &error), ERROR_MACHINE, "a run that is not there");
    ck_assert_str_eq(fixture_text("SELECT state FROM message WHERE id = 1"), "inflight");
    settlement.run_id = run.id;
    settle(&settlement);
}
END_TEST

START_TEST(settlements_that_are_rolled_back_do_not_count)
{
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_ACCEPTED, 7, REASON_NONE);
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    store_rollback(store);
    settle(&settlement);
    ck_assert_int_eq(fixture_number("SELECT accepted FROM run"), 1);
}
END_TEST

START_TEST(settlements_and_claims_share_a_transaction)
{
    struct job jobs[3];
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, jobs, 3, &count, &error));
    for (int i = 0; i < 3; i++)
        assert_ok(store_claim(store, &jobs[i], NOW_MS, &error));
    assert_ok(store_commit(store, &error));
    assert_ok(store_begin(store, &error));
    for (int i = 0; i < 3; i++) {
        struct settlement settlement =
            fixture_settlement(&run, &jobs[i], i == 2 ? JOB_REFUSED : JOB_ACCEPTED, i == 2 ? -5 : 100 + i,
                               i == 2 ? REASON_GATEWAY_TEXT : REASON_NONE);
        assert_ok(store_settle(store, &settlement, &error));
    }
    assert_ok(store_peek(store, campaign.id, jobs[2].id, jobs, 3, &count, &error));
    ck_assert_int_eq(count, 3);
    assert_ok(store_claim(store, &jobs[0], NOW_MS, &error));
    assert_ok(store_commit(store, &error));
    ck_assert_str_eq(fixture_text("SELECT accepted || ' ' || refused FROM run"), "2 1");
    int64_t pending;
    int64_t unknown;
    assert_ok(store_count_pending(store, campaign.id, &pending, &error));
    assert_ok(store_count_unknown(store, campaign.id, &unknown, &error));
    ck_assert_int_eq(pending, 2);
    ck_assert_int_eq(unknown, 1);
}
END_TEST

/* ---- whom messages reached ---- */

static int note_number(void *context, const char *msisdn, struct error *into)
{
    char *numbers = context;
    (void)into;
    strcat(numbers, msisdn + 11);
    return 0;
}

START_TEST(numbers_that_may_have_been_reached_since_then_are_told)
{
    char numbers[64] = "";
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);           /* 0 */
    fixture_send(store, &campaign, &run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER); /* 1 */
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);         /* 2 */
    fixture_claim(store, &campaign);                                              /* 3 */
    assert_ok(store_each_number_since(store, NOW_MS + 102, note_number, numbers, &error));
    ck_assert_str_eq(numbers, "023");
    numbers[0] = '\0';
    assert_ok(store_each_number_since(store, NOW_MS + 103, note_number, numbers, &error));
    ck_assert_str_eq(numbers, "3");
}
END_TEST

/* ---- runs ---- */

static int note_run(void *context, const struct run *found, struct error *into)
{
    (void)into;
    *(struct run *)context = *found;
    return 0;
}

static int stop_the_walk(void *context, const struct run *found, struct error *into)
{
    (void)context;
    (void)found;
    return error_set(into, ERROR_INPUT, "enough");
}

START_TEST(a_run_is_recorded_from_its_beginning_to_its_end)
{
    struct run found;
    assert_ok(store_each_run(store, campaign.id, note_run, &found, &error));
    ck_assert_int_eq(found.id, run.id);
    ck_assert_int_eq(found.campaign_id, campaign.id);
    ck_assert_int_eq(found.started_at_ms, NOW_MS);
    ck_assert_int_eq(found.ended_at_ms, 0);
    ck_assert_str_eq(found.ended, "");
    ck_assert_str_eq(found.rate, "10/s");
    ck_assert_int_eq(found.concurrency, 32);
    ck_assert_str_eq(found.balance_before, "1000");
    ck_assert_str_eq(found.balance_after, "");

    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    run.ended_at_ms = NOW_MS + 500;
    run.accepted = 4711; /* not what counts */
    snprintf(run.ended, sizeof run.ended, "balance");
    snprintf(run.balance_after, sizeof run.balance_after, "999.5");
    assert_ok(store_run_end(store, &run, &error));
    assert_ok(store_each_run(store, campaign.id, note_run, &found, &error));
    ck_assert_int_eq(found.ended_at_ms, NOW_MS + 500);
    ck_assert_str_eq(found.ended, "balance");
    ck_assert_str_eq(found.balance_after, "999.5");
    ck_assert_int_eq(found.accepted, 1);
    assert_fails(store_each_run(store, campaign.id, stop_the_walk, NULL, &error), ERROR_INPUT, "enough");
}
END_TEST

START_TEST(a_run_of_no_campaign_is_refused)
{
    struct run other = {.campaign_id = 99, .started_at_ms = NOW_MS, .rate = "1/s", .concurrency = 1};
    assert_fails(store_run_begin(store, &other, &error), ERROR_MACHINE, "FOREIGN KEY constraint failed");
    other.id = 99;
    other.ended_at_ms = NOW_MS;
    snprintf(other.ended, sizeof other.ended, "done");
    assert_fails(store_run_end(store, &other, &error), ERROR_MACHINE, "is not there");
    assert_ok(store_begin(store, &error));
    store_rollback(store);
}
END_TEST

/* ---- messages to one's own telephone ---- */

START_TEST(a_test_message_is_recorded_before_and_after)
{
    int64_t test_id = 0;
    struct outcome outcome = {.kind = OUTCOME_ACCEPTED, .code = 77};
    assert_ok(
        store_test_begin(store, campaign.id, "573001112233", slice_of("Prueba"), NOW_MS, &test_id, &error));
    ck_assert_str_eq(fixture_text("SELECT state || msisdn || text FROM test_message"),
                     "inflight573001112233Prueba");
    assert_ok(store_test_end(store, test_id, JOB_ACCEPTED, &outcome, &error));
    ck_assert_str_eq(fixture_text("SELECT state || code || quote(reason_code) FROM test_message"),
                     "accepted77NULL");
    assert_fails(store_test_end(store, test_id, JOB_ACCEPTED, &outcome, &error), ERROR_MACHINE,
                 "is not inflight");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state <> 'pending'"), 0);
}
END_TEST

/* ---- recovery ---- */

START_TEST(what_was_inflight_becomes_unknown_with_reason_and_attempt)
{
    int64_t recovered = -1;
    int64_t test_id;
    fixture_send(store, &campaign, &run, JOB_PENDING, -3, REASON_GATEWAY_BALANCE);
    fixture_claim(store, &campaign);
    fixture_claim(store, &campaign);
    assert_ok(
        store_test_begin(store, campaign.id, "573001112233", slice_of("Prueba"), NOW_MS, &test_id, &error));
    assert_ok(store_recover(store, NOW_MS + 9000, &recovered, &error));
    ck_assert_int_eq(recovered, 2);
    ck_assert_str_eq(fixture_text("SELECT group_concat(state || attempts || quote(code) || reason_code || "
                                  "quote(http_status) || finished_at_ms, ' ') FROM message WHERE id < 3"),
                     "unknown2NULLinterruptedNULL1763884809000 unknown1NULLinterruptedNULL1763884809000");
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(message_id || ' ' || run_id || ' ' || state || ' ' || reason_code "
                     "|| ' ' || at_ms, ', ') FROM attempt WHERE id > 1"),
        "1 1 unknown interrupted 1763884809000, 2 1 unknown interrupted 1763884809000");
    ck_assert_str_eq(fixture_text("SELECT ended || ' ' || ended_at_ms || ' ' || unknown FROM run"),
                     "crashed 1763884809000 2");
    ck_assert_str_eq(fixture_text("SELECT state || reason_code FROM test_message"), "unknowninterrupted");
    assert_ok(store_recover(store, NOW_MS + 9999, &recovered, &error));
    ck_assert_int_eq(recovered, 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM attempt"), 3);
}
END_TEST

START_TEST(what_was_inflight_is_counted_with_its_own_campaign)
{
    int64_t recovered;
    struct campaign other = fixture_load_pending(store, "d", 3);
    struct run older = fixture_run(store, &other);
    struct run newer = fixture_run(store, &other);
    ck_assert_int_lt(older.id, newer.id);
    fixture_claim(store, &other);
    fixture_claim(store, &campaign);
    fixture_claim(store, &campaign);
    assert_ok(store_recover(store, NOW_MS + 9000, &recovered, &error));
    ck_assert_int_eq(recovered, 3);
    ck_assert_str_eq(fixture_text("SELECT group_concat(unknown) FROM run"), "2,0,1");
    campaign_free(&other);
}
END_TEST

START_TEST(a_run_that_ended_in_good_order_stays_as_it_ended)
{
    int64_t recovered;
    run.ended_at_ms = NOW_MS + 5;
    snprintf(run.ended, sizeof run.ended, "done");
    assert_ok(store_run_end(store, &run, &error));
    assert_ok(store_recover(store, NOW_MS + 9000, &recovered, &error));
    ck_assert_int_eq(recovered, 0);
    ck_assert_str_eq(fixture_text("SELECT ended || ended_at_ms FROM run"), "done1763884800005");
}
END_TEST

/* ---- death at every step ----
 * A child sends six rows in batches and dies at its nth step; by a pipe it has told before what it could rely
 * on: which rows it was about to hand over, and which answers it took for recorded. */

enum told { TOLD_HANDED_OVER = 'h', TOLD_RECORDED = 'r' };

struct killer {
    int step, deadly_step;
};

static void die_at_nth(void *context, const char *step)
{
    struct killer *killer = context;
    (void)step;
    if (killer->step++ == killer->deadly_step)
        _exit(9);
}

static void tell(int pipe_end, enum told what, const struct job *job)
{
    char line[2] = {(char)what, (char)('0' + job->id)};
    if (write(pipe_end, line, sizeof line) != sizeof line)
        _exit(8);
}

static int send_all(int pipe_end, struct killer *killer)
{
    const struct steps steps = {die_at_nth, killer};
    struct store *mine;
    struct campaign found;
    struct job jobs[2][2];
    int64_t recovered;
    int waiting = 0;
    int count = 1;
    struct run mine_run = {.campaign_id = 1, .started_at_ms = NOW_MS, .rate = "max", .concurrency = 2};
    if (store_open(fixture_database, STORE_WRITE, &steps, &mine, &error) != 0 ||
        store_find_campaign(mine, "c", &found, &error) != 1 || store_lock_sender(mine, &error) != 0 ||
        store_recover(mine, NOW_MS, &recovered, &error) != 0 || store_run_begin(mine, &mine_run, &error) != 0)
        return 1;
    for (int turn = 0; count > 0; turn ^= 1) {
        struct job *answered = jobs[turn ^ 1];
        if (store_begin(mine, &error) != 0)
            return 2;
        for (int i = 0; i < waiting; i++) {
            struct settlement settlement =
                fixture_settlement(&mine_run, &answered[i], JOB_ACCEPTED, 1000 + answered[i].id, REASON_NONE);
            if (store_settle(mine, &settlement, &error) != 0)
                return 3;
        }
        if (store_peek(mine, found.id, 0, jobs[turn], 2, &count, &error) != 0)
            return 4;
        for (int i = 0; i < count; i++)
            if (store_claim(mine, &jobs[turn][i], NOW_MS, &error) != 0)
                return 5;
        if (store_commit(mine, &error) != 0)
            return 6;
        for (int i = 0; i < waiting; i++)
            tell(pipe_end, TOLD_RECORDED, &answered[i]);
        for (int i = 0; i < count; i++)
            tell(pipe_end, TOLD_HANDED_OVER, &jobs[turn][i]);
        waiting = count;
    }
    mine_run.ended_at_ms = NOW_MS;
    snprintf(mine_run.ended, sizeof mine_run.ended, "done");
    return store_run_end(mine, &mine_run, &error) == 0 ? 0 : 7;
}

START_TEST(death_at_any_step_loses_no_answer_and_sends_nothing_twice)
{
    int told[2];
    int status;
    int64_t recovered;
    char line[2];
    int handed_over[8] = {0};
    int recorded[8] = {0};
    struct killer killer = {0, _i};
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(store, "c", 6);
    campaign_free(&campaign);
    store_close(store);
    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(send_all(told[1], &killer));
    close(told[1]);
    while (read(told[0], line, sizeof line) == sizeof line) {
        int *rows = line[0] == TOLD_HANDED_OVER ? handed_over : recorded;
        int id = line[1] - '0';
        ck_assert(id >= 1 && id <= 6);
        rows[id]++;
    }
    close(told[0]);
    waitpid(child, &status, 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 9);

    store = fixture_open(STORE_WRITE);
    assert_ok(store_lock_sender(store, &error));
    assert_ok(store_recover(store, NOW_MS + 9000, &recovered, &error));
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
    for (int id = 1; id <= 6; id++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT state || quote(code) FROM message WHERE id = %d", id);
        const char *state = fixture_text(sql);
        ck_assert_int_le(handed_over[id], 1);
        if (recorded[id] > 0)
            ck_assert_msg(strncmp(state, "accepted100", 11) == 0, "row %d: an answer was lost: %s", id,
                          state);
        else if (handed_over[id] > 0)
            ck_assert_msg(strncmp(state, "pending", 7) != 0, "row %d would be sent twice: %s", id, state);
    }
    ck_assert_int_eq(
        fixture_number("SELECT count(*) FROM message WHERE state IN ('pending', 'accepted', 'unknown')"), 6);
    ck_assert_int_eq(
        fixture_number("SELECT total(accepted) = (SELECT count(*) FROM message WHERE state = 'accepted') "
                       "AND total(unknown) = (SELECT count(*) FROM message WHERE state = 'unknown') "
                       "AND total(ended IS NULL) = 0 FROM run"),
        1);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_send");
    TCase *send = fixture_case(suite, "send");
    tcase_add_checked_fixture(send, open_store, close_store);
    tcase_add_test(send, what_is_pending_comes_in_file_order_and_in_pieces);
    tcase_add_test(send, the_longest_text_fits_and_a_longer_one_is_a_bug);
    tcase_add_test(send, a_claim_is_inflight_with_its_time_and_no_longer_pending);
    tcase_add_test(send, a_row_is_claimed_once);
    tcase_add_test(send, all_rows_of_a_peek_are_claimed_by_one_statement_and_no_others);
    tcase_add_test(send, rows_that_are_not_as_they_were_read_are_not_claimed);
    tcase_add_test(send, a_claim_that_is_rolled_back_never_was);
    tcase_add_loop_test(send, a_claim_given_back_leaves_the_row_as_it_was, 0, 2);
    tcase_add_loop_test(send, an_answer_is_recorded_with_all_that_is_known, 0,
                        (int)(sizeof outcomes / sizeof *outcomes));
    tcase_add_test(send, what_surely_never_left_has_no_time_of_sending);
    tcase_add_test(send, attempts_add_up_and_the_first_time_stays);
    tcase_add_test(send, an_answer_for_a_row_that_is_not_inflight_is_a_bug);
    tcase_add_test(send, an_answer_that_contradicts_its_state_is_a_bug);
    tcase_add_test(send, an_answer_for_a_run_that_is_not_there_is_a_bug);
    tcase_add_test(send, settlements_that_are_rolled_back_do_not_count);
    tcase_add_test(send, settlements_and_claims_share_a_transaction);
    tcase_add_test(send, numbers_that_may_have_been_reached_since_then_are_told);
    tcase_add_test(send, a_run_is_recorded_from_its_beginning_to_its_end);
    tcase_add_test(send, a_run_of_no_campaign_is_refused);
    tcase_add_test(send, a_test_message_is_recorded_before_and_after);
    tcase_add_test(send, what_was_inflight_becomes_unknown_with_reason_and_attempt);
    tcase_add_test(send, what_was_inflight_is_counted_with_its_own_campaign);
    tcase_add_test(send, a_run_that_ended_in_good_order_stays_as_it_ended);
    TCase *death = fixture_case(suite, "death");
    tcase_add_loop_test(death, death_at_any_step_loses_no_answer_and_sends_nothing_twice, 0, 15);
    return run_suite(suite);
}
