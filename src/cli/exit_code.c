/* Three tables, and no other place decides an exit code. */
#include "campana/exit_code.h"

enum exit_code exit_code_of_error(enum error_kind kind)
{
    static const enum exit_code codes[] = {
        [ERROR_NONE] = EXIT_DONE,     [ERROR_MACHINE] = EXIT_MACHINE, [ERROR_INPUT] = EXIT_INPUT,
        [ERROR_ACCESS] = EXIT_ACCESS, [ERROR_GATEWAY] = EXIT_GATEWAY, [ERROR_BUSY] = EXIT_BUSY,
    };
    return codes[kind];
}

enum exit_code exit_code_of_end(enum run_end end, int64_t unknown)
{
    static const enum exit_code codes[RUN_ENDS] = {
        [END_DONE] = EXIT_DONE,           [END_LIMIT] = EXIT_DONE,       [END_BALANCE] = EXIT_BALANCE,
        [END_CREDENTIALS] = EXIT_ACCESS,  [END_FORBIDDEN] = EXIT_ACCESS, [END_MAINTENANCE] = EXIT_MAINTENANCE,
        [END_FAILURES] = EXIT_GATEWAY,    [END_PAUSE] = EXIT_GATEWAY,    [END_INTERRUPTED] = EXIT_INTERRUPTED,
        [END_STOPPED] = EXIT_INTERRUPTED, [END_HOURS] = EXIT_HOURS,      [END_HELD_BACK] = EXIT_DONE,
        [END_LOCAL] = EXIT_MACHINE,
    };
    bool all_that_may_is_sent = end == END_DONE || end == END_HELD_BACK;
    return all_that_may_is_sent && unknown > 0 ? EXIT_UNKNOWN_ROWS : codes[end];
}

enum exit_code exit_code_of_outcome(enum outcome_kind kind)
{
    static const enum exit_code codes[OUTCOME_KINDS] = {
        [OUTCOME_ACCEPTED] = EXIT_DONE,           [OUTCOME_REFUSED] = EXIT_INPUT,
        [OUTCOME_CREDENTIALS] = EXIT_ACCESS,      [OUTCOME_NO_BALANCE] = EXIT_BALANCE,
        [OUTCOME_MAINTENANCE] = EXIT_MAINTENANCE, [OUTCOME_FORBIDDEN] = EXIT_ACCESS,
        [OUTCOME_SLOW_DOWN] = EXIT_GATEWAY,       [OUTCOME_NOT_SENT] = EXIT_GATEWAY,
        [OUTCOME_UNKNOWN] = EXIT_GATEWAY,
    };
    return codes[kind];
}
