#include "campana/encoding.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

static struct error error;

/* The whole content in pieces of every size. */
static const char *scan(const char *data, size_t len, size_t *bom_bytes)
{
    const char *first = NULL;
    for (size_t piece = 1; piece <= len || piece == 1; piece++) {
        struct encoding_scan state = {0};
        for (size_t at = 0; at < len; at += piece)
            encoding_scan_add(&state, data + at, len - at < piece ? len - at : piece);
        const char *name = encoding_scan_result(&state, bom_bytes);
        if (first == NULL)
            first = name;
        ck_assert_str_eq(name, first);
    }
    return first;
}

START_TEST(an_encoding_is_recognised_whatever_the_pieces)
{
    static const struct {
        const char *data;
        size_t len;
        const char *name;
        size_t bom_bytes;
    } files[] = {
        {"celular", 7, "UTF-8", 0},
        {"a\xC3\xB1o", 4, "UTF-8", 0},
        {"\xE2\x82\xAC", 3, "UTF-8", 0},
        {"\xF0\x9F\x8E\x81", 4, "UTF-8", 0},
        {"a\xF1o", 3, "WINDOWS-1252", 0},
        {"a\xC3", 2, "WINDOWS-1252", 0},
        {"\xC3\xB1\xE2\x82", 4, "WINDOWS-1252", 0},
        {"\xC3\xB1\xC3\xB1\xC3\xB1\xE2\x82", 8, "UTF-8", 0}, /* cut, but surely UTF-8 */
        {"\xC3\xB1\xC3\xB1,a\xF1o", 8, "UTF-8", 0},          /* something else was mixed in */
        {"\xC3\xB1\xF1o\xF1o\xF1o", 8, "WINDOWS-1252", 0},   /* broken characters in the old encoding */
        {"a\0\xF1\0;\0"
         "1\0",
         8, "UTF-16LE", 0},
        {"\0a\0\xF1\0;\0"
         "1",
         8, "UTF-16BE", 0},
        {"a,\0b\n", 5, "UTF-8", 0},
        {"a\0b\n", 4, "UTF-8", 0},
        {"\0\0\0\0", 4, "UTF-8", 0},
        {"\xFF\xFE\0\0a\0\0\0", 8, "UTF-32LE", 4},
        {"\0\0\xFE\xFF\0\0\0a", 8, "UTF-32BE", 4},
        {"\xED\xA0\x80", 3, "WINDOWS-1252", 0},
        {"\xC0\x80", 2, "WINDOWS-1252", 0},
        {"\x93quoted\x94", 8, "WINDOWS-1252", 0},
        {"\xEF\xBB\xBF"
         "a",
         4, "UTF-8", 3},
        {"\xEF\xBB\xBF\xF1", 4, "UTF-8", 3},
        {"\xFF\xFE"
         "a\0",
         4, "UTF-16LE", 2},
        {"\xFE\xFF\0a", 4, "UTF-16BE", 2},
        {"", 0, "UTF-8", 0},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t bom_bytes;
        ck_assert_str_eq(scan(files[i].data, files[i].len, &bom_bytes), files[i].name);
        ck_assert_uint_eq(bom_bytes, files[i].bom_bytes);
    }
}
END_TEST

static const char *decode(const char *name, const char *data, size_t len, size_t piece, struct buffer *out)
{
    struct decoder *decoder;
    ck_assert_msg(decoder_open(name, &decoder, &error) == 0, "%s", error.text);
    buffer_clear(out);
    for (size_t at = 0; at < len; at += piece) {
        struct slice part = {data + at, len - at < piece ? len - at : piece};
        ck_assert_msg(decoder_add(decoder, part, at + piece >= len, out, &error) == 0, "%s", error.text);
    }
    decoder_free(decoder);
    return buffer_string(out);
}

START_TEST(text_is_decoded_whatever_the_pieces)
{
    struct buffer out = {0};
    for (size_t piece = 1; piece < 9; piece++) {
        ck_assert_str_eq(decode("windows-1252", "a\xF1o \x80 \x93x\x94", 9, piece, &out), "año € “x”");
        ck_assert_str_eq(decode("UTF-16LE", "a\0\xF1\0\x3C\xD8\x81\xDF", 8, piece, &out), "añ🎁");
        ck_assert_str_eq(decode("UTF-16BE", "\0a\0\xF1", 4, piece, &out), "añ");
        ck_assert_str_eq(decode("ISO-8859-1", "\xE1", 1, piece, &out), "á");
        ck_assert_str_eq(decode("WINDOWS-1252", "a\x81z", 3, piece, &out), "a\xEF\xBF\xBDz");
    }
    buffer_free(&out);
}
END_TEST

START_TEST(bytes_that_are_not_valid_are_told_with_their_place)
{
    struct decoder *decoder;
    struct buffer out = {0};
    ck_assert_int_eq(decoder_open("UTF-8", &decoder, &error), 0);
    ck_assert_int_eq(decoder_add(decoder, slice_of("abc"), false, &out, &error), 0);
    ck_assert_int_eq(decoder_add(decoder, slice_of("de\xF1x"), false, &out, &error), -1);
    ck_assert_str_eq(error.text, "byte 6 of the file (0xF1) is not valid in UTF-8");
    ck_assert_str_eq(buffer_string(&out), "abcde");
    decoder_free(decoder);
    ck_assert_int_eq(decoder_open("UTF-8", &decoder, &error), 0);
    decoder_skip(decoder, 3);
    ck_assert_int_eq(decoder_add(decoder, slice_of("a\xF1x"), false, &out, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "byte 5 "));
    decoder_free(decoder);
    ck_assert_int_eq(decoder_open("UTF-8//IGNORE", &decoder, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_int_eq(decoder_open("UTF-16LE", &decoder, &error), 0);
    ck_assert_int_eq(decoder_add(decoder, (struct slice){"a\0b", 3}, true, &out, &error), -1);
    decoder_free(decoder);
    ck_assert_int_eq(decoder_open("no-such-thing", &decoder, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    decoder_free(NULL);
    buffer_free(&out);
}
END_TEST

START_TEST(text_is_written_in_an_encoding_with_question_marks_for_what_it_lacks)
{
    struct buffer out = {0};
    ck_assert_int_eq(encoding_put(&out, "WINDOWS-1252", slice_of("año 🎁 €"), &error), 0);
    ck_assert_str_eq(buffer_string(&out), "a\xF1o ? \x80");
    buffer_clear(&out);
    ck_assert_int_eq(encoding_put(&out, "UTF-8", slice_of("año"), &error), 0);
    ck_assert_str_eq(buffer_string(&out), "año");
    buffer_free(&out);
}
END_TEST

START_TEST(names_are_compared_as_people_write_them)
{
    ck_assert(encoding_same_name("UTF8", "utf-8"));
    ck_assert(encoding_same_name("utf_16-le", "UTF-16LE"));
    ck_assert(encoding_same_name("", "-"));
    ck_assert(!encoding_same_name("UTF-16", "UTF-16LE"));
    ck_assert(!encoding_same_name("UTF-16LE", "UTF-16"));
    ck_assert(!encoding_same_name("latin1", "latin2"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("encoding");
    TCase *tcase = tcase_create("encodings");
    tcase_add_test(tcase, an_encoding_is_recognised_whatever_the_pieces);
    tcase_add_test(tcase, text_is_decoded_whatever_the_pieces);
    tcase_add_test(tcase, bytes_that_are_not_valid_are_told_with_their_place);
    tcase_add_test(tcase, text_is_written_in_an_encoding_with_question_marks_for_what_it_lacks);
    tcase_add_test(tcase, names_are_compared_as_people_write_them);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
