#include "campana/error.h"
#include "campana/naming.h"
#include "main.h"
#include <string.h>

static struct error error;

static void refuse(const char *name, const char *why)
{
    ck_assert_int_eq(naming_check(name, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, why) != NULL, "%s", error.text);
}

START_TEST(a_campaign_is_named_after_its_file)
{
    static const char *const names[][2] = {{"navidad.csv", "navidad"},
                                           {"/a/b.c/navidad 2026.v2.csv", "navidad 2026.v2"},
                                           {".csv", ".csv"},
                                           {"x", "x"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *name = naming_of_file(names[i][0]);
        ck_assert_str_eq(name, names[i][1]);
        free(name);
    }
}
END_TEST

START_TEST(only_what_the_next_command_could_not_take_is_no_name)
{
    static const char *const names[] = {
        "navidad", "Día de la madre, 2ª vez", "a/../b \"c\" <i>'$(d)", " x-", "a\nb", "\x1b[31mrojo",
        "caf\xE9"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_int_eq(naming_check(names[i], &error), 0);
    refuse("", "blank");
    refuse(" \t\xC2\xA0", "blank");
    refuse("-x", "begin with -");
    refuse("--all", "begin with -");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("naming");
    TCase *tcase = tcase_create("naming");
    tcase_add_test(tcase, a_campaign_is_named_after_its_file);
    tcase_add_test(tcase, only_what_the_next_command_could_not_take_is_no_name);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
