/* The stop signals: SIGINT, SIGTERM, SIGHUP.
 *
 * While no row is under way they end the process at once, with exit code 5 and a line on standard error.
 * While a sender works they are noted and blocked, but where it waits. A SIGHUP that was ignored when
 * campana began (nohup) stays ignored. */
#ifndef CAMPANA_SIGNALS_H
#define CAMPANA_SIGNALS_H

#include <signal.h>

/* Since signals_count(): 0 none came; 1 one did, or several, as at a shutdown; 2 a second SIGINT did: a
 * person at the keyboard does not want to wait. */
extern volatile sig_atomic_t signals_stop;

/* From here on a stop signal ends the process at once. */
void signals_leave(void);

/* What it says then: lines as talk_put_line() makes them, which stay what they are until the next call. NULL,
 * as at first: that nothing was sent. */
void signals_say(const char *lines);

/* From here on stop signals are noted. With `unblocked` they are blocked, too, but where it is the mask to
 * wait with; NULL: they are not blocked. */
void signals_count(sigset_t *unblocked);

/* As it was before the first of the two; what came meanwhile is noted, and does nothing more. Harmless
 * without. */
void signals_restore(void);

#endif
