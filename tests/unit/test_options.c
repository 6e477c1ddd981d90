#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/options.h"
#include "campana/spelling.h"
#include "main.h"
#include <string.h>

#define WORDS_MOST 16

static const enum option sending[] = {OPTION_RATE,   OPTION_LIMIT,    OPTION_YES, OPTION_TIMEOUT,
                                      OPTION_METHOD, OPTION_SUPPRESS, OPTION_ROW, OPTION_TEMPLATE,
                                      OPTION_START,  OPTIONS};
static const struct option_group groups[] = {{"Sending", sending}, {NULL, NULL}};
static struct options options;
static struct error error;

static void start(void)
{
    options = (struct options){0};
    error_clear(&error);
}

static void stop(void)
{
    options_free(&options);
}

/* Reads the words of a line, parted by single spaces. */
static int read_line(const char *line)
{
    static char words[512];
    char *argv[WORDS_MOST + 1] = {0};
    int argc = 0;
    options_free(&options);
    ck_assert_uint_lt(strlen(line), sizeof words);
    memcpy(words, line, strlen(line) + 1);
    for (char *at = words; at != NULL && *at != '\0' && argc < WORDS_MOST; argc++) {
        argv[argc] = at;
        at = strchr(at, ' ');
        if (at != NULL)
            *at++ = '\0';
    }
    return options_read(&options, "send", groups, argc, argv, 0, NULL, &error);
}

START_TEST(values_come_behind_a_space_or_an_equals_sign)
{
    ck_assert_int_eq(read_line("--rate 5/s --limit=7"), 0);
    ck_assert_str_eq(option_text(&options, OPTION_RATE), "5/s");
    ck_assert_int_eq(option_number(&options, OPTION_LIMIT, 0), 7);
    ck_assert(!option_given(&options, OPTION_YES));
    ck_assert_int_eq(option_number(&options, OPTION_TIMEOUT, 30000), 30000);
    ck_assert_ptr_null(option_text(&options, OPTION_DB));
}
END_TEST

START_TEST(a_value_may_hold_equals_signs)
{
    ck_assert_int_eq(read_line("--template=a=b=c"), 0);
    ck_assert_str_eq(option_text(&options, OPTION_TEMPLATE), "a=b=c");
}
END_TEST

START_TEST(options_and_arguments_come_in_any_order)
{
    ck_assert_int_eq(read_line("one --yes two --db x.db -v three"), 0);
    ck_assert_uint_eq(options.argument_count, 3);
    ck_assert_str_eq(options.arguments[0], "one");
    ck_assert_str_eq(options.arguments[2], "three");
    ck_assert_str_eq(option_text(&options, OPTION_DB), "x.db");
    ck_assert(option_given(&options, OPTION_VERBOSE));
}
END_TEST

START_TEST(two_dashes_end_the_options_and_one_is_an_argument)
{
    ck_assert_int_eq(read_line("--yes - -- --rate -q"), 0);
    ck_assert_uint_eq(options.argument_count, 3);
    ck_assert_str_eq(options.arguments[0], "-");
    ck_assert_str_eq(options.arguments[1], "--rate");
    ck_assert_str_eq(options.arguments[2], "-q");
    ck_assert(!option_given(&options, OPTION_QUIET));
}
END_TEST

START_TEST(options_that_are_made_for_it_may_be_repeated)
{
    ck_assert_int_eq(read_line("--suppress a --suppress=b --row 3 --row 17 -v -v"), 0);
    ck_assert_uint_eq(options.given[OPTION_SUPPRESS].count, 2);
    ck_assert_str_eq(options.given[OPTION_SUPPRESS].items[1].text, "b");
    ck_assert_int_eq(options.given[OPTION_ROW].items[1].number, 17);
}
END_TEST

static const struct {
    const char *line, *words;
} refused[] = {
    {"--rat 3", "did you mean --rate?"},
    {"--rtae 3", "did you mean --rate?"},
    {"--xyzzy", "unknown option --xyzzy; see campana send --help"},
    {"--concurrency 3", "unknown option --concurrency"}, /* another command's */
    {"-x", "unknown option -x"},
    {"-qv", "unknown option -qv"},
    {"-q -v", "contradict"},
    {"--rate", "--rate needs a value: --rate N"},
    {"--rate --yes", "an option follows it"},
    {"--rate fast", "--rate: \"fast\""},
    {"--rate=", "--rate: has no value"},
    {"--yes=1", "--yes takes no value"},
    {"--limit 0", "from 1 to 1000000000"},
    {"--limit 3x", "\"3x\""},
    {"--limit -3", "\"-3\""},
    {"--limit 99999999999999999999999999999", "not a whole number"},
    {"--limit 3 --limit 3", "--limit is given twice"},
    {"--timeout 0.01", "from 0.1 to 600"},
    {"--timeout 1.2345", "seconds"},
    {"--method put", "\"put\" is not one of post or get"},
    {"--row 0", "--row"},
    {"--start tomorrow", "2026-11-24 08:30"},
};

START_TEST(what_cannot_be_meant_is_refused_with_a_remedy)
{
    ck_assert_int_eq(read_line(refused[_i].line), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, refused[_i].words) != NULL, "%s: %s", refused[_i].line, error.text);
}
END_TEST

START_TEST(a_secret_that_stands_in_the_wrong_place_is_not_repeated)
{
    static const char *const lines[] = {"--password=geheim", "--pass=geheim", "--yes=geheim",
                                        "--password geheim"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_int_eq(read_line(lines[i]), -1);
        ck_assert_msg(strstr(error.text, "geheim") == NULL, "%s", error.text);
    }
    ck_assert_ptr_nonnull(strstr(error.text, "CAMPANA_PASSWORD"));
}
END_TEST

START_TEST(reading_can_stop_at_the_command_and_go_on_behind_it)
{
    char *argv[] = {(char[]){"--db"},  (char[]){"a.db"}, (char[]){"send"},
                    (char[]){"--yes"}, (char[]){"-q"},   NULL};
    int at = 0;
    ck_assert_int_eq(options_read(&options, "", NULL, 5, argv, 0, &at, &error), 0);
    ck_assert_int_eq(at, 2);
    ck_assert_uint_eq(options.argument_count, 0);
    ck_assert_int_eq(options_read(&options, "send", groups, 5, argv, at, NULL, &error), 0);
    ck_assert_str_eq(options.arguments[0], "send");
    ck_assert_str_eq(option_text(&options, OPTION_DB), "a.db");
    ck_assert(option_given(&options, OPTION_YES));
}
END_TEST

START_TEST(the_same_option_before_and_behind_the_command_is_twice)
{
    char *argv[] = {(char[]){"--db=a"}, (char[]){"send"}, (char[]){"--db=b"}, NULL};
    int at = 0;
    ck_assert_int_eq(options_read(&options, "", NULL, 3, argv, 0, &at, &error), 0);
    ck_assert_int_eq(options_read(&options, "send", groups, 3, argv, at + 1, NULL, &error), -1);
}
END_TEST

START_TEST(the_same_command_again_is_quoted_and_leaves_out_what_is_for_once)
{
    struct buffer out = {0};
    ck_assert_int_eq(
        read_line("--rate 5/s --yes -q --suppress it's --suppress b --start=2026-11-24T08:30 --limit 3"), 0);
    options_put_again(&options, groups, &out);
    ck_assert_str_eq(buffer_string(&out), " --rate 5/s --limit 3 --suppress 'it'\\''s' --suppress b");
    buffer_free(&out);
}
END_TEST

START_TEST(help_names_every_option_with_its_value)
{
    struct buffer out = {0};
    options_put_help(&groups[0], &out);
    const char *help = buffer_string(&out);
    for (size_t i = 0; sending[i] != OPTIONS; i++)
        ck_assert_ptr_nonnull(strstr(help, option_name(sending[i])));
    ck_assert_ptr_nonnull(strstr(help, "--limit N "));
    for (const char *line = help; *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 84); /* bytes; 80 columns */
    buffer_free(&out);
}
END_TEST

START_TEST(every_option_has_a_name_and_a_help)
{
    for (int option = 0; option < OPTIONS; option++) {
        const enum option one[] = {(enum option)option, OPTIONS};
        const struct option_group group = {"One", one};
        struct buffer out = {0};
        ck_assert_str_ne(option_name((enum option)option), "");
        options_put_help(&group, &out);
        ck_assert_uint_gt(out.len, strlen(option_name((enum option)option)) + 20);
        buffer_free(&out);
    }
}
END_TEST

/* Whatever is typed: it is read or refused, and what is kept has passed its rule. */
START_TEST(random_words_never_break_the_reader)
{
    static const char *const words[] = {
        "--rate", "--rate=", "5/s",     "--limit",    "3",        "--",        "-",   "",
        "-q",     "-v",      "--yes",   "--db",       "x",        "--y",       "-yq", "--=3",
        "=",      "---",     "--row=2", "--suppress", "\x1b[31m", "--limit=9", "ñ",   "--timeout=0.5"};
    unsigned state = 20261123;
    struct buffer line = {0};
    for (int round = 0; round < 20000; round++) {
        int count = 1 + round % 8;
        buffer_clear(&line);
        for (int i = 0; i < count; i++) {
            state = state * 1664525u + 1013904223u;
            buffer_printf(&line, "%s%s", i == 0 ? "" : " ",
                          words[(state >> 16) % (sizeof words / sizeof *words)]);
        }
        error_clear(&error);
        int result = read_line(buffer_string(&line));
        ck_assert(result == 0 || (error.kind == ERROR_INPUT && error.text[0] != '\0'));
        if (result == 0 && option_given(&options, OPTION_LIMIT))
            ck_assert_int_ge(option_number(&options, OPTION_LIMIT, 0), 1);
    }
    buffer_free(&line);
}
END_TEST

START_TEST(a_slip_of_the_pen_finds_its_word)
{
    static const char *const names[] = {"run",    "load",    "send",    "status",
                                        "report", "resolve", "balance", "doctor"};
    static const struct {
        const char *word, *found;
    } cases[] = {
        {"sned", "send"}, {"stat", "status"},   {"reprot", "report"},
        {"rum", "run"},   {"docter", "doctor"}, {"load", "load"},
        {"zzzzzz", NULL}, {"", NULL},           {"a word that is much longer than any command can be", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_pstr_eq(spelling_nearest(cases[i].word, names, sizeof names / sizeof *names),
                          cases[i].found);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tcase = tcase_create("options");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, values_come_behind_a_space_or_an_equals_sign);
    tcase_add_test(tcase, a_value_may_hold_equals_signs);
    tcase_add_test(tcase, options_and_arguments_come_in_any_order);
    tcase_add_test(tcase, two_dashes_end_the_options_and_one_is_an_argument);
    tcase_add_test(tcase, options_that_are_made_for_it_may_be_repeated);
    tcase_add_loop_test(tcase, what_cannot_be_meant_is_refused_with_a_remedy, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(tcase, a_secret_that_stands_in_the_wrong_place_is_not_repeated);
    tcase_add_test(tcase, reading_can_stop_at_the_command_and_go_on_behind_it);
    tcase_add_test(tcase, the_same_option_before_and_behind_the_command_is_twice);
    tcase_add_test(tcase, the_same_command_again_is_quoted_and_leaves_out_what_is_for_once);
    tcase_add_test(tcase, help_names_every_option_with_its_value);
    tcase_add_test(tcase, every_option_has_a_name_and_a_help);
    tcase_add_test(tcase, random_words_never_break_the_reader);
    tcase_add_test(tcase, a_slip_of_the_pen_finds_its_word);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
