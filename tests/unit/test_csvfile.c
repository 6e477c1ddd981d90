#include "campana/csvfile.h"
#include "campana/encoding.h"
#include "campana/error.h"
#include "campana/json.h"
#include "main.h"
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/campana-csv-XXXXXX";
static struct error error;
static struct csv_options options;
static struct buffer seen; /* "1:[…]\n2:[…]\n" */
static int64_t blank_lines;

static void make_file(void)
{
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    options = (struct csv_options){0};
}

static void remove_file(void)
{
    unlink(path);
    buffer_free(&seen);
}

static void write_bytes(const char *data, size_t len)
{
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(data, 1, len, stream), len);
    fclose(stream);
}

static int see_row(void *context, const struct csv_row *row, struct error *unused)
{
    (void)context;
    (void)unused;
    buffer_printf(&seen, "%lld:", (long long)row->row);
    for (size_t i = 0; i < row->count; i++) {
        buffer_put(&seen, i == 0 ? '[' : ',');
        json_put_string(&seen, row->cells[i].data, row->cells[i].len);
    }
    buffer_puts(&seen, "]\n");
    return 0;
}

static int read_file(struct csvfile **file)
{
    buffer_clear(&seen);
    if (csvfile_open(path, &options, file, &error) != 0)
        return -1;
    return csvfile_read(*file, see_row, NULL, &blank_lines, &error);
}

static const char *rows_of(const char *data, size_t len)
{
    struct csvfile *file;
    write_bytes(data, len);
    int result = read_file(&file);
    ck_assert_msg(result == 0, "%s", error.text);
    csvfile_free(file);
    return buffer_string(&seen);
}

static void refuse(const char *data, size_t len, const char *words)
{
    struct csvfile *file = NULL;
    write_bytes(data, len);
    ck_assert_int_eq(read_file(&file), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, words) != NULL, "no \"%s\" in: %s", words, error.text);
    ck_assert_ptr_nonnull(strstr(error.text, path));
    csvfile_free(file);
}

#define ROWS_OF(literal)       rows_of(literal, sizeof literal - 1)
#define REFUSE(literal, words) refuse(literal, sizeof literal - 1, words)

START_TEST(rows_have_the_numbers_that_spreadsheets_give_them)
{
    ck_assert_str_eq(ROWS_OF("a,b\nc,d\n"), "1:[\"a\",\"b\"]\n2:[\"c\",\"d\"]\n");
    ck_assert_str_eq(ROWS_OF("a,b\r\nc,d"), "1:[\"a\",\"b\"]\n2:[\"c\",\"d\"]\n");
    ck_assert_str_eq(ROWS_OF("a,b\rc,d\r"), "1:[\"a\",\"b\"]\n2:[\"c\",\"d\"]\n");
    ck_assert_str_eq(ROWS_OF("a\n\nb\n\n\nc"), "1:[\"a\"]\n3:[\"b\"]\n6:[\"c\"]\n");
    ck_assert_int_eq(blank_lines, 3);
    ck_assert_str_eq(ROWS_OF("a\r\n\r\nb\r\n"), "1:[\"a\"]\n3:[\"b\"]\n");
    ck_assert_str_eq(ROWS_OF("a\r\rb\r"), "1:[\"a\"]\n3:[\"b\"]\n");
    ck_assert_str_eq(ROWS_OF("\"a\r\nb\",c\r\nd,e\r\n"), "1:[\"a\\r\\nb\",\"c\"]\n2:[\"d\",\"e\"]\n");
    ck_assert_str_eq(ROWS_OF("\n\n"), "");
}
END_TEST

START_TEST(cells_come_as_they_stand)
{
    ck_assert_str_eq(ROWS_OF(" a , b\t,\"c \"\n"), "1:[\" a \",\" b\\t\",\"c \"]\n");
    ck_assert_str_eq(ROWS_OF("\"a\"\"b\",\"\",\"c,d\"\n"), "1:[\"a\\\"b\",\"\",\"c,d\"]\n");
    ck_assert_str_eq(ROWS_OF("a,,\n"), "1:[\"a\",\"\",\"\"]\n");
    ck_assert_str_eq(ROWS_OF(",\n"), "1:[\"\",\"\"]\n");
    ck_assert_str_eq(ROWS_OF("x 5\" y,z\n"), "1:[\"x 5\\\" y\",\"z\"]\n");
    ck_assert_str_eq(ROWS_OF("a\0b,c\n"), "1:[\"a\\u0000b\",\"c\"]\n");
    ck_assert_str_eq(ROWS_OF("a,b\nc\nd,e,f\n"), "1:[\"a\",\"b\"]\n2:[\"c\"]\n3:[\"d\",\"e\",\"f\"]\n");
}
END_TEST

START_TEST(encodings_and_marks_are_recognised)
{
    ck_assert_str_eq(ROWS_OF("\xEF\xBB\xBF"
                             "a;b\n\xC3\xB1;1\n"),
                     "1:[\"a\",\"b\"]\n2:[\"ñ\",\"1\"]\n");
    ck_assert_str_eq(ROWS_OF("a;b\n\xF1;1\n"), "1:[\"a\",\"b\"]\n2:[\"ñ\",\"1\"]\n");
    ck_assert_str_eq(ROWS_OF("\xFF\xFE"
                             "a\0\t\0\xF1\0\r\0\n\0"),
                     "1:[\"a\",\"ñ\"]\n");
    ck_assert_str_eq(ROWS_OF("\xFE\xFF\0a\0;\0\xF1\0\n"), "1:[\"a\",\"ñ\"]\n");
    options.encoding = "CP850";
    ck_assert_str_eq(ROWS_OF("a;\xA4\n"), "1:[\"a\",\"ñ\"]\n");
    options.encoding = "utf-8";
    REFUSE("a;b\n\xF1;1\n", "--encoding");
    options.encoding = "no-such-encoding";
    REFUSE("a;b\n", "no-such-encoding");
}
END_TEST

START_TEST(bytes_of_another_encoding_are_told_with_their_row)
{
    struct buffer text = {0};
    buffer_puts(&text, "celular,mensaje\n");
    for (int i = 0; i < 20000; i++)
        buffer_printf(&text, "573%09d,\"A\xC3\xB1o\n%d\"\n", i, i);
    buffer_puts(&text, "573999999999,A\xF1o\n573999999998,x\n");
    refuse(text.data, text.len, "row 20002: byte ");
    ck_assert_ptr_nonnull(strstr(error.text, "(0xF1) is not valid in UTF-8; but the rest of the file is"));
    ck_assert_ptr_nonnull(strstr(error.text, "--encoding windows-1252"));
    buffer_free(&text);
    REFUSE("\xEF\xBB\xBF"
           "a,b\n\nc,\xF1\n",
           "row 3: byte 11 of the file (0xF1) is not valid in UTF-8; its byte-order mark");
    REFUSE("\xFF\xFE"
           "a\0\n\0b",
           "row 2");
    REFUSE("\xFF\xFE"
           "a\0\n\0\0\xD8"
           "c\0",
           "row 2");
    options.encoding = "UTF8";
    REFUSE("a\nb\n\xF1\n", "row 3");
    options.encoding = "windows-1252";
    REFUSE("\xEF\xBB\xBF"
           "a\n",
           "byte-order mark");
    ck_assert_str_eq(ROWS_OF("\xC3\xB1\xC3\xB1,\xF1\n"), "1:[\"Ã±Ã±\",\"ñ\"]\n");
}
END_TEST

START_TEST(utf_16_is_read_by_whatever_name)
{
    static const char *const names[] = {NULL, "auto", "UTF-16", "utf16", "UTF-16LE", "utf_16le"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct csvfile *file;
        options.encoding = names[i];
        ck_assert_str_eq(ROWS_OF("\xFF\xFE"
                                 "a\0;\0\xF1\0\n\0"),
                         "1:[\"a\",\"ñ\"]\n");
        ck_assert_str_eq(ROWS_OF("a\0;\0\xF1\0\n\0"), "1:[\"a\",\"ñ\"]\n");
        ck_assert_int_eq(csvfile_open(path, &options, &file, &error), 0);
        ck_assert(
            encoding_same_name(csvfile_facts(file)->encoding, "UTF-16LE")); /* what rejects are written in */
        csvfile_free(file);
    }
}
END_TEST

START_TEST(quotes_in_odd_places_swallow_no_row_and_are_counted)
{
    struct csvfile *file;
    int64_t row;
    static const char odd[] = "a,b\n1,\"5\" x\n2, \"y, z\" \n3,\"w\"\n";
    ck_assert_str_eq(ROWS_OF(odd),
                     "1:[\"a\",\"b\"]\n2:[\"1\",\"5\\\" x\"]\n3:[\"2\",\"y, z\"]\n4:[\"3\",\"w\"]\n");
    ck_assert_int_eq(read_file(&file), 0);
    ck_assert_int_eq(csvfile_mended(file, &row), 3);
    ck_assert_int_eq(row, 2);
    csvfile_free(file);
    REFUSE("a,b\n1,\"open\n2,\"x\"\n3,\"y\"\n", "row 2");
    write_bytes("a,b\n1,\"x\"\"y\"\n", 13);
    ck_assert_int_eq(read_file(&file), 0);
    ck_assert_int_eq(csvfile_mended(file, &row), 0);
    ck_assert_int_eq(row, 0);
    csvfile_free(file);
}
END_TEST

START_TEST(the_facts_are_told)
{
    struct csvfile *file;
    write_bytes("\xEF\xBB\xBFsep=;\r\na;b\r\n", 15);
    ck_assert_int_eq(read_file(&file), 0);
    const struct csv_facts *facts = csvfile_facts(file);
    ck_assert_str_eq(facts->encoding, "UTF-8");
    ck_assert(facts->bom);
    ck_assert_int_eq(facts->delimiter, ';');
    ck_assert(facts->delimiter_from_sep);
    ck_assert_str_eq(facts->line_end, "\r\n");
    ck_assert_int_eq(facts->bytes, 15);
    ck_assert_uint_eq(strlen(facts->sha256), 64);
    ck_assert_str_eq(buffer_string(&seen), "1:[\"a\",\"b\"]\n");
    csvfile_free(file);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_refused_with_what_to_do)
{
    struct csvfile *file = NULL;
    REFUSE("", "empty");
    REFUSE("PK\x03\x04zip", "CSV");
    REFUSE("a,b\nc,\"d\n", "row 2");
    REFUSE("a,b\n\"c\nc\",x\nd,\"e\n", "row 3");
    ck_assert_int_eq(csvfile_open("/tmp", &options, &file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "directory"));
    ck_assert_int_eq(csvfile_open("/nonexistent.csv", &options, &file, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
}
END_TEST

START_TEST(a_cell_without_an_end_does_not_fill_memory)
{
    size_t len = CSV_CELL_BYTES_MOST + 300000;
    char *data = malloc(len);
    memset(data, 'x', len);
    memcpy(data, "a,b\nc,\"", 7);
    refuse(data, len, "row 2");
    free(data);
}
END_TEST

START_TEST(a_file_that_changes_between_the_passes_is_noticed)
{
    struct csvfile *file;
    write_bytes("a,b\nc,d\n", 8);
    ck_assert_int_eq(csvfile_open(path, &options, &file, &error), 0);
    write_bytes("a,b\nc,e\n", 8);
    ck_assert_int_eq(csvfile_read(file, see_row, NULL, &blank_lines, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "changed"));
    csvfile_free(file);
}
END_TEST

static int stop_at_once(void *context, const struct csv_row *row, struct error *unused)
{
    (void)row;
    ++*(int *)context;
    return error_set(unused, ERROR_INPUT, "enough");
}

START_TEST(a_callback_ends_the_reading_with_its_error)
{
    struct csvfile *file;
    int rows = 0;
    write_bytes("a\nb\nc\n", 6);
    ck_assert_int_eq(csvfile_open(path, &options, &file, &error), 0);
    ck_assert_int_eq(csvfile_read(file, stop_at_once, &rows, &blank_lines, &error), -1);
    ck_assert_str_eq(error.text, "enough");
    ck_assert_int_eq(rows, 1);
    csvfile_free(file);
}
END_TEST

struct watched {
    int64_t told[8], in_all;
    int count;
};

static void watch(void *context, int64_t bytes, int64_t bytes_in_all)
{
    struct watched *watched = context;
    ck_assert_int_lt(watched->count, 8);
    watched->told[watched->count++] = bytes;
    watched->in_all = bytes_in_all;
}

static int pass_over(void *context, const struct csv_row *row, struct error *unused)
{
    (void)context;
    (void)row;
    (void)unused;
    return 0;
}

START_TEST(who_looks_on_is_told_how_much_is_read_in_both_passes)
{
    struct csvfile *file;
    struct watched watched = {0};
    size_t len = 600000;
    char *data = malloc(len);
    for (size_t i = 0; i < len; i++)
        data[i] = i % 100 == 99 ? '\n' : 'x';
    write_bytes(data, len);
    free(data);
    options.watch = watch;
    options.watch_context = &watched;
    ck_assert_int_eq(csvfile_open(path, &options, &file, &error), 0);
    ck_assert_int_eq(watched.count, 1);
    ck_assert_int_eq(watched.told[0], 600000);
    ck_assert_int_eq(watched.in_all, 600000);
    watched = (struct watched){0};
    ck_assert_int_eq(csvfile_read(file, pass_over, NULL, &blank_lines, &error), 0);
    ck_assert_int_eq(watched.count, 3);
    ck_assert_int_eq(watched.told[0], 262144);
    ck_assert_int_eq(watched.told[1], 524288);
    ck_assert_int_eq(watched.told[2], 600000);
    ck_assert_int_eq(watched.in_all, 600000);
    csvfile_free(file);
}
END_TEST

/* Several times as large as what is examined at once, and the last byte of it is another one. */
START_TEST(a_large_file_is_hashed_whole_and_a_change_anywhere_is_noticed)
{
    struct csvfile *file;
    char expected[DIGEST_HEX_BYTES];
    size_t len = (3 << 20) + 12345;
    char *data = malloc(len);
    for (size_t i = 0; i < len; i++)
        data[i] = i % 64 == 63 ? '\n' : (char)('a' + (i / 64 + i) % 26);
    struct digest *digest = digest_new(&error);
    ck_assert_int_eq(digest_add(digest, data, len, &error), 0);
    ck_assert_int_eq(digest_finish(digest, expected, &error), 0);
    digest_free(digest);
    for (size_t changed = len - 1; changed < len; changed -= len / 3) {
        write_bytes(data, len);
        ck_assert_int_eq(csvfile_open(path, &options, &file, &error), 0);
        ck_assert_str_eq(csvfile_facts(file)->sha256, expected);
        ck_assert_int_eq(csvfile_read(file, pass_over, NULL, &blank_lines, &error), 0);
        data[changed] ^= 1;
        write_bytes(data, len);
        data[changed] ^= 1;
        ck_assert_int_eq(csvfile_read(file, pass_over, NULL, &blank_lines, &error), -1);
        ck_assert_ptr_nonnull(strstr(error.text, "changed"));
        csvfile_free(file);
    }
    free(data);
}
END_TEST

static const char *written(const char *cell, char delimiter, bool defused)
{
    buffer_clear(&seen);
    if (defused)
        csv_put_cell_defused(&seen, cell, strlen(cell), delimiter);
    else
        csv_put_cell(&seen, cell, strlen(cell), delimiter);
    return buffer_string(&seen);
}

START_TEST(only_cells_that_need_it_are_quoted)
{
    ck_assert_str_eq(written("Bogotá", ',', false), "Bogotá");
    ck_assert_str_eq(written("a,b", ',', false), "\"a,b\"");
    ck_assert_str_eq(written("a,b", ';', false), "a,b");
    ck_assert_str_eq(written("a\"b", ',', false), "\"a\"\"b\"");
    ck_assert_str_eq(written("a\nb", ',', false), "\"a\nb\"");
    ck_assert_str_eq(written(" a", ',', false), "\" a\"");
    ck_assert_str_eq(written("", ',', false), "");
}
END_TEST

START_TEST(formulas_are_defused_and_numbers_are_not)
{
    ck_assert_str_eq(written("=1+1", ',', true), "'=1+1");
    ck_assert_str_eq(written("@SUM(A1)", ',', true), "'@SUM(A1)");
    ck_assert_str_eq(written("+cmd|' /C calc'!A0", ',', true), "'+cmd|' /C calc'!A0");
    ck_assert_str_eq(written("\t=1", ',', true), "\"'\t=1\"");
    ck_assert_str_eq(written("-", ',', true), "'-");
    ck_assert_str_eq(written("-4", ',', true), "-4");
    ck_assert_str_eq(written("+57 310 211 1111", ',', true), "+57 310 211 1111");
    ck_assert_str_eq(written("Hola", ',', true), "Hola");
}
END_TEST

/* A random cell; only characters that Windows-1252 has where `narrow`. */
static void put_random_cell(struct buffer *cell, bool narrow)
{
    static const char *const pieces[] = {"a", ",", ";", "\t", "|",  "\"", "\n", "\r\n", " ",  "ñ",
                                         "é", "€", "“", "",   "57", "=",  "'",  "x y",  "字", "🎁"};
    for (int i = rand() % 5; i > 0; i--)
        buffer_puts(cell, pieces[rand() % (narrow ? 18 : 20)]);
}

START_TEST(any_table_in_any_dialect_and_encoding_is_read_back_cell_for_cell)
{
    static const struct {
        const char *encoding, *mark;
        size_t mark_len;
        bool narrow;
    } encodings[] = {{"UTF-8", "", 0, false},
                     {"UTF-8", "\xEF\xBB\xBF", 3, false},
                     {"UTF-16LE", "\xFF\xFE", 2, false},
                     {"UTF-16BE", "\xFE\xFF", 2, false},
                     {"WINDOWS-1252", "", 0, true}};
    static const char delimiters[] = ",;\t|";
    static const char *const line_ends[] = {"\n", "\r\n", "\r"};
    srand((unsigned)_i);
    for (int round = 0; round < 60; round++) {
        struct buffer text = {0};
        struct buffer bytes = {0};
        struct buffer expected = {0};
        struct buffer cell = {0};
        size_t encoding = (size_t)rand() % 5;
        char delimiter = delimiters[rand() % 4];
        int columns = 1 + rand() % 5;
        for (int row = 1; row < 2 + rand() % 20; row++) {
            buffer_printf(&expected, "%d:", row);
            for (int column = 0; column < columns; column++) {
                buffer_clear(&cell);
                if (column == 0)
                    buffer_puts(&cell, "ñ"); /* no row is blank, and Windows-1252 is not valid UTF-8 */
                put_random_cell(&cell, encodings[encoding].narrow);
                if (column > 0)
                    buffer_put(&text, delimiter);
                csv_put_cell(&text, cell.data, cell.len, delimiter);
                buffer_put(&expected, column == 0 ? '[' : ',');
                json_put_string(&expected, cell.data, cell.len);
            }
            buffer_puts(&text, line_ends[_i % 3]);
            buffer_puts(&expected, "]\n");
        }
        buffer_append(&bytes, encodings[encoding].mark, encodings[encoding].mark_len);
        ck_assert_int_eq(encoding_put(&bytes, encodings[encoding].encoding, buffer_slice(&text), &error), 0);
        options.delimiter = delimiter;
        ck_assert_str_eq(rows_of(bytes.data, bytes.len), buffer_string(&expected));
        buffer_free(&text);
        buffer_free(&bytes);
        buffer_free(&expected);
        buffer_free(&cell);
    }
}
END_TEST

START_TEST(random_bytes_never_crash)
{
    srand(11);
    for (int round = 0; round < 300; round++) {
        char data[600];
        struct csvfile *file = NULL;
        size_t len = 1 + (size_t)rand() % sizeof data;
        for (size_t i = 0; i < len; i++)
            data[i] = (char)(rand() % 3 == 0 ? rand() : ",;\"\n\r"[rand() % 5]);
        write_bytes(data, len);
        read_file(&file);
        csvfile_free(file);
    }
}
END_TEST

START_TEST(excel_keeps_as_text_what_it_would_change)
{
    static const struct {
        const char *cell, *written;
    } cells[] = {
        {"", ""},
        {"573102111111", "\"=\"\"573102111111\"\"\""},
        {"12345678901", "12345678901"},
        {"-4", "-4"},
        {"-0", "\"=\"\"-0\"\"\""},
        {"0", "0"},
        {"007", "\"=\"\"007\"\"\""},
        {"12,5", "12,5"},
        {"12,50", "\"=\"\"12,50\"\"\""},
        {"12,", "\"=\"\"12,\"\"\""},
        {"1.5", "\"=\"\"1.5\"\"\""},
        {"3-4", "\"=\"\"3-4\"\"\""},
        {"1E5", "\"=\"\"1E5\"\"\""},
        {"+57 310", "\"=\"\"+57 310\"\"\""},
        {"=1+1", "'=1+1"},
        {"Hola", "Hola"},
        {"e", "e"},
        {"-", "'-"},
        {"a;b", "\"a;b\""},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct buffer out = {0};
        csv_put_cell_excel(&out, cells[i].cell, strlen(cells[i].cell), ';');
        ck_assert_str_eq(buffer_string(&out), cells[i].written);
        buffer_free(&out);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csvfile");
    TCase *tcase = tcase_create("files");
    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, make_file, remove_file);
    tcase_add_test(tcase, rows_have_the_numbers_that_spreadsheets_give_them);
    tcase_add_test(tcase, cells_come_as_they_stand);
    tcase_add_test(tcase, encodings_and_marks_are_recognised);
    tcase_add_test(tcase, bytes_of_another_encoding_are_told_with_their_row);
    tcase_add_test(tcase, utf_16_is_read_by_whatever_name);
    tcase_add_test(tcase, quotes_in_odd_places_swallow_no_row_and_are_counted);
    tcase_add_test(tcase, the_facts_are_told);
    tcase_add_test(tcase, a_file_that_cannot_be_read_is_refused_with_what_to_do);
    tcase_add_test(tcase, a_cell_without_an_end_does_not_fill_memory);
    tcase_add_test(tcase, a_file_that_changes_between_the_passes_is_noticed);
    tcase_add_test(tcase, a_callback_ends_the_reading_with_its_error);
    tcase_add_test(tcase, who_looks_on_is_told_how_much_is_read_in_both_passes);
    tcase_add_test(tcase, a_large_file_is_hashed_whole_and_a_change_anywhere_is_noticed);
    tcase_add_test(tcase, only_cells_that_need_it_are_quoted);
    tcase_add_test(tcase, formulas_are_defused_and_numbers_are_not);
    tcase_add_loop_test(tcase, any_table_in_any_dialect_and_encoding_is_read_back_cell_for_cell, 0, 12);
    tcase_add_test(tcase, random_bytes_never_crash);
    tcase_add_test(tcase, excel_keeps_as_text_what_it_would_change);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
