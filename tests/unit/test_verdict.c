#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/plan.h"
#include "campana/value.h"
#include "campana/verdict.h"
#include "main.h"
#include <sqlite3.h>
#include <string.h>

static struct verdict verdict;
static struct load_options options;
static struct buffer out;

static void start(void)
{
    options = (struct load_options){.file = "navidad.csv"};
    verdict = (struct verdict){.campaign = strdup("navidad"),
                               .facts = {.delimiter = ',', .encoding = "UTF-8"},
                               .phone_column = strdup("celular"),
                               .text_column = strdup("mensaje"),
                               .phone_found = true,
                               .rows = 10};
    memset(verdict.facts.sha256, 'a', 64);
    verdict.counts.of[JOB_PENDING] = 6;
    buffer_init(&out);
}

static void stop(void)
{
    verdict_free(&verdict);
    buffer_free(&out);
}

static const char *put_text(void)
{
    buffer_clear(&out);
    verdict_put_text(&verdict, &options, &out);
    return buffer_string(&out);
}

static const char *put_json(void)
{
    buffer_clear(&out);
    verdict_put_json(&verdict, &options, &out);
    return buffer_string(&out);
}

#define assert_says(text, words)                                                                             \
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in:\n%s", words, text)
#define assert_silent(text, words)                                                                           \
    ck_assert_msg(strstr(text, words) == NULL, "\"%s\" is in:\n%s", words, text)

/* A value out of the JSON, by SQLite's word on it; the test's own, to be freed. */
static char *json_value(const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *query;
    ck_assert_int_eq(sqlite3_open(":memory:", &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database, "SELECT json_extract(?1, ?2)", -1, &query, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(query, 1, buffer_string(&out), (int)out.len, SQLITE_STATIC);
    sqlite3_bind_text(query, 2, path, -1, SQLITE_STATIC);
    ck_assert_msg(sqlite3_step(query) == SQLITE_ROW, "%s: %s", sqlite3_errmsg(database), buffer_string(&out));
    const unsigned char *text = sqlite3_column_text(query, 0);
    char *copy = text == NULL ? NULL : strdup((const char *)text);
    sqlite3_finalize(query);
    sqlite3_close(database);
    return copy;
}

static void assert_json(const char *path, const char *value)
{
    char *got = json_value(path);
    ck_assert_pstr_eq(got, value);
    free(got);
}

START_TEST(every_reason_is_told_with_its_first_row_and_its_remedy)
{
    verdict.counts.of[JOB_INVALID] = 3;
    verdict.reasons[REASON_NUMBER_SHORT] = 2;
    verdict.reason_row[REASON_NUMBER_SHORT] = 4;
    verdict.reasons[REASON_TEXT_EMPTY] = 1;
    verdict.reason_row[REASON_TEXT_EMPTY] = 9;
    verdict.counts.of[JOB_DUPLICATE] = 1;
    verdict.reasons[REASON_DUPLICATE] = 1;
    verdict.reason_row[REASON_DUPLICATE] = 5;
    const char *text = put_text();
    assert_says(text, "6 pending");
    assert_says(text, "3 invalid");
    assert_says(text, "2: the number has too few digits (first row 4)");
    assert_says(text, "1: there is no text (row 9)");
    assert_says(text, reason_remedy(REASON_NUMBER_SHORT));
    assert_says(text, reason_remedy(REASON_TEXT_EMPTY));
    assert_says(text, "1 duplicate");
    assert_says(text, "6 messages to be sent and paid");
    assert_silent(text, "suppressed");
}
END_TEST

START_TEST(neighbours_share_a_remedy)
{
    const char *remedy = reason_remedy(REASON_NUMBER_SHORT);
    verdict.counts.of[JOB_INVALID] = 2;
    verdict.reasons[REASON_NUMBER_SHORT] = verdict.reasons[REASON_NUMBER_LONG] = 1;
    const char *first = strstr(put_text(), remedy);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, remedy));
}
END_TEST

START_TEST(changed_texts_are_shown_before_and_after)
{
    verdict.texts_changed = 1;
    verdict.numbers_changed = 2;
    verdict.lost_tilde = true;
    verdict.example_count = 1;
    verdict.examples[0] =
        (struct verdict_example){.row = 3, .before = strdup("el año"), .after = strdup("el ano")};
    const char *text = put_text();
    assert_says(text, "1 text was changed");
    assert_says(text, "row 3  «el año»");
    assert_says(text, "→ «el ano»");
    assert_says(text, "ñ became n");
    assert_says(text, "2 numbers were brought");
}
END_TEST

START_TEST(samples_are_shown_as_they_will_be_sent)
{
    verdict.sample_count = 1;
    verdict.longest_septets = 130;
    verdict.longest_row = 7;
    verdict.samples[0] =
        (struct verdict_sample){.row = 2, .msisdn = "573102111111", .text = strdup("¡Hola!"), .septets = 6};
    const char *text = put_text();
    assert_says(text, "row 2  573102111111  6 characters");
    assert_says(text, "«¡Hola!»");
    assert_says(text, "the longest has 130 characters (row 7)");
}
END_TEST

START_TEST(suppression_lists_and_rejects_are_told)
{
    options.suppress_count = 1;
    options.rejects = "corregir.csv";
    verdict.lists = calloc(1, sizeof *verdict.lists);
    verdict.list_count = 1;
    verdict.lists[0] = (struct suppression_facts){.file = "rne.csv",
                                                  .numbers = 500,
                                                  .column = 1,
                                                  .by_name = true,
                                                  .unreadable = 2,
                                                  .unreadable_row = 9};
    verdict.rejects_written = 3;
    const char *text = put_text();
    assert_says(text, "suppression list rne.csv: 500 numbers from column 2 (found by its name)\n    WARNING: "
                      "2 rows of it hold no number");
    assert_says(text, "3 rows to correct: written to corregir.csv");
}
END_TEST

START_TEST(a_dry_run_and_a_second_load_say_so)
{
    options.dry_run = true;
    assert_says(put_text(), "nothing is stored");
    options.dry_run = false;
    assert_says(put_text(), "Loaded as campaign «navidad»");
    verdict.loaded_before = true;
    ck_assert_str_eq(put_text(),
                     "Campaign «navidad» is loaded already, from this very content; nothing was changed.\n");
    verdict.same_content = strdup("navidad");
    ck_assert_str_eq(
        put_text(), "Campaign «navidad» is loaded already, from this very content; nothing was changed. To "
                    "write to everybody in it once more, load it under a name of its own: --campaign NAME\n");
}
END_TEST

START_TEST(who_would_be_written_to_again_is_warned_of)
{
    verdict.same_content = strdup("navidad");
    options.campaign = "enero";
    assert_says(put_text(), "  WARNING: campaign «navidad» was loaded from this very content: its recipients "
                            "would be written to again\n");
    static const char *const names[] = {NULL, "navidad"};
    options.dry_run = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        options.campaign = names[i];
        assert_says(put_text(), "it is loaded again only under another name (--campaign NAME), and its "
                                "recipients would then be written to again\n");
    }
    put_json();
    assert_json("$.same_content_as", "navidad");
}
END_TEST

START_TEST(nothing_in_a_file_reaches_the_terminal_raw)
{
    static const char evil[] = "\x1b]0;owned\x07\r\n\x9b"
                               "31m";
    options.file = evil;
    options.rejects = evil;
    free(verdict.campaign);
    free(verdict.phone_column);
    free(verdict.text_column);
    verdict.campaign = strdup(evil);
    verdict.phone_column = strdup(evil);
    verdict.text_column = strdup(evil);
    verdict.texts_changed = 1;
    verdict.example_count = 1;
    verdict.examples[0] = (struct verdict_example){.row = 3, .before = strdup(evil), .after = strdup(evil)};
    verdict.sample_count = 1;
    verdict.samples[0] =
        (struct verdict_sample){.row = 2, .msisdn = "573102111111", .text = strdup(evil), .septets = 6};
    for (const char *at = put_text(); *at != '\0'; at++)
        ck_assert_msg((unsigned char)*at >= ' ' || *at == '\n', "a control character in: %s",
                      buffer_string(&out));
    ck_assert_ptr_null(strchr(buffer_string(&out), '\x9b'));
}
END_TEST

START_TEST(json_tells_the_same)
{
    options.file = "a\"b\xff.csv"; /* a file's name need not be UTF-8 */
    verdict.counts.of[JOB_SUPPRESSED] = 4;
    verdict.reasons[REASON_SUPPRESSED] = 4;
    verdict.reason_row[REASON_SUPPRESSED] = 8;
    verdict.example_count = 1;
    verdict.examples[0] =
        (struct verdict_example){.row = 3, .before = strdup("\"á\"\n"), .after = strdup("\"a\"\n")};
    verdict.sample_count = 1;
    verdict.samples[0] =
        (struct verdict_sample){.row = 2, .msisdn = "573102111111", .text = strdup("x"), .septets = 1};
    put_json();
    assert_json("$.campaign", "navidad");
    assert_json("$.counts.pending", "6");
    assert_json("$.counts.suppressed", "4");
    assert_json("$.reasons[0].state", "suppressed");
    assert_json("$.reasons[0].first_row", "8");
    assert_json("$.examples[0].before", "\"á\"\n");
    assert_json("$.samples[0].msisdn", "573102111111");
    assert_json("$.delimiter", ",");
    assert_json("$.text_column", "mensaje");
    verdict.loaded_before = true;
    put_json();
    assert_json("$.loaded_before", "1");
    assert_json("$.same_content_as", NULL);
    assert_json("$.counts", NULL);
}
END_TEST

/* ---- values whose numbers stand for another module's names ---- */

START_TEST(choices_mean_what_the_modules_call_them)
{
    int64_t number;
    struct error error;
    enum duplicates duplicates;
    enum text_mode mode;
    enum gateway_charset charset;
    for (size_t i = 0; value_duplicates.choices[i] != NULL; i++) {
        ck_assert_int_eq(duplicates_from_name(value_duplicates.choices[i], &duplicates), 0);
        ck_assert_uint_eq(duplicates, i);
    }
    for (size_t i = 0; value_text_mode.choices[i] != NULL; i++) {
        ck_assert_int_eq(text_mode_from_name(value_text_mode.choices[i], &mode), 0);
        ck_assert_uint_eq(mode, i);
    }
    for (size_t i = 0; value_charset.choices[i] != NULL; i++) {
        ck_assert_int_eq(gateway_charset_from_name(value_charset.choices[i], &charset), 0);
        ck_assert_uint_eq(charset, i);
    }
    ck_assert_int_eq(value_read(&value_method, "GET", &number, &error), 0);
    ck_assert_int_eq(number, 1);
    ck_assert_int_eq(value_read(&value_timeout, "0.5", &number, &error), 0);
    ck_assert_int_eq(number, 500);
    ck_assert_int_eq(value_read(&value_timeout, "10.", &number, &error), -1);
}
END_TEST

START_TEST(states_are_read_from_a_list)
{
    unsigned states;
    struct error error;
    ck_assert_int_eq(value_read_states("accepted,Unknown", &states, &error), 0);
    ck_assert_uint_eq(states, 1u << JOB_ACCEPTED | 1u << JOB_UNKNOWN);
    static const char *const bad[] = {"accept", "accepted,", ",accepted", "accepted unknown", "acceptedx"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(value_read_states(bad[i], &states, &error) == -1, "%s", bad[i]);
    ck_assert_ptr_nonnull(strstr(error.text, "suppressed"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verdict");
    TCase *tcase = tcase_create("verdict");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, every_reason_is_told_with_its_first_row_and_its_remedy);
    tcase_add_test(tcase, neighbours_share_a_remedy);
    tcase_add_test(tcase, changed_texts_are_shown_before_and_after);
    tcase_add_test(tcase, samples_are_shown_as_they_will_be_sent);
    tcase_add_test(tcase, suppression_lists_and_rejects_are_told);
    tcase_add_test(tcase, a_dry_run_and_a_second_load_say_so);
    tcase_add_test(tcase, who_would_be_written_to_again_is_warned_of);
    tcase_add_test(tcase, nothing_in_a_file_reaches_the_terminal_raw);
    tcase_add_test(tcase, json_tells_the_same);
    tcase_add_test(tcase, choices_mean_what_the_modules_call_them);
    tcase_add_test(tcase, states_are_read_from_a_list);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
