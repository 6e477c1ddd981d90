/* The disk is set to work before the commit: on the right file, whichever way the load goes. */
#include "store_fixture.h"
#include <errno.h>
#include <fcntl.h>

static struct store *store;
static ino_t begun[64];
static int begun_count;
static const char *hidden; /* a path that stat() does not find; NULL: none */

int __real_stat(const char *path, struct stat *there);
int __wrap_stat(const char *path, struct stat *there);

int __wrap_stat(const char *path, struct stat *there)
{
    if (hidden != NULL && strcmp(path, hidden) == 0) {
        errno = ENOENT;
        return -1;
    }
    return __real_stat(path, there);
}

int __real_sync_file_range(int descriptor, off64_t offset, off64_t len, unsigned flags);
int __wrap_sync_file_range(int descriptor, off64_t offset, off64_t len, unsigned flags);

/* The thread that stores is the only one that comes here, and is waited for before the test looks. */
int __wrap_sync_file_range(int descriptor, off64_t offset, off64_t len, unsigned flags)
{
    struct stat there;
    ck_assert_int_eq(fstat(descriptor, &there), 0);
    if (begun_count < (int)(sizeof begun / sizeof *begun))
        begun[begun_count++] = there.st_ino;
    return __real_sync_file_range(descriptor, offset, len, flags);
}

static ino_t inode_of(const char *path)
{
    struct stat there;
    ck_assert_int_eq(stat(path, &there), 0);
    return there.st_ino;
}

/* 24 MiB of texts. */
static void load_much(const char *name)
{
    static char text[4096];
    struct campaign campaign = fixture_campaign(name);
    struct fixture_row row = {"573001112233", text, JOB_PENDING, REASON_NONE};
    memset(text, 'x', sizeof text - 1);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (int i = 0; i < 6144; i++) {
        struct store_message message = fixture_message(i + 2, &row);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    campaign_free(&campaign);
}

static void assert_begun(ino_t file)
{
    ck_assert_int_ge(begun_count, 2);
    for (int i = 0; i < begun_count; i++)
        ck_assert_uint_eq(begun[i], file);
}

static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    begun_count = 0;
}

static void close_store(void)
{
    store_close(store);
}

START_TEST(a_first_load_sets_the_disk_to_work_on_the_database)
{
    load_much("first");
    assert_begun(inode_of(fixture_database));
}
END_TEST

START_TEST(a_later_load_sets_the_disk_to_work_on_the_log)
{
    struct campaign small = fixture_load(store, "small", NULL, 0);
    sqlite3 *reader = fixture_connect(fixture_database); /* so that the log stays where it is */
    ck_assert_int_eq(fixture_execute(reader, "SELECT * FROM campaign"), SQLITE_OK);
    load_much("second");
    assert_begun(inode_of(fixture_path("campana.db-wal")));
    sqlite3_close(reader);
    campaign_free(&small);
}
END_TEST

START_TEST(a_database_in_memory_and_one_that_is_not_found_are_loaded_all_the_same)
{
    struct store *on_disk = store;
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    load_much("in-memory");
    store_close(store);
    ck_assert_int_eq(begun_count, 0);
    store = on_disk;
    hidden = fixture_database;
    load_much("hidden");
    hidden = NULL;
    ck_assert_int_eq(begun_count, 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 6144);
}
END_TEST

START_TEST(a_process_that_has_very_many_files_open_loads_all_the_same)
{
    int others[80];
    store_close(store);
    for (int i = 0; i < 80; i++)
        others[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    store = fixture_open(STORE_CREATE);
    for (int i = 0; i < 40; i++)
        close(others[i]); /* more than a load opens: some numbers are of no file */
    load_much("many");
    for (int i = 40; i < 80; i++)
        close(others[i]);
    ck_assert_int_eq(begun_count, 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 6144);
}
END_TEST

START_TEST(a_small_load_is_left_to_the_commit)
{
    struct fixture_row row = {"573001112233", "Hola", JOB_PENDING, REASON_NONE};
    struct campaign small = fixture_load(store, "small", &row, 1);
    ck_assert_int_eq(begun_count, 0);
    campaign_free(&small);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_ahead");
    TCase *tests = tcase_create("ahead");
    tcase_add_checked_fixture(tests, fixture_setup, fixture_teardown);
    tcase_add_checked_fixture(tests, open_store, close_store);
    tcase_add_test(tests, a_first_load_sets_the_disk_to_work_on_the_database);
    tcase_add_test(tests, a_later_load_sets_the_disk_to_work_on_the_log);
    tcase_add_test(tests, a_database_in_memory_and_one_that_is_not_found_are_loaded_all_the_same);
    tcase_add_test(tests, a_process_that_has_very_many_files_open_loads_all_the_same);
    tcase_add_test(tests, a_small_load_is_left_to_the_commit);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
