#include "campana/buffer.h"
#include "campana/quoting.h"
#include "main.h"
#include <string.h>

static struct buffer out;
static int mended;

static int keep(void *context, const char *data, size_t len)
{
    (void)context;
    mended += len == 0;
    buffer_append(&out, data, len);
    return 0;
}

static void clean_up(void)
{
    buffer_free(&out);
}

static int feed(const char *text, size_t piece)
{
    struct quoting quoting = {.delimiter = ','};
    size_t len = strlen(text);
    buffer_clear(&out);
    mended = 0;
    for (size_t at = 0; at < len; at += piece) {
        size_t more = len - at < piece ? len - at : piece;
        int result = quoting_add(&quoting, text + at, more, keep, NULL);
        if (result != 0)
            return result;
    }
    return quoting_end(&quoting, keep, NULL);
}

/* Whatever pieces the text comes in. */
static void becomes(const char *text, const char *expected, int mended_expected)
{
    for (size_t piece = 1; piece <= strlen(text); piece++) {
        ck_assert_int_eq(feed(text, piece), 0);
        ck_assert_msg(strcmp(buffer_string(&out), expected) == 0, "%s in pieces of %zu: %s", text, piece,
                      buffer_string(&out));
        ck_assert_int_eq(mended, mended_expected);
    }
}

static void is_ambiguous(const char *text)
{
    for (size_t piece = 1; piece <= strlen(text); piece++)
        ck_assert_int_eq(feed(text, piece), QUOTING_AMBIGUOUS);
}

START_TEST(what_is_well_formed_passes_as_it_is)
{
    static const char *const texts[] = {
        "a,b\nc,d\n",
        "\"a\",\"b\"\r\n\"c\",\"d\"",
        "\"a\"\"b\",\"\",\"\"\"\"\n",
        "\"a\nb\",c\n\"d\r\n\r\ne\"\n",
        "\"a\n\"\"b\"\"\nc\"\n",
        " a , b \n  \n",
        "x 5\" y,z\"\n\"z\"\n",
        "a\"b\"c,\"d\"\n",
        "  ",
        ",,\n,\n",
        "                                                                                  \"many blanks\n",
        "\"never closed, \n x",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        becomes(texts[i], texts[i], 0);
}
END_TEST

START_TEST(blanks_around_a_quoted_cell_are_dropped)
{
    becomes("a, \"b, c\" ,d\n", "a,\"b, c\",d\n", 2);
    becomes("a,\t\"b\"\t\n", "a,\"b\"\n", 2);
    becomes(" \"a\"", "\"a\"", 1);
    becomes("\"a\"  ", "\"a\"", 0); /* at the end of everything nobody needs to know */
}
END_TEST

START_TEST(a_quote_that_is_not_doubled_belongs_to_the_text)
{
    becomes("1,\"Hola \"Ana\" bienvenida\"\n2,x\n", "1,\"Hola \"\"Ana\"\" bienvenida\"\n2,x\n", 2);
    becomes("1,\"abc\"d\"\n2,x\n", "1,\"abc\"\"d\"\n2,x\n", 1);
    becomes("1,\"abc\" d\"\n2,x\n", "1,\"abc\"\" d\"\n2,x\n", 1);
    becomes("1,\"5\" x, y\",z\n", "1,\"5\"\" x, y\",z\n", 1);
    becomes("1,\"a\"b\"\"c\"\n", "1,\"a\"\"b\"\"c\"\n", 1);
}
END_TEST

START_TEST(a_row_is_never_swallowed_by_the_row_before_it)
{
    becomes("1,\"Promo 5\" pulgadas\n2,\"otra\"\n", "1,\"Promo 5\"\" pulgadas\"\n2,\"otra\"\n", 1);
    becomes("1,\"Promo 5\" pulgadas\r\n2,x\r\n", "1,\"Promo 5\"\" pulgadas\"\r\n2,x\r\n", 1);
    becomes("1,\"Promo 5\" pulgadas", "1,\"Promo 5\"\" pulgadas\"", 1);
    becomes("1,\"a\"b\"c\"d\n2,x\n", "1,\"a\"\"b\"\"c\"\"d\"\n2,x\n", 3);
}
END_TEST

START_TEST(a_quote_that_was_never_closed_is_noticed_at_the_next_one)
{
    is_ambiguous("1,\"abierto\n2,\"x\"\n3,\"y\"\n");
    is_ambiguous("1,\"Promo 5\" pulgadas,rojo\n2,x\n");
    is_ambiguous("\"1\",\"abierto\n\"2\",\"x\"\n");
    is_ambiguous("1,\"dijo \"hola\" y\nsigue\"\n2,x\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quoting");
    TCase *tcase = tcase_create("quotes");
    tcase_add_checked_fixture(tcase, NULL, clean_up);
    tcase_add_test(tcase, what_is_well_formed_passes_as_it_is);
    tcase_add_test(tcase, blanks_around_a_quoted_cell_are_dropped);
    tcase_add_test(tcase, a_quote_that_is_not_doubled_belongs_to_the_text);
    tcase_add_test(tcase, a_row_is_never_swallowed_by_the_row_before_it);
    tcase_add_test(tcase, a_quote_that_was_never_closed_is_noticed_at_the_next_one);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
