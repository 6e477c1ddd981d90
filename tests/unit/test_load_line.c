#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/load_line.h"
#include "main.h"
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ERASED "\r\x1b[K"

static int64_t now_ns;
static struct load_line line;
static struct buffer text;
static int screen = -1;
static int saved_error;

static int64_t told_ns(void *context)
{
    (void)context;
    return now_ns;
}

static const struct clock watch = {.monotonic_ns = told_ns};

static void start(void)
{
    now_ns = 7 * NS_PER_S;
    buffer_init(&text);
    setenv("TERM", "xterm", 1);
}

static void stop(void)
{
    buffer_free(&text);
}

static const char *put(enum load_stage stage, int64_t rows, int64_t bytes, int64_t bytes_in_all, size_t width)
{
    struct load_progress now = {stage, rows, bytes, bytes_in_all};
    buffer_clear(&text);
    load_line_put(&line, &now, width, &text);
    return buffer_string(&text);
}

START_TEST(the_line_tells_the_stage_the_rows_and_the_share)
{
    line = (struct load_line){.name = "clientes.csv"};
    ck_assert_str_eq(put(LOAD_EXAMINING, 0, 262144, 1048576, 0), "clientes.csv  looking at the file  25%");
    ck_assert_str_eq(put(LOAD_READING, 0, 1, 1048576, 0), "clientes.csv  0 rows checked  0%");
    ck_assert_str_eq(put(LOAD_READING, 1, 524288, 1048576, 0), "clientes.csv  1 row checked  50%");
    ck_assert_str_eq(put(LOAD_READING, 10000000, 1048576, 1048576, 0),
                     "clientes.csv  10000000 rows checked  100%");
    ck_assert_str_eq(put(LOAD_ENDING, 12, 1048576, 1048576, 0),
                     "clientes.csv  12 rows checked, writing to the disk");
}
END_TEST

START_TEST(a_file_whose_size_is_not_known_or_that_grows_has_no_share)
{
    line = (struct load_line){.name = "clientes.csv"};
    ck_assert_str_eq(put(LOAD_EXAMINING, 0, 262144, 0, 0), "clientes.csv  looking at the file");
    ck_assert_str_eq(put(LOAD_READING, 9, 262144, -1, 0), "clientes.csv  9 rows checked");
    ck_assert_str_eq(put(LOAD_READING, 9, 262145, 262144, 0), "clientes.csv  9 rows checked");
}
END_TEST

START_TEST(a_name_moves_no_cursor_and_the_line_is_no_wider_than_it_may)
{
    line = (struct load_line){.name = "a\x1b[2J\nb.csv"};
    ck_assert_ptr_null(strpbrk(put(LOAD_READING, 9, 0, 100, 0), "\x1b\n"));
    line.name = "clientes.csv";
    ck_assert_str_eq(put(LOAD_READING, 9, 0, 100, 20), "clientes.csv  9 row…");
}
END_TEST

/* Standard error becomes a terminal that this test reads. */
static void take_terminal(void)
{
    int slave;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    ck_assert_int_eq(openpty(&screen, &slave, NULL, NULL, &size), 0);
    ck_assert_int_eq(fcntl(screen, F_SETFL, O_NONBLOCK), 0);
    saved_error = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
}

/* What was written there since it was last asked. */
static const char *seen(void)
{
    static char bytes[1024];
    ssize_t len = read(screen, bytes, sizeof bytes - 1);
    bytes[len < 0 ? 0 : len] = '\0';
    return bytes;
}

static void give_back(void)
{
    dup2(saved_error, STDERR_FILENO);
    close(saved_error);
    close(screen);
}

static void show(enum load_stage stage, int64_t rows, int64_t after_ms)
{
    struct load_progress now = {stage, rows, rows, 100};
    now_ns += after_ms * NS_PER_MS;
    load_line_show(&line, &now);
}

START_TEST(a_terminal_sees_one_line_from_half_a_second_on_ten_times_a_second)
{
    take_terminal();
    load_line_init(&line, &(struct talk){0}, &watch, "clientes.csv");
    show(LOAD_EXAMINING, 0, 499);
    ck_assert_str_eq(seen(), "");
    show(LOAD_READING, 5, 1);
    ck_assert_str_eq(seen(), ERASED "clientes.csv  5 rows checked  5%");
    show(LOAD_READING, 6, 99);
    ck_assert_str_eq(seen(), "");
    show(LOAD_READING, 7, 1);
    ck_assert_str_eq(seen(), ERASED "clientes.csv  7 rows checked  7%");
    show(LOAD_ENDING, 100, 1); /* nothing is told any more until it ends: this must be seen */
    ck_assert_str_eq(seen(), ERASED "clientes.csv  100 rows checked, writing to the disk");
    load_line_end(&line);
    ck_assert_str_eq(seen(), ERASED);
    load_line_end(&line);
    ck_assert_str_eq(seen(), "");
    give_back();
}
END_TEST

START_TEST(a_load_that_is_over_at_once_leaves_the_terminal_alone)
{
    take_terminal();
    load_line_init(&line, &(struct talk){0}, &watch, "-");
    ck_assert_str_eq(line.name, "standard input");
    show(LOAD_EXAMINING, 0, 1);
    show(LOAD_READING, 100, 1);
    show(LOAD_ENDING, 100, 1);
    load_line_end(&line);
    ck_assert_str_eq(seen(), "");
    give_back();
}
END_TEST

START_TEST(who_wants_it_quiet_and_a_terminal_that_cannot_see_nothing)
{
    take_terminal();
    load_line_init(&line, &(struct talk){.quiet = true}, &watch, "clientes.csv");
    show(LOAD_READING, 5, 10000);
    setenv("TERM", "dumb", 1);
    load_line_init(&line, &(struct talk){0}, &watch, "clientes.csv");
    show(LOAD_READING, 5, 10000);
    load_line_end(&line);
    ck_assert_str_eq(seen(), "");
    give_back();
}
END_TEST

START_TEST(a_pipe_sees_nothing)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    screen = ends[0];
    saved_error = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    load_line_init(&line, &(struct talk){0}, &watch, "clientes.csv");
    show(LOAD_READING, 5, 10000);
    load_line_end(&line);
    ck_assert_str_eq(seen(), "");
    give_back();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load_line");
    TCase *tests = tcase_create("line");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, the_line_tells_the_stage_the_rows_and_the_share);
    tcase_add_test(tests, a_file_whose_size_is_not_known_or_that_grows_has_no_share);
    tcase_add_test(tests, a_name_moves_no_cursor_and_the_line_is_no_wider_than_it_may);
    tcase_add_test(tests, a_terminal_sees_one_line_from_half_a_second_on_ten_times_a_second);
    tcase_add_test(tests, a_load_that_is_over_at_once_leaves_the_terminal_alone);
    tcase_add_test(tests, who_wants_it_quiet_and_a_terminal_that_cannot_see_nothing);
    tcase_add_test(tests, a_pipe_sees_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
