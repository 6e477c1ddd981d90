/* A VFS over SQLite's own. For power cuts every write keeps what stood there before; a sync forgets that, and
 * a cut writes it back in reverse order, so that the file is again what the disk surely held. At a cut in
 * mid-write a random part of the unsynced writes survives, as it does on a real disk. */
#include "saboteur.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct saboteur *plan;
static bool armed;
static atomic_long writes, syncs, opens, allocations; /* a load has two threads */

/* ---- what a cut takes back ---- */

struct undo {
    struct undo *before;
    sqlite3_int64 offset, size_before; /* of the file */
    int len;                           /* bytes that stood there */
    char bytes[];
};

struct file {
    sqlite3_file base;
    sqlite3_file *real;
    struct file *next_open;
    struct undo *unsynced;
};

static struct file *open_files;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

/* SQLite's own VFS writes no more than 128 KiB by one call. */
#define PIECE_BYTES 65536

static int piece_of(const struct undo *undo, int at)
{
    return undo->len - at < PIECE_BYTES ? undo->len - at : PIECE_BYTES;
}

static void remember(struct file *file, sqlite3_int64 offset, int len)
{
    sqlite3_int64 size = 0;
    file->real->pMethods->xFileSize(file->real, &size);
    sqlite3_int64 there = size > offset ? size - offset : 0;
    if (there > len)
        there = len;
    struct undo *undo = malloc(sizeof *undo + (size_t)there);
    if (undo == NULL)
        abort();
    *undo = (struct undo){.before = file->unsynced, .offset = offset, .size_before = size, .len = (int)there};
    for (int at = 0; at < undo->len; at += PIECE_BYTES)
        if (file->real->pMethods->xRead(file->real, undo->bytes + at, piece_of(undo, at), offset + at) !=
            SQLITE_OK)
            abort();
    file->unsynced = undo;
}

static void forget(struct file *file)
{
    while (file->unsynced != NULL) {
        struct undo *undo = file->unsynced;
        file->unsynced = undo->before;
        free(undo);
    }
}

static void cut_power(bool some_survive)
{
    srand(plan->seed);
    for (struct file *file = open_files; file != NULL; file = file->next_open) {
        int survivors = some_survive ? rand() % 4 : 0; /* of four, how many writes reached the disk */
        for (struct undo *undo = file->unsynced; undo != NULL; undo = undo->before) {
            if (rand() % 4 < survivors)
                continue;
            for (int at = 0; at < undo->len; at += PIECE_BYTES)
                file->real->pMethods->xWrite(file->real, undo->bytes + at, piece_of(undo, at),
                                             undo->offset + at);
            if (undo->size_before < undo->offset + undo->len || !some_survive)
                file->real->pMethods->xTruncate(file->real, undo->size_before);
        }
    }
    _exit(137);
}

static bool fails(long count, long at)
{
    return armed && at > 0 && (plan->once ? count == at : count >= at);
}

/* ---- the file's methods ---- */

static int close_file(sqlite3_file *base)
{
    struct file *file = (struct file *)base;
    for (struct file **at = &open_files; *at != NULL; at = &(*at)->next_open) {
        if (*at == file) {
            *at = file->next_open;
            break;
        }
    }
    forget(file);
    int result = file->real->pMethods == NULL ? SQLITE_OK : file->real->pMethods->xClose(file->real);
    file->real->pMethods = NULL;
    return result;
}

static int read_file(sqlite3_file *file, void *data, int len, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, len, offset);
}

static int write_file(sqlite3_file *base, const void *data, int len, sqlite3_int64 offset)
{
    struct file *file = (struct file *)base;
    writes++;
    if (fails(writes, plan->fail_write))
        return plan->as_eio ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    if (plan->cut_sync > 0 || plan->cut_write > 0)
        remember(file, offset, len);
    if (armed && writes == plan->cut_write)
        cut_power(true);
    return file->real->pMethods->xWrite(file->real, data, len, offset);
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = (struct file *)base;
    sqlite3_int64 size_before = 0;
    file->real->pMethods->xFileSize(file->real, &size_before);
    if ((plan->cut_sync > 0 || plan->cut_write > 0) && size_before > size)
        remember(file, size, (int)(size_before - size));
    return file->real->pMethods->xTruncate(file->real, size);
}

static int sync_file(sqlite3_file *base, int flags)
{
    struct file *file = (struct file *)base;
    syncs++;
    if (fails(syncs, plan->fail_sync))
        return SQLITE_IOERR_FSYNC;
    if (armed && syncs == plan->cut_sync)
        cut_power(false);
    int result = file->real->pMethods->xSync(file->real, flags);
    if (result == SQLITE_OK)
        forget(file);
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int lock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int check_reserved(sqlite3_file *file, int *result)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int control_file(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shm_map(sqlite3_file *file, int page, int page_size, int extend, void volatile **memory)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, page_size, extend, memory);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int delete_it)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* ---- the VFS ---- */

static sqlite3_vfs shim;

static sqlite3_vfs *real_vfs(void)
{
    return shim.pAppData;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
    (void)vfs;
    struct file *file = (struct file *)base;
    *file = (struct file){.real = (sqlite3_file *)(file + 1)};
    opens++;
    if (fails(opens, plan->fail_open)) {
        errno = plan->as_eio ? EROFS : EACCES;
        return SQLITE_CANTOPEN;
    }
    int result = real_vfs()->xOpen(real_vfs(), name, file->real, flags, out_flags);
    if (file->real->pMethods != NULL)
        file->base.pMethods = &methods;
    if (result == SQLITE_OK) {
        file->next_open = open_files;
        open_files = file;
    }
    return result;
}

/* ---- allocations: ours by the linker's --wrap, SQLite's by its own hook ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
char *__real_strdup(const char *string);
char *__real_strndup(const char *string, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);
char *__wrap_strdup(const char *string);
char *__wrap_strndup(const char *string, size_t len);

static bool allocation_fails(void)
{
    long number = ++allocations;
    bool failing = fails(number, plan == NULL ? 0 : plan->fail_allocation);
    if (failing)
        errno = ENOMEM;
    return failing;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *data, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(data, size);
}

char *__wrap_strdup(const char *string)
{
    return allocation_fails() ? NULL : __real_strdup(string);
}

char *__wrap_strndup(const char *string, size_t len)
{
    return allocation_fails() ? NULL : __real_strndup(string, len);
}

/* ---- the wall clock, as people and time servers set it ---- */

int __real_clock_gettime(clockid_t id, struct timespec *now);
int __wrap_clock_gettime(clockid_t id, struct timespec *now);

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
    static const int turns[] = {0, 1, -1};
    static long readings;
    int result = __real_clock_gettime(id, now);
    if (id == CLOCK_REALTIME && plan != NULL && plan->clock_every > 0) {
        int turn = turns[readings++ / plan->clock_every % 3];
        now->tv_sec += turn * plan->clock_jump_ms / 1000;
    }
    return result;
}

static sqlite3_mem_methods sqlite_memory;

static void *sqlite_malloc(int size)
{
    return allocation_fails() ? NULL : sqlite_memory.xMalloc(size);
}

static void *sqlite_realloc(void *data, int size)
{
    return allocation_fails() ? NULL : sqlite_memory.xRealloc(data, size);
}

void saboteur_install(const struct saboteur *wanted)
{
    plan = wanted;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory);
    sqlite3_mem_methods failing = sqlite_memory;
    failing.xMalloc = sqlite_malloc;
    failing.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
    sqlite3_initialize();

    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    shim = *real;
    shim.pNext = NULL;
    shim.zName = "saboteur";
    shim.pAppData = real;
    shim.szOsFile = (int)sizeof(struct file) + real->szOsFile;
    shim.xOpen = open_file;
    sqlite3_vfs_register(&shim, 1);
    allocations = 0;
    armed = true;
}

void saboteur_disarm(void)
{
    armed = false;
}

long saboteur_writes(void)
{
    return writes;
}

long saboteur_syncs(void)
{
    return syncs;
}

long saboteur_opens(void)
{
    return opens;
}

long saboteur_allocations(void)
{
    return allocations;
}
