#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/plan.h"
#include "main.h"
#include <string.h>

static struct buffer out;
static struct preflight preflight;
static struct plan plan;

static void begin(void)
{
    struct error error;
    preflight = (struct preflight){.pending = 48,
                                   .count = 48,
                                   .price = {.amount = RECKONING_UNIT, .source = PRICE_ASSUMED},
                                   .pays_for = 100};
    plan = (struct plan){.campaign = "navidad",
                         .file = "navidad.csv",
                         .user = "ana@correo.co",
                         .url = "https://gateway.example/envio/api/sendsms",
                         .balance = "100",
                         .balance_trouble = "",
                         .preflight = &preflight,
                         .rate = {10, 1000000000},
                         .start_ms = hours_instant(2026, 11, 24, 10, 0),
                         .now_ms = hours_instant(2026, 11, 24, 10, 0)};
    ck_assert_int_eq(hours_parse("co", &plan.hours, &error), 0);
}

static void end(void)
{
    buffer_free(&out);
}

/* The words, with every line break and indent as one space. */
static const char *put_plan(bool samples)
{
    static char words[4096];
    size_t len = 0;
    buffer_clear(&out);
    plan_put_text(&plan, samples, &out);
    for (const char *at = buffer_string(&out); *at != '\0' && len < sizeof words - 1; at++) {
        char sign = *at == '\n' ? ' ' : *at;
        if (sign != ' ' || len == 0 || words[len - 1] != ' ')
            words[len++] = sign;
    }
    words[len] = '\0';
    return words;
}

#define assert_says(text, words)                                                                             \
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in: %s", words, text)
#define assert_silent(text, words) ck_assert_msg(strstr(text, words) == NULL, "\"%s\" is in: %s", words, text)

START_TEST(it_tells_what_a_person_must_know)
{
    preflight.samples[0] =
        (struct job){.row = 2, .msisdn = "573102111111", .text = "Hola\n\x1b[31m", .text_len = 10};
    preflight.samples[1] = (struct job){.row = 30, .msisdn = "573102111112", .text = "Adios", .text_len = 5};
    preflight.sample_count = 2;
    const char *text = put_plan(true);
    assert_says(text, "to send 48 messages ");
    assert_says(text, "ana@correo.co at gateway.example ");
    assert_says(text, "100, enough if a message costs one credit");
    assert_says(text, "10/s, at least 5 s");
    assert_says(text, "Tuesday 24 November 2026, 10:00");
    assert_says(text, "row 2, to 573102111111 «Hola\\n\\x1b[31m»");
    assert_says(text, "row 30, to 573102111112 «Adios»");
    assert_silent(text, "starts");
    text = put_plan(false);
    assert_silent(text, "573102111111");
}
END_TEST

START_TEST(it_tells_how_far_the_credit_reaches)
{
    plan.balance = "47.9";
    preflight.pays_for = 47;
    preflight.last_paid_row = 52;
    assert_says(put_plan(false),
                "47.9: TOO LITTLE if a message costs one credit; it pays for 47 messages, up to row 52 "
                "of the spreadsheet, and 1 will be left");
    plan.balance = "-3";
    preflight.pays_for = 0;
    preflight.last_paid_row = 0;
    assert_says(put_plan(false),
                "-3: TOO LITTLE if a message costs one credit; it pays for 0 messages, and 48 will be left");
    preflight.price = (struct price){.amount = 25 * RECKONING_UNIT, .source = PRICE_SHOWN, .messages = 3};
    assert_says(put_plan(false), "TOO LITTLE at 25 a message, as earlier runs show");
    plan.balance = "";
    preflight.pays_for = -1;
    plan.balance_trouble = "the gateway could not be reached";
    assert_says(put_plan(false), "not known: the gateway could not be reached");
    plan.balance = "99999999999999999999";
    assert_says(put_plan(false), "balance 99999999999999999999 rate");
}
END_TEST

START_TEST(it_tells_what_the_contact_hours_leave_over)
{
    preflight.count = preflight.pending = 1000000;
    assert_says(put_plan(false), "676000 messages are left for another run");
    plan.wait = true;
    assert_silent(put_plan(false), "left for another run");
    preflight.count = 10;
    assert_says(put_plan(false), "10 messages of 1000000 that are pending");
    plan.start_ms += 3600000;
    assert_says(put_plan(false), "starts Tuesday 24 November 2026, 11:00");
}
END_TEST

START_TEST(it_tells_what_is_held_back)
{
    preflight.held_back = 8;
    preflight.count = 40;
    assert_says(put_plan(false),
                "40 messages; 8 more are held back, because their numbers get one on that day already");
    preflight.count = 10; /* by --limit, too */
    assert_says(put_plan(false), "10 messages of 40 that may be sent; 8 more");
}
END_TEST

START_TEST(no_line_is_wider_than_a_terminal)
{
    char text[TEXT_BYTES] = "";
    for (size_t at = 0; at + 8 < sizeof text; at += 8)
        memcpy(text + at, "palabra ", 8);
    preflight.samples[0] = (struct job){.row = 1000000, .msisdn = "573102111111", .text_len = strlen(text)};
    memcpy(preflight.samples[0].text, text, strlen(text));
    preflight.sample_count = 1;
    preflight.held_back = preflight.pending = 1000000;
    preflight.last_paid_row = 1000000;
    preflight.pays_for = 1;
    plan_put_text(&plan, true, &out);
    for (const char *line = buffer_string(&out); *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 84, "%.*s", (int)strcspn(line, "\n"),
                      line); /* «» are two bytes each */
}
END_TEST

START_TEST(only_the_number_itself_is_the_number)
{
    static const struct {
        const char *typed;
        bool is;
    } cases[] = {{"1500", true},   {"1.500", true},
                 {"1,500", true},  {"1 500", true},
                 {"01500", true},  {"y", false},
                 {"", false},      {"1501", false},
                 {"150", false},   {"15000", false},
                 {"-1500", false}, {".", false},
                 {"1500x", false}, {"99999999999999999999999999", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(plan_is_number(cases[i].typed, 1500) == cases[i].is, "%s", cases[i].typed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan");
    TCase *tcase = tcase_create("plan");
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, it_tells_what_a_person_must_know);
    tcase_add_test(tcase, it_tells_how_far_the_credit_reaches);
    tcase_add_test(tcase, it_tells_what_the_contact_hours_leave_over);
    tcase_add_test(tcase, it_tells_what_is_held_back);
    tcase_add_test(tcase, no_line_is_wider_than_a_terminal);
    tcase_add_test(tcase, only_the_number_itself_is_the_number);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
