/* What a load writes waits in the system's memory for the commit's sync, which then takes as long as the disk
 * needs for all of it, while nobody has anything to do. Here the disk is set to work in time. This is thrift
 * and promises nothing: the sync comes all the same, and it is the sync that tells of a failure.
 *
 * SQLite does not say which descriptors are its own, and the files must not be opened by hand, because
 * closing them would drop SQLite's locks (https://www.sqlite.org/howtocorrupt.html, 2.2). So they are looked
 * for among the process's. */
#include "store_internal.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#define DESCRIPTORS 64 /* that are looked at; a load has about ten */

static void begin_to_write(const char *path)
{
    struct stat wanted, found;
    if (stat(path, &wanted) != 0)
        return;
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++)
        if (fstat(descriptor, &found) == 0 && found.st_ino == wanted.st_ino &&
            found.st_dev == wanted.st_dev) {
            sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
            return;
        }
}

void store_write_ahead(const struct store *store)
{
    char path[PATH_MAX];
    if (store_in_memory(store))
        return;
    snprintf(path, sizeof path, "%s%s", store->path, store->logs ? "-wal" : "");
    begin_to_write(path);
}
