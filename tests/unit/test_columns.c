#include "campana/columns.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

static struct error error;

static int find(const char *const *strings, enum column_role role, const char *wanted)
{
    struct slice names[8];
    size_t count = 0;
    size_t index = 0;
    for (; strings[count] != NULL; count++)
        names[count] = slice_of(strings[count]);
    return columns_find(names, count, role, wanted, &index, &error) == 0 ? (int)index : -1;
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(usual_names_are_found_whatever_their_spelling)
{
    ck_assert_int_eq(find(NAMES("Nombre", "Número de Celular", "Mensaje"), COLUMN_PHONE, NULL), 1);
    ck_assert_int_eq(find(NAMES("Nombre", "NUMERO_DE_CELULAR", "x"), COLUMN_PHONE, NULL), 1);
    ck_assert_int_eq(find(NAMES("teléfono", "Móvil"), COLUMN_PHONE, NULL), 1);
    ck_assert_int_eq(find(NAMES("GSM", "SMSText"), COLUMN_TEXT, NULL), 1);
    ck_assert_int_eq(find(NAMES("phone", "message"), COLUMN_TEXT, NULL), 1);
    ck_assert_int_eq(find(NAMES("TEXTO", "phone_number"), COLUMN_PHONE, NULL), 1);
}
END_TEST

START_TEST(nothing_is_guessed_where_no_name_is_usual)
{
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_PHONE, NULL), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "--phone"));
    ck_assert_ptr_nonnull(strstr(error.text, "\"a\", \"b\""));
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_TEXT, NULL), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "--template"));
}
END_TEST

START_TEST(a_column_can_be_named_by_its_name_or_its_place)
{
    ck_assert_int_eq(find(NAMES("a", "B c"), COLUMN_PHONE, "b_c"), 1);
    ck_assert_int_eq(find(NAMES("ciudad", "Ciudad"), COLUMN_PHONE, "Ciudad"), 1);
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_PHONE, "2"), 1);
    ck_assert_int_eq(find(NAMES("2", "1"), COLUMN_PHONE, "2"), 0);
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_PHONE, "3"), -1);
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_PHONE, "0"), -1);
    ck_assert_int_eq(find(NAMES("a", "b"), COLUMN_TEXT, "celular"), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "--text"));
}
END_TEST

START_TEST(a_name_that_fits_two_columns_is_refused)
{
    ck_assert_int_eq(find(NAMES("ciudad", "CIUDAD"), COLUMN_PHONE, "Ciudad"), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "more than one"));
}
END_TEST

START_TEST(a_namesake_is_found_whatever_its_spelling)
{
    const struct slice names[] = {slice_of("Celular"), slice_of("nombre"), slice_of("CELULAR"), slice_of("")};
    size_t place;
    ck_assert_int_eq(columns_find_namesake(names, 4, 0, &place, &error), 0);
    ck_assert_uint_eq(place, 3);
    ck_assert_int_eq(columns_find_namesake(names, 4, 2, &place, &error), 0);
    ck_assert_uint_eq(place, 1);
    ck_assert_int_eq(columns_find_namesake(names, 4, 1, &place, &error), 0);
    ck_assert_uint_eq(place, 0);
    ck_assert_int_eq(columns_find_namesake(names, 4, 3, &place, &error), 0);
    ck_assert_uint_eq(place, 0);
}
END_TEST

START_TEST(names_become_unique)
{
    const struct slice names[] = {{"a", 1}, {"a", 1}, {"", 0}, {"a_2", 3}, {"row", 3}, {"a", 1}, {"", 0}};
    const char *const taken[] = {"row", "text"};
    struct buffer out = {0};
    columns_put_unique(names, 7, NULL, 0, &out);
    ck_assert_str_eq(buffer_string(&out), "[\"a\",\"a_2\",\"3\",\"a_2_2\",\"row\",\"a_3\",\"7\"]");
    buffer_clear(&out);
    columns_put_unique(names, 5, taken, 2, &out);
    ck_assert_str_eq(buffer_string(&out), "[\"a\",\"a_2\",\"3\",\"a_2_2\",\"row_2\"]");
    buffer_clear(&out);
    columns_put_unique(names, 0, NULL, 0, &out);
    ck_assert_str_eq(buffer_string(&out), "[]");
    buffer_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("columns");
    TCase *tcase = tcase_create("columns");
    tcase_add_test(tcase, usual_names_are_found_whatever_their_spelling);
    tcase_add_test(tcase, nothing_is_guessed_where_no_name_is_usual);
    tcase_add_test(tcase, a_column_can_be_named_by_its_name_or_its_place);
    tcase_add_test(tcase, a_name_that_fits_two_columns_is_refused);
    tcase_add_test(tcase, a_namesake_is_found_whatever_its_spelling);
    tcase_add_test(tcase, names_become_unique);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
