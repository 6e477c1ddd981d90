#include "campana/migrate.h"
#include "store_fixture.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>

/* ---- what a directory holds, byte for byte; but for the index of a log, which SQLite makes anew at will
 * ---- */

static uint64_t hash_file(const char *path, long *size)
{
    uint64_t hash = 14695981039346656037u;
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    *size = 0;
    for (int byte; (byte = fgetc(file)) != EOF; (*size)++)
        hash = (hash ^ (uint64_t)byte) * 1099511628211u;
    fclose(file);
    return hash;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void take_picture(char *picture, size_t bytes)
{
    char *lines[16];
    size_t count = 0;
    DIR *directory = opendir(fixture_directory);
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.' || strstr(entry->d_name, "-shm") != NULL)
            continue;
        long size;
        uint64_t hash = hash_file(fixture_path(entry->d_name), &size);
        ck_assert_uint_lt(count, 16);
        ck_assert_int_gt(
            asprintf(&lines[count++], "%s %ld %016llx\n", entry->d_name, size, (unsigned long long)hash), 0);
    }
    closedir(directory);
    qsort(lines, count, sizeof *lines, by_name);
    picture[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strncat(picture, lines[i], bytes - strlen(picture) - 1);
        free(lines[i]);
    }
}

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- first and later openings ---- */

START_TEST(an_empty_database_gets_the_newest_schema_and_is_marked_as_ours)
{
    store_close(fixture_open(STORE_CREATE));
    int newest = 0;
    while (migrations[newest].version != 0)
        newest++;
    ck_assert_int_gt(newest, 0);
    ck_assert_int_eq(fixture_number("PRAGMA user_version"), migrations[newest - 1].version);
    ck_assert_int_eq(fixture_number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM sqlite_schema WHERE name = 'message'"), 1);
}
END_TEST

START_TEST(migrations_are_numbered_one_after_the_other)
{
    for (int i = 0; migrations[i].version != 0; i++) {
        ck_assert_int_eq(migrations[i].version, i + 1);
        ck_assert_int_eq((int)strtol(migrations[i].name, NULL, 10), i + 1);
    }
}
END_TEST

START_TEST(a_second_opening_finds_it_all_done)
{
    store_close(fixture_open(STORE_CREATE));
    char before[2048];
    char after[2048];
    take_picture(before, sizeof before);
    store_close(fixture_open(STORE_CREATE));
    store_close(fixture_open(STORE_WRITE));
    store_close(fixture_open(STORE_READ));
    take_picture(after, sizeof after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(an_empty_file_and_an_empty_sqlite_database_become_ours)
{
    if (_i == 0)
        write_file(fixture_database, "", 0);
    else
        fixture_sql("VACUUM");
    struct store *store;
    assert_fails(store_open(fixture_database, STORE_READ, NULL, &store, &error), ERROR_INPUT,
                 "is an empty database");
    store_close(fixture_open(STORE_WRITE));
    ck_assert_int_eq(fixture_number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
}
END_TEST

START_TEST(of_many_first_comers_one_migrates_and_all_go_on)
{
    enum { COMERS = 8 };
    pid_t comers[COMERS];
    for (int i = 0; i < COMERS; i++) {
        comers[i] = fork();
        ck_assert_int_ge(comers[i], 0);
        if (comers[i] == 0) {
            char name[16];
            snprintf(name, sizeof name, "c%d", i);
            struct store *store;
            struct campaign campaign = fixture_campaign(name);
            int failed = store_open(fixture_database, STORE_CREATE, NULL, &store, &error) != 0 ||
                         store_load_begin(store, &campaign, true, &error) != 0 ||
                         store_load_end(store, &campaign, &error) != 0;
            if (failed)
                fprintf(stderr, "%s\n", error.text);
            else
                store_close(store);
            _exit(failed);
        }
    }
    for (int i = 0; i < COMERS; i++) {
        int status;
        ck_assert_int_eq(waitpid(comers[i], &status, 0), comers[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), COMERS);
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
}
END_TEST

/* SQLite's files, but that another process makes the database just when this one has found the file empty for
 * the nth time: SQLite looks at it as it opens it, and then campana does. */
static sqlite3_vfs meeting;
static sqlite3_io_methods meeting_methods;
static int (*read_as_usual)(sqlite3_file *, void *, int, sqlite3_int64);
static int (*open_as_usual)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);
static int meets_in;

static int read_and_meet(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at)
{
    int code = read_as_usual(file, bytes, count, at);
    if (code == SQLITE_IOERR_SHORT_READ && meets_in > 0 && --meets_in == 0) {
        pid_t other = fork();
        ck_assert_int_ge(other, 0);
        if (other == 0) {
            store_close(fixture_open(STORE_CREATE));
            _exit(0);
        }
        int status;
        ck_assert_int_eq(waitpid(other, &status, 0), other);
        ck_assert_int_eq(status, 0);
    }
    return code;
}

static int open_and_meet(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    int code = open_as_usual(vfs, name, file, flags, flags_out);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
        read_as_usual = file->pMethods->xRead;
        meeting_methods = *file->pMethods;
        meeting_methods.xRead = read_and_meet;
        file->pMethods = &meeting_methods;
    }
    return code;
}

START_TEST(a_file_that_becomes_a_database_while_it_is_looked_at_is_ours)
{
    write_file(fixture_database, "", 0);
    meeting = *sqlite3_vfs_find(NULL);
    open_as_usual = meeting.xOpen;
    meeting.zName = "meeting";
    meeting.xOpen = open_and_meet;
    ck_assert_int_eq(sqlite3_vfs_register(&meeting, 1), SQLITE_OK);
    meets_in = _i + 1;
    store_close(fixture_open(STORE_CREATE));
    sqlite3_vfs_unregister(&meeting);
    ck_assert_int_eq(meets_in, 0);
    ck_assert_int_eq(fixture_number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
}
END_TEST

static void die_at(void *context, const char *step)
{
    if (strcmp(step, context) == 0)
        _exit(9);
}

START_TEST(a_crash_while_it_is_made_leaves_what_the_next_one_completes)
{
    static char step[] = "database-made";
    const struct steps steps = {die_at, step};
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct store *store;
        store_open(fixture_database, STORE_CREATE, &steps, &store, &error);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(WEXITSTATUS(status), 9);
    store_close(fixture_open(STORE_WRITE));
    ck_assert_int_eq(fixture_number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
}
END_TEST

/* ---- what is not ours ---- */

static void make_marked(void)
{
    fixture_sql("PRAGMA application_id = 0x0f055112; CREATE TABLE event (a); INSERT INTO event VALUES (1)");
}

static void make_unmarked(void)
{
    fixture_sql("CREATE TABLE event (a); CREATE TABLE b (a); CREATE TABLE c (a); CREATE TABLE d (a)");
}

static void make_wal(void)
{
    fixture_sql("PRAGMA journal_mode = WAL; CREATE TABLE event (a); INSERT INTO event VALUES (1)");
}

/* What a crash of its own sender leaves behind: a log, or a journal that is to be rolled back. */
static void leave_behind(const char *sql)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(fixture_execute(fixture_connect(fixture_database), sql) != SQLITE_OK);
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
}

static void make_wal_after_crash(void)
{
    make_wal();
    leave_behind("INSERT INTO event VALUES (2)");
    ck_assert_int_eq(access(fixture_path("campana.db-wal"), F_OK), 0);
}

static void make_journal_after_crash(void)
{
    make_unmarked();
    leave_behind(
        "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO event SELECT hex(randomblob(100)) FROM n");
    ck_assert_int_eq(access(fixture_path("campana.db-journal"), F_OK), 0);
}

static void make_text(void)
{
    static const char text[] =
        "phone,text\n573001112233,Hola\nthis line makes the file longer than a database's header\n"
        "and so does this one\n";
    write_file(fixture_database, text, strlen(text));
}

static void make_short(void)
{
    write_file(fixture_database, "x", 1);
}

static void make_headless(void)
{
    store_close(fixture_open(STORE_CREATE));
    int file = open(fixture_database, O_WRONLY);
    ck_assert_int_eq(pwrite(file, "sqlite", 6, 0), 6);
    close(file);
}

static void make_versioned(void)
{
    fixture_sql("PRAGMA user_version = 7");
}

static void make_newer(void)
{
    store_close(fixture_open(STORE_CREATE));
    fixture_sql("PRAGMA user_version = 4711");
}

static void make_newer_after_crash(void)
{
    store_close(fixture_open(STORE_CREATE));
    leave_behind("PRAGMA user_version = 4711");
    ck_assert_int_eq(access(fixture_path("campana.db-wal"), F_OK), 0);
}

static const struct {
    void (*make)(void);
    const char *says;
} strangers[] = {
    {make_marked, "application id 0x0f055112, tables: event"},
    {make_unmarked, "tables: event, b, c, …"},
    {make_wal, "tables: event"},
    {make_wal_after_crash, "another application"},
    {make_journal_after_crash, "another application"},
    {make_versioned, "another application"},
    {make_text, "is not a campana database"},
    {make_short, "is not a campana database"},
    {make_headless, "is not a campana database"},
    {make_newer, "version 4711, this campana knows"},
    {make_newer_after_crash, "version 4711, this campana knows"},
};

START_TEST(what_is_not_ours_is_named_and_not_changed_by_one_byte)
{
    struct store *store;
    char before[2048];
    char after[2048];
    strangers[_i].make();
    take_picture(before, sizeof before);
    for (int access = STORE_READ; access <= STORE_CREATE; access++) {
        assert_fails(store_open(fixture_database, (enum store_access)access, NULL, &store, &error),
                     ERROR_INPUT, strangers[_i].says);
        ck_assert_ptr_null(store);
        assert_says("campana.db");
        assert_says("--db");
        take_picture(after, sizeof after);
        ck_assert_str_eq(before, after);
    }
}
END_TEST

START_TEST(an_older_version_is_not_read_but_told_how_to_bring_up_to_date)
{
    struct store *store;
    store_close(fixture_open(STORE_CREATE));
    fixture_sql("PRAGMA user_version = 0");
    assert_fails(store_open(fixture_database, STORE_READ, NULL, &store, &error), ERROR_INPUT,
                 "older campana");
    assert_says("version 0");
    assert_says("campana load");
}
END_TEST

START_TEST(a_migration_that_fails_leaves_nothing_of_itself)
{
    struct store *store;
    store_close(fixture_open(STORE_CREATE));
    fixture_sql("PRAGMA user_version = 0; DROP TABLE test_message");
    assert_fails(store_open(fixture_database, STORE_WRITE, NULL, &store, &error), ERROR_MACHINE,
                 "already exists");
    ck_assert_int_eq(fixture_number("PRAGMA user_version"), 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM sqlite_schema WHERE name = 'test_message'"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("migrate");
    TCase *ours = fixture_case(suite, "ours");
    tcase_add_test(ours, an_empty_database_gets_the_newest_schema_and_is_marked_as_ours);
    tcase_add_test(ours, migrations_are_numbered_one_after_the_other);
    tcase_add_test(ours, a_second_opening_finds_it_all_done);
    tcase_add_loop_test(ours, an_empty_file_and_an_empty_sqlite_database_become_ours, 0, 2);
    tcase_add_test(ours, of_many_first_comers_one_migrates_and_all_go_on);
    tcase_add_loop_test(ours, a_file_that_becomes_a_database_while_it_is_looked_at_is_ours, 0, 2);
    tcase_add_test(ours, a_crash_while_it_is_made_leaves_what_the_next_one_completes);
    tcase_add_test(ours, a_migration_that_fails_leaves_nothing_of_itself);
    TCase *others = fixture_case(suite, "others");
    tcase_add_loop_test(others, what_is_not_ours_is_named_and_not_changed_by_one_byte, 0,
                        (int)(sizeof strangers / sizeof *strangers));
    tcase_add_test(others, an_older_version_is_not_read_but_told_how_to_bring_up_to_date);
    return run_suite(suite);
}
