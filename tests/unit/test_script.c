#include "../../src/simulator/script.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

static struct script *script;
static struct error error;

static void parse(const char *text)
{
    script_free(script);
    ck_assert_msg(script_parse(slice_of(text), "x.script", &script, &error) == 0, "%s", error.text);
}

static void close_script(void)
{
    script_free(script);
    script = NULL;
}

static const struct treatment *at(int64_t number)
{
    return script_at_request(script, number, slice_of("573102111111"), 0);
}

START_TEST(rules_fit_by_number)
{
    parse("# a comment\n\non 5: close\non 10-12: code -4 # behind\nfrom 100: maintenance\nevery 7: html\n");
    ck_assert_ptr_null(at(1));
    ck_assert_int_eq(at(5)->manner, MANNER_CLOSE);
    ck_assert_str_eq(at(5)->name, "close");
    ck_assert(slice_equal(buffer_slice(&at(12)->body), slice_of("-4")));
    ck_assert_ptr_null(at(12)->name);
    ck_assert_ptr_null(at(13));
    ck_assert_str_eq(at(14)->name, "html");
    ck_assert(slice_equal(buffer_slice(&at(105)->body), slice_of("-6")));
}
END_TEST

START_TEST(the_first_rule_that_fits_decides)
{
    parse("to 573102111111: reset\nfrom 1: close\n");
    ck_assert_int_eq(at(3)->manner, MANNER_RESET);
    ck_assert_int_eq(script_at_request(script, 3, slice_of("573102111112"), 0)->manner, MANNER_CLOSE);
}
END_TEST

START_TEST(what_can_be_combined)
{
    parse("on 1: status 429 + retry-after 3 delay 250\non 2: body \"\\xef\\xbb\\xbf 12\\n\\\"\\\\\"\non 3: "
          "redirect http://x/\n"
          "on 4: balance 7\non 5: cut 3\non 6: close + charged\non 7: stall + free\n");
    ck_assert_int_eq(at(1)->status, 429);
    ck_assert_int_eq(at(1)->retry_after, 3);
    ck_assert_int_eq(at(1)->delay_ms, 250);
    ck_assert(slice_equal(buffer_slice(&at(2)->body), slice_of("\xEF\xBB\xBF 12\n\"\\")));
    ck_assert_int_eq(at(3)->status, 302);
    ck_assert_int_eq(at(4)->balance, 7);
    ck_assert(!at(4)->has_body);
    ck_assert_int_eq(at(5)->amount, 3);
    ck_assert_int_eq(at(5)->charge, CHARGE_AS_ANSWERED);
    ck_assert_int_eq(at(6)->charge, CHARGE_ALWAYS);
    ck_assert_int_eq(at(7)->charge, CHARGE_NEVER);
}
END_TEST

START_TEST(a_limit_counts_per_second)
{
    parse("limit 2/s: status 429\n");
    for (int64_t second = 0; second < 3; second++) {
        for (int i = 0; i < 4; i++) {
            const struct treatment *treatment =
                script_at_request(script, 1, slice_of("x"), second * 1000 + i);
            ck_assert(i < 2 ? treatment == NULL : treatment->status == 429);
        }
    }
}
END_TEST

START_TEST(a_chance_is_about_what_it_says_and_the_same_every_time)
{
    int first = 0;
    int again = 0;
    parse("10%: close\n");
    for (int i = 0; i < 10000; i++)
        first += at(i) != NULL;
    parse("10%: close\n");
    for (int i = 0; i < 10000; i++)
        again += at(i) != NULL;
    ck_assert_int_eq(first, again);
    ck_assert_int_gt(first, 800);
    ck_assert_int_lt(first, 1200);
}
END_TEST

START_TEST(only_closing_unread_is_decided_at_the_headers)
{
    parse("on 1: close-unread\non 2: close\n");
    ck_assert_ptr_nonnull(script_at_headers(script, 1));
    ck_assert_ptr_null(script_at_headers(script, 2));
    ck_assert_ptr_null(script_at_headers(NULL, 1));
    ck_assert_ptr_null(script_at_request(NULL, 1, slice_of(""), 0));
}
END_TEST

static const char *const mistakes[] = {
    "on: close",        "on x: close",        "on 0: close",      "from: close",     "every 0: close",
    "to : close",       "150%: close",        "limit 5: close",   "close",           "on 1 close",
    "on 1: shut",       "on 1: code",         "on 1: cut",        "on 1: status 99", "on 1: body x",
    "on 1: body \"x",   "on 1: body \"\\q\"", "on 1: delay soon", "on 1: redirect",  "on 1-: close",
    "on 1: balance -1",
};

START_TEST(a_mistake_is_told_with_its_line)
{
    struct buffer text = {0};
    buffer_printf(&text, "# first\n%s\n", mistakes[_i]);
    ck_assert_msg(script_parse(buffer_slice(&text), "x.script", &script, &error) == -1, "%s", mistakes[_i]);
    ck_assert_msg(strncmp(error.text, "x.script:2:", 11) == 0, "%s", error.text);
    buffer_free(&text);
}
END_TEST

START_TEST(random_scripts_never_crash)
{
    static const char *const words[] = {"on",   "from", "every", "to",     "5",     "-",   ":",     "code",
                                        "body", "\"",   "\\x",   "10%",    "limit", "3/s", "close", "+",
                                        "#",    "\n",   " ",     "status", "429",   "cut"};
    srand(9);
    for (int round = 0; round < 20000; round++) {
        struct buffer text = {0};
        for (int i = rand() % 12; i > 0; i--) {
            buffer_puts(&text, words[(size_t)rand() % (sizeof words / sizeof *words)]);
            if (rand() % 2)
                buffer_put(&text, ' ');
        }
        if (script_parse((struct slice){buffer_string(&text), text.len}, "x", &script, &error) == 0)
            at(5);
        close_script();
        buffer_free(&text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("script");
    TCase *tcase = tcase_create("scripts");
    tcase_add_checked_fixture(tcase, NULL, close_script);
    tcase_add_test(tcase, rules_fit_by_number);
    tcase_add_test(tcase, the_first_rule_that_fits_decides);
    tcase_add_test(tcase, what_can_be_combined);
    tcase_add_test(tcase, a_limit_counts_per_second);
    tcase_add_test(tcase, a_chance_is_about_what_it_says_and_the_same_every_time);
    tcase_add_test(tcase, only_closing_unread_is_decided_at_the_headers);
    tcase_add_loop_test(tcase, a_mistake_is_told_with_its_line, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_test(tcase, random_scripts_never_crash);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
