#include "campana/reason.h"
#include "main.h"
#include <string.h>

START_TEST(every_reason_has_a_code_of_its_own_and_words)
{
    for (int i = REASON_NONE + 1; i < REASONS; i++) {
        enum reason reason = (enum reason)i;
        const char *code = reason_code(reason);
        ck_assert_uint_gt(strlen(code), 0);
        ck_assert_uint_eq(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        ck_assert_int_eq(reason_from_code(code), reason);
        ck_assert_uint_gt(strlen(reason_sentence(reason)), 10);
        ck_assert_int_ne(reason_sentence(reason)[strlen(reason_sentence(reason)) - 1], '.');
        if (reason != REASON_RESOLVED)
            ck_assert_uint_gt(strlen(reason_remedy(reason)), 10);
    }
}
END_TEST

START_TEST(no_reason_and_unknown_codes_say_nothing)
{
    ck_assert_str_eq(reason_code(REASON_NONE), "");
    ck_assert_str_eq(reason_sentence(REASON_NONE), "");
    ck_assert_int_eq(reason_from_code(NULL), REASON_NONE);
    ck_assert_int_eq(reason_from_code(""), REASON_NONE);
    ck_assert_int_eq(reason_from_code("from_a_later_version"), REASON_NONE);
}
END_TEST

START_TEST(what_was_asked_speaks_of_no_message)
{
    for (int i = REASON_GATEWAY_CREDENTIALS; i <= REASON_ANSWER_UNREADABLE; i++) {
        const char *sentence = reason_sentence_asked((enum reason)i);
        ck_assert_uint_gt(strlen(sentence), 10);
        ck_assert_msg(strstr(sentence, "message") == NULL, "%s", sentence);
    }
    ck_assert_str_eq(reason_sentence_asked(REASON_NONE), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reason");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, every_reason_has_a_code_of_its_own_and_words);
    tcase_add_test(tcase, no_reason_and_unknown_codes_say_nothing);
    tcase_add_test(tcase, what_was_asked_speaks_of_no_message);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
