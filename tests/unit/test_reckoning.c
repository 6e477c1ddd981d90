#include "campana/reckoning.h"
#include "main.h"

#define UNIT RECKONING_UNIT

static int64_t amount_of(const char *text)
{
    int64_t amount = 4711;
    ck_assert_msg(reckoning_read_amount(text, &amount) == 0, "%s", text);
    return amount;
}

START_TEST(amounts_are_read_as_the_gateway_writes_them)
{
    ck_assert_int_eq(amount_of("0"), 0);
    ck_assert_int_eq(amount_of("1234"), 1234 * UNIT);
    ck_assert_int_eq(amount_of("-3"), -3 * UNIT);
    ck_assert_int_eq(amount_of("12.50"), 12 * UNIT + UNIT / 2);
    ck_assert_int_eq(amount_of("-0.000001"), -1);
    ck_assert_int_eq(amount_of("007.10"), 7 * UNIT + UNIT / 10);
    ck_assert_int_eq(amount_of("999999999999.999999"), 999999999999 * UNIT + 999999);
    ck_assert_int_eq(amount_of("1.50000000000000"), UNIT + UNIT / 2);
}
END_TEST

START_TEST(what_is_no_amount_or_too_fine_is_not_known)
{
    static const char *const texts[] = {"",    "-",   ".5",  "1.",    "1,5",           "1e3",
                                        " 1",  "1 ",  "0x1", "1.2.3", "1000000000000", "0.0000001",
                                        "12a", "--1", "+1"};
    int64_t amount;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(reckoning_read_amount(texts[i], &amount) == -1, "%s", texts[i]);
}
END_TEST

START_TEST(amounts_are_written_as_short_as_they_can_be_and_read_back)
{
    static const struct {
        int64_t amount;
        const char *text;
    } pairs[] = {{0, "0"},
                 {UNIT, "1"},
                 {-UNIT / 2, "-0.5"},
                 {100 * UNIT, "100"},
                 {1, "0.000001"},
                 {12 * UNIT + 345000, "12.345"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[RECKONING_AMOUNT_BYTES];
        reckoning_format_amount(pairs[i].amount, text);
        ck_assert_str_eq(text, pairs[i].text);
        ck_assert_int_eq(amount_of(text), pairs[i].amount);
    }
}
END_TEST

/* ---- the price ---- */

static struct span clean(int64_t spent, int64_t accepted)
{
    return (struct span){.known = true, .spent = spent, .accepted = accepted};
}

START_TEST(without_evidence_a_message_costs_one_unit)
{
    struct span spans[] = {
        {.known = false, .accepted = 10, .spent = 20 * UNIT},
        {.known = true, .accepted = 10, .spent = 20 * UNIT, .open = 1},
        {.known = true, .accepted = 10, .spent = 20 * UNIT, .decided_charged = 1},
        {.known = true, .accepted = 10, .spent = 20 * UNIT, .decided_free = 1},
        {.known = true, .accepted = 10, .spent = 20 * UNIT, .tests_unknown = 1},
        clean(0, 10),           /* not even charged yet */
        clean(-500 * UNIT, 10), /* credit was bought */
        clean(10 * UNIT, 3),    /* no whole price */
        clean(5 * UNIT, 0),
    };
    struct price price = reckoning_price(spans, sizeof spans / sizeof *spans);
    ck_assert_int_eq(price.amount, UNIT);
    ck_assert_int_eq(price.source, PRICE_ASSUMED);
    ck_assert_int_eq(reckoning_price(NULL, 0).amount, UNIT);
}
END_TEST

START_TEST(the_price_that_most_messages_were_charged_at_is_taken)
{
    struct span spans[] = {clean(50 * UNIT, 2), clean(250 * UNIT, 10), clean(36 * UNIT, 9),
                           clean(25 * UNIT, 1)};
    struct price price = reckoning_price(spans, 4);
    ck_assert_int_eq(price.amount, 25 * UNIT);
    ck_assert_int_eq(price.source, PRICE_SHOWN);
    ck_assert_int_eq(price.messages, 13);
    struct span tie[] = {clean(20 * UNIT, 10), clean(10 * UNIT, 10)};
    ck_assert_int_eq(reckoning_price(tie, 2).amount, UNIT);
    struct span half = clean(UNIT / 2, 1);
    ck_assert_int_eq(reckoning_price(&half, 1).amount, UNIT / 2);
}
END_TEST

/* ---- the verdict ---- */

/* Every count of charged open rows that could stand behind `spent`, by trying them all. */
static void try_all(const struct span *span, int64_t price, int64_t *least, int64_t *most)
{
    *least = -1;
    for (int64_t open = 0; open <= span->open; open++) {
        for (int64_t tests = 0; tests <= span->tests_unknown; tests++) {
            if ((span->accepted + span->decided_charged + open + tests) * price != span->spent)
                continue;
            *least = *least < 0 ? open : *least;
            *most = open;
        }
    }
}

static void check_against_all(const struct span *span, int64_t price)
{
    int64_t least, most = 0;
    struct reckoning reckoning = reckoning_judge(span, price);
    try_all(span, price, &least, &most);
    if (least < 0) {
        ck_assert_int_ge(reckoning.verdict, SPAN_TOO_MUCH);
        ck_assert_int_eq(reckoning.most, 0);
        return;
    }
    ck_assert_int_eq(reckoning.least, least);
    ck_assert_int_eq(reckoning.most, most);
    ck_assert_int_eq(reckoning.verdict, least == span->open ? SPAN_ALL : most == 0 ? SPAN_NONE : SPAN_SOME);
}

START_TEST(the_verdict_is_what_trying_every_possibility_gives)
{
    static const int64_t prices[] = {UNIT / 2, 25 * UNIT};
    for (size_t p = 0; p < sizeof prices / sizeof *prices; p++)
        for (int i = 0; i < 4 * 6 * 3 * 3 * 3; i++) {
            struct span span = {.known = true,
                                .accepted = i % 4 * 5,
                                .open = i / 4 % 6 + 1,
                                .decided_charged = i / 24 % 3,
                                .decided_free = i / 72 % 3,
                                .tests_unknown = i / 216 % 3};
            for (int64_t halves = -4; halves <= 2 * 32; halves++) {
                span.spent = halves * prices[p] / 2;
                check_against_all(&span, prices[p]);
            }
        }
}
END_TEST

START_TEST(from_none_to_all_every_number_is_told)
{
    for (int64_t open = 1; open <= 60; open++)
        for (int64_t charged = 0; charged <= open; charged++) {
            struct span span = {
                .known = true, .accepted = 1000, .open = open, .spent = (1000 + charged) * UNIT};
            struct reckoning reckoning = reckoning_judge(&span, UNIT);
            ck_assert_int_eq(reckoning.least, charged);
            ck_assert_int_eq(reckoning.most, charged);
            ck_assert_int_eq(reckoning.verdict, charged == 0      ? SPAN_NONE
                                                : charged == open ? SPAN_ALL
                                                                  : SPAN_SOME);
        }
}
END_TEST

START_TEST(what_does_not_fit_is_told_with_the_amount)
{
    struct span span = {.known = true, .accepted = 10, .open = 3, .spent = 20 * UNIT};
    struct reckoning reckoning = reckoning_judge(&span, UNIT);
    ck_assert_int_eq(reckoning.verdict, SPAN_TOO_MUCH);
    ck_assert_int_eq(reckoning.difference, 7 * UNIT);
    span.spent = -90 * UNIT;
    reckoning = reckoning_judge(&span, UNIT);
    ck_assert_int_eq(reckoning.verdict, SPAN_TOO_LITTLE);
    ck_assert_int_eq(reckoning.difference, 100 * UNIT);
    span.spent = 11 * UNIT + 1;
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_UNEVEN);
    span.decided_charged = 2;
    span.spent = 11 * UNIT;
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_DISAGREES);
    span.decided_charged = 0;
    span.decided_free = 2;
    span.spent = 14 * UNIT;
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_DISAGREES);
}
END_TEST

START_TEST(without_unknown_rows_or_without_a_balance_nothing_is_judged)
{
    struct span span = {.known = true, .accepted = 10, .spent = 99 * UNIT};
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_NOTHING);
    span = (struct span){.open = 1};
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_NO_BALANCE);
}
END_TEST

START_TEST(what_is_charged_late_keeps_none_from_being_said)
{
    struct span span = {.known = true, .accepted = 10, .open = 3, .spent = 10 * UNIT, .late_spent = 2 * UNIT};
    struct reckoning reckoning = reckoning_judge(&span, UNIT);
    ck_assert_int_eq(reckoning.verdict, SPAN_SOME);
    ck_assert_int_eq(reckoning.least, 0);
    ck_assert_int_eq(reckoning.most, 2);
    ck_assert(reckoning.late);
    span.late_accepted = 2; /* test messages account for it */
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_NONE);
    span.late_spent = -500 * UNIT; /* credit was bought */
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_NONE);
    span.late_spent = 900 * UNIT;
    ck_assert_int_eq(reckoning_judge(&span, UNIT).most, 3);
    span.spent = 13 * UNIT;
    ck_assert_int_eq(reckoning_judge(&span, UNIT).verdict, SPAN_ALL);
}
END_TEST

START_TEST(every_verdict_has_a_name_of_its_own)
{
    for (int i = 0; i < SPAN_VERDICTS; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(reckoning_verdict_name((enum verdict_on_span)i),
                             reckoning_verdict_name((enum verdict_on_span)j));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reckoning");
    TCase *tcase = tcase_create("reckoning");
    tcase_add_test(tcase, amounts_are_read_as_the_gateway_writes_them);
    tcase_add_test(tcase, what_is_no_amount_or_too_fine_is_not_known);
    tcase_add_test(tcase, amounts_are_written_as_short_as_they_can_be_and_read_back);
    tcase_add_test(tcase, without_evidence_a_message_costs_one_unit);
    tcase_add_test(tcase, the_price_that_most_messages_were_charged_at_is_taken);
    tcase_add_test(tcase, the_verdict_is_what_trying_every_possibility_gives);
    tcase_add_test(tcase, from_none_to_all_every_number_is_told);
    tcase_add_test(tcase, what_does_not_fit_is_told_with_the_amount);
    tcase_add_test(tcase, without_unknown_rows_or_without_a_balance_nothing_is_judged);
    tcase_add_test(tcase, what_is_charged_late_keeps_none_from_being_said);
    tcase_add_test(tcase, every_verdict_has_a_name_of_its_own);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
