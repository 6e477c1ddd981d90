#include "campana/error.h"
#include "campana/textfile.h"
#include "main.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/campana-text-XXXXXX";
static struct buffer text;
static const char *encoding;
static struct error error;

static void make_file(void)
{
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
}

static void remove_file(void)
{
    unlink(path);
    buffer_free(&text);
}

static int read_bytes(const char *bytes, size_t len)
{
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, len, stream), len);
    fclose(stream);
    buffer_clear(&text);
    return textfile_read(path, 100, &text, &encoding, &error);
}

static void becomes(const char *bytes, size_t len, const char *expected, const char *name)
{
    ck_assert_msg(read_bytes(bytes, len) == 0, "%s", error.text);
    ck_assert_str_eq(buffer_string(&text), expected);
    ck_assert_str_eq(encoding, name);
}

static void is_refused(const char *bytes, size_t len, const char *words)
{
    ck_assert_int_eq(read_bytes(bytes, len), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, path));
    ck_assert_msg(strstr(error.text, words) != NULL, "no %s in: %s", words, error.text);
}

#define BECOMES(bytes, expected, name) becomes(bytes, sizeof bytes - 1, expected, name)
#define REFUSED(bytes, words)          is_refused(bytes, sizeof bytes - 1, words)

START_TEST(what_editors_add_is_no_part_of_the_text)
{
    BECOMES("", "", "UTF-8");
    BECOMES("Año\n", "Año", "UTF-8");
    BECOMES("\xEF\xBB\xBF"
            "Año,\r\nhoy\r\n",
            "Año,\nhoy", "UTF-8");
    BECOMES("Año\n\n", "Año\n", "UTF-8");
    BECOMES("Hola\rAna\r", "Hola\nAna", "UTF-8");
    BECOMES("a\xF1o\r\n", "año", "WINDOWS-1252");
    BECOMES("\xFF\xFE"
            "a\0\xF1\0o\0\r\0\n\0",
            "año", "UTF-16LE");
}
END_TEST

START_TEST(what_is_no_text_is_refused_with_what_to_do)
{
    char much[101];
    memset(much, 'x', sizeof much);
    is_refused(much, sizeof much, "too long");
    REFUSED("PK\x03\x04"
            "word/document.xml",
            "Word document");
    REFUSED("a\0b", "NUL");
    REFUSED("\xEF\xBB\xBF"
            "a\xF1o",
            "byte 5 of the file (0xF1) is not valid in UTF-8");
    ck_assert_int_eq(textfile_read("/nonexistent.txt", 100, &text, &encoding, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent.txt"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("textfile");
    TCase *tcase = tcase_create("texts");
    tcase_add_checked_fixture(tcase, make_file, remove_file);
    tcase_add_test(tcase, what_editors_add_is_no_part_of_the_text);
    tcase_add_test(tcase, what_is_no_text_is_refused_with_what_to_do);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
