#include "campana/config.h"
#include "campana/error.h"
#include "main.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct settings settings;
static struct options options;
static struct error error;

static const char *const variables[] = {"CAMPANA_DB",       "CAMPANA_URL",   "CAMPANA_USER",
                                        "CAMPANA_PASSWORD", "CAMPANA_HOURS", "CAMPANA_RATE",
                                        "XDG_CONFIG_HOME",  "HOME",          "CREDENTIALS_DIRECTORY"};

static void start(void)
{
    snprintf(folder, sizeof folder, "/tmp/campana-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    setenv("HOME", folder, 1);
    settings = (struct settings){0};
    options = (struct options){0};
    error_clear(&error);
}

static int remove_one(const char *path, const struct stat *there, int kind, struct FTW *walk)
{
    (void)there;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void stop(void)
{
    settings_free(&settings);
    options_free(&options);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_bytes(const char *path, const char *content, size_t len, mode_t mode)
{
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, content, len), (ssize_t)len);
    ck_assert_int_eq(fchmod(file, mode), 0);
    close(file);
}

static void write_file(const char *path, const char *content)
{
    write_bytes(path, content, strlen(content), 0600);
}

static int read_with(const char *option)
{
    char words[128];
    char *argv[] = {words, NULL};
    settings_free(&settings);
    options_free(&options);
    if (option != NULL) {
        snprintf(words, sizeof words, "%s", option);
        static const enum option all[] = {OPTION_RATE, OPTION_HOURS, OPTION_METHOD, OPTIONS};
        const struct option_group groups[] = {{"All", all}, {NULL, NULL}};
        ck_assert_msg(options_read(&options, "run", groups, 1, argv, 0, NULL, &error) == 0, "%s", error.text);
    }
    return settings_read(&settings, &options, &error);
}

static void assert_setting(enum setting setting, const char *text, const char *origin)
{
    ck_assert_pstr_eq(setting_text(&settings, setting), text);
    ck_assert_str_eq(setting_origin(&settings, setting), origin);
}

START_TEST(without_anything_the_defaults_of_the_manual_hold)
{
    ck_assert_int_eq(read_with(NULL), 0);
    assert_setting(SETTING_DB, "./campana.db", "default");
    assert_setting(SETTING_URL, "https://sistemasmasivos.com/envio/api/sendsms", "default");
    assert_setting(SETTING_HOURS, "co", "default");
    assert_setting(SETTING_RATE, "10/s", "default");
    assert_setting(SETTING_USER, NULL, "");
    assert_setting(SETTING_PROXY, NULL, "");
    ck_assert_int_eq(setting_number(&settings, SETTING_CONCURRENCY), 32);
    ck_assert_int_eq(setting_number(&settings, SETTING_TIMEOUT), 30000);
    ck_assert_int_eq(setting_number(&settings, SETTING_CONNECT_TIMEOUT), 10000);
    ck_assert_int_eq(setting_number(&settings, SETTING_METHOD), 0);
    ck_assert_int_eq(setting_number(&settings, SETTING_INSECURE_HTTP), 0);
    ck_assert_int_eq(setting_number(&settings, SETTING_MAX_FAILURES), 10);
    ck_assert_ptr_null(settings.file);
}
END_TEST

START_TEST(the_option_wins_over_the_environment_over_the_file_over_the_default)
{
    write_file("campana.ini", "[sending]\nrate = 3/s\n");
    ck_assert_int_eq(read_with(NULL), 0);
    assert_setting(SETTING_RATE, "3/s", "./campana.ini, line 2");
    setenv("CAMPANA_RATE", "4/s", 1);
    ck_assert_int_eq(read_with(NULL), 0);
    assert_setting(SETTING_RATE, "4/s", "CAMPANA_RATE");
    ck_assert_int_eq(read_with("--rate=5/s"), 0);
    assert_setting(SETTING_RATE, "5/s", "--rate");
    setenv("CAMPANA_RATE", "", 1);
    ck_assert_int_eq(read_with(NULL), 0);
    assert_setting(SETTING_RATE, "3/s", "./campana.ini, line 2");
}
END_TEST

START_TEST(the_file_is_the_named_one_else_that_in_the_folder_else_that_at_home)
{
    mkdir(".config", 0700);
    mkdir(".config/campana", 0700);
    write_file(".config/campana/campana.ini", "rate = 1/s\n");
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_str_eq(setting_text(&settings, SETTING_RATE), "1/s");
    mkdir("xdg", 0700);
    mkdir("xdg/campana", 0700);
    write_file("xdg/campana/campana.ini", "rate = 2/s\n");
    setenv("XDG_CONFIG_HOME", "xdg", 1); /* a relative one does not count */
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_str_eq(setting_text(&settings, SETTING_RATE), "1/s");
    char path[96];
    snprintf(path, sizeof path, "%s/xdg", folder);
    setenv("XDG_CONFIG_HOME", path, 1);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_str_eq(setting_text(&settings, SETTING_RATE), "2/s");
    write_file("campana.ini", "rate = 3/s\n");
    ck_assert_int_eq(read_with(NULL), 0);
    assert_setting(SETTING_RATE, "3/s", "./campana.ini, line 1");
    write_file("my.ini", "rate = 4/s\n");
    ck_assert_int_eq(read_with("--config=my.ini"), 0);
    assert_setting(SETTING_RATE, "4/s", "my.ini, line 1");
}
END_TEST

/* Keys and the values that they must come to, one a line. */
static const struct {
    const char *line;
    enum setting setting;
    const char *text;
} lines[] = {
    {"user = ana@correo.co", SETTING_USER, "ana@correo.co"},
    {"user: ana@correo.co", SETTING_USER, "ana@correo.co"},
    {"  user=ana  ", SETTING_USER, "ana"},
    {"user = ana ; no comment", SETTING_USER, "ana ; no comment"},
    {"user = ana # no comment", SETTING_USER, "ana # no comment"},
    {"user = \"ana\"", SETTING_USER, "\"ana\""},
    {"USER = ana\r", SETTING_USER, "ana"},
    {"\xef\xbb\xbfuser = ana", SETTING_USER, "ana"},
    {"# comment\nuser = ana", SETTING_USER, "ana"},
    {"; comment\n\n[any section] \nuser = ana", SETTING_USER, "ana"},
    {"Max_Failures = 3", SETTING_MAX_FAILURES, "3"},
    {"max-failures = 3", SETTING_MAX_FAILURES, "3"},
    {"connect_timeout = 2.5", SETTING_CONNECT_TIMEOUT, "2.5"},
    {"hours = Mon-Fri 08:00-18:00, holidays off", SETTING_HOURS, "Mon-Fri 08:00-18:00, holidays off"},
    {"proxy = http://proxy:3128", SETTING_PROXY, "http://proxy:3128"},
    {"insecure-http = YES", SETTING_INSECURE_HTTP, "YES"},
    {"db = /var/lib/campana.db", SETTING_DB, "/var/lib/campana.db"},
    {"db = there/campana.db", SETTING_DB, "./there/campana.db"},
    {"ca-file = ca.pem", SETTING_CA_FILE, "./ca.pem"},
};

START_TEST(a_line_of_the_file_is_read_as_it_stands)
{
    write_file("campana.ini", lines[_i].line);
    ck_assert_msg(read_with(NULL) == 0, "%s: %s", lines[_i].line, error.text);
    ck_assert_pstr_eq(setting_text(&settings, lines[_i].setting), lines[_i].text);
}
END_TEST

static const struct {
    const char *content, *words;
} bad_files[] = {
    {"rate = 5/s\nretries = 3\n", "./campana.ini, line 2: unknown key \"retries\"; the keys are db, url"},
    {"passwrod = geheim\n", "line 1: unknown key \"passwrod\"; did you mean \"password\"?"},
    {"\n\nrate = fast\n", "./campana.ini, line 3: rate: \"fast\""},
    {"concurrency = 0\n", "line 1: concurrency: \"0\" is not a whole number from 1 to 1024"},
    {"hours = sometimes\n", "line 1: hours: "},
    {"insecure-http = maybe\n", "neither yes nor no"},
    {"user = a\nrate = 5/s\nuser = b\n", "line 3: user stands on line 1 already"},
    {"user = a\nUSER = b\n", "line 2: USER stands on line 1 already"},
    {"user =\n", "line 1: user: has no value"},
    {"password =\n", "line 1: the password is empty"},
    {"user = a\ngeheim\n", "./campana.ini, line 2: is neither"},
    {"[open\nuser = a\n", "line 1: is neither"},
    {"geheim\nrate = fast\n", "line 1: is neither"},
};

START_TEST(a_file_with_a_mistake_is_refused_with_its_line_and_without_its_secrets)
{
    write_file("campana.ini", bad_files[_i].content);
    ck_assert_int_eq(read_with(NULL), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, bad_files[_i].words) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "geheim") == NULL, "%s", error.text);
}
END_TEST

START_TEST(long_lines_are_whole_and_longer_ones_refused)
{
    struct buffer content = {0};
    buffer_puts(&content, "user = ");
    for (int i = 0; i < 4000; i++)
        buffer_put(&content, 'a');
    write_file("campana.ini", buffer_string(&content));
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_uint_eq(strlen(setting_text(&settings, SETTING_USER)), 4000);
    for (int i = 0; i < 100; i++)
        buffer_put(&content, 'a');
    write_file("campana.ini", buffer_string(&content));
    ck_assert_int_eq(read_with(NULL), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "line 1: the line is too long"));
    buffer_free(&content);
}
END_TEST

START_TEST(a_file_that_is_no_text_is_refused)
{
    write_bytes("campana.ini", "\xff\xfeu\0s\0e\0r\0", 10, 0600);
    ck_assert_int_eq(read_with(NULL), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no plain text"));
    unlink("campana.ini");
    mkdir("campana.ini", 0700);
    ck_assert_int_eq(read_with(NULL), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "./campana.ini: Is a directory"));
}
END_TEST

START_TEST(a_named_file_must_be_there)
{
    ck_assert_int_eq(read_with("--config=nowhere.ini"), -1);
    ck_assert_str_eq(error.text, "--config nowhere.ini: there is no such file");
}
END_TEST

START_TEST(paths_in_a_file_start_at_its_folder)
{
    mkdir("etc", 0700);
    write_file("etc/my.ini", "password-file = secret\ndb = ~/x.db\n");
    write_file("etc/secret", "geheim\n");
    ck_assert_int_eq(read_with("--config=etc/my.ini"), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_str_eq(buffer_string(&settings.password), "geheim");
    ck_assert_str_eq(setting_origin(&settings, SETTING_PASSWORD), "etc/secret");
    ck_assert_msg(strncmp(setting_text(&settings, SETTING_DB), folder, strlen(folder)) == 0, "%s",
                  setting_text(&settings, SETTING_DB));
}
END_TEST

/* ---- passwords ---- */

static const char *const passwords[] = {
    "simple",
    "a;b",
    "a ;b",
    "a#b",
    "a # b",
    "a=b",
    "=a",
    ":a",
    "a:b",
    "\"quoted\"",
    "'x'",
    "a\\b",
    "%25&+",
    "ñandú",
    "a\tb",
    "[a]",
    "a  b",
    ";a",
    "#a",
    "=",
    "\xe1\xf1",
    "x = y",
    "a;b#c = \"d\" 'e' %25&+ñ\\",
};

START_TEST(every_password_comes_through_exactly_from_the_file)
{
    struct buffer content = {0};
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        buffer_clear(&content);
        buffer_printf(&content, "[account]\npassword = %s\nuser = ana\n", passwords[i]);
        write_file("campana.ini", buffer_string(&content));
        ck_assert_msg(read_with(NULL) == 0, "%s", error.text);
        ck_assert_int_eq(settings_read_password(&settings, &error), 0);
        ck_assert_str_eq(buffer_string(&settings.password), passwords[i]);
        ck_assert_ptr_null(setting_text(&settings, SETTING_PASSWORD));
    }
    buffer_free(&content);
}
END_TEST

START_TEST(every_password_comes_through_exactly_from_a_password_file_spaces_at_its_ends_too)
{
    static const char *const ends[] = {"", "\n", "\r\n"};
    struct buffer content = {0};
    char expected[64];
    write_file("campana.ini", "password-file = secret\n");
    for (size_t i = 0; i < 3 * sizeof passwords / sizeof *passwords; i++) {
        snprintf(expected, sizeof expected, " %s ", passwords[i / 3]);
        buffer_clear(&content);
        buffer_printf(&content, "%s%s", expected, ends[i % 3]);
        write_file("secret", buffer_string(&content));
        ck_assert_int_eq(read_with(NULL), 0);
        ck_assert_msg(settings_read_password(&settings, &error) == 0, "%s", error.text);
        ck_assert_str_eq(buffer_string(&settings.password), expected);
    }
    buffer_free(&content);
}
END_TEST

START_TEST(the_password_comes_from_the_environment_the_file_its_password_file_then_systemd)
{
    write_file("campana-password", "from systemd");
    write_file("secret", "from the password-file");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_str_eq(buffer_string(&settings.password), "from systemd");

    write_file("campana.ini", "password-file = secret\n");
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_str_eq(buffer_string(&settings.password), "from the password-file");

    write_file("campana.ini", "password-file = secret\npassword = from the file\n");
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_str_eq(buffer_string(&settings.password), "from the file");

    setenv("CAMPANA_PASSWORD", "from the environment", 1);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_str_eq(buffer_string(&settings.password), "from the environment");
    ck_assert_str_eq(setting_origin(&settings, SETTING_PASSWORD), "CAMPANA_PASSWORD");
}
END_TEST

START_TEST(the_environment_forgets_the_password)
{
    setenv("CAMPANA_PASSWORD", "geheim", 1);
    const char *where = getenv("CAMPANA_PASSWORD");
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_ptr_null(getenv("CAMPANA_PASSWORD"));
    ck_assert_int_eq(where[0], '\0');
    ck_assert_str_eq(buffer_string(&settings.password), "geheim");
}
END_TEST

START_TEST(whoever_read_a_password_leaves_no_core_dump)
{
    struct rlimit limit;
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
    ck_assert_uint_eq(limit.rlim_cur, 0);
}
END_TEST

static const struct {
    const char *content, *words;
} bad_passwords[] = {
    {"", "secret: the password is empty"},
    {"\n", "secret: the password is empty"},
    {"two\nlines\n", "one line"},
    {"ge\nheim", "one line"},
};

START_TEST(a_password_file_holds_one_line)
{
    write_file("campana.ini", "password-file = secret\n");
    write_file("secret", bad_passwords[_i].content);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), -1);
    ck_assert_msg(strstr(error.text, bad_passwords[_i].words) != NULL, "%s", error.text);
}
END_TEST

START_TEST(a_missing_password_is_told_with_the_places_where_it_may_stand)
{
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "CAMPANA_PASSWORD"));
    write_file("campana.ini", "password-file = nowhere\n");
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), -1);
    ck_assert_str_eq(error.text, "./campana.ini, line 1: password-file ./nowhere: there is no such file");
}
END_TEST

START_TEST(secrets_that_others_may_read_are_warned_of_with_the_command_that_closes_them)
{
    write_bytes("campana.ini", "password = geheim\n", 18, 0644);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_ptr_nonnull(strstr(buffer_string(&settings.warnings), "chmod 600 ./campana.ini"));
    ck_assert_ptr_null(strstr(buffer_string(&settings.warnings), "geheim"));
    write_bytes("campana.ini", "password-file = secret\n", 23, 0644);
    write_bytes("secret", "geheim", 6, 0640);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_uint_eq(settings.warnings.len, 0); /* it holds no secret itself */
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_ptr_nonnull(strstr(buffer_string(&settings.warnings), "chmod 600 ./secret"));
    write_bytes("secret", "geheim", 6, 0600);
    ck_assert_int_eq(read_with(NULL), 0);
    ck_assert_int_eq(settings_read_password(&settings, &error), 0);
    ck_assert_uint_eq(settings.warnings.len, 0);
}
END_TEST

/* Whatever the file holds: it is read or refused, and a refusal names it. */
START_TEST(random_files_never_break_the_reader)
{
    static const char signs[] = "\n\n=:;#[] abru\"\\\t\r\xc3\xb1";
    unsigned state = 20261123;
    char content[300];
    for (int round = 0; round < 2000; round++) {
        size_t len = (size_t)(round % 300);
        for (size_t i = 0; i < len; i++) {
            state = state * 1664525u + 1013904223u;
            content[i] = state >> 28 == 0 ? (char)(state >> 16) : signs[(state >> 16) % (sizeof signs - 1)];
        }
        write_bytes("campana.ini", content, len, 0600);
        error_clear(&error);
        int result = read_with(NULL);
        ck_assert(result == 0 || (error.kind == ERROR_INPUT && strstr(error.text, "campana.ini") != NULL));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("config");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, without_anything_the_defaults_of_the_manual_hold);
    tcase_add_test(tcase, the_option_wins_over_the_environment_over_the_file_over_the_default);
    tcase_add_test(tcase, the_file_is_the_named_one_else_that_in_the_folder_else_that_at_home);
    tcase_add_loop_test(tcase, a_line_of_the_file_is_read_as_it_stands, 0, sizeof lines / sizeof *lines);
    tcase_add_loop_test(tcase, a_file_with_a_mistake_is_refused_with_its_line_and_without_its_secrets, 0,
                        sizeof bad_files / sizeof *bad_files);
    tcase_add_test(tcase, long_lines_are_whole_and_longer_ones_refused);
    tcase_add_test(tcase, a_file_that_is_no_text_is_refused);
    tcase_add_test(tcase, a_named_file_must_be_there);
    tcase_add_test(tcase, paths_in_a_file_start_at_its_folder);
    tcase_add_test(tcase, every_password_comes_through_exactly_from_the_file);
    tcase_add_loop_test(tcase,
                        every_password_comes_through_exactly_from_a_password_file_spaces_at_its_ends_too, 0,
                        sizeof passwords / sizeof *passwords);
    tcase_add_test(tcase, the_password_comes_from_the_environment_the_file_its_password_file_then_systemd);
    tcase_add_test(tcase, the_environment_forgets_the_password);
    tcase_add_test(tcase, whoever_read_a_password_leaves_no_core_dump);
    tcase_add_loop_test(tcase, a_password_file_holds_one_line, 0,
                        sizeof bad_passwords / sizeof *bad_passwords);
    tcase_add_test(tcase, a_missing_password_is_told_with_the_places_where_it_may_stand);
    tcase_add_test(tcase, secrets_that_others_may_read_are_warned_of_with_the_command_that_closes_them);
    tcase_add_test(tcase, random_files_never_break_the_reader);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
