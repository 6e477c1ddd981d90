/* The one table of how a run can end. */
#include "campana/engine.h"
#include <string.h>

static const struct {
    const char *name, *sentence;
} ends[RUN_ENDS] = {
    [END_DONE] = {"done", "nothing is left to send"},
    [END_LIMIT] = {"limit", "the limit of messages for this run was reached"},
    [END_BALANCE] = {"balance", "the account's balance is exhausted (gateway code -3)"},
    [END_CREDENTIALS] = {"credentials", "the gateway refused the user or password (gateway code -1)"},
    [END_FORBIDDEN] = {"forbidden",
                       "the gateway refused this computer (HTTP 403); its public IP address is probably not "
                       "registered with the gateway"},
    [END_MAINTENANCE] = {"maintenance", "the gateway is in maintenance (gateway code -6)"},
    [END_FAILURES] = {"failures", "the gateway failed too many times in a row"},
    [END_INTERRUPTED] = {"interrupted", "it was interrupted"},
    [END_STOPPED] = {"stopped", "it was stopped by campana stop"},
    [END_HOURS] = {"hours", "it is outside the contact hours"},
    [END_HELD_BACK] = {"held-back", "all that is left goes to numbers that were reached today already"},
    [END_LOCAL] = {"local", "this computer failed"},
};

const char *run_end_name(enum run_end end)
{
    return ends[end].name;
}

const char *run_end_sentence(const char *name)
{
    for (size_t i = 0; i < RUN_ENDS; i++)
        if (strcmp(ends[i].name, name) == 0)
            return ends[i].sentence;
    return strcmp(name, "crashed") == 0 ? "it ended without a word: the process or the computer died" : "";
}
