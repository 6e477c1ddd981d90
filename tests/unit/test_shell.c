#include "campana/shell.h"
#include "main.h"

static void assert_quoted(const char *word, const char *quoted)
{
    struct buffer out = {0};
    shell_put_quoted(&out, word);
    ck_assert_str_eq(buffer_string(&out), quoted);
    buffer_free(&out);
}

START_TEST(a_word_gets_quotes_only_where_a_shell_needs_them)
{
    assert_quoted("clientes-2026_v1.csv", "clientes-2026_v1.csv");
    assert_quoted("", "''");
    assert_quoted("dos palabras", "'dos palabras'");
    assert_quoted("$(rm) `x` \"y\" \\n *", "'$(rm) `x` \"y\" \\n *'");
    assert_quoted("d'Artagnan", "'d'\\''Artagnan'");
    assert_quoted("año", "'año'");
}
END_TEST

START_TEST(what_a_terminal_would_not_show_is_escaped_so_that_a_shell_reads_it)
{
    assert_quoted("a\nb\t\r", "$'a\\nb\\t\\r'");
    assert_quoted("\x1b[31mrojo", "$'\\x1b[31mrojo'");
    assert_quoted("it's \\n\n", "$'it\\'s \\\\n\\n'");
    assert_quoted("caf\xE9s año", "$'caf\\xe9s año'");
    assert_quoted("\xE2\x80\xAE"
                  "abc",
                  "$'\\xe2\\x80\\xaeabc'");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shell");
    TCase *tcase = tcase_create("shell");
    tcase_add_test(tcase, a_word_gets_quotes_only_where_a_shell_needs_them);
    tcase_add_test(tcase, what_a_terminal_would_not_show_is_escaped_so_that_a_shell_reads_it);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
