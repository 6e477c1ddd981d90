#include "campana/garbled.h"
#include "main.h"

static void assert_garbled(const char *text, bool garbled)
{
    ck_assert_msg(garbled_is(slice_of(text)) == garbled, "%s", text);
}

START_TEST(utf8_that_was_read_as_another_encoding_is_noticed)
{
    static const char *const texts[] = {
        "niÃ±o",
        "Hola, tu pedido estÃ¡ listo",
        "Â¿Ya viste?",
        "â€œofertas",
        "Ã\u2018OÃ\u2018O",
        "\u00C3\uFFFDngel",         /* Á: its second byte is one that Windows-1252 leaves undefined */
        "\u00C3\u00ADntimo",        /* í: a soft hyphen, which nobody sees */
        "\xC3\x83\xC2\x81ngel",     /* read as ISO-8859-1 */
        "\xC3\xA2\xC2\x80\xC2\x9C", /* “ likewise */
        "ééé mÃ¡s",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_garbled(texts[i], true);
}
END_TEST

START_TEST(letters_of_any_language_are_not)
{
    static const char *const texts[] = {
        "",
        "Hola",
        "niño, más, ¿qué? ¡sí! «comillas» “otras”",
        "SÃO JOÃO, MAÇÃ, IRMÃS, Â",
        "Ângela, câmara, ânimo – €",
        "crème brûlée",
        "Ã",
        "â",
        "Ã ",
        "100 €",
        "ÃÂ",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_garbled(texts[i], false);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("garbled");
    TCase *tcase = tcase_create("garbled");
    tcase_add_test(tcase, utf8_that_was_read_as_another_encoding_is_noticed);
    tcase_add_test(tcase, letters_of_any_language_are_not);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
