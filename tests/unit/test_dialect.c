#include "campana/dialect.h"
#include "main.h"
#include <string.h>

struct example {
    const char *sample;
    char delimiter;
    size_t skip_bytes;
};

static const struct example examples[] = {
    {"celular,mensaje\n573,Hola\n574,Chao\n", ',', 0},
    {"celular;mensaje\n573;Hola, Ana\n574;Chao, Luz, adiós\n", ';', 0},
    {"celular\tmensaje\r\n573\tHola; sí\r\n574\tb\r\n", '\t', 0},
    {"celular|mensaje\r573|a,b\r574|c;d\r", '|', 0},
    {"celular;mensaje\n573;\"dos\nlíneas; y, más\"\n574;x\n", ';', 0},
    {"\"celular\";\"mensaje\"\n\"573\";\"a;b\"\n", ';', 0},
    {"celular,mensaje\n573,\"a;b;c\"\n574,\"d;e;f\"\n", ',', 0},
    {"valor;celular\n1,5;573\n2,5;574\n", ';', 0},
    {"celular\n573\n574\n", ',', 0},
    {"", ',', 0},
    {"\n\n\ncelular;mensaje\n573;x\n", ';', 0},
    {"sep=;\ncelular;mensaje\n", ';', 6},
    {"\"sep=|\"\r\ncelular|mensaje\r\n", '|', 9},
    {"SEP=\t\rcelular\tmensaje\r", '\t', 6},
    {"sep=;", ';', 5},
    {"a,b,c\n573;Hola;x\n574;Chao;y\n", ';', 0},
    {"celular;mensaje\n573;Hola\n574;\"cortado en mit", ';', 0},
    {"573,Hola\n574,Chao\n", ',', 0},
};

START_TEST(the_delimiter_is_found_from_the_first_rows)
{
    const struct example *example = &examples[_i];
    struct dialect dialect;
    dialect_guess(slice_of(example->sample), &dialect);
    ck_assert_msg(dialect.delimiter == example->delimiter, "'%c' in %s", dialect.delimiter, example->sample);
    ck_assert_uint_eq(dialect.skip_bytes, example->skip_bytes);
    ck_assert(dialect.named_by_sep == (example->skip_bytes > 0));
}
END_TEST

START_TEST(random_samples_never_crash_and_any_cut_is_borne)
{
    static const char alphabet[] = "\",;\t|\r\nab=sep";
    srand(3);
    for (int round = 0; round < 20000; round++) {
        enum { MOST = 40 };
        struct dialect dialect;
        size_t len = (size_t)rand() % MOST;
        char *exact = malloc(len + 1); /* so that reading behind the end is seen */
        for (size_t i = 0; i < len; i++)
            exact[i] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        dialect_guess((struct slice){exact, len}, &dialect);
        ck_assert_uint_le(dialect.skip_bytes, len);
        free(exact);
    }
}
END_TEST

START_TEST(delimiters_have_names)
{
    static const struct {
        const char *name;
        int result;
        char delimiter;
    } names[] = {{"auto", 0, '\0'}, {"tab", 0, '\t'}, {"\\t", 0, '\t'}, {"semicolon", 0, ';'}, {"pipe", 0, '|'},
                 {"comma", 0, ','}, {";", 0, ';'},    {"#", 0, '#'},     {"\t", 0, '\t'},        {"", -1, 0},
                 {"ab", -1, 0},     {"a", -1, 0},     {"7", -1, 0},      {"\"", -1, 0},          {"\n", -1, 0},
                 {" ", -1, 0},      {"ñ", -1, 0}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char delimiter = 'x';
        ck_assert_msg(dialect_delimiter_from_name(names[i].name, &delimiter) == names[i].result, "%s", names[i].name);
        if (names[i].result == 0)
            ck_assert_int_eq(delimiter, names[i].delimiter);
    }
    ck_assert_str_eq(dialect_delimiter_name(';'), "semicolon");
    ck_assert_str_eq(dialect_delimiter_name('#'), "#");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialect");
    TCase *tcase = tcase_create("samples");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_delimiter_is_found_from_the_first_rows, 0, sizeof examples / sizeof *examples);
    tcase_add_test(tcase, random_samples_never_crash_and_any_cut_is_borne);
    tcase_add_test(tcase, delimiters_have_names);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
