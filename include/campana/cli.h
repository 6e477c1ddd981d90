/* The command line from its arguments to its exit code. */
#ifndef CAMPANA_CLI_H
#define CAMPANA_CLI_H

#include "campana/steps.h"

/* Runs campana and returns its exit code (exit_code.h). argv[0] is not looked at; argv[argc] is NULL. `steps`
 * may be NULL. May be called again. SIGPIPE and SIGXFSZ are ignored afterwards, and descriptors 0 to 2 are open. */
int cli_main(int argc, char **argv, const struct steps *steps);

#endif
