#include "campana/buffer.h"
#include "campana/error.h"
#include "main.h"
#include <stdint.h>
#include <string.h>

static struct buffer buffer;

static void open_buffer(void)
{
    buffer_init(&buffer);
}

static void close_buffer(void)
{
    buffer_free(&buffer);
}

/* As a run out of memory does, without running out of it. */
static void ask_for_too_much(void)
{
    volatile size_t more_than_there_is = SIZE_MAX - 10;
    buffer_append(&buffer, "", more_than_there_is);
}

START_TEST(a_buffer_starts_empty)
{
    struct buffer zero = {0};
    ck_assert_uint_eq(buffer.len, 0);
    ck_assert_ptr_null(buffer.data);
    ck_assert_str_eq(buffer_string(&buffer), "");
    ck_assert_str_eq(buffer_string(&zero), "");
    ck_assert_ptr_null(zero.data);
}
END_TEST

START_TEST(what_is_appended_stands_in_order)
{
    buffer_puts(&buffer, "año ");
    buffer_put(&buffer, '2');
    buffer_append(&buffer, "026xyz", 3);
    buffer_printf(&buffer, ": %s=%d", "n", 7);
    ck_assert_str_eq(buffer_string(&buffer), "año 2026: n=7");
    ck_assert_uint_eq(buffer.len, strlen("año 2026: n=7"));
}
END_TEST

START_TEST(nul_bytes_are_kept_and_counted)
{
    buffer_append(&buffer, "a\0b", 3);
    buffer_put(&buffer, '\0');
    ck_assert_uint_eq(buffer.len, 4);
    ck_assert_mem_eq(buffer_string(&buffer), "a\0b\0", 5);
}
END_TEST

START_TEST(nothing_appended_is_nothing)
{
    buffer_append(&buffer, NULL, 0);
    buffer_puts(&buffer, "");
    buffer_printf(&buffer, "%s", "");
    ck_assert_uint_eq(buffer.len, 0);
    ck_assert(!buffer.failed);
}
END_TEST

/* Around each doubling there is room for the bytes, and for the NUL behind them. */
START_TEST(it_grows_byte_by_byte_and_loses_none)
{
    for (size_t i = 0; i < 5000; i++) {
        buffer_put(&buffer, (char)('a' + i % 26));
        ck_assert_uint_lt(buffer.len, buffer.capacity);
    }
    const char *text = buffer_string(&buffer);
    ck_assert_uint_eq(strlen(text), 5000);
    for (size_t i = 0; i < 5000; i++)
        ck_assert_int_eq(text[i], 'a' + (int)(i % 26));
}
END_TEST

START_TEST(a_formatted_text_of_any_length_fits)
{
    for (int len = 0; len < 300; len++) {
        buffer_clear(&buffer);
        buffer_printf(&buffer, "%*s|", len, "");
        ck_assert_uint_eq(buffer.len, (size_t)len + 1);
        ck_assert_int_eq(buffer_string(&buffer)[len], '|');
    }
}
END_TEST

START_TEST(clearing_keeps_the_memory_and_drops_the_content)
{
    buffer_puts(&buffer, "old");
    char *data = buffer.data;
    buffer_clear(&buffer);
    ck_assert_str_eq(buffer_string(&buffer), "");
    buffer_puts(&buffer, "new");
    ck_assert_ptr_eq(buffer.data, data);
    ck_assert_str_eq(buffer_string(&buffer), "new");
}
END_TEST

START_TEST(freeing_leaves_it_empty_and_usable)
{
    buffer_puts(&buffer, "old");
    buffer_free(&buffer);
    buffer_free(&buffer);
    ck_assert_ptr_null(buffer.data);
    buffer_puts(&buffer, "new");
    ck_assert_str_eq(buffer_string(&buffer), "new");
    buffer_wipe(&buffer);
    buffer_wipe(&buffer);
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.capacity, 0);
}
END_TEST

START_TEST(one_failure_is_remembered_and_stops_every_later_append)
{
    struct error error;
    error_clear(&error);
    buffer_puts(&buffer, "half");
    ck_assert_int_eq(buffer_check(&buffer, &error), 0);
    ask_for_too_much();
    ck_assert(buffer.failed);
    buffer_puts(&buffer, " a sentence");
    buffer_put(&buffer, '.');
    buffer_printf(&buffer, "%d", 1);
    ck_assert_uint_eq(buffer.len, 4);
    ck_assert_str_eq(buffer_string(&buffer), "");
    ck_assert_int_eq(buffer_check(&buffer, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_MACHINE);
    ck_assert_str_eq(error.text, "out of memory");
}
END_TEST

START_TEST(a_cleared_buffer_forgets_its_failure)
{
    struct error error;
    ask_for_too_much();
    buffer_clear(&buffer);
    buffer_puts(&buffer, "again");
    ck_assert_int_eq(buffer_check(&buffer, &error), 0);
    ck_assert_str_eq(buffer_string(&buffer), "again");
}
END_TEST

START_TEST(a_slice_sees_the_content)
{
    buffer_append(&buffer, "a\0b", 3);
    struct slice slice = buffer_slice(&buffer);
    ck_assert_uint_eq(slice.len, 3);
    ck_assert_mem_eq(slice.data, "a\0b", 3);
}
END_TEST

START_TEST(slices_are_equal_by_their_bytes)
{
    struct slice nothing = {NULL, 0};
    struct slice nul = {"a\0b", 3};
    struct slice other_nul = {"a\0c", 3};
    ck_assert(slice_equal(slice_of("año"), slice_of("año")));
    ck_assert(slice_equal(nothing, slice_of("")));
    ck_assert(slice_equal(nul, (struct slice){"a\0b", 3}));
    ck_assert(!slice_equal(nul, other_nul));
    ck_assert(!slice_equal(nul, slice_of("a")));
    ck_assert(!slice_equal(slice_of("ab"), slice_of("abc")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tests = tcase_create("buffer");
    tcase_add_checked_fixture(tests, open_buffer, close_buffer);
    tcase_add_test(tests, a_buffer_starts_empty);
    tcase_add_test(tests, what_is_appended_stands_in_order);
    tcase_add_test(tests, nul_bytes_are_kept_and_counted);
    tcase_add_test(tests, nothing_appended_is_nothing);
    tcase_add_test(tests, it_grows_byte_by_byte_and_loses_none);
    tcase_add_test(tests, a_formatted_text_of_any_length_fits);
    tcase_add_test(tests, clearing_keeps_the_memory_and_drops_the_content);
    tcase_add_test(tests, freeing_leaves_it_empty_and_usable);
    tcase_add_test(tests, one_failure_is_remembered_and_stops_every_later_append);
    tcase_add_test(tests, a_cleared_buffer_forgets_its_failure);
    tcase_add_test(tests, a_slice_sees_the_content);
    tcase_add_test(tests, slices_are_equal_by_their_bytes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
