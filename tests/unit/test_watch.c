#include "campana/watch.h"
#include "main.h"

static const char *frame_of(const char *seen, size_t lines_before, size_t width, size_t height, size_t *lines)
{
    static struct buffer out;
    buffer_clear(&out);
    watch_put_frame(slice_of(seen), lines_before, width, height, lines, &out);
    return buffer_string(&out);
}

START_TEST(a_first_frame_is_written_where_the_cursor_stands)
{
    size_t lines;
    ck_assert_str_eq(frame_of("uno\ndos\n", 0, 80, 24, &lines), "\runo\x1b[K\ndos\x1b[K\n\x1b[J");
    ck_assert_uint_eq(lines, 2);
}
END_TEST

START_TEST(a_next_frame_takes_the_place_of_the_one_before)
{
    size_t lines;
    ck_assert_str_eq(frame_of("uno\n", 2, 80, 24, &lines), "\x1b[2A\runo\x1b[K\n\x1b[J");
    ck_assert_uint_eq(lines, 1);
}
END_TEST

START_TEST(a_frame_is_cut_to_the_terminal_by_width_and_height)
{
    size_t lines;
    ck_assert_str_eq(frame_of("ñandú y más\nb\n", 0, 6, 24, &lines), "\rñand…\x1b[K\nb\x1b[K\n\x1b[J");
    ck_assert_str_eq(frame_of("日本語\n", 0, 6, 24, &lines), "\r日本…\x1b[K\n\x1b[J");
    ck_assert_str_eq(frame_of("a\nb\nc\nd\n", 0, 80, 4, &lines), "\ra\x1b[K\nb\x1b[K\n…\x1b[K\n\x1b[J");
    ck_assert_uint_eq(lines, 3);
    ck_assert_str_eq(frame_of("a\nb\nc\n", 0, 80, 4, &lines), "\ra\x1b[K\nb\x1b[K\nc\x1b[K\n\x1b[J");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watch");
    TCase *tcase = tcase_create("frames");
    tcase_add_test(tcase, a_first_frame_is_written_where_the_cursor_stands);
    tcase_add_test(tcase, a_next_frame_takes_the_place_of_the_one_before);
    tcase_add_test(tcase, a_frame_is_cut_to_the_terminal_by_width_and_height);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
