/* The database, and the room that it needs. Reads only. */
#include "campana/error.h"
#include "doctor.h"
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB 20

/* The log beside the database is kept at 64 MiB at most (store.c); a row that is sent grows by its code and
 * times, and one that is not accepted gets an attempt: under 256 bytes, indexes and all. */
#define LOG_BYTES          (64LL << MIB)
#define ROW_GROWTH_BYTES   256
#define DISK_FAILURE_BYTES (10LL << MIB)
#define OTHERS             077

/* What is larger is not looked through: that would take longer than anybody waits. */
#define CHECKED_BYTES_MOST (1LL << 30)

struct tally {
    struct store *store;
    int64_t campaigns, pending, unknown;
};

static int add_campaign(void *context, const struct campaign *campaign, struct error *error)
{
    struct tally *tally = context;
    int64_t pending;
    int64_t unknown;
    if (store_count_pending(tally->store, campaign->id, &pending, error) != 0 ||
        store_count_unknown(tally->store, campaign->id, &unknown, error) != 0)
        return -1;
    tally->campaigns++;
    tally->pending += pending;
    tally->unknown += unknown;
    return 0;
}

/* `pending`: messages that are to be sent from this database. */
static void check_disk(struct doctor *doctor, const char *directory, int64_t pending)
{
    struct statvfs disk;
    if (statvfs(directory, &disk) != 0)
        return;
    int64_t free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    int64_t needed_bytes = LOG_BYTES + pending * ROW_GROWTH_BYTES;
    enum level level = free_bytes < DISK_FAILURE_BYTES ? LEVEL_FAILURE
                       : free_bytes < needed_bytes     ? LEVEL_WARNING
                                                       : LEVEL_OK;
    found(doctor, level, EXIT_MACHINE, "disk",
          level == LEVEL_OK ? "" : "make room: a full disk stops a campaign (and loses nothing)",
          "%" PRId64 " MiB free where the database is; to send what is pending takes up to %" PRId64 " MiB",
          free_bytes >> MIB, needed_bytes >> MIB);
}

static void check_file(struct doctor *doctor, const char *path, const struct stat *file)
{
    if ((file->st_mode & OTHERS) != 0)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "privacy", "chmod 600 that file",
              "%s is open to other users of this computer (mode %04o): it holds numbers and texts", path,
              (unsigned)file->st_mode & 07777);
}

static void tell_contents(struct doctor *doctor, const char *path, const struct tally *tally,
                          const struct stat *file)
{
    const char *campaigns = tally->campaigns == 1 ? "campaign" : "campaigns";
    const char *checked =
        file->st_size <= CHECKED_BYTES_MOST ? "no damage found" : "too large to be looked through";
    found(doctor, LEVEL_OK, EXIT_DONE, "database", "", "%s: %" PRId64 " %s, %" PRId64 " MiB, %s", path,
          tally->campaigns, campaigns, (int64_t)(file->st_size >> MIB), checked);
}

static void look_into(struct doctor *doctor, struct store *store, const char *path, const struct stat *file,
                      struct tally *tally)
{
    struct error error;
    *tally = (struct tally){.store = store};
    int active = store_sender_active(store, &error);
    if (active < 0 || (file->st_size <= CHECKED_BYTES_MOST && store_check(store, &error) != 0) ||
        store_each_campaign(store, add_campaign, tally, &error) != 0) {
        found_error(doctor, "database", &error);
        return;
    }
    tell_contents(doctor, path, tally, file);
    check_file(doctor, path, file);
    if (active == STORE_SENDER_HIDDEN)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "sender",
              "ask the owner of that file for permission to read and write it, as for the database",
              "whether another process is sending now is not known: %s-sender may not be opened", path);
    else if (active > 0)
        found(doctor, LEVEL_FAILURE, EXIT_BUSY, "sender",
              "wait for it, or use another database with --db FILE",
              "another process is sending from this database now");
    else if (tally->unknown > 0)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "unknown rows",
              "campana reconcile CAMPAIGN tells what the balance says about them, campana resolve decides",
              "%" PRId64 " whose fate is not known", tally->unknown);
}

void doctor_check_database(struct doctor *doctor)
{
    const char *path = setting_text(&doctor->invocation->settings, SETTING_DB);
    struct store *store = NULL;
    struct tally tally = {0};
    struct stat file;
    struct error error;
    char *copy = strdup(path);
    const char *directory = copy == NULL ? "." : dirname(copy);
    if (access(directory, W_OK | X_OK) != 0)
        found(doctor, LEVEL_FAILURE, EXIT_MACHINE, "database", "name another place with --db FILE",
              "%s: cannot write in its folder: %s", path, strerror(errno));
    else if (stat(path, &file) != 0)
        found(doctor, LEVEL_OK, EXIT_DONE, "database", "", "%s: will be made by the first load", path);
    else if (access(path, W_OK) != 0)
        found(doctor, LEVEL_FAILURE, EXIT_MACHINE, "database", "name another one with --db FILE",
              "%s: cannot be written: %s", path, strerror(errno));
    else if (store_open(path, STORE_READ, NULL, &store, &error) != 0)
        found_error(doctor, "database", &error);
    else
        look_into(doctor, store, path, &file, &tally);
    store_close(store);
    check_disk(doctor, directory, tally.pending);
    free(copy);
}
