/* Memory that runs out must not turn into another answer. Linked so that the Nth allocation of ours fails. */
#include "campana/columns.h"
#include "campana/dialect.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/talk.h"
#include "main.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALLOCATIONS_MOST 200

static long allocations_left; /* before one fails; 0: none does */
static bool failed_one;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
    if (allocations_left > 0 && --allocations_left == 0) {
        failed_one = true;
        return NULL;
    }
    return __real_malloc(size);
}

static void fail_allocation(long number)
{
    failed_one = false;
    allocations_left = number;
}

START_TEST(no_other_column_is_chosen_where_memory_runs_out)
{
    const struct slice names[] = {slice_of("celular"), slice_of("teléfono"), slice_of("texto"),
                                  slice_of("Mensaje")};
    for (int role = COLUMN_PHONE; role <= COLUMN_TEXT; role++)
        for (int named = 0; named < 2; named++) {
            const char *wanted = !named ? NULL : role == COLUMN_PHONE ? "TELEFONO" : "MENSAJE";
            size_t right;
            struct error error;
            ck_assert_int_eq(columns_find(names, 4, (enum column_role)role, wanted, &right, &error), 0);
            for (long n = 1; n < ALLOCATIONS_MOST; n++) {
                size_t found;
                fail_allocation(n);
                int result = columns_find(names, 4, (enum column_role)role, wanted, &found, &error);
                fail_allocation(0);
                if (result == 0)
                    ck_assert_uint_eq(found, right);
                else
                    ck_assert_int_eq(error.kind, ERROR_MACHINE);
            }
        }
}
END_TEST

START_TEST(a_header_is_not_taken_for_data_where_memory_runs_out)
{
    for (long n = 1; n < ALLOCATIONS_MOST; n++) {
        fail_allocation(n);
        int usual = columns_usual(slice_of("Número de celular"), COLUMN_PHONE);
        bool failed = failed_one;
        fail_allocation(0);
        ck_assert_int_eq(usual, failed ? -1 : 1);
    }
}
END_TEST

START_TEST(no_other_delimiter_is_chosen_where_memory_runs_out)
{
    struct slice sample = slice_of("celular;mensaje, largo\n573102111111;a, b\n573102111112;a, b\n");
    for (long n = 1; n < ALLOCATIONS_MOST; n++) {
        struct dialect dialect;
        fail_allocation(n);
        int result = dialect_guess(sample, &dialect);
        fail_allocation(0);
        if (result == 0)
            ck_assert_int_eq(dialect.delimiter, ';');
    }
}
END_TEST

START_TEST(what_is_said_is_said_whole_where_memory_runs_out)
{
    static const char words[] =
        "stopped: the account's balance is exhausted (gateway code -3); 16 messages are "
        "left, 1 row is unknown; buy credit first; to go on: campana run navidad.csv";
    FILE *said = tmpfile();
    int standard_error = dup(STDERR_FILENO);
    for (long n = 1; n < 20; n++) {
        char text[1024];
        ck_assert_int_eq(ftruncate(fileno(said), 0), 0);
        rewind(said);
        dup2(fileno(said), STDERR_FILENO);
        fail_allocation(n);
        talk_line("%s", words);
        fail_allocation(0);
        dup2(standard_error, STDERR_FILENO);
        ssize_t len = pread(fileno(said), text, sizeof text - 1, 0);
        ck_assert_int_gt(len, 0);
        text[len] = '\0';
        ck_assert_ptr_eq(strstr(text, "campana: "), text);
        ck_assert_ptr_nonnull(strstr(text, words));
    }
    close(standard_error);
    fclose(said);
}
END_TEST

START_TEST(a_word_in_json_is_whole_or_known_not_to_be_where_memory_runs_out)
{
    char word[300];
    struct buffer right = {0};
    memset(word, 'a', sizeof word - 1);
    word[0] = '\xe1'; /* Latin-1 */
    word[sizeof word - 1] = '\0';
    layout_put_json(&right, word);
    for (long n = 1; n < 20; n++) {
        struct buffer json = {0};
        fail_allocation(n);
        layout_put_json(&json, word);
        fail_allocation(0);
        if (!json.failed)
            ck_assert(slice_equal(buffer_slice(&json), buffer_slice(&right)));
        buffer_free(&json);
    }
    buffer_free(&right);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("no memory");
    TCase *tcase = tcase_create("no memory");
    tcase_add_test(tcase, no_other_column_is_chosen_where_memory_runs_out);
    tcase_add_test(tcase, a_header_is_not_taken_for_data_where_memory_runs_out);
    tcase_add_test(tcase, no_other_delimiter_is_chosen_where_memory_runs_out);
    tcase_add_test(tcase, what_is_said_is_said_whole_where_memory_runs_out);
    tcase_add_test(tcase, a_word_in_json_is_whole_or_known_not_to_be_where_memory_runs_out);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
