/* Memory that runs out must not turn into another answer. Linked so that the Nth allocation of ours fails. */
#include "campana/columns.h"
#include "campana/dialect.h"
#include "campana/error.h"
#include "main.h"
#include <stdlib.h>

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

int main(void)
{
    Suite *suite = suite_create("no memory");
    TCase *tcase = tcase_create("no memory");
    tcase_add_test(tcase, no_other_column_is_chosen_where_memory_runs_out);
    tcase_add_test(tcase, a_header_is_not_taken_for_data_where_memory_runs_out);
    tcase_add_test(tcase, no_other_delimiter_is_chosen_where_memory_runs_out);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
