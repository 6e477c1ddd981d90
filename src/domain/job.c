/* Decides which moves a message may make, and what an outcome does to the row and to the run. Refuses to know
 * where rows are kept and how requests travel. Invariant: only a documented answer or proof that nothing left
 * takes a message out of inflight to anything but unknown. */
#include "campana/job.h"
#include <string.h>

static const struct {
    const char *name;
    const char *meaning;
    const char *remedy;
} states[JOB_STATES] = {
    [JOB_PENDING] = {"pending", "waiting to be sent", "run the campaign again: it goes on with these"},
    [JOB_INFLIGHT] = {"inflight", "about to be sent or on its way, its outcome not recorded yet",
                      "let the sender finish; after a crash, the next run makes these unknown"},
    [JOB_ACCEPTED] = {"accepted",
                      "accepted by the gateway, which does not tell about delivery to the telephone", ""},
    [JOB_REFUSED] = {"refused", "refused by the gateway, neither sent nor charged",
                     "correct the row in the spreadsheet and load it as a new campaign"},
    [JOB_UNKNOWN] = {"unknown", "may have reached the gateway, no documented answer came back",
                     "look for these in the gateway's web report, then decide with campana resolve"},
    [JOB_INVALID] = {"invalid", "cannot be sent as it stands in the file",
                     "correct the row in the spreadsheet and load it as a new campaign"},
    [JOB_DUPLICATE] = {"duplicate", "the same number stands earlier in the campaign", ""},
    [JOB_SUPPRESSED] = {"suppressed", "the number is on a suppression list", ""},
};

#define TO(state) (1u << JOB_##state)

static const unsigned moves[JOB_STATES] = {
    [JOB_PENDING] = TO(INFLIGHT) | TO(INVALID),
    [JOB_INFLIGHT] = TO(ACCEPTED) | TO(REFUSED) | TO(UNKNOWN) | TO(PENDING),
    [JOB_UNKNOWN] = TO(ACCEPTED) | TO(REFUSED) | TO(PENDING),
    [JOB_REFUSED] = TO(ACCEPTED) | TO(PENDING),
};

static const struct {
    enum job_state state;
    enum run_effect effect;
} consequences[OUTCOME_KINDS] = {
    [OUTCOME_ACCEPTED] = {JOB_ACCEPTED, RUN_GOES_ON},
    [OUTCOME_REFUSED] = {JOB_REFUSED, RUN_GOES_ON},
    [OUTCOME_CREDENTIALS] = {JOB_PENDING, RUN_STOPS_CREDENTIALS},
    [OUTCOME_NO_BALANCE] = {JOB_PENDING, RUN_STOPS_BALANCE},
    [OUTCOME_MAINTENANCE] = {JOB_PENDING, RUN_STOPS_MAINTENANCE},
    [OUTCOME_FORBIDDEN] = {JOB_PENDING, RUN_STOPS_FORBIDDEN},
    [OUTCOME_SLOW_DOWN] = {JOB_PENDING, RUN_SLOWS_DOWN},
    [OUTCOME_NOT_SENT] = {JOB_PENDING, RUN_COUNTS_NOT_SENT},
    [OUTCOME_UNKNOWN] = {JOB_UNKNOWN, RUN_COUNTS_UNKNOWN},
};

const char *job_state_name(enum job_state state)
{
    return states[state].name;
}

int job_state_from_name(const char *name, enum job_state *state)
{
    for (int i = 0; i < JOB_STATES; i++) {
        if (strcmp(name, states[i].name) == 0) {
            *state = (enum job_state)i;
            return 0;
        }
    }
    return -1;
}

const char *job_state_meaning(enum job_state state)
{
    return states[state].meaning;
}

const char *job_state_remedy(enum job_state state)
{
    return states[state].remedy;
}

bool job_move_legal(enum job_state from, enum job_state to)
{
    return (moves[from] >> to & 1) != 0;
}

enum job_state job_state_after(enum outcome_kind kind)
{
    return consequences[kind].state;
}

enum run_effect run_effect_of(enum outcome_kind kind)
{
    return consequences[kind].effect;
}
