#include "campana/job.h"
#include "main.h"
#include <string.h>

static const struct {
    enum job_state state;
    const char *name;
    bool has_remedy;
} states[] = {
    {JOB_PENDING, "pending", true},      {JOB_INFLIGHT, "inflight", true},
    {JOB_ACCEPTED, "accepted", false},   {JOB_REFUSED, "refused", true},
    {JOB_UNKNOWN, "unknown", true},      {JOB_INVALID, "invalid", true},
    {JOB_DUPLICATE, "duplicate", false}, {JOB_SUPPRESSED, "suppressed", false},
};
#define STATES ((int)(sizeof states / sizeof states[0]))

START_TEST(a_state_has_its_name_and_is_found_by_it)
{
    enum job_state state = JOB_STATES;
    ck_assert_int_eq(STATES, JOB_STATES);
    ck_assert_str_eq(job_state_name(states[_i].state), states[_i].name);
    ck_assert_int_eq(job_state_from_name(states[_i].name, &state), 0);
    ck_assert_int_eq(state, states[_i].state);
}
END_TEST

START_TEST(another_name_is_no_state)
{
    static const char *const names[] = {"",     "Pending",   "pending ", " pending",
                                        "sent", "delivered", "all",      "acc"};
    enum job_state state = JOB_REFUSED;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(job_state_from_name(names[i], &state), -1);
    ck_assert_int_eq(state, JOB_REFUSED);
}
END_TEST

START_TEST(a_state_is_explained_without_a_full_stop)
{
    const char *meaning = job_state_meaning(states[_i].state);
    const char *remedy = job_state_remedy(states[_i].state);
    ck_assert_uint_gt(strlen(meaning), 10);
    ck_assert_int_ne(meaning[strlen(meaning) - 1], '.');
    ck_assert_int_eq(remedy[0] != '\0', states[_i].has_remedy);
    if (states[_i].has_remedy)
        ck_assert_int_ne(remedy[strlen(remedy) - 1], '.');
}
END_TEST

START_TEST(no_word_claims_delivery)
{
    for (int state = 0; state < JOB_STATES; state++) {
        ck_assert_ptr_null(strstr(job_state_meaning((enum job_state)state), "delivered"));
        ck_assert_ptr_null(strstr(job_state_remedy((enum job_state)state), "delivered"));
    }
}
END_TEST

/* A row per state that is left, a column per state that is entered, in the order of the enumeration. */
static const char *const legal[] = {
    "01000100", /* pending: to invalid where it is forgotten */
    "10111000", /* inflight */
    "00000000", /* accepted */
    "10100000", /* refused */
    "10110000", /* unknown */
    "00000000", /* invalid */
    "00000000", /* duplicate */
    "00000000", /* suppressed */
};

START_TEST(the_legal_moves_are_these_and_no_others)
{
    for (int from = 0; from < JOB_STATES; from++) {
        for (int to = 0; to < JOB_STATES; to++)
            ck_assert_msg(job_move_legal((enum job_state)from, (enum job_state)to) ==
                              (legal[from][to] == '1'),
                          "%s → %s", states[from].name, states[to].name);
    }
}
END_TEST

static const struct {
    enum outcome_kind kind;
    enum job_state state;
    enum run_effect effect;
} consequences[] = {
    {OUTCOME_ACCEPTED, JOB_ACCEPTED, RUN_GOES_ON},
    {OUTCOME_REFUSED, JOB_REFUSED, RUN_GOES_ON},
    {OUTCOME_CREDENTIALS, JOB_PENDING, RUN_STOPS_CREDENTIALS},
    {OUTCOME_NO_BALANCE, JOB_PENDING, RUN_STOPS_BALANCE},
    {OUTCOME_MAINTENANCE, JOB_PENDING, RUN_STOPS_MAINTENANCE},
    {OUTCOME_FORBIDDEN, JOB_PENDING, RUN_STOPS_FORBIDDEN},
    {OUTCOME_SLOW_DOWN, JOB_PENDING, RUN_SLOWS_DOWN},
    {OUTCOME_NOT_SENT, JOB_PENDING, RUN_COUNTS_NOT_SENT},
    {OUTCOME_UNKNOWN, JOB_UNKNOWN, RUN_COUNTS_UNKNOWN},
};
#define CONSEQUENCES ((int)(sizeof consequences / sizeof consequences[0]))

START_TEST(an_outcome_does_this_to_row_and_run)
{
    ck_assert_int_eq(CONSEQUENCES, OUTCOME_KINDS);
    ck_assert_int_eq(job_state_after(consequences[_i].kind), consequences[_i].state);
    ck_assert_int_eq(run_effect_of(consequences[_i].kind), consequences[_i].effect);
}
END_TEST

START_TEST(every_outcome_makes_a_legal_move_from_inflight)
{
    for (int kind = 0; kind < OUTCOME_KINDS; kind++)
        ck_assert(job_move_legal(JOB_INFLIGHT, job_state_after((enum outcome_kind)kind)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job");
    TCase *tests = tcase_create("job");
    tcase_add_loop_test(tests, a_state_has_its_name_and_is_found_by_it, 0, STATES);
    tcase_add_test(tests, another_name_is_no_state);
    tcase_add_loop_test(tests, a_state_is_explained_without_a_full_stop, 0, STATES);
    tcase_add_test(tests, no_word_claims_delivery);
    tcase_add_test(tests, the_legal_moves_are_these_and_no_others);
    tcase_add_loop_test(tests, an_outcome_does_this_to_row_and_run, 0, CONSEQUENCES);
    tcase_add_test(tests, every_outcome_makes_a_legal_move_from_inflight);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
