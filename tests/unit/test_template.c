#include "campana/template.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

static const struct slice names[] = {{"Nombre", 6}, {"Número de Pedido", 17}, {"ciudad", 6}, {"Ciudad ", 7}};
static struct template *template;
static struct buffer out;
static struct error error;

static void close_template(void)
{
    template_free(template);
    template = NULL;
    buffer_free(&out);
}

static const char *render(const char *source, const char *name, const char *order)
{
    struct slice cells[] = {slice_of(name), slice_of(order)};
    size_t column;
    close_template();
    ck_assert_msg(template_parse(slice_of(source), names, 4, &template, &error) == 0, "%s", error.text);
    ck_assert_int_eq(template_render(template, cells, 2, &out, &column), 0);
    return buffer_string(&out);
}

static void refuse(const char *source, const char *words)
{
    ck_assert_int_eq(template_parse(slice_of(source), names, 4, &template, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, words) != NULL, "no \"%s\" in: %s", words, error.text);
    ck_assert_ptr_null(template);
}

START_TEST(fields_are_found_whatever_their_case_accents_and_spaces)
{
    ck_assert_str_eq(render("Hola {nombre}, pedido {numero_de_pedido}.", "Ana", "7"), "Hola Ana, pedido 7.");
    ck_assert_str_eq(render("{ NOMBRE }", "Ana", ""), "Ana");
    ck_assert_str_eq(render("", "Ana", ""), "");
    ck_assert_str_eq(render("sin campos", "Ana", ""), "sin campos");
}
END_TEST

START_TEST(doubled_braces_are_literal)
{
    ck_assert_str_eq(render("{{nombre}} {nombre} }}{{", "Ana", ""), "{nombre} Ana }{");
}
END_TEST

START_TEST(a_default_stands_in_for_an_empty_cell)
{
    ck_assert_str_eq(render("Hola {nombre|cliente}", "", ""), "Hola cliente");
    ck_assert_str_eq(render("Hola {nombre|cliente}", " \t", ""), "Hola cliente");
    ck_assert_str_eq(render("Hola {nombre|cliente}", "Ana", ""), "Hola Ana");
    ck_assert_str_eq(render("Hola{nombre|}.", "", ""), "Hola.");
}
END_TEST

START_TEST(an_empty_cell_without_a_default_names_its_column)
{
    struct slice cells[] = {slice_of("Ana")};
    size_t column = 99;
    ck_assert_int_eq(template_parse(slice_of("{nombre} {numero de pedido}"), names, 4, &template, &error), 0);
    ck_assert_int_eq(template_render(template, cells, 1, &out, &column), -1);
    ck_assert_uint_eq(column, 1);
}
END_TEST

START_TEST(what_cannot_be_understood_is_refused_with_its_place)
{
    refuse("Hola {apellido}", "apellido");
    refuse("Hola {apellido}", "Nombre");
    refuse("Hola {nombre", "character 6");
    refuse("Hola nombre}", "character 12");
    refuse("Hola {}", "no name");
    refuse("Hola {|x}", "no name");
    refuse("Hola {nombre{", "never closed");
    refuse("{CIUDAD}", "more than one");
}
END_TEST

START_TEST(an_exact_name_wins_over_one_that_only_looks_alike)
{
    size_t column;
    struct slice cells[] = {slice_of("a"), slice_of("b"), slice_of("c"), slice_of("d")};
    const struct slice two[] = {{"ciudad", 6}, {"Ciudad", 6}};
    ck_assert_int_eq(template_parse(slice_of("{Ciudad}"), two, 2, &template, &error), 0);
    ck_assert_int_eq(template_render(template, cells, 4, &out, &column), 0);
    ck_assert_str_eq(buffer_string(&out), "b");
}
END_TEST

START_TEST(random_templates_never_crash)
{
    static const char alphabet[] = "{}|nombre {}{}";
    srand(1);
    for (int round = 0; round < 50000; round++) {
        char source[16];
        size_t len = (size_t)rand() % sizeof source;
        for (size_t i = 0; i < len; i++)
            source[i] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        if (template_parse((struct slice){source, len}, names, 4, &template, &error) == 0) {
            size_t column;
            template_render(template, names, 4, &out, &column);
        }
        close_template();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template");
    TCase *tcase = tcase_create("templates");
    tcase_add_checked_fixture(tcase, NULL, close_template);
    tcase_add_test(tcase, fields_are_found_whatever_their_case_accents_and_spaces);
    tcase_add_test(tcase, doubled_braces_are_literal);
    tcase_add_test(tcase, a_default_stands_in_for_an_empty_cell);
    tcase_add_test(tcase, an_empty_cell_without_a_default_names_its_column);
    tcase_add_test(tcase, what_cannot_be_understood_is_refused_with_its_place);
    tcase_add_test(tcase, an_exact_name_wins_over_one_that_only_looks_alike);
    tcase_add_test(tcase, random_templates_never_crash);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
