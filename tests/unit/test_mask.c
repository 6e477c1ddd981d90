#include "campana/mask.h"
#include "main.h"
#include <string.h>

static struct buffer out;

static void clear(void)
{
    buffer_clear(&out);
}

static void free_out(void)
{
    buffer_free(&out);
}

static const char *number(const char *cell)
{
    buffer_clear(&out);
    mask_put_number(&out, slice_of(cell));
    return buffer_string(&out);
}

static const char *text(const char *words, const char *own)
{
    buffer_clear(&out);
    mask_put_text(&out, slice_of(words), slice_of(own));
    return buffer_string(&out);
}

START_TEST(a_number_keeps_its_first_five_and_last_four_digits)
{
    ck_assert_str_eq(number("573102111111"), "57310•••1111");
    ck_assert_str_eq(number("+57 310 211-1111"), "+57 310 •••-1111");
    ck_assert_str_eq(number("3102111111"), "310•••1111");
}
END_TEST

START_TEST(what_identifies_nobody_stays)
{
    ck_assert_str_eq(number("5,73102E+11"), "5,73102E+11");
    ck_assert_str_eq(number("abc"), "abc");
    ck_assert_str_eq(number(""), "");
    ck_assert_str_eq(number("123456"), "123456");
}
END_TEST

START_TEST(a_cell_with_letters_is_masked_around_them)
{
    ck_assert_str_eq(number("31021A1111"), "31•••A1111");
}
END_TEST

START_TEST(the_rows_own_number_is_masked_however_a_text_writes_it)
{
    ck_assert_str_eq(text("Llama al 3102111111.", "573102111111"), "Llama al 310•••1111.");
    ck_assert_str_eq(text("al 310 211 1111 o no", "573102111111"), "al 310 ••• 1111 o no");
    ck_assert_str_eq(text("+57 310-2111111", "573102111111"), "+57 310-•••1111");
    ck_assert_str_eq(text("573102111111", "573102111111"), "57310•••1111");
}
END_TEST

START_TEST(any_other_telephone_number_in_a_text_is_masked_too)
{
    ck_assert_ptr_null(strstr(text("WhatsApp 573209998877", "573102111111"), "573209998877"));
    ck_assert_ptr_null(strstr(text("o al 320 999 8877", "573102111111"), "999"));
}
END_TEST

START_TEST(prices_dates_and_times_stay)
{
    static const char words[] =
        "Desde $99.900 hasta el 15-12-2026 a las 10:30, Cra. 15 # 88-21, codigo 123456";
    ck_assert_str_eq(text(words, "573102111111"), words);
    ck_assert_str_eq(text("", "573102111111"), "");
    ck_assert_str_eq(text("sin numero", ""), "sin numero");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mask");
    TCase *tcase = tcase_create("numbers and texts");
    tcase_add_checked_fixture(tcase, clear, free_out);
    tcase_add_test(tcase, a_number_keeps_its_first_five_and_last_four_digits);
    tcase_add_test(tcase, what_identifies_nobody_stays);
    tcase_add_test(tcase, a_cell_with_letters_is_masked_around_them);
    tcase_add_test(tcase, the_rows_own_number_is_masked_however_a_text_writes_it);
    tcase_add_test(tcase, any_other_telephone_number_in_a_text_is_masked_too);
    tcase_add_test(tcase, prices_dates_and_times_stay);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
