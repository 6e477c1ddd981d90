/* Faults below campana: a shim over SQLite's VFS, and allocators that fail on command. Kept out of the
 * product: the torture program alone is linked with it. */
#ifndef CAMPANA_SABOTEUR_H
#define CAMPANA_SABOTEUR_H

#include <stdbool.h>

struct saboteur {
    long kill_step;
    long fail_write, fail_sync, fail_open; /* 1 is the first; 0: never */
    long cut_sync, cut_write;
    long fail_allocation;
    long clock_jump_ms,
        clock_every; /* every so many readings of the wall clock: forward, back, right; 0: never */
    bool as_eio;     /* as on a broken or read-only disk, not as on a full one or without permission */
    bool once;       /* the fault passes; else everything after it fails too */
    unsigned seed;
};

/* Before anything else uses SQLite. The plan must stay. */
void saboteur_install(const struct saboteur *plan);

/* No more faults from here on. */
void saboteur_disarm(void);

long saboteur_writes(void);
long saboteur_syncs(void);
long saboteur_opens(void);
long saboteur_allocations(void);

#endif
