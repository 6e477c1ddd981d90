#include "campana/calendar.h"
#include "campana/holidays.h"
#include "holidays_2020_2050.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

#define YEARS ((int)(sizeof published_holidays / sizeof published_holidays[0]))

START_TEST(the_holidays_of_a_year_are_the_published_ones)
{
    struct holiday holidays[HOLIDAYS_MOST];
    char dates[HOLIDAYS_MOST * 5 + 1] = "";
    int count = holidays_of(published_holidays[_i].year, holidays);
    for (int i = 0; i < count; i++) {
        size_t len = strlen(dates);
        snprintf(dates + len, sizeof dates - len, i == 0 ? "%02d%02d" : " %02d%02d", holidays[i].month,
                 holidays[i].day);
    }
    ck_assert_str_eq(dates, published_holidays[_i].dates);
}
END_TEST

START_TEST(the_holidays_of_2026_have_their_names)
{
    static const struct holiday expected[] = {
        {1, 1, "Año Nuevo"},
        {1, 12, "Día de los Reyes Magos"},
        {3, 23, "Día de San José"},
        {4, 2, "Jueves Santo"},
        {4, 3, "Viernes Santo"},
        {5, 1, "Día del Trabajo"},
        {5, 18, "Ascensión del Señor"},
        {6, 8, "Corpus Christi"},
        {6, 15, "Sagrado Corazón de Jesús"},
        {6, 29, "San Pedro y San Pablo"},
        {7, 20, "Día de la Independencia"},
        {8, 7, "Batalla de Boyacá"},
        {8, 17, "Asunción de la Virgen"},
        {10, 12, "Día de la Raza"},
        {11, 2, "Día de Todos los Santos"},
        {11, 16, "Independencia de Cartagena"},
        {12, 8, "Inmaculada Concepción"},
        {12, 25, "Navidad"},
    };
    struct holiday holidays[HOLIDAYS_MOST];
    ck_assert_int_eq(holidays_of(2026, holidays), HOLIDAYS_MOST);
    for (int i = 0; i < HOLIDAYS_MOST; i++) {
        ck_assert_int_eq(holidays[i].month, expected[i].month);
        ck_assert_int_eq(holidays[i].day, expected[i].day);
        ck_assert_str_eq(holidays[i].name, expected[i].name);
        ck_assert_str_eq(holiday_on(2026, expected[i].month, expected[i].day), expected[i].name);
    }
}
END_TEST

START_TEST(two_that_coincide_are_one_day_with_both_names)
{
    static const char *const both = "Sagrado Corazón de Jesús y San Pedro y San Pablo";
    ck_assert_str_eq(holiday_on(2025, 6, 30), both);
    ck_assert_str_eq(holiday_on(2030, 7, 1), both);
    struct holiday holidays[HOLIDAYS_MOST];
    ck_assert_int_eq(holidays_of(2025, holidays), 17);
    ck_assert_int_eq(holidays_of(2030, holidays), 17);
}
END_TEST

START_TEST(an_early_easter_comes_before_saint_joseph)
{
    struct holiday holidays[HOLIDAYS_MOST];
    memset(holidays, 0, sizeof holidays);
    ck_assert_int_eq(holidays_of(2008, holidays), HOLIDAYS_MOST);
    ck_assert_int_eq(holidays[1].day, 7);
    ck_assert_int_eq(holidays[2].day, 20);
    ck_assert_str_eq(holidays[2].name, "Jueves Santo");
    ck_assert_int_eq(holidays[3].day, 21);
    ck_assert_str_eq(holidays[3].name, "Viernes Santo");
    ck_assert_int_eq(holidays[4].day, 24);
    ck_assert_str_eq(holidays[4].name, "Día de San José");
    ck_assert_str_eq(holidays[5].name, "Día del Trabajo");
}
END_TEST

/* The names of a year say the same whether or not two coincide: so only those two ever do. */
START_TEST(in_every_year_nothing_but_those_two_coincides)
{
    for (int year = HOLIDAYS_FIRST_YEAR; year <= HOLIDAYS_LAST_YEAR; year++) {
        struct holiday holidays[HOLIDAYS_MOST];
        int count = holidays_of(year, holidays);
        int joined = 0;
        for (int i = 0; i < count; i++) {
            ck_assert(calendar_valid(year, holidays[i].month, holidays[i].day));
            if (i > 0)
                ck_assert_int_lt(holidays[i - 1].month * 100 + holidays[i - 1].day,
                                 holidays[i].month * 100 + holidays[i].day);
            if (strcmp(holidays[i].name, "Sagrado Corazón de Jesús y San Pedro y San Pablo") == 0)
                joined++;
        }
        ck_assert_int_eq(count + joined, HOLIDAYS_MOST);
    }
}
END_TEST

/* Easter Sunday by another rule than the program's: Butcher's, as Meeus prints it. */
static int easter_by_butcher(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, g = (b - (b + 8) / 25 + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    int days = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
    return calendar_day(year, days / 31, days % 31 + 1);
}

static bool is_good_friday(struct date date)
{
    const char *name = holiday_on(date.year, date.month, date.day);
    return name != NULL && strcmp(name, "Viernes Santo") == 0;
}

START_TEST(good_friday_is_two_days_before_easter_in_every_year)
{
    for (int year = HOLIDAYS_FIRST_YEAR; year <= HOLIDAYS_LAST_YEAR; year++) {
        if (!is_good_friday(calendar_date(easter_by_butcher(year) - 2)))
            ck_abort_msg("Easter of %d", year);
    }
}
END_TEST

/* The earliest and the latest that Easter can be, and years in which the computus makes its exceptions. */
START_TEST(good_friday_is_known_for_the_years_that_are_difficult)
{
    static const struct date fridays[] = {{2008, 3, 21}, {2038, 4, 23}, {2049, 4, 16},
                                          {2076, 4, 17}, {2200, 4, 4},  {2285, 3, 20}};
    for (size_t i = 0; i < sizeof fridays / sizeof fridays[0]; i++)
        ck_assert_msg(is_good_friday(fridays[i]), "%d", fridays[i].year);
}
END_TEST

START_TEST(a_day_that_is_none_has_no_name)
{
    ck_assert_ptr_null(holiday_on(2026, 11, 23));
    ck_assert_ptr_null(holiday_on(2026, 1, 6));
    ck_assert_ptr_null(holiday_on(2026, 6, 31));
}
END_TEST

START_TEST(there_are_none_outside_the_years_of_the_law)
{
    struct holiday holidays[HOLIDAYS_MOST];
    ck_assert_int_eq(holidays_of(1983, holidays), 0);
    ck_assert_int_eq(holidays_of(3000, holidays), 0);
    ck_assert_ptr_null(holiday_on(1983, 12, 25));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("holidays");
    TCase *tests = tcase_create("holidays");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_holidays_of_a_year_are_the_published_ones, 0, YEARS);
    tcase_add_test(tests, the_holidays_of_2026_have_their_names);
    tcase_add_test(tests, two_that_coincide_are_one_day_with_both_names);
    tcase_add_test(tests, an_early_easter_comes_before_saint_joseph);
    tcase_add_test(tests, in_every_year_nothing_but_those_two_coincides);
    tcase_add_test(tests, good_friday_is_two_days_before_easter_in_every_year);
    tcase_add_test(tests, good_friday_is_known_for_the_years_that_are_difficult);
    tcase_add_test(tests, a_day_that_is_none_has_no_name);
    tcase_add_test(tests, there_are_none_outside_the_years_of_the_law);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
