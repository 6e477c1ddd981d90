#include "campana/error.h"
#include "campana/spool.h"
#include "main.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error error;

/* A pipe's reading end as a path, with the content in it. */
static const char *pipe_with(const char *content)
{
    static char path[40];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], content, strlen(content)), (ssize_t)strlen(content));
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    return path;
}

START_TEST(a_pipe_can_be_read_twice)
{
    int descriptor;
    char read_back[16] = "";
    ck_assert_msg(spool_open(pipe_with("celular\n"), "a pipe", &descriptor, &error) == 0, "%s", error.text);
    for (int i = 0; i < 2; i++) {
        memset(read_back, 0, sizeof read_back);
        ck_assert_int_eq(pread(descriptor, read_back, sizeof read_back, 0), 8);
        ck_assert_str_eq(read_back, "celular\n");
    }
    close(descriptor);
}
END_TEST

START_TEST(what_cannot_be_read_is_told_by_the_name_that_people_gave_it)
{
    int descriptor;
    ck_assert_int_eq(spool_open("/tmp", "a folder", &descriptor, &error), -1);
    ck_assert_str_eq(error.text, "a folder: this is a directory; name a file in it");
    ck_assert_int_eq(descriptor, -1);
    ck_assert_int_eq(spool_open("/nonexistent", "clientes.csv", &descriptor, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "clientes.csv"));
}
END_TEST

START_TEST(a_folder_that_takes_no_copy_is_named)
{
    int descriptor;
    setenv("TMPDIR", "/nonexistent", 1);
    ck_assert_int_eq(spool_open(pipe_with("x"), "a pipe", &descriptor, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_MACHINE);
    ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent"));
    ck_assert_ptr_nonnull(strstr(error.text, "TMPDIR"));
    unsetenv("TMPDIR");
}
END_TEST

START_TEST(a_copy_has_no_name)
{
    int descriptor;
    struct stat status;
    ck_assert_int_eq(spool_open(pipe_with("x"), "a pipe", &descriptor, &error), 0);
    ck_assert_int_eq(fstat(descriptor, &status), 0);
    ck_assert_uint_eq(status.st_nlink, 0);
    close(descriptor);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spool");
    TCase *tcase = tcase_create("copies");
    tcase_add_test(tcase, a_pipe_can_be_read_twice);
    tcase_add_test(tcase, what_cannot_be_read_is_told_by_the_name_that_people_gave_it);
    tcase_add_test(tcase, a_folder_that_takes_no_copy_is_named);
    tcase_add_test(tcase, a_copy_has_no_name);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
