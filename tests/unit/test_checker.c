#include "campana/checker.h"
#include "campana/error.h"
#include "faults.h"
#include "main.h"
#include <string.h>

static const struct slice names[] = {{"celular", 7}, {"mensaje", 7}, {"nombre", 6}};
static struct checker checker;
static struct checked checked;
static struct error error;

static struct checker_rules usual_rules(void)
{
    return (struct checker_rules){.phone_column = 0,
                                  .text_column = 1,
                                  .names = names,
                                  .country = "57",
                                  .text = {.mode = TEXT_GSM, .max_septets = TEXT_SEPTETS_DEFAULT}};
}

static void open_checker(void)
{
    struct checker_rules rules = usual_rules();
    ck_assert_int_eq(checker_init(&checker, &rules, &error), 0);
}

static void close_checker(void)
{
    checker_free(&checker);
}

static const struct store_message *check_cells(const struct slice *cells, size_t count)
{
    static int64_t row_number = 1;
    struct csv_row row = {.row = ++row_number, .cells = cells, .count = count};
    ck_assert_int_eq(checker_check(&checker, &row, &checked, &error), 0);
    ck_assert_int_eq(checked.message.row, row.row);
    return &checked.message;
}

static const struct store_message *check_row(const char *phone, const char *text)
{
    struct slice cells[] = {slice_of(phone), slice_of(text), slice_of("Ana")};
    return check_cells(cells, 3);
}

#define assert_slice_eq(got, string)                                                                         \
    ck_assert_msg(slice_equal((got), slice_of(string)), "\"%.*s\" is not \"%s\"", (int)(got).len,            \
                  (got).data, string)

START_TEST(a_good_row_is_pending_as_it_will_be_sent)
{
    const struct store_message *message = check_row("+57 310 211 1111", "¡Adiós!");
    ck_assert_int_eq(message->state, JOB_PENDING);
    ck_assert_int_eq(message->reason, REASON_NONE);
    assert_slice_eq(message->msisdn, "573102111111");
    assert_slice_eq(message->text, "¡Adios!");
    assert_slice_eq(message->fields, "[\"+57 310 211 1111\",\"¡Adiós!\",\"Ana\"]");
    ck_assert(checked.number_changed);
    ck_assert_int_eq(checked.text.replaced, 1);
    assert_slice_eq(checked.raw_text, "¡Adiós!");
}
END_TEST

START_TEST(cells_that_are_sent_as_they_stand_are_not_stored_twice)
{
    const struct store_message *message = check_row("573102111111", "Hola");
    assert_slice_eq(message->fields, "[null,null,\"Ana\"]");
    ck_assert(!checked.number_changed);
}
END_TEST

/* What it is looked up by reads it as a string. */
START_TEST(a_number_ends_in_a_nul_whatever_stood_there_before)
{
    ck_assert_str_eq(check_row("573102111111", "Hola")->msisdn.data, "573102111111");
    check_row("a number that is none, and longer by far", "Hola");
    memset(checker.phone.data, 'x', checker.phone.capacity);
    ck_assert_str_eq(check_row("573102111112", "Hola")->msisdn.data, "573102111112");
}
END_TEST

START_TEST(a_bad_number_makes_the_row_invalid_and_stays_as_it_stood)
{
    const struct store_message *message = check_row("5,73102E+11", "Hola");
    ck_assert_int_eq(message->state, JOB_INVALID);
    ck_assert_int_eq(message->reason, REASON_NUMBER_SCIENTIFIC);
    assert_slice_eq(message->msisdn, "5,73102E+11");
    assert_slice_eq(message->text, "Hola");
}
END_TEST

START_TEST(a_text_that_cannot_be_sent_makes_the_row_invalid_with_the_particulars)
{
    const struct store_message *message = check_row("573102111111", "Regalo 🎁");
    ck_assert_int_eq(message->state, JOB_INVALID);
    ck_assert_int_eq(message->reason, REASON_TEXT_CHARACTER);
    ck_assert_uint_gt(message->detail.len, 0);
    message = check_row("573102111111", "   ");
    ck_assert_int_eq(message->reason, REASON_TEXT_EMPTY);
}
END_TEST

START_TEST(a_number_that_stands_on_a_sendable_row_before_is_a_duplicate)
{
    ck_assert_int_eq(check_row("573102111111", "Hola")->state, JOB_PENDING);
    ck_assert_int_eq(check_row("3102111111", "Otra vez")->state, JOB_DUPLICATE);
    ck_assert_int_eq(checked.message.reason, REASON_DUPLICATE);
}
END_TEST

START_TEST(an_invalid_row_does_not_take_its_number_away_from_a_later_one)
{
    ck_assert_int_eq(check_row("573102111111", "")->state, JOB_INVALID);
    ck_assert_int_eq(check_row("573102111111", "Hola")->state, JOB_PENDING);
}
END_TEST

START_TEST(duplicates_can_be_allowed)
{
    checker.rules.duplicates_allowed = true;
    ck_assert_int_eq(check_row("573102111111", "Hola")->state, JOB_PENDING);
    ck_assert_int_eq(check_row("573102111111", "Hola")->state, JOB_PENDING);
}
END_TEST

START_TEST(a_row_that_ends_before_its_text_is_invalid)
{
    struct slice cells[] = {slice_of("573102111111")};
    ck_assert_int_eq(check_cells(cells, 1)->reason, REASON_ROW_CELLS);
    ck_assert_int_eq(checked.message.state, JOB_INVALID);
    assert_slice_eq(checked.message.text, "");
}
END_TEST

START_TEST(a_nul_byte_is_stored_as_a_replacement_character_and_never_sent)
{
    struct slice cells[] = {{"573102111111", 12}, {"Ho\0la", 5}, {"A\0na", 4}};
    const struct store_message *message = check_cells(cells, 3);
    ck_assert_int_eq(message->state, JOB_INVALID);
    ck_assert_int_eq(message->reason, REASON_TEXT_CONTROL);
    assert_slice_eq(message->text, "Ho\xEF\xBF\xBDla");
    assert_slice_eq(message->fields, "[null,\"Ho\xEF\xBF\xBDla\",\"A\xEF\xBF\xBDna\"]");
}
END_TEST

START_TEST(a_template_makes_the_text_from_the_other_cells)
{
    struct template *template;
    ck_assert_int_eq(template_parse(slice_of("Hola {nombre}"), names, 3, &template, &error), 0);
    checker.rules.template = template;
    checker.rules.text_column = NO_COLUMN;
    ck_assert_int_eq(check_row("573102111111", "")->state, JOB_PENDING);
    assert_slice_eq(checked.message.text, "Hola Ana");
    struct slice empty[] = {slice_of("573102111112"), slice_of(""), slice_of(" ")};
    ck_assert_int_eq(check_cells(empty, 3)->reason, REASON_TEMPLATE_FIELD);
    assert_slice_eq(checked.message.detail, "column \"nombre\"");
    template_free(template);
}
END_TEST

START_TEST(where_memory_runs_out_no_row_is_half_checked)
{
    static const char *const phones[] = {"+57 310 211 1111", "573102111111", "5,73102E+11"};
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++) {
        struct slice cells[] = {slice_of(phones[i]), slice_of("¡Adiós!"), slice_of("Ana")};
        struct csv_row row = {.row = 2, .cells = cells, .count = 3};
        bool happened;
        long fault = 0;
        do {
            close_checker();
            open_checker();
            faults_arm(++fault, true);
            int result = checker_check(&checker, &row, &checked, &error);
            happened = faults_disarm();
            ck_assert_int_eq(result, happened ? -1 : 0);
        } while (happened);
        ck_assert_int_gt(fault, 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checker");
    TCase *tcase = tcase_create("rows");
    tcase_add_checked_fixture(tcase, open_checker, close_checker);
    tcase_add_test(tcase, a_good_row_is_pending_as_it_will_be_sent);
    tcase_add_test(tcase, cells_that_are_sent_as_they_stand_are_not_stored_twice);
    tcase_add_test(tcase, a_bad_number_makes_the_row_invalid_and_stays_as_it_stood);
    tcase_add_test(tcase, a_text_that_cannot_be_sent_makes_the_row_invalid_with_the_particulars);
    tcase_add_test(tcase, a_number_that_stands_on_a_sendable_row_before_is_a_duplicate);
    tcase_add_test(tcase, an_invalid_row_does_not_take_its_number_away_from_a_later_one);
    tcase_add_test(tcase, duplicates_can_be_allowed);
    tcase_add_test(tcase, a_number_ends_in_a_nul_whatever_stood_there_before);
    tcase_add_test(tcase, a_row_that_ends_before_its_text_is_invalid);
    tcase_add_test(tcase, a_nul_byte_is_stored_as_a_replacement_character_and_never_sent);
    tcase_add_test(tcase, a_template_makes_the_text_from_the_other_cells);
    tcase_add_test(tcase, where_memory_runs_out_no_row_is_half_checked);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
