/* How campana ends: the contract's exit codes, and what leads to which. */
#ifndef CAMPANA_EXIT_CODE_H
#define CAMPANA_EXIT_CODE_H

#include "campana/engine.h"
#include "campana/error.h"
#include "campana/gateway.h"

enum exit_code {
    EXIT_DONE = 0,    /* nothing left to send and nothing unknown, --limit reached, or the rest held back */
    EXIT_MACHINE = 1, /* database, disk, memory */
    EXIT_INPUT = 2,   /* usage or input */
    EXIT_BALANCE = 3, /* the balance is exhausted */
    EXIT_ACCESS = 4,  /* credentials or IP refused */
    EXIT_INTERRUPTED = 5, /* or not confirmed */
    EXIT_MAINTENANCE = 6,
    EXIT_GATEWAY = 7,      /* unreachable or failing */
    EXIT_HOURS = 8,        /* outside contact hours */
    EXIT_UNKNOWN_ROWS = 9, /* nothing left to send, or the rest held back, but rows are unknown */
    EXIT_BUSY = 10,        /* another process is sending from this database */
};

enum exit_code exit_code_of_error(enum error_kind kind);

/* `unknown`: how many rows of the campaign are. */
enum exit_code exit_code_of_end(enum run_end end, int64_t unknown);

/* Of a single question or a test message. */
enum exit_code exit_code_of_outcome(enum outcome_kind kind);

#endif
