#include "campana/numberset.h"
#include "main.h"
#include <stdio.h>

START_TEST(a_number_is_new_once)
{
    struct numberset *set = numberset_new();
    ck_assert_int_eq(numberset_add(set, "573102111111"), 1);
    ck_assert_int_eq(numberset_add(set, "573102111111"), 0);
    ck_assert_int_eq(numberset_add(set, "999999999999"), 1);
    ck_assert_int_eq(numberset_add(set, "000000000000"), 1);
    ck_assert(numberset_has(set, "573102111111"));
    ck_assert(numberset_has(set, "999999999999"));
    ck_assert(!numberset_has(set, "573102111112"));
    ck_assert_uint_eq(numberset_count(set), 3);
    numberset_free(set);
    numberset_free(NULL);
}
END_TEST

START_TEST(numbers_that_share_their_lower_bits_are_kept_apart)
{
    struct numberset *set = numberset_new();
    ck_assert_int_eq(numberset_add(set, "004294967296"), 1); /* 2^32 */
    ck_assert(!numberset_has(set, "000000000000"));
    ck_assert(!numberset_has(set, "008589934592"));
    ck_assert(!numberset_has(set, "000016777216")); /* 2^24 */
    ck_assert_int_eq(numberset_add(set, "000016777216"), 1);
    ck_assert_int_eq(numberset_add(set, "000033554432"), 1);
    ck_assert_int_eq(numberset_add(set, "000016777215"), 1);
    ck_assert_int_eq(numberset_add(set, "000016777216"), 0);
    ck_assert_uint_eq(numberset_count(set), 4);
    numberset_free(set);
}
END_TEST

START_TEST(many_random_numbers_are_all_found_again)
{
    struct numberset *set = numberset_new();
    char number[32];
    srand(5);
    size_t added = 0;
    for (int i = 0; i < 50000; i++) {
        snprintf(number, sizeof number, "573%09d", rand() % 1000000000);
        added += (size_t)numberset_add(set, number);
    }
    ck_assert_uint_eq(numberset_count(set), added);
    srand(5);
    for (int i = 0; i < 50000; i++) {
        snprintf(number, sizeof number, "573%09d", rand() % 1000000000);
        ck_assert(numberset_has(set, number));
    }
    numberset_free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numberset");
    TCase *tcase = tcase_create("sets");
    tcase_add_test(tcase, a_number_is_new_once);
    tcase_add_test(tcase, numbers_that_share_their_lower_bits_are_kept_apart);
    tcase_add_test(tcase, many_random_numbers_are_all_found_again);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
