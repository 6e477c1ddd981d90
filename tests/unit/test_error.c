#include "campana/error.h"
#include "main.h"
#include <string.h>

START_TEST(a_cleared_error_is_none)
{
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(error.kind, ERROR_NONE);
    ck_assert_str_eq(error.text, "");
}
END_TEST

START_TEST(setting_takes_kind_and_words_and_returns_minus_one)
{
    struct error error;
    ck_assert_int_eq(error_set(&error, ERROR_INPUT, "row %d: %s", 7, "no number"), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_str_eq(error.text, "row 7: no number");
}
END_TEST

START_TEST(prefixes_pile_up_in_front_and_keep_the_kind)
{
    struct error error;
    error_set(&error, ERROR_ACCESS, "code -1");
    ck_assert_int_eq(error_prefix(&error, "send.php"), -1);
    ck_assert_int_eq(error_prefix(&error, "campaign %s", "navidad"), -1);
    ck_assert_int_eq(error.kind, ERROR_ACCESS);
    ck_assert_str_eq(error.text, "campaign navidad: send.php: code -1");
}
END_TEST

START_TEST(the_words_may_be_made_of_the_error_s_own)
{
    struct error error;
    error_set(&error, ERROR_GATEWAY, "no answer");
    error_set(&error, ERROR_GATEWAY, "balance: %s; try later", error.text);
    ck_assert_str_eq(error.text, "balance: no answer; try later");
    error_prefix(&error, "again (%s)", error.text);
    ck_assert_str_eq(error.text, "again (balance: no answer; try later): balance: no answer; try later");
}
END_TEST

START_TEST(an_over_long_message_is_cut_at_its_end)
{
    struct error error;
    char words[ERROR_TEXT_BYTES * 2];
    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    error_set(&error, ERROR_MACHINE, "disk %s", words);
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_BYTES - 1);
    ck_assert_mem_eq(error.text, "disk xx", 7);
    error_prefix(&error, "file");
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_BYTES - 1);
    ck_assert_mem_eq(error.text, "file: disk xx", 13);
    error_prefix(&error, "%s", words);
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_BYTES - 1);
    ck_assert_mem_eq(error.text, "xxxx", 4);
}
END_TEST

START_TEST(no_memory_is_the_machine_s_failure)
{
    struct error error;
    ck_assert_int_eq(error_no_memory(&error), -1);
    ck_assert_int_eq(error.kind, ERROR_MACHINE);
    ck_assert_str_eq(error.text, "out of memory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, a_cleared_error_is_none);
    tcase_add_test(tests, setting_takes_kind_and_words_and_returns_minus_one);
    tcase_add_test(tests, prefixes_pile_up_in_front_and_keep_the_kind);
    tcase_add_test(tests, the_words_may_be_made_of_the_error_s_own);
    tcase_add_test(tests, an_over_long_message_is_cut_at_its_end);
    tcase_add_test(tests, no_memory_is_the_machine_s_failure);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
