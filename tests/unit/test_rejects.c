#include "campana/error.h"
#include "campana/rejects.h"
#include "main.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/campana-test-XXXXXX";
static char path[64];
static struct rejects *rejects;
static struct error error;

static void start(void)
{
    memcpy(folder + sizeof folder - sizeof "XXXXXX", "XXXXXX", sizeof "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/r.csv", folder);
    rejects = NULL;
}

static void stop(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else is left in it */
}

static int begin(void)
{
    static const struct csv_facts facts = {.encoding = "UTF-8", .delimiter = ';', .line_end = "\n"};
    static const struct slice header[] = {{"celular", 7}, {"mensaje", 7}};
    return rejects_open(path, &facts, header, 2, &rejects, &error);
}

static void add(void)
{
    static const struct slice cells[] = {{"abc", 3}, {"Hola", 4}};
    const struct csv_row row = {.row = 2, .cells = cells, .count = 2};
    ck_assert_int_eq(rejects_add(rejects, &row, "no number", &error), 0);
    ck_assert_int_eq(rejects_flush(rejects, &error), 0);
}

static void assert_holds(const char *content)
{
    char got[256] = "";
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    got[fread(got, 1, sizeof got - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(got, content);
}

START_TEST(the_file_is_there_when_all_is_written)
{
    struct stat there;
    ck_assert_int_eq(begin(), 0);
    add();
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_int_eq(rejects_finish(rejects, &error), 0);
    assert_holds("celular;mensaje;campana_reason\nabc;Hola;no number\n");
    ck_assert_int_eq(stat(path, &there), 0);
    ck_assert_int_eq(there.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_file_that_comes_meanwhile_stays_as_it_is)
{
    ck_assert_int_eq(begin(), 0);
    add();
    FILE *other = fopen(path, "w");
    fputs("mine", other);
    fclose(other);
    ck_assert_int_eq(rejects_finish(rejects, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "overwrites nothing"));
    assert_holds("mine");
    ck_assert_int_eq(begin(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "overwrites nothing"));
}
END_TEST

START_TEST(what_is_given_up_leaves_nothing)
{
    ck_assert_int_eq(begin(), 0);
    add();
    rejects_abandon(rejects);
    ck_assert_int_eq(access(path, F_OK), -1);
    rejects_abandon(NULL);
    ck_assert_int_eq(rejects_finish(NULL, &error), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rejects");
    TCase *tcase = tcase_create("rejects");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, the_file_is_there_when_all_is_written);
    tcase_add_test(tcase, a_file_that_comes_meanwhile_stays_as_it_is);
    tcase_add_test(tcase, what_is_given_up_leaves_nothing);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
