#include "campana/report.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

static struct store *store;
static struct campaign campaign;
static struct buffer out;
static struct error error;

static void add(int64_t row, const char *msisdn, const char *text, const char *fields, enum job_state state,
                enum reason reason, const char *detail)
{
    struct store_message message = {.row = row,
                                    .msisdn = slice_of(msisdn),
                                    .text = slice_of(text),
                                    .fields = slice_of(fields),
                                    .state = state,
                                    .reason = reason,
                                    .detail = slice_of(detail)};
    ck_assert_int_eq(store_load_message(store, &campaign, &message, &error), 0);
}

static void open_store(void)
{
    ck_assert_msg(store_open(":memory:", STORE_CREATE, NULL, &store, &error) == 0, "%s", error.text);
    campaign = (struct campaign){.name = strdup("navidad"),
                                 .file = strdup("navidad.csv"),
                                 .settings = strdup("{}"),
                                 .columns = strdup("[\"celular\",\"text\",\"ciudad\"]"),
                                 .phone_column = 0,
                                 .text_column = 1,
                                 .loaded_at_ms = 1000};
    memset(campaign.sha256, 'a', 64);
    ck_assert_msg(store_load_begin(store, &campaign, true, &error) == 0, "%s", error.text);
    add(2, "573102111111", "Hola", "[null,null,\"Bogotá, D.C.\"]", JOB_PENDING, REASON_NONE, "");
    add(3, "31021A1111", "=1+1", "[null,null]", JOB_INVALID, REASON_NUMBER_CHARACTERS, "");
    add(5, "573102111112", "dos\nlíneas \x1b[31m", "[\"310 211 1112\",null,\"-\",\"más\"]", JOB_PENDING, REASON_NONE,
        "");
    ck_assert_msg(store_load_end(store, &campaign, &error) == 0, "%s", error.text);
    buffer_init(&out);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
    buffer_free(&out);
}

static int to_buffer(void *context, const char *data, size_t len, struct error *unused)
{
    (void)unused;
    buffer_append(context, data, len);
    return 0;
}

static const char *write_report(struct report_options options)
{
    buffer_clear(&out);
    ck_assert_msg(report_write(store, &campaign, &options, to_buffer, &out, &error) == 0, "%s", error.text);
    return buffer_string(&out);
}

START_TEST(csv_has_the_fixed_columns_then_the_files_own_and_defuses_formulas)
{
    ck_assert_str_eq(write_report((struct report_options){.format = REPORT_CSV}),
                     "row,msisdn,text,state,code,reason,attempts,http_status,first_sent_at,finished_at,latency_ms,"
                     "celular,text_2,ciudad\n"
                     "2,573102111111,Hola,pending,,,0,,,,,573102111111,Hola,\"Bogotá, D.C.\"\n"
                     "3,31021A1111,'=1+1,invalid,,the number has a letter or another sign that no telephone number has,0,"
                     ",,,,31021A1111,'=1+1,\n"
                     "5,573102111112,\"dos\nlíneas \x1b[31m\",pending,,,0,,,,,310 211 1112,\"dos\nlíneas \x1b[31m\",'-\n");
}
END_TEST

START_TEST(json_has_numbers_strings_and_nulls)
{
    const char *json = write_report((struct report_options){.format = REPORT_JSON, .states = 1u << JOB_PENDING});
    ck_assert_ptr_nonnull(strstr(json, "{\"row\":2,\"msisdn\":\"573102111111\",\"text\":\"Hola\",\"state\":\"pending\","
                                       "\"code\":null,\"reason\":null,\"attempts\":0,\"http_status\":null,"
                                       "\"first_sent_at\":null,\"finished_at\":null,\"latency_ms\":null,\"columns\":"
                                       "{\"celular\":\"573102111111\",\"text\":\"Hola\",\"ciudad\":\"Bogotá, D.C.\"}}"));
    ck_assert_ptr_nonnull(strstr(json, "\"dos\\nlíneas \\u001b[31m\""));
    ck_assert_ptr_null(strstr(json, "\"row\":3"));
    ck_assert_int_eq(json[0], '[');
    ck_assert_str_eq(json + strlen(json) - 2, "]\n");
}
END_TEST

START_TEST(json_of_nothing_is_an_empty_array)
{
    ck_assert_str_eq(write_report((struct report_options){.format = REPORT_JSON, .states = 1u << JOB_REFUSED}), "[\n]\n");
    ck_assert_str_eq(write_report((struct report_options){.format = REPORT_JSONL, .states = 1u << JOB_REFUSED}), "");
}
END_TEST

START_TEST(a_cell_that_a_short_row_lacks_is_null_in_json)
{
    const char *json = write_report((struct report_options){.format = REPORT_JSONL, .states = 1u << JOB_INVALID});
    ck_assert_ptr_nonnull(strstr(json, "\"columns\":{\"celular\":\"31021A1111\",\"text\":\"=1+1\",\"ciudad\":null}}\n"));
}
END_TEST

START_TEST(excels_csv_keeps_long_numbers_as_text)
{
    const char *csv = write_report((struct report_options){.format = REPORT_CSV, .excel = true});
    ck_assert_int_eq(strncmp(csv, "\xEF\xBB\xBFrow;msisdn;", 14), 0);
    ck_assert_ptr_nonnull(strstr(csv, "\r\n2;\"=\"\"573102111111\"\"\";Hola;pending;"));
}
END_TEST

START_TEST(the_table_obeys_nothing_that_stands_in_a_message)
{
    const char *table = write_report((struct report_options){.format = REPORT_TABLE});
    ck_assert_ptr_null(strchr(table, '\x1b'));
    ck_assert_ptr_nonnull(strstr(table, "líneas"));
    size_t lines = 0;
    for (const char *at = table; *at != '\0'; at++)
        lines += *at == '\n';
    ck_assert_uint_eq(lines, 4);
}
END_TEST

START_TEST(format_names_are_known_and_others_are_not)
{
    enum report_format format;
    ck_assert_int_eq(report_format_from_name("jsonl", &format), 0);
    ck_assert_int_eq(format, REPORT_JSONL);
    ck_assert_int_eq(report_format_from_name("xml", &format), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("formats");
    tcase_add_checked_fixture(tcase, open_store, close_store);
    tcase_add_test(tcase, csv_has_the_fixed_columns_then_the_files_own_and_defuses_formulas);
    tcase_add_test(tcase, json_has_numbers_strings_and_nulls);
    tcase_add_test(tcase, json_of_nothing_is_an_empty_array);
    tcase_add_test(tcase, a_cell_that_a_short_row_lacks_is_null_in_json);
    tcase_add_test(tcase, excels_csv_keeps_long_numbers_as_text);
    tcase_add_test(tcase, the_table_obeys_nothing_that_stands_in_a_message);
    tcase_add_test(tcase, format_names_are_known_and_others_are_not);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
