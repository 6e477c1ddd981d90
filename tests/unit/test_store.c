/* Opening, closing, permissions, locks, and several processes at once. */
#include "store_fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define NOBODY 65534

static struct store *store;

static mode_t mode_of(const char *path)
{
    struct stat there;
    ck_assert_msg(stat(path, &there) == 0, "%s: %s", path, strerror(errno));
    return there.st_mode & 0777;
}

static void assert_refused(const char *path, enum store_access access, enum error_kind kind, const char *says)
{
    assert_fails(store_open(path, access, NULL, &store, &error), kind, says);
    ck_assert_ptr_null(store);
}

/* ---- files ---- */

START_TEST(who_has_rights_on_a_database_has_them_on_its_lock)
{
    static const mode_t modes[] = {0660, 0644, 0600};
    store = fixture_open(STORE_CREATE);
    store_close(store);
    for (size_t i = 0; i < sizeof modes / sizeof *modes;
         i++) { /* made with the first, followed by the others */
        ck_assert_int_eq(chmod(fixture_database, modes[i]), 0);
        store = fixture_open(STORE_WRITE);
        assert_ok(store_lock_sender(store, &error));
        ck_assert_uint_eq(mode_of(fixture_path("campana.db-sender")), modes[i]);
        store_close(store);
    }
}
END_TEST

START_TEST(a_lock_that_may_not_be_opened_is_no_failure_for_who_looks)
{
    store = fixture_open(STORE_CREATE);
    close(open(fixture_path("campana.db-sender"), O_RDWR | O_CREAT, 0000));
    if (geteuid() == 0) /* for whom all may be opened */
        ck_assert_int_eq(seteuid(65534), 0);
    int active = store_sender_active(store, &error);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    /* Another user cannot even enter the folder that the test has made. */
    ck_assert_int_eq(active, STORE_SENDER_HIDDEN);
    ck_assert_int_eq(error.kind, ERROR_NONE);
    store_close(store);
}
END_TEST

START_TEST(a_database_and_what_stands_beside_it_belong_to_their_owner_alone)
{
    static const mode_t masks[] = {000, 077, 022, 0777};
    umask(masks[_i]);
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    assert_ok(store_lock_sender(store, &error));
    struct run run = fixture_run(store, &campaign);
    ck_assert_int_gt(run.id, 0);
    ck_assert_uint_eq(mode_of(fixture_database), 0600);
    ck_assert_uint_eq(mode_of(fixture_path("campana.db-wal")), 0600);
    ck_assert_uint_eq(mode_of(fixture_path("campana.db-shm")), 0600);
    ck_assert_uint_eq(mode_of(fixture_path("campana.db-sender")), 0600);
    campaign_free(&campaign);
    store_close(store);
}
END_TEST

START_TEST(the_last_to_close_takes_log_and_index_away)
{
    store_close(fixture_open(STORE_CREATE));
    store_close(fixture_open(STORE_READ));
    ck_assert_int_ne(access(fixture_path("campana.db-wal"), F_OK), 0);
    ck_assert_int_ne(access(fixture_path("campana.db-shm"), F_OK), 0);
}
END_TEST

START_TEST(a_missing_database_is_missed_and_not_made)
{
    assert_refused(fixture_database, STORE_READ, ERROR_INPUT, "there is no such database");
    assert_says("--db");
    assert_refused(fixture_database, STORE_WRITE, ERROR_INPUT, "there is no such database");
    ck_assert_int_ne(access(fixture_database, F_OK), 0);
}
END_TEST

START_TEST(a_missing_directory_is_told)
{
    assert_refused(fixture_path("none/campana.db"), STORE_CREATE, ERROR_INPUT, "No such file or directory");
}
END_TEST

/* A wrong name, and no failure of this computer. */
START_TEST(a_name_that_leads_nowhere_is_told)
{
    char long_name[300];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    ck_assert_int_eq(symlink("loop.db", fixture_path("loop.db")), 0);
    fclose(fopen(fixture_path("file"), "w"));
    for (int access = STORE_READ; access <= STORE_CREATE; access++) {
        assert_refused(fixture_path("file/campana.db"), (enum store_access)access, ERROR_INPUT,
                       "Not a directory");
        assert_refused(fixture_path("loop.db"), (enum store_access)access, ERROR_INPUT,
                       "Too many levels of symbolic links");
        assert_refused(fixture_path(long_name), (enum store_access)access, ERROR_INPUT, "File name too long");
    }
}
END_TEST

START_TEST(what_cannot_be_a_database_is_refused_in_words)
{
    ck_assert_int_eq(mkfifo(fixture_path("fifo"), 0600), 0);
    for (int access = STORE_READ; access <= STORE_CREATE; access++) {
        assert_refused(fixture_directory, (enum store_access)access, ERROR_INPUT, "is a directory");
        assert_refused(fixture_path("fifo"), (enum store_access)access, ERROR_INPUT, "is not a regular file");
        assert_refused("/dev/null", (enum store_access)access, ERROR_INPUT, "is not a regular file");
        assert_refused("", (enum store_access)access, ERROR_INPUT, "has no name");
    }
}
END_TEST

START_TEST(a_database_with_two_names_is_refused)
{
    store_close(fixture_open(STORE_CREATE));
    ck_assert_int_eq(link(fixture_database, fixture_path("other.db")), 0);
    assert_refused(fixture_path("other.db"), STORE_WRITE, ERROR_INPUT, "2 names");
    assert_refused(fixture_database, STORE_READ, ERROR_INPUT, "2 names");
}
END_TEST

START_TEST(a_symbolic_link_to_a_database_leads_to_its_one_lock)
{
    store_close(fixture_open(STORE_CREATE));
    ck_assert_int_eq(symlink(fixture_database, fixture_path("link.db")), 0);
    assert_ok(store_open(fixture_path("link.db"), STORE_CREATE, NULL, &store, &error));
    char *real = realpath(fixture_database, NULL);
    ck_assert_str_eq(store_path(store), real);
    free(real);
    assert_ok(store_lock_sender(store, &error));
    ck_assert_int_eq(access(fixture_path("campana.db-sender"), F_OK), 0);
    ck_assert_int_ne(access(fixture_path("link.db-sender"), F_OK), 0);
    store_close(store);
}
END_TEST

START_TEST(no_database_is_made_through_a_symbolic_link)
{
    ck_assert_int_eq(symlink(fixture_path("elsewhere.db"), fixture_path("link.db")), 0);
    assert_refused(fixture_path("link.db"), STORE_CREATE, ERROR_INPUT,
                   "is a symbolic link to a file that is not there");
    ck_assert_int_ne(access(fixture_path("elsewhere.db"), F_OK), 0);
}
END_TEST

START_TEST(a_name_that_means_something_to_sqlite_is_only_a_name)
{
    static const char *const names[] = {"file:x.db?mode=memory", ":x.db:", "a?b#c%41.db", "-x.db",
                                        "año nuevo.db"};
    ck_assert_int_eq(chdir(fixture_directory), 0);
    assert_ok(store_open(names[_i], STORE_CREATE, NULL, &store, &error));
    ck_assert_int_eq(access(fixture_path(names[_i]), F_OK), 0);
    ck_assert_str_eq(store_path(store) + strlen(store_path(store)) - strlen(names[_i]), names[_i]);
    store_close(store);
    assert_ok(store_open(names[_i], STORE_READ, NULL, &store, &error));
    store_close(store);
}
END_TEST

START_TEST(another_applications_database_is_named_whatever_its_file_is_called)
{
    const char *path = fixture_path("a?b#c%41.db");
    sqlite3 *foreign = fixture_connect(path);
    ck_assert_int_eq(fixture_execute(foreign, "CREATE TABLE orders (id); PRAGMA application_id = 7"),
                     SQLITE_OK);
    sqlite3_close(foreign);
    assert_refused(path, STORE_WRITE, ERROR_INPUT, "tables: orders");
}
END_TEST

START_TEST(a_database_in_memory_is_as_good)
{
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    ck_assert_str_eq(store_path(store), ":memory:");
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    assert_ok(store_lock_sender(store, &error));
    ck_assert_int_eq(store_sender_active(store, &error), 0);
    int64_t recovered;
    assert_ok(store_recover(store, NOW_MS, &recovered, &error));
    campaign_free(&campaign);
    store_close(store);
    ck_assert_int_ne(access(":memory:", F_OK), 0);
}
END_TEST

START_TEST(closing_nothing_is_harmless)
{
    store_close(NULL);
}
END_TEST

START_TEST(a_damaged_database_is_told_and_not_touched_further)
{
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 2000);
    campaign_free(&campaign);
    store_close(store);
    int file = open(fixture_database, O_WRONLY);
    static const char garbage[4096] = "garbage";
    for (off_t page = 1; page < 60; page++)
        ck_assert_int_eq(pwrite(file, garbage, sizeof garbage, page * 4096), sizeof garbage);
    close(file);
    int opened = store_open(fixture_database, STORE_WRITE, NULL, &store, &error);
    if (opened == 0) {
        ck_assert_int_eq(store_need_campaign(store, "c", &campaign, &error), -1);
        store_close(store);
    }
    ck_assert_int_eq(error.kind, ERROR_MACHINE);
    assert_says("the database is damaged");
}
END_TEST

/* ---- permissions: as nobody, for root may do everything ---- */

static int as_nobody(int (*act)(void))
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(99);
        _exit(act());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The test's directory and what is in it, to nobody: readable, and writable as told. */
static void give_away(mode_t directory, mode_t database)
{
    uid_t owner = geteuid() == 0 ? NOBODY : geteuid();
    ck_assert_int_eq(chmod(fixture_database, database), 0);
    ck_assert_int_eq(chmod(fixture_directory, directory), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(fixture_database, owner, NOBODY), 0);
        ck_assert_int_eq(chown(fixture_directory, owner, NOBODY), 0);
    }
}

static void make_with_campaign(void)
{
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    campaign_free(&campaign);
    store_close(store);
}

static int read_campaign(void)
{
    struct campaign campaign = {0};
    int64_t pending = 0;
    int failed = store_open(fixture_database, STORE_READ, NULL, &store, &error) != 0 ||
                 store_need_campaign(store, "c", &campaign, &error) < 0 ||
                 store_count_pending(store, campaign.id, &pending, &error) != 0;
    if (failed)
        fprintf(stderr, "%s\n", error.text);
    campaign_free(&campaign);
    store_close(store);
    return failed || pending != 3;
}

static const struct {
    mode_t directory, database;
} readable[] = {{0700, 0600}, {0700, 0400}, {0500, 0600}, {0500, 0400}};

START_TEST(what_may_be_read_is_read_whatever_may_be_written)
{
    make_with_campaign();
    give_away(readable[_i].directory, readable[_i].database);
    ck_assert_int_eq(as_nobody(read_campaign), 0);
    chmod(fixture_directory, 0700);
}
END_TEST

static int fail_to_write(void)
{
    int opened = store_open(fixture_database, STORE_WRITE, NULL, &store, &error);
    return opened == -1 && error.kind == ERROR_MACHINE && strcasestr(error.text, "permission") != NULL &&
                   strstr(error.text, "campana.db") != NULL
               ? 0
               : 1;
}

START_TEST(what_may_not_be_written_is_refused_to_a_writer)
{
    static const mode_t modes[][2] = {{0700, 0400}, {0500, 0600}, {0500, 0400}, {0700, 0000}, {0000, 0600}};
    make_with_campaign();
    give_away(modes[_i][0], modes[_i][1]);
    ck_assert_int_eq(as_nobody(fail_to_write), 0);
    chmod(fixture_directory, 0700);
}
END_TEST

static int fail_to_create(void)
{
    int opened = store_open(fixture_path("new.db"), STORE_CREATE, NULL, &store, &error);
    return opened == -1 && error.kind == ERROR_MACHINE && strstr(error.text, "Permission denied") != NULL ? 0
                                                                                                          : 1;
}

START_TEST(where_nothing_may_be_made_nothing_is_made)
{
    make_with_campaign();
    give_away(0500, 0600);
    ck_assert_int_eq(as_nobody(fail_to_create), 0);
    chmod(fixture_directory, 0700);
}
END_TEST

static int fail_to_read_log(void)
{
    int opened = store_open(fixture_database, STORE_READ, NULL, &store, &error);
    return opened == -1 && error.kind == ERROR_MACHINE && strstr(error.text, "copy both files") != NULL ? 0
                                                                                                        : 1;
}

START_TEST(a_log_that_cannot_be_read_without_writing_is_told)
{
    make_with_campaign();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        store = fixture_open(STORE_CREATE);
        fixture_load_pending(store, "d", 3);
        struct run run = {.campaign_id = 1, .rate = "1/s", .concurrency = 1};
        _exit(store_run_begin(store, &run, &error) == 0 ? 0 : 1); /* dies without closing: the log stays */
    }
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(unlink(fixture_path("campana.db-shm")), 0);
    give_away(0500, 0600);
    ck_assert_int_eq(as_nobody(fail_to_read_log), 0);
    chmod(fixture_directory, 0700);
}
END_TEST

START_TEST(a_reader_cannot_write)
{
    make_with_campaign();
    store = fixture_open(STORE_READ);
    struct run run = {.campaign_id = 1, .rate = "1/s", .concurrency = 1};
    ck_assert_int_eq(store_run_begin(store, &run, &error), -1);
    store_close(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM run"), 0);
}
END_TEST

/* ---- the sender's lock ---- */

START_TEST(only_one_may_send)
{
    struct store *other;
    store = fixture_open(STORE_CREATE);
    other = fixture_open(STORE_WRITE);
    ck_assert_int_eq(store_sender_active(other, &error), 0);
    assert_ok(store_lock_sender(store, &error));
    assert_ok(store_lock_sender(store, &error));
    ck_assert_int_eq(store_sender_active(other, &error), 1);
    ck_assert_int_eq(store_sender_active(store, &error), 1);
    assert_fails(store_lock_sender(other, &error), ERROR_BUSY, "is sending from this database");
    char pid[32];
    snprintf(pid, sizeof pid, "(number %d)", (int)getpid());
    assert_says(pid);
    assert_says("campana.db");
    store_close(store);
    ck_assert_int_eq(store_sender_active(other, &error), 0);
    assert_ok(store_lock_sender(other, &error));
    store_close(other);
}
END_TEST

START_TEST(the_lock_dies_with_its_process)
{
    int ready[2];
    char byte;
    store = fixture_open(STORE_CREATE);
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct store *mine = fixture_open(STORE_WRITE);
        if (store_lock_sender(mine, &error) == 0 && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(store_sender_active(store, &error), 1);
    assert_fails(store_lock_sender(store, &error), ERROR_BUSY, "wait until it has ended");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_ok(store_lock_sender(store, &error));
    store_close(store);
}
END_TEST

static void *end_reading(void *reader)
{
    usleep(50000);
    ck_assert_int_eq(fixture_execute(reader, "COMMIT"), SQLITE_OK);
    return NULL;
}

START_TEST(who_turns_the_log_on_waits_until_others_have_read)
{
    pthread_t thread;
    make_with_campaign();
    sqlite3 *reader = fixture_connect(fixture_database);
    ck_assert_int_eq(fixture_execute(reader, "PRAGMA journal_mode = DELETE"), SQLITE_OK);
    ck_assert_int_eq(fixture_execute(reader, "BEGIN; SELECT count(*) FROM message"), SQLITE_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, end_reading, reader), 0);
    store = fixture_open(STORE_WRITE);
    pthread_join(thread, NULL);
    sqlite3_close(reader);
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    store_close(store);
}
END_TEST

static void *let_go(void *lock)
{
    usleep(500000); /* a moment, on a machine that has much to do */
    flock(*(int *)lock, LOCK_UN);
    return NULL;
}

START_TEST(a_sender_does_not_give_up_because_somebody_looked)
{
    store = fixture_open(STORE_CREATE);
    int looker = open(fixture_path("campana.db-sender"), O_RDWR | O_CREAT, 0600);
    ck_assert_int_eq(flock(looker, LOCK_SH), 0);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, let_go, &looker), 0);
    assert_ok(store_lock_sender(store, &error));
    pthread_join(thread, NULL);
    close(looker);
    store_close(store);
}
END_TEST

START_TEST(a_sender_whose_number_is_not_known_is_told_all_the_same)
{
    store = fixture_open(STORE_CREATE);
    int other = open(fixture_path("campana.db-sender"), O_RDWR | O_CREAT, 0600);
    ck_assert_int_eq(flock(other, LOCK_EX), 0);
    assert_fails(store_lock_sender(store, &error), ERROR_BUSY,
                 "campana.db: another process is sending from this database");
    ck_assert_int_eq(store_sender_active(store, &error), 1);
    close(other);
    assert_ok(store_lock_sender(store, &error));
    store_close(store);
}
END_TEST

START_TEST(what_is_in_the_way_of_the_lock_is_told)
{
    store = fixture_open(STORE_CREATE);
    if (_i == 0)
        ck_assert_int_eq(symlink("/tmp", fixture_path("campana.db-sender")), 0);
    else if (_i == 1)
        ck_assert_int_eq(mkfifo(fixture_path("campana.db-sender"), 0600), 0);
    else
        ck_assert_int_eq(mkdir(fixture_path("campana.db-sender"), 0700), 0);
    assert_fails(store_lock_sender(store, &error), ERROR_MACHINE, "campana.db-sender");
    assert_fails(store_sender_active(store, &error), ERROR_MACHINE, "campana.db-sender");
    store_close(store);
}
END_TEST

START_TEST(recovery_without_the_lock_is_refused)
{
    int64_t recovered;
    store = fixture_open(STORE_CREATE);
    assert_fails(store_recover(store, NOW_MS, &recovered, &error), ERROR_MACHINE, "needs the sender's lock");
    store_close(store);
}
END_TEST

/* ---- another writer ---- */

START_TEST(a_sender_is_told_soon_that_another_process_writes)
{
    struct timespec before;
    struct timespec after;
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    struct run run = fixture_run(store, &campaign);
    sqlite3 *other = fixture_connect(fixture_database);
    ck_assert_int_eq(fixture_execute(other, "BEGIN IMMEDIATE"), SQLITE_OK);

    clock_gettime(CLOCK_MONOTONIC, &before);
    ck_assert_int_eq(store_begin(store, &error), STORE_BUSY);
    clock_gettime(CLOCK_MONOTONIC, &after);
    ck_assert_int_lt(after.tv_sec - before.tv_sec, 30); /* who is in no hurry waits for a minute */
    snprintf(run.ended, sizeof run.ended, "done");
    run.ended_at_ms = NOW_MS + 5;
    ck_assert_int_eq(store_run_end(store, &run, &error), STORE_BUSY);

    /* reading goes on meanwhile */
    int64_t pending;
    assert_ok(store_count_pending(store, campaign.id, &pending, &error));
    ck_assert_int_eq(pending, 3);

    ck_assert_int_eq(fixture_execute(other, "COMMIT"), SQLITE_OK);
    sqlite3_close(other);
    assert_ok(store_begin(store, &error));
    assert_ok(store_commit(store, &error));
    assert_ok(store_run_end(store, &run, &error));
    campaign_free(&campaign);
    store_close(store);
}
END_TEST

static void *commit_soon(void *other)
{
    usleep(300000);
    fixture_execute(other, "COMMIT");
    return NULL;
}

START_TEST(who_is_in_no_hurry_waits_for_the_other_writer)
{
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    sqlite3 *other = fixture_connect(fixture_database);
    ck_assert_int_eq(fixture_execute(other, "BEGIN IMMEDIATE"), SQLITE_OK);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, commit_soon, other), 0);
    struct run run = fixture_run(store, &campaign);
    ck_assert_int_gt(run.id, 0);
    pthread_join(thread, NULL);
    sqlite3_close(other);
    campaign_free(&campaign);
    store_close(store);
}
END_TEST

/* ---- transactions ---- */

START_TEST(a_transaction_within_another_is_a_bug_and_the_outer_one_holds)
{
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    assert_ok(store_claim(store, &job, NOW_MS, &error));
    assert_fails(store_begin(store, &error), ERROR_MACHINE, "within another");
    assert_ok(store_commit(store, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'inflight'"), 1);
    campaign_free(&campaign);
    store_close(store);
}
END_TEST

START_TEST(a_commit_without_a_transaction_is_a_bug)
{
    store = fixture_open(STORE_CREATE);
    assert_fails(store_commit(store, &error), ERROR_MACHINE, "no transaction");
    store_rollback(store);
    assert_ok(store_begin(store, &error));
    store_rollback(store);
    store_close(store);
}
END_TEST

START_TEST(a_store_that_is_closed_within_a_transaction_forgets_it)
{
    store = fixture_open(STORE_CREATE);
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    assert_ok(store_claim(store, &job, NOW_MS, &error));
    store_close(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'pending'"), 3);
    campaign_free(&campaign);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *files = fixture_case(suite, "files");
    tcase_add_loop_test(files, a_database_and_what_stands_beside_it_belong_to_their_owner_alone, 0, 4);
    tcase_add_test(files, who_has_rights_on_a_database_has_them_on_its_lock);
    tcase_add_test(files, a_lock_that_may_not_be_opened_is_no_failure_for_who_looks);
    tcase_add_test(files, the_last_to_close_takes_log_and_index_away);
    tcase_add_test(files, a_missing_database_is_missed_and_not_made);
    tcase_add_test(files, a_missing_directory_is_told);
    tcase_add_test(files, a_name_that_leads_nowhere_is_told);
    tcase_add_test(files, what_cannot_be_a_database_is_refused_in_words);
    tcase_add_test(files, a_database_with_two_names_is_refused);
    tcase_add_test(files, a_symbolic_link_to_a_database_leads_to_its_one_lock);
    tcase_add_test(files, no_database_is_made_through_a_symbolic_link);
    tcase_add_loop_test(files, a_name_that_means_something_to_sqlite_is_only_a_name, 0, 5);
    tcase_add_test(files, another_applications_database_is_named_whatever_its_file_is_called);
    tcase_add_test(files, a_database_in_memory_is_as_good);
    tcase_add_test(files, closing_nothing_is_harmless);
    tcase_add_test(files, a_damaged_database_is_told_and_not_touched_further);
    TCase *permissions = fixture_case(suite, "permissions");
    tcase_add_loop_test(permissions, what_may_be_read_is_read_whatever_may_be_written, 0,
                        (int)(sizeof readable / sizeof *readable));
    tcase_add_loop_test(permissions, what_may_not_be_written_is_refused_to_a_writer, 0, 5);
    tcase_add_test(permissions, where_nothing_may_be_made_nothing_is_made);
    tcase_add_test(permissions, a_log_that_cannot_be_read_without_writing_is_told);
    tcase_add_test(permissions, a_reader_cannot_write);
    TCase *lock = fixture_case(suite, "lock");
    tcase_add_test(lock, only_one_may_send);
    tcase_add_test(lock, the_lock_dies_with_its_process);
    tcase_add_test(lock, a_sender_does_not_give_up_because_somebody_looked);
    tcase_add_test(lock, a_sender_whose_number_is_not_known_is_told_all_the_same);
    tcase_add_loop_test(lock, what_is_in_the_way_of_the_lock_is_told, 0, 3);
    tcase_add_test(lock, recovery_without_the_lock_is_refused);
    TCase *busy = fixture_case(suite, "busy");
    tcase_add_test(busy, a_sender_is_told_soon_that_another_process_writes);
    tcase_add_test(busy, who_is_in_no_hurry_waits_for_the_other_writer);
    tcase_add_test(busy, who_turns_the_log_on_waits_until_others_have_read);
    TCase *transactions = fixture_case(suite, "transactions");
    tcase_add_test(transactions, a_transaction_within_another_is_a_bug_and_the_outer_one_holds);
    tcase_add_test(transactions, a_commit_without_a_transaction_is_a_bug);
    tcase_add_test(transactions, a_store_that_is_closed_within_a_transaction_forgets_it);
    return run_suite(suite);
}
