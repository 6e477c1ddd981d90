#include "campana/json.h"
#include "campana/utf8.h"
#include "main.h"
#include <sqlite3.h>
#include <string.h>

static struct buffer out;
static struct buffer value;

static void open_buffers(void)
{
    buffer_init(&out);
    buffer_init(&value);
}

static void close_buffers(void)
{
    buffer_free(&out);
    buffer_free(&value);
}

static const struct {
    const char *data;
    size_t len;
    const char *json;
} strings[] = {
    {NULL, 0, "\"\""},
    {"", 0, "\"\""},
    {"Ana", 3, "\"Ana\""},
    {"Bogotá 😀", 12, "\"Bogotá 😀\""},
    {"\"", 1, "\"\\\"\""},
    {"a\\b/c", 5, "\"a\\\\b/c\""},
    {"\n\r\t", 3, "\"\\n\\r\\t\""},
    {"\0\b\f\x1b\x1f", 5, "\"\\u0000\\u0008\\u000c\\u001b\\u001f\""},
    {"\x7f", 1, "\"\x7f\""},
    {"<\"x\">", 5, "\"<\\\"x\\\">\""},
};
#define STRINGS ((int)(sizeof strings / sizeof strings[0]))

START_TEST(a_string_is_quoted_and_escaped)
{
    json_put_string(&out, strings[_i].data, strings[_i].len);
    ck_assert_str_eq(buffer_string(&out), strings[_i].json);
}
END_TEST

/* It goes by eights where it can. */
START_TEST(what_needs_an_escape_gets_it_wherever_it_stands)
{
    for (int byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 20; place++) {
            char text[20];
            bool plain = byte >= 0x20 && byte != '"' && byte != '\\';
            memset(text, 'a', sizeof text);
            text[place] = (char)byte;
            buffer_clear(&out);
            json_put_string(&out, text, sizeof text);
            if ((out.len == sizeof text + 2) != plain || out.data[1 + place] != (plain ? (char)byte : '\\'))
                ck_abort_msg("byte %d at %zu: %s", byte, place, buffer_string(&out));
        }
    }
}
END_TEST

/* Items are written 's…' for a string and 'n' for null, each with a line end. */
static int read_all(struct slice text, struct buffer *items)
{
    for (;;) {
        int item = json_next(&text, &value);
        if (item <= 0)
            return item;
        buffer_puts(items, item == 1 ? "s" : "n");
        buffer_append(items, value.data, value.len);
        buffer_put(items, '\n');
    }
}

static const struct {
    const char *text;
    const char *items;
} arrays[] = {
    {"[]", ""},
    {" [ ] ", ""},
    {"[\"\"]", "s\n"},
    {"[null]", "n\n"},
    {"[\"Ana\",null,\"Bogotá\"]", "sAna\nn\nsBogotá\n"},
    {"\n[ \"a\" ,\tnull\r\n, \"b\" ]\n", "sa\nn\nsb\n"},
    {"[\"\\\"\\\\\\/\\n\\r\\t\\b\\f\"]", "s\"\\/\n\r\t\b\f\n"},
    {"[\"\\u00f1\\u00D1\\u20ac\"]", "sñÑ€\n"},
    {"[\"\\ud83d\\ude00\"]", "s😀\n"},
    {"[\"[\",\"]\",\",\"]", "s[\ns]\ns,\n"},
};
#define ARRAYS ((int)(sizeof arrays / sizeof arrays[0]))

START_TEST(an_array_of_strings_and_nulls_is_read)
{
    ck_assert_int_eq(read_all(slice_of(arrays[_i].text), &out), 0);
    ck_assert_str_eq(buffer_string(&out), arrays[_i].items);
}
END_TEST

static const char *const no_arrays[] = {
    "",
    " ",
    "[",
    "[\"a\"",
    "[\"a\",",
    "[\"a\",]",
    "[,\"a\"]",
    "[\"a\" \"b\"]",
    "[\"a\"[\"b\"]",
    "[\"a\"[]",
    "[\"a\",[\"b\"]]",
    "[[\"a\"]]",
    "[\"a\"]x",
    "[\"a\"]]",
    "[]]",
    "[nul]",
    "[nullx]",
    "[null null]",
    "[1]",
    "[true]",
    "{}",
    "[{}]",
    "\"a\"",
    "null",
    "[\"a]",
    "[\"a\n\"]",
    "[\"\\\"]",
    "[\"\\x41\"]",
    "[\"\\",
    "[\"\\u\"]",
    "[\"\\u12\"]",
    "[\"\\u123g\"]",
    "[\"\\ud83d\"]",
    "[\"\\ud83dx\"]",
    "[\"\\ud83d\\n\"]",
    "[\"\\ud83d\\u0041\"]",
    "[\"\\ude00\"]",
    "[\"\\ude00\\ud83d\"]",
};
#define NO_ARRAYS ((int)(sizeof no_arrays / sizeof no_arrays[0]))

START_TEST(anything_else_is_refused)
{
    ck_assert_msg(read_all(slice_of(no_arrays[_i]), &out) == -1, "taken for an array: %s", no_arrays[_i]);
}
END_TEST

START_TEST(nothing_at_all_is_refused)
{
    struct slice nothing = {NULL, 0};
    ck_assert_int_eq(json_next(&nothing, &value), -1);
}
END_TEST

START_TEST(a_nul_byte_is_no_white_space_and_no_escape)
{
    ck_assert_int_eq(read_all((struct slice){"[\0]", 3}, &out), -1);
    ck_assert_int_eq(read_all((struct slice){"[\"\\\0\"]", 6}, &out), -1);
    ck_assert_int_eq(read_all((struct slice){"[\"\0\"]", 5}, &out), -1);
}
END_TEST

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

static void put_random_text(struct buffer *text)
{
    static const uint32_t limits[] = {0x80, 0x250, 0x10000, 0x110000};
    for (uint32_t left = random_below(20); left > 0; left--) {
        uint32_t character = random_below(limits[random_below(4)]);
        utf8_put(text, character);
    }
}

START_TEST(what_was_written_is_read_back)
{
    struct buffer texts[8] = {0};
    random_state = 20261123;
    for (int round = 0; round < 2000; round++) {
        size_t count = random_below(8);
        buffer_clear(&out);
        buffer_put(&out, '[');
        for (size_t i = 0; i < count; i++) {
            buffer_clear(&texts[i]);
            put_random_text(&texts[i]);
            if (i > 0)
                buffer_put(&out, ',');
            json_put_string(&out, texts[i].data, texts[i].len);
        }
        buffer_put(&out, ']');
        struct slice rest = buffer_slice(&out);
        for (size_t i = 0; i < count; i++) {
            ck_assert_int_eq(json_next(&rest, &value), 1);
            ck_assert(slice_equal(buffer_slice(&value), buffer_slice(&texts[i])));
        }
        ck_assert_int_eq(json_next(&rest, &value), 0);
        ck_assert_uint_eq(rest.len, 0);
    }
    for (size_t i = 0; i < 8; i++)
        buffer_free(&texts[i]);
}
END_TEST

START_TEST(random_bytes_are_read_to_an_end_and_not_beyond)
{
    static const char alphabet[] = "[],\"\\nul ud83DE/x\xC3\n";
    random_state = 7;
    for (int round = 0; round < 20000; round++) {
        size_t len = 1 + random_below(24);
        char *text = malloc(len); /* nothing behind it, so that reading on would show */
        ck_assert_ptr_nonnull(text);
        text[0] = '[';
        for (size_t i = 1; i < len; i++)
            text[i] = alphabet[random_below(sizeof alphabet)];
        buffer_clear(&out);
        int end = read_all((struct slice){text, len}, &out);
        ck_assert(end == 0 || end == -1);
        free(text);
    }
}
END_TEST

/* SQLite reads the same arrays from the database. */
START_TEST(sqlite_reads_a_written_string_as_the_same)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(":memory:", &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database, "SELECT json_extract(?, '$[0]')", -1, &statement, NULL),
                     SQLITE_OK);
    struct buffer text = {0};
    random_state = 99;
    for (int round = 0; round < 500; round++) {
        buffer_clear(&text);
        put_random_text(&text);
        if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL)
            continue;
        buffer_clear(&out);
        buffer_put(&out, '[');
        json_put_string(&out, text.data, text.len);
        buffer_put(&out, ']');
        sqlite3_bind_text(statement, 1, out.data, (int)out.len, SQLITE_TRANSIENT);
        ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
        ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), buffer_string(&text));
        sqlite3_reset(statement);
    }
    buffer_free(&text);
    sqlite3_finalize(statement);
    sqlite3_close(database);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");
    tcase_add_checked_fixture(tests, open_buffers, close_buffers);
    tcase_add_loop_test(tests, a_string_is_quoted_and_escaped, 0, STRINGS);
    tcase_add_test(tests, what_needs_an_escape_gets_it_wherever_it_stands);
    tcase_add_loop_test(tests, an_array_of_strings_and_nulls_is_read, 0, ARRAYS);
    tcase_add_loop_test(tests, anything_else_is_refused, 0, NO_ARRAYS);
    tcase_add_test(tests, nothing_at_all_is_refused);
    tcase_add_test(tests, a_nul_byte_is_no_white_space_and_no_escape);
    tcase_add_test(tests, what_was_written_is_read_back);
    tcase_add_test(tests, random_bytes_are_read_to_an_end_and_not_beyond);
    tcase_add_test(tests, sqlite_reads_a_written_string_as_the_same);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
