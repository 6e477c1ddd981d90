#include "campana/buffer.h"
#include "campana/cli.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/output.h"
#include "campana/report.h"
#include "campana/value.h"
#include "store_fixture.h"
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#define WORDS_MOST      24
#define TEXT_BYTES_MOST 65536

static char out[TEXT_BYTES_MOST], err[TEXT_BYTES_MOST];

static void start(void)
{
    fixture_setup();
    ck_assert_int_eq(chdir(fixture_directory), 0);
    setenv("HOME", fixture_directory, 1);
    setenv("CAMPANA_URL", "http://127.0.0.1:1/", 1); /* nobody listens there */
    setenv("CAMPANA_USER", "ana", 1);
    setenv("CAMPANA_HOURS", "any", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("CAMPANA_DB");
    unsetenv("CAMPANA_RATE");
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    fclose(file);
}

static void read_back(int file, char text[TEXT_BYTES_MOST])
{
    ssize_t len = pread(file, text, TEXT_BYTES_MOST - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    close(file);
}

static int open_scratch(void)
{
    char path[] = "/tmp/campana-test-XXXXXX";
    int file = mkostemp(path, O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    unlink(path);
    return file;
}

static int split(char *line, char **argv)
{
    int argc = 0;
    argv[argc++] = line;
    while ((line = strchr(line, ' ')) != NULL && argc < WORDS_MOST) {
        *line++ = '\0';
        argv[argc++] = line;
    }
    argv[argc] = NULL;
    return argc;
}

/* Runs "campana …"; `out` and `err` get what it said. */
static int campana(const char *line)
{
    char words[512];
    char *argv[WORDS_MOST + 1];
    setenv("CAMPANA_PASSWORD", "geheim", 1);
    snprintf(words, sizeof words, "%s", line);
    int argc = split(words, argv);
    int files[2] = {open_scratch(), open_scratch()};
    int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    fflush(stdout);
    dup2(files[0], STDOUT_FILENO);
    dup2(files[1], STDERR_FILENO);
    int code = cli_main(argc, argv, NULL);
    dup2(saved[0], STDOUT_FILENO);
    dup2(saved[1], STDERR_FILENO);
    close(saved[0]);
    close(saved[1]);
    read_back(files[0], out);
    read_back(files[1], err);
    ck_assert_ptr_null(strstr(out, "geheim"));
    ck_assert_ptr_null(strstr(err, "geheim"));
    return code;
}

#define assert_campana(line, code)                                                                           \
    do {                                                                                                     \
        int got_ = campana(line);                                                                            \
        ck_assert_msg(got_ == (code), "%s: exit %d\n%s\n%s", line, got_, out, err);                          \
    } while (0)
#define assert_words(text, words)                                                                            \
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in:\n%s", words, text)

static void write_campaign(const char *path, int count)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("celular,mensaje\n", file);
    for (int i = 0; i < count; i++)
        fprintf(file, "573%09d,Hola %d\n", i, i);
    fclose(file);
}

/* ---- words ---- */

START_TEST(help_is_a_result_and_a_mistake_is_talk)
{
    static const char *const helps[] = {"campana help",       "campana --help",       "campana -h",
                                        "campana run --help", "campana help resolve", "campana doctor -h -q",
                                        "campana --version"};
    static const char *const mistakes[] = {
        "campana",           "campana sned",       "campana run",           "campana status a b",
        "campana --nope",    "campana help sned",  "campana run a --rat 3", "campana hours x",
        "campana resolve x", "campana balance now"};
    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
        assert_campana(helps[i], EXIT_DONE);
        ck_assert_str_ne(out, "");
        ck_assert_str_eq(err, "");
    }
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        assert_campana(mistakes[i], EXIT_INPUT);
        ck_assert_str_eq(out, "");
        ck_assert_msg(strncmp(err, "campana: ", 9) == 0, "%s", err);
    }
}
END_TEST

START_TEST(every_command_has_help_with_examples)
{
    static const char *const names[] = {"run",     "load",   "send",  "status",    "report", "resolve",
                                        "balance", "doctor", "hours", "reconcile", "forget"};
    char line[64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(line, sizeof line, "campana help %s", names[i]);
        assert_campana(line, EXIT_DONE);
        assert_words(out, "Examples:\n  campana ");
        assert_words(out, "--db FILE");
    }
}
END_TEST

START_TEST(a_mistyped_command_gets_a_suggestion)
{
    assert_campana("campana reprot x", EXIT_INPUT);
    assert_words(err, "did you mean campana report?");
}
END_TEST

START_TEST(arguments_reach_the_terminal_only_visibly)
{
    assert_campana("campana \x1b[31mred", EXIT_INPUT);
    assert_words(err, "\\x1b[31mred");
    ck_assert_ptr_null(strchr(err, '\x1b'));
}
END_TEST

/* ---- a campaign without a gateway ---- */

START_TEST(a_campaign_is_loaded_looked_at_and_loaded_again)
{
    write_campaign("c.csv", 3);
    assert_campana("campana load c.csv --dry-run", EXIT_DONE);
    assert_words(out, "3 pending");
    assert_campana("campana status", EXIT_INPUT); /* there is no database yet */
    assert_campana("campana load c.csv", EXIT_DONE);
    assert_words(err, "campana send c\n");
    assert_campana("campana load c.csv", EXIT_DONE);
    assert_words(out, "loaded already");
    assert_campana("campana status", EXIT_DONE);
    assert_words(out, "never sent");
    assert_campana("campana status c", EXIT_DONE);
    assert_words(out, "3 pending");
    assert_campana("campana status c --json", EXIT_DONE);
    assert_words(
        out,
        "\"counts\":{\"pending\":3,\"inflight\":0,\"accepted\":0,\"refused\":0,\"unknown\":0,\"invalid\":0,"
        "\"duplicate\":0,\"suppressed\":0},\"decided\":{\"accepted\":0,\"refused\":0},\"runs\":[]}");
    assert_campana("campana status --json", EXIT_DONE);
    ck_assert_int_eq(out[0], '[');
    assert_campana("campana status nobody", EXIT_INPUT);
    assert_words(err, "\"nobody\"");
    assert_campana("campana report c", EXIT_DONE);
    assert_words(out, "573000000002");
    assert_campana("campana report c --state accepted --format csv", EXIT_DONE);
    ck_assert_ptr_null(strstr(out, "573000000002"));
    assert_campana("campana resolve c --as pending", EXIT_DONE);
    assert_words(err, "nothing to decide");
    assert_campana("campana report c --format html --excel", EXIT_INPUT);
    assert_words(err, "--excel goes with --format csv");
}
END_TEST

START_TEST(a_gateway_that_nobody_reaches_leaves_all_pending_and_names_the_way_on)
{
    write_campaign("c.csv", 3);
    assert_campana("campana --db my.db run c.csv --yes --max-failures 2 --rate max", EXIT_GATEWAY);
    assert_words(err, "3 messages are left");
    assert_words(err, "to go on: campana --db my.db run c.csv --rate max --max-failures 2\n");
    assert_campana("campana --db my.db send c --max-failures 2 -q", EXIT_GATEWAY);
    assert_words(err, "to go on: campana --db my.db send c --max-failures 2\n");
    ck_assert_ptr_eq(strchr(err, '\n'), err + strlen(err) - 1); /* one line, even with -q */
    assert_campana("campana --db my.db status c", EXIT_DONE);
    assert_words(out, "the gateway failed too many times in a row");
    assert_campana("campana balance", EXIT_GATEWAY);
    ck_assert_str_eq(out, "");
    assert_campana("campana doctor --db my.db", EXIT_GATEWAY);
    assert_words(out, "my.db: 1 campaign");
    assert_words(out, "FAILURE  connection");
    assert_campana("campana doctor --json", EXIT_GATEWAY);
    assert_words(out, "\"check\":\"connection\",\"level\":\"failure\"");
}
END_TEST

START_TEST(what_cannot_start_is_refused_before_anything_is_loaded)
{
    write_campaign("c.csv", 3);
    setenv("CAMPANA_URL", "http://192.0.2.1/", 1);
    assert_campana("campana run c.csv --yes", EXIT_INPUT);
    assert_words(err, "CAMPANA_URL");
    ck_assert_int_ne(access("campana.db", F_OK), 0);
    setenv("CAMPANA_URL", "http://127.0.0.1:1/", 1);
    unsetenv("CAMPANA_USER");
    assert_campana("campana run c.csv --yes", EXIT_INPUT);
    assert_words(err, "there is no user");
    ck_assert_int_ne(access("campana.db", F_OK), 0);
}
END_TEST

START_TEST(contact_hours_and_the_start_are_minded)
{
    write_campaign("c.csv", 3);
    assert_campana("campana load c.csv", EXIT_DONE);
    assert_campana("campana send c --start 2020-01-01T10:00", EXIT_INPUT);
    assert_words(err, "--start 2020-01-01T10:00 was ");
    assert_campana("campana send c --start 2090-12-25T10:00 --hours co", EXIT_HOURS);
    assert_words(err, "campana hours 2090-12-25");
    assert_campana("campana hours 2026-12-25 --hours co", EXIT_DONE);
    assert_words(out, "Friday 25 December 2026, holiday (Navidad): closed\n");
    assert_words(out, "Holidays of 2026:");
    assert_campana("campana hours 2026-12-24 --hours co", EXIT_DONE);
    assert_words(out, "Thursday 24 December 2026: 07:00-19:00\n");
}
END_TEST

START_TEST(a_test_message_needs_a_good_number_and_a_pending_row)
{
    write_campaign("c.csv", 1);
    assert_campana("campana load c.csv", EXIT_DONE);
    assert_campana("campana send c --test-to 12", EXIT_INPUT);
    assert_words(err, "--test-to: \"12\": the number has too few digits");
    assert_campana("campana send c --test-to 3102111111", EXIT_GATEWAY);
    assert_words(out, "573102111111: ");
    assert_campana("campana status c", EXIT_DONE);
    assert_words(out, "1 pending");
}
END_TEST

START_TEST(templates_come_from_an_option_or_a_file_but_not_from_both)
{
    write_file("c.csv", "celular,nombre\n573102111111,Ana\n");
    write_file("t.txt", "\xef\xbb\xbfHola {nombre}\r\n");
    assert_campana("campana load c.csv --template-file t.txt", EXIT_DONE);
    assert_words(out, "«Hola Ana»");
    assert_campana("campana load c.csv --template {nombre} --template-file t.txt", EXIT_INPUT);
    assert_campana("campana load c.csv --template {nombre} --text nombre", EXIT_INPUT);
    assert_campana("campana load c.csv --template-file nowhere.txt", EXIT_INPUT);
    assert_campana("campana load - --campaign x --template-file -", EXIT_INPUT);
    write_file("t.txt", "a\xf1o");
    assert_campana("campana load c.csv --campaign y --template-file t.txt", EXIT_DONE);
    assert_words(out, "message from a template in a file (WINDOWS-1252)");
    assert_words(out, "«año»");
    write_file("t.txt", "\xef\xbb\xbfHola \xf1");
    assert_campana("campana load c.csv --campaign z --template-file t.txt", EXIT_INPUT);
    assert_words(err, "UTF-8");
}
END_TEST

/* ---- files ---- */

START_TEST(a_report_file_is_its_owners_and_replaces_a_link_itself)
{
    struct stat there;
    write_campaign("c.csv", 3);
    write_file("precious", "untouched");
    ck_assert_int_eq(symlink("precious", "r.csv"), 0);
    assert_campana("campana load c.csv", EXIT_DONE);
    mode_t before = umask(0);
    assert_campana("campana report c --format csv --output r.csv", EXIT_DONE);
    umask(before);
    ck_assert_str_eq(out, "");
    ck_assert_int_eq(lstat("r.csv", &there), 0);
    ck_assert(S_ISREG(there.st_mode));
    ck_assert_uint_eq(there.st_mode & 07777, 0600);
    ck_assert_int_eq(stat("precious", &there), 0);
    ck_assert_int_eq(there.st_size, 9);
    assert_campana("campana report c --output nowhere/r.csv", EXIT_INPUT);
    assert_campana("campana report c --output /dev/null", EXIT_INPUT);
}
END_TEST

START_TEST(a_file_that_is_not_completed_leaves_nothing)
{
    struct output_file *file;
    char listing[64];
    ck_assert_int_eq(output_file_open("r.csv", &file, &error), 0);
    ck_assert_int_eq(output_file_write(file, "abc", 3, &error), 0);
    output_file_abandon(file);
    FILE *ls = popen("ls -A", "r");
    ck_assert_ptr_nonnull(ls);
    ck_assert_ptr_null(fgets(listing, sizeof listing, ls));
    pclose(ls);
}
END_TEST

START_TEST(output_that_nobody_reads_any_more_is_no_failure)
{
    int ends[2];
    write_campaign("c.csv", 3);
    assert_campana("campana load c.csv", EXIT_DONE);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    int saved = dup(STDOUT_FILENO);
    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    char line[] = "campana report c";
    char *argv[WORDS_MOST + 1];
    int code = cli_main(split(line, argv), argv, NULL);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
    ck_assert_int_eq(code, EXIT_DONE);
}
END_TEST

START_TEST(closed_descriptors_do_not_become_the_database)
{
    write_campaign("c.csv", 3);
    pid_t child = fork();
    if (child == 0) {
        char line[] = "campana load c.csv";
        char *argv[WORDS_MOST + 1];
        for (int descriptor = 0; descriptor < 3; descriptor++)
            close(descriptor);
        _exit(cli_main(split(line, argv), argv, NULL));
    }
    int status;
    waitpid(child, &status, 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_MACHINE); /* nobody got the verdict */
    assert_campana("campana status c", EXIT_DONE);
    assert_words(out, "3 pending");
}
END_TEST

/* ---- a person at a terminal ---- */

/* On a terminal, lines break where it ends. */
static void unbreak(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool blank = strchr(" \r\n", *from) != NULL;
        if (blank && to > text && to[-1] == ' ')
            continue;
        *to++ = blank ? ' ' : *from;
    }
    *to = '\0';
}

/* Runs campana on a terminal of its own, answers its first question, and returns its exit code; `out` gets
 * all it showed. */
static int at_terminal(const char *line, const char *question, const char *answer)
{
    char words[512];
    char *argv[WORDS_MOST + 1];
    struct winsize size = {.ws_row = 24, .ws_col = 60};
    int terminal;
    size_t len = 0;
    bool answered = false;
    setenv("TERM", "xterm", 1);
    setenv("CAMPANA_PASSWORD", "geheim", 1);
    snprintf(words, sizeof words, "%s", line);
    int argc = split(words, argv);
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(cli_main(argc, argv, NULL));
    while (len < sizeof out - 1) {
        ssize_t got = read(terminal, out + len, sizeof out - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        out[len] = '\0';
        if (!answered && strstr(out, question) != NULL) {
            ck_assert_int_eq(write(terminal, answer, strlen(answer)), (ssize_t)strlen(answer));
            answered = true;
        }
    }
    int status;
    waitpid(child, &status, 0);
    close(terminal);
    ck_assert_msg(answered, "it did not ask \"%s\":\n%s", question, out);
    ck_assert_msg(WIFEXITED(status), "%s", out);
    unbreak(out);
    return WEXITSTATUS(status);
}

START_TEST(a_person_is_shown_the_plan_and_asked)
{
    write_campaign("c.csv", 99);
    ck_assert_int_eq(at_terminal("campana run c.csv", "[y/N] ", "\n"), EXIT_INTERRUPTED);
    assert_words(out, "99 messages");
    assert_words(out, "not confirmed; nothing was sent; ");
    ck_assert_int_eq(at_terminal("campana send c", "[y/N] ", "n\n"), EXIT_INTERRUPTED);
    ck_assert_int_eq(at_terminal("campana send c", "[y/N] ", "\x04"), EXIT_INTERRUPTED);
    ck_assert_int_eq(at_terminal("campana send c --max-failures 1", "[y/N] ", "Sí\n"), EXIT_GATEWAY);
    assert_words(out, "99 messages are left");
}
END_TEST

START_TEST(from_a_hundred_messages_on_a_reflex_is_not_enough)
{
    write_campaign("c.csv", 100);
    ck_assert_int_eq(at_terminal("campana run c.csv", "type their number: ", "y\n"), EXIT_INTERRUPTED);
    ck_assert_int_eq(at_terminal("campana send c", "type their number: ", "99\n"), EXIT_INTERRUPTED);
    ck_assert_int_eq(at_terminal("campana send c --max-failures 1", "type their number: ", " 100 \n"),
                     EXIT_GATEWAY);
}
END_TEST

START_TEST(ctrl_c_at_the_question_is_an_interruption)
{
    write_campaign("c.csv", 3);
    ck_assert_int_eq(at_terminal("campana run c.csv", "[y/N] ", "\x03"), EXIT_INTERRUPTED);
    assert_campana("campana status c", EXIT_DONE);
    assert_words(out, "3 pending");
    ck_assert_ptr_null(strstr(out, "Runs"));
}
END_TEST

/* ---- tables ---- */

START_TEST(exit_codes_are_those_of_the_contract)
{
    static const struct {
        enum run_end end;
        int64_t unknown;
        int code;
    } cases[] = {
        {END_DONE, 0, 0},        {END_DONE, 2, 9},        {END_LIMIT, 0, 0},     {END_LIMIT, 2, 0},
        {END_BALANCE, 2, 3},     {END_CREDENTIALS, 0, 4}, {END_FORBIDDEN, 0, 4}, {END_INTERRUPTED, 2, 5},
        {END_MAINTENANCE, 0, 6}, {END_FAILURES, 2, 7},    {END_HOURS, 0, 8},     {END_LOCAL, 0, 1},
        {END_HELD_BACK, 0, 0},   {END_HELD_BACK, 2, 9},   {END_STOPPED, 2, 5},   {END_PAUSE, 2, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_int_eq(exit_code_of_end(cases[i].end, cases[i].unknown), cases[i].code);
    ck_assert_int_eq(exit_code_of_error(ERROR_MACHINE), 1);
    ck_assert_int_eq(exit_code_of_error(ERROR_INPUT), 2);
    ck_assert_int_eq(exit_code_of_error(ERROR_ACCESS), 4);
    ck_assert_int_eq(exit_code_of_error(ERROR_GATEWAY), 7);
    ck_assert_int_eq(exit_code_of_error(ERROR_BUSY), 10);
}
END_TEST

START_TEST(the_formats_that_may_be_asked_for_are_those_there_are)
{
    enum report_format format;
    for (size_t i = 0; i < REPORT_FORMATS; i++) {
        ck_assert_int_eq(report_format_from_name(value_format.choices[i], &format), 0);
        ck_assert_uint_eq(format, i);
    }
    ck_assert_ptr_null(value_format.choices[REPORT_FORMATS]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli");
    TCase *tcase = tcase_create("cli");
    tcase_add_checked_fixture(tcase, start, fixture_teardown);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, help_is_a_result_and_a_mistake_is_talk);
    tcase_add_test(tcase, every_command_has_help_with_examples);
    tcase_add_test(tcase, a_mistyped_command_gets_a_suggestion);
    tcase_add_test(tcase, arguments_reach_the_terminal_only_visibly);
    tcase_add_test(tcase, a_campaign_is_loaded_looked_at_and_loaded_again);
    tcase_add_test(tcase, a_gateway_that_nobody_reaches_leaves_all_pending_and_names_the_way_on);
    tcase_add_test(tcase, what_cannot_start_is_refused_before_anything_is_loaded);
    tcase_add_test(tcase, contact_hours_and_the_start_are_minded);
    tcase_add_test(tcase, a_test_message_needs_a_good_number_and_a_pending_row);
    tcase_add_test(tcase, templates_come_from_an_option_or_a_file_but_not_from_both);
    tcase_add_test(tcase, a_report_file_is_its_owners_and_replaces_a_link_itself);
    tcase_add_test(tcase, a_file_that_is_not_completed_leaves_nothing);
    tcase_add_test(tcase, output_that_nobody_reads_any_more_is_no_failure);
    tcase_add_test(tcase, closed_descriptors_do_not_become_the_database);
    tcase_add_test(tcase, a_person_is_shown_the_plan_and_asked);
    tcase_add_test(tcase, from_a_hundred_messages_on_a_reflex_is_not_enough);
    tcase_add_test(tcase, ctrl_c_at_the_question_is_an_interruption);
    tcase_add_test(tcase, exit_codes_are_those_of_the_contract);
    tcase_add_test(tcase, the_formats_that_may_be_asked_for_are_those_there_are);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
