/* campana with a saboteur inside: the same commands and the same library, and one fault, chosen by the
 * environment.
 *
 *   TORTURE_COUNT=FILE         no fault; FILE gets "steps N writes N syncs N opens N allocations N"
 *   TORTURE_KILL_STEP=N        SIGKILL itself at the Nth step (steps.h)
 *   TORTURE_FAIL_WRITE=N       the Nth write of the database fails (SQLITE_FULL, as on a full disk)
 *   TORTURE_FAIL_SYNC=N        … the Nth sync (SQLITE_IOERR_FSYNC)
 *   TORTURE_FAIL_OPEN=N        … the Nth opening of a file of the database (SQLITE_CANTOPEN, EACCES)
 *   TORTURE_FAIL_ALLOCATION=N  … the Nth allocation of campana or SQLite
 *   TORTURE_FAIL_ONCE=1        only that one; without it, all that follow fail, too
 *   TORTURE_FAIL_AS_EIO=1      a broken disk, SQLITE_IOERR_WRITE, and a read-only one, EROFS
 *   TORTURE_CUT_SYNC=N         power cut at the Nth sync: what was written since the last one is undone
 *   TORTURE_CUT_WRITE=N        … at the Nth write: a part of that has reached the disk, …
 *   TORTURE_SEED=N             … which part, this says
 *   TORTURE_CLOCK_JUMP_MS=M    the wall clock is set M ms forward, to before the start, and right again, …
 *   TORTURE_CLOCK_EVERY=N      … in turn, every N readings
 */
#include "campana/cli.h"
#include "saboteur.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct saboteur plan;
static atomic_long steps_seen; /* a run has two threads */

static long from_environment(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? 0 : strtol(value, NULL, 10);
}

static void at_step(void *context, const char *step)
{
    (void)context;
    (void)step;
    if (++steps_seen == plan.kill_step)
        raise(SIGKILL);
}

static void write_counts(const char *file)
{
    FILE *stream = fopen(file, "w");
    if (stream == NULL)
        abort();
    fprintf(stream, "steps %ld writes %ld syncs %ld opens %ld allocations %ld\n", steps_seen,
            saboteur_writes(), saboteur_syncs(), saboteur_opens(), saboteur_allocations());
    fclose(stream);
}

int main(int argc, char **argv)
{
    const char *count_file = getenv("TORTURE_COUNT");
    struct steps steps = {at_step, NULL};
    plan = (struct saboteur){
        .kill_step = from_environment("TORTURE_KILL_STEP"),
        .fail_write = from_environment("TORTURE_FAIL_WRITE"),
        .fail_sync = from_environment("TORTURE_FAIL_SYNC"),
        .fail_open = from_environment("TORTURE_FAIL_OPEN"),
        .cut_sync = from_environment("TORTURE_CUT_SYNC"),
        .cut_write = from_environment("TORTURE_CUT_WRITE"),
        .clock_jump_ms = from_environment("TORTURE_CLOCK_JUMP_MS"),
        .clock_every = from_environment("TORTURE_CLOCK_EVERY"),
        .fail_allocation = from_environment("TORTURE_FAIL_ALLOCATION"),
        .as_eio = from_environment("TORTURE_FAIL_AS_EIO") != 0,
        .once = from_environment("TORTURE_FAIL_ONCE") != 0,
        .seed = (unsigned)from_environment("TORTURE_SEED"),
    };
    saboteur_install(&plan);
    int status = cli_main(argc, argv, &steps);
    saboteur_disarm();
    if (count_file != NULL)
        write_counts(count_file);
    return status;
}
