#include "campana/digits.h"
#include "main.h"
#include <inttypes.h>
#include <stdio.h>

START_TEST(numbers_are_written_as_printf_writes_them)
{
    static const int64_t numbers[] = {0,  1,   -1,           9,           10,        -10,
                                      99, 100, 573102111111, INT64_MAX,   INT64_MIN, -4,
                                      -5, 12,  99999999999,  100000000000};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct buffer out = {0};
        char expected[32];
        snprintf(expected, sizeof expected, "%" PRId64, numbers[i]);
        digits_put(&out, numbers[i]);
        ck_assert_str_eq(buffer_string(&out), expected);
        buffer_free(&out);
    }
}
END_TEST

START_TEST(a_fixed_width_has_zeros_in_front_and_touches_nothing_behind)
{
    char text[8] = "xxxxxxx";
    ck_assert_ptr_eq(digits_write(text, 7, 3), text + 3);
    ck_assert_str_eq(text, "007xxxx");
    ck_assert_ptr_eq(digits_write(text, 2026, 4), text + 4);
    ck_assert_str_eq(text, "2026xxx");
    ck_assert_ptr_eq(digits_write(text, 0, 1), text + 1);
    ck_assert_str_eq(text, "0026xxx");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digits");
    TCase *tcase = tcase_create("digits");
    tcase_add_test(tcase, numbers_are_written_as_printf_writes_them);
    tcase_add_test(tcase, a_fixed_width_has_zeros_in_front_and_touches_nothing_behind);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
