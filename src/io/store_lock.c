/* The sender's lock: a file beside the database, locked as long as the process that sends lives. What is
 * written in it is for messages only; the file is never removed, or two processes could hold locks on two
 * files of one name. */
#include "campana/error.h"
#include "store_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* store_sender_active() takes the lock for a moment, too, with others: a sender that comes just then tries
 * again. The moment may be a long one on a busy machine, and is no reason to say that another process is
 * sending: that one has the lock alone. */
#define TRIES       1000
#define TRIES_ALONE 10
#define PAUSE_US    10000

static int fail(const char *path, const char *doing, int code, struct error *error)
{
    return error_set(
        error, ERROR_MACHINE,
        "%s: cannot %s: %s; the lock that keeps two senders apart needs permission to write here", path,
        doing, strerror(code));
}

static int open_lock(const char *path, int flags, struct error *error)
{
    struct stat there;
    int file = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file < 0) {
        int code = errno;
        if (flags != O_RDONLY || code != ENOENT)
            fail(path, "open the lock", code, error);
        errno = code;
        return -1;
    }
    if (fstat(file, &there) != 0 || !S_ISREG(there.st_mode)) {
        close(file);
        errno = 0;
        return error_set(error, ERROR_MACHINE, "%s: is in the way of the sender's lock; move it elsewhere",
                         path);
    }
    return file;
}

/* Who has rights on the database has them on its lock, as SQLite does it for the files that it keeps beside
 * it. Where the group cannot be the same one, the group gets nothing. */
static void share_as_database(const struct store *store, int file)
{
    struct stat database;
    struct stat lock;
    if (stat(store->path, &database) != 0 || fstat(file, &lock) != 0)
        return;
    mode_t mode = database.st_mode & 0666;
    uid_t owner = geteuid() == 0 ? database.st_uid : (uid_t)-1;
    bool same = lock.st_gid == database.st_gid && (geteuid() != 0 || lock.st_uid == database.st_uid);
    if (!same && fchown(file, owner, database.st_gid) != 0 && lock.st_gid != database.st_gid)
        mode &= (mode_t)~070;
    if ((lock.st_mode & 07777) != mode && fchmod(file, mode) != 0) {
        /* another's file, or a file system without modes: the lock holds all the same */
    }
}

static int refuse_second(const struct store *store, int file, struct error *error)
{
    char pid[32] = "";
    ssize_t len = pread(file, pid, sizeof pid - 1, 0);
    pid[len > 0 ? strspn(pid, "0123456789") : 0] = '\0';
    return error_set(error, ERROR_BUSY,
                     "%s: another process%s%s%s is sending from this database; wait until it has ended, or "
                     "stop it with campana stop, then "
                     "give the same command again",
                     store->path, pid[0] == '\0' ? "" : " (number ", pid, pid[0] == '\0' ? "" : ")");
}

static bool is_held_alone(int file)
{
    if (flock(file, LOCK_SH | LOCK_NB) != 0)
        return true;
    flock(file, LOCK_UN);
    return false;
}

static int lock_file(const struct store *store, const char *path, struct error *error)
{
    int file = open_lock(path, O_RDWR | O_CREAT, error);
    if (file < 0)
        return -1;
    int tries = 0;
    int alone = 0;
    int locked;
    while ((locked = flock(file, LOCK_EX | LOCK_NB)) != 0 && (errno == EINTR || errno == EWOULDBLOCK) &&
           ++tries < TRIES && (!is_held_alone(file) || ++alone < TRIES_ALONE))
        usleep(PAUSE_US);
    if (locked != 0) {
        if (errno == EWOULDBLOCK)
            refuse_second(store, file, error);
        else
            fail(path, "take the lock", errno, error);
        close(file);
        return -1;
    }
    share_as_database(store, file);
    if (ftruncate(file, 0) != 0 || dprintf(file, "%ld\n", (long)getpid()) < 0) {
        /* the lock holds; only the message of the next process will not know the number */
    }
    return file;
}

int store_lock_sender(struct store *store, struct error *error)
{
    struct buffer path = {0};
    if (store->sender_lock >= 0 || store_in_memory(store))
        return 0;
    if (store_use_log(store, error) != 0)
        return -1;
    buffer_printf(&path, "%s-sender", store->path);
    if (buffer_check(&path, error) == 0)
        store->sender_lock = lock_file(store, buffer_string(&path), error);
    buffer_free(&path);
    return store->sender_lock >= 0 ? 0 : -1;
}

static int lock_held(const char *path, struct error *error)
{
    error_clear(error);
    int file = open_lock(path, O_RDONLY, error);
    if (file < 0 && errno == EACCES) {
        error_clear(error);
        return STORE_SENDER_HIDDEN;
    }
    if (file < 0)
        return error->kind == ERROR_NONE ? 0 : -1; /* no file: nobody has sent yet */
    int locked = flock(file, LOCK_SH | LOCK_NB);
    int code = errno;
    close(file);
    if (locked != 0 && code != EWOULDBLOCK)
        return fail(path, "look at the lock", code, error);
    return locked != 0;
}

int store_sender_active(struct store *store, struct error *error)
{
    struct buffer path = {0};
    if (store_in_memory(store))
        return 0;
    buffer_printf(&path, "%s-sender", store->path);
    int result = buffer_check(&path, error) == 0 ? lock_held(buffer_string(&path), error) : -1;
    buffer_free(&path);
    return result;
}
