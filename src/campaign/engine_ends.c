/* The one table of how a run can end, and what a person can do about it. */
#include "campana/engine.h"
#include <string.h>

static const struct end {
    const char *name, *sentence, *remedy;
} ends[] = {
    [END_DONE] = {"done", "nothing is left to send", ""},
    [END_LIMIT] = {"limit", "the limit of messages for this run was reached", ""},
    [END_BALANCE] = {"balance", "the account's balance is exhausted (gateway code -3)", "buy credit first"},
    [END_CREDENTIALS] = {"credentials", "the gateway refused the user or password (gateway code -1)",
                         "correct user and password first, campana doctor checks them"},
    [END_FORBIDDEN] = {"forbidden",
                       "the gateway refused this computer (HTTP 403); its public IP address is probably not "
                       "registered with the gateway",
                       "campana doctor shows the address to have registered"},
    [END_MAINTENANCE] = {"maintenance", "the gateway is in maintenance (gateway code -6)",
                         "the gateway announces the end by e-mail; --wait asks again by itself"},
    [END_FAILURES] = {"failures", "the gateway failed too many times in a row",
                      "campana doctor looks for the cause"},
    [END_PAUSE] = {"pause", "the gateway asks for a pause of more than an hour",
                   "run the same command then, or with --wait"},
    [END_INTERRUPTED] = {"interrupted", "it was interrupted", ""},
    [END_STOPPED] = {"stopped", "it was stopped by campana stop", ""},
    [END_HOURS] = {"hours", "it is outside the contact hours", "--wait waits for that"},
    [END_HELD_BACK] = {"held-back", "all that is left goes to numbers that were reached today already",
                       "they are held back until tomorrow"},
    [END_LOCAL] = {"local", "this computer failed", ""},
    /* no end of engine_run(): the next run finds it */
    [RUN_ENDS] = {"crashed", "it ended without a word: the process or the computer died", ""},
};

const char *run_end_name(enum run_end end)
{
    return ends[end].name;
}

/* NULL: a name that this version does not know. */
static const struct end *find(const char *name)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(ends[i].name, name) == 0)
            return &ends[i];
    return NULL;
}

const char *run_end_sentence(const char *name)
{
    const struct end *end = find(name);
    return end == NULL ? "" : end->sentence;
}

const char *run_end_remedy(const char *name)
{
    const struct end *end = find(name);
    return end == NULL ? "" : end->remedy;
}
