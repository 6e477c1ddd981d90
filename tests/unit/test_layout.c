#include "campana/buffer.h"
#include "campana/layout.h"
#include "campana/utf8.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

static struct buffer out;

static const char *fit(const char *text, size_t columns, size_t indent)
{
    buffer_clear(&out);
    layout_fit(&out, text, strlen(text), columns, indent);
    return buffer_string(&out);
}

static void end(void)
{
    buffer_free(&out);
}

START_TEST(what_fits_stays_as_it_is)
{
    static const char *const texts[] = {"", "\n", "a\n\n  b\n", "1234567890123456789012345678901234567890\n",
                                        "no end"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_str_eq(fit(texts[i], 40, 0), texts[i]);
}
END_TEST

START_TEST(a_pipe_and_a_tiny_terminal_are_left_alone)
{
    const char *text = "a line of words that is longer than forty columns, by far\n";
    ck_assert_str_eq(fit(text, 0, 0), text);
    ck_assert_str_eq(fit(text, LAYOUT_COLUMNS_LEAST - 1, 0), text);
}
END_TEST

START_TEST(a_long_line_goes_on_behind_its_indent)
{
    ck_assert_str_eq(fit("one two three four five six seven eight nine\n", 40, 0),
                     "one two three four five six seven eight\n  nine\n");
    ck_assert_str_eq(fit("    one two three four five six seven eight nine\n", 40, 0),
                     "    one two three four five six seven\n      eight nine\n");
    ck_assert_str_eq(fit("campana: two three four five six seven eight nine\n", 40, 9),
                     "campana: two three four five six seven\n         eight nine\n");
}
END_TEST

START_TEST(a_table_goes_on_under_its_last_column)
{
    ck_assert_str_eq(fit("     12 accepted  by the gateway, which tells no more\n", 40, 0),
                     "     12 accepted  by the gateway, which\n                  tells no more\n");
}
END_TEST

START_TEST(a_command_is_kept_in_one_piece_where_it_fits)
{
    ck_assert_str_eq(fit("it is over; to go on: campana send my_campaign; thank you\n", 40, 0),
                     "it is over; to go on:\n  campana send my_campaign; thank you\n");
    ck_assert_str_eq(fit("to go on: campana send a_campaign_with_a_very_long_name --rate 5/s\n", 40, 0),
                     "to go on: campana send\n  a_campaign_with_a_very_long_name\n  --rate 5/s\n");
}
END_TEST

START_TEST(a_word_that_fits_no_line_is_broken_behind_commas_or_left_whole)
{
    ck_assert_str_eq(fit("now {\"encoding\":\"UTF-8\",\"delimiter\":\";\",\"country\":\"57\"}\n", 40, 0),
                     "now {\"encoding\":\"UTF-8\",\"delimiter\":\";\",\n  \"country\":\"57\"}\n");
    const char *path = "/a/path/that/is/longer/than/any/terminal/is/wide/and/has/no/space";
    ck_assert_str_eq(fit(path, 40, 0), path);
}
END_TEST

START_TEST(no_word_is_lost_and_no_line_is_too_long_whatever_the_text)
{
    static const char *const words[] = {"a", "ñandú", "campana", "«x»", "ocho8888", "sin;", "de", "punto."};
    uint32_t chance = 1;
    for (int round = 0; round < 2000; round++) {
        char text[512] = "";
        char joined[512] = "";
        size_t len = 0;
        for (int i = 0; i < 30; i++) {
            chance = chance * 1664525 + 1013904223;
            const char *word = words[chance >> 24 & 7];
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i == 0 ? "" : " ", word);
        }
        fit(text, 40 + (size_t)round % 60, 0);
        size_t at = 0;
        for (const char *line = buffer_string(&out); *line != '\0';) {
            size_t line_len = strcspn(line, "\n");
            ck_assert_uint_le(utf8_width(line, line_len), 40 + (size_t)round % 60);
            size_t spaces = strspn(line, " ");
            at += (size_t)snprintf(joined + at, sizeof joined - at, "%s%.*s", at == 0 ? "" : " ",
                                   (int)(line_len - spaces), line + spaces);
            line += line_len + (line[line_len] == '\n');
        }
        ck_assert_str_eq(joined, text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tcase = tcase_create("fit");
    tcase_add_checked_fixture(tcase, NULL, end);
    tcase_add_test(tcase, what_fits_stays_as_it_is);
    tcase_add_test(tcase, a_pipe_and_a_tiny_terminal_are_left_alone);
    tcase_add_test(tcase, a_long_line_goes_on_behind_its_indent);
    tcase_add_test(tcase, a_table_goes_on_under_its_last_column);
    tcase_add_test(tcase, a_command_is_kept_in_one_piece_where_it_fits);
    tcase_add_test(tcase, a_word_that_fits_no_line_is_broken_behind_commas_or_left_whole);
    tcase_add_test(tcase, no_word_is_lost_and_no_line_is_too_long_whatever_the_text);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
