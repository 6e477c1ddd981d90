/* A message's states, its legal moves, and what an outcome does to the row and to the run. */
#ifndef CAMPANA_JOB_H
#define CAMPANA_JOB_H

#include "campana/gateway.h"
#include <stdbool.h>

enum job_state {
    JOB_PENDING,
    JOB_INFLIGHT,
    JOB_ACCEPTED,
    JOB_REFUSED,
    JOB_UNKNOWN,
    JOB_INVALID,
    JOB_DUPLICATE,
    JOB_SUPPRESSED,
    JOB_STATES
};

/* Name as in the database, the reports and --state. */
const char *job_state_name(enum job_state state);

/* Returns -1 for another name. */
int job_state_from_name(const char *name, enum job_state *state);

/* One sentence, without a full stop, on what the state means, and one on what to do about it ("" where
 * nothing is). */
const char *job_state_meaning(enum job_state state);
const char *job_state_remedy(enum job_state state);

/* The legal moves, also a trigger in the schema (sql/); a test compares the two.
 *   pending  → inflight                              a claim
 *   pending  → invalid                               its campaign was forgotten before it was sent
 *   inflight → accepted refused unknown pending      an outcome, or a claim given back
 *   unknown  → accepted refused pending              a person's decision
 *   refused  → accepted pending                      a person's decision */
bool job_move_legal(enum job_state from, enum job_state to);

/* What a run does after an outcome. */
enum run_effect {
    RUN_GOES_ON,
    RUN_SLOWS_DOWN,      /* as the gateway told */
    RUN_COUNTS_NOT_SENT, /* pause, try again, count towards --max-failures */
    RUN_COUNTS_UNKNOWN,  /* go on, count towards --max-failures */
    RUN_STOPS_CREDENTIALS,
    RUN_STOPS_BALANCE,
    RUN_STOPS_MAINTENANCE,
    RUN_STOPS_FORBIDDEN,
};

enum job_state job_state_after(enum outcome_kind kind);
enum run_effect run_effect_of(enum outcome_kind kind);

#endif
