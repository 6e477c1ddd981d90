/* What `run` and `load` share: from options to load_file() to its verdict. */
#ifndef CAMPANA_CLI_LOADING_H
#define CAMPANA_CLI_LOADING_H

#include "campana/load.h"
#include "command.h"

struct loading {
    struct load_options options;
    struct verdict verdict;
    struct buffer template; /* of --template-file */
    const char **suppress;
};

/* Fills loading->options from the options and settings, which must have been read. Zero-initialise;
 * loading_free() also after -1. */
int loading_read(struct invocation *invocation, struct loading *loading, struct error *error);
/* load_file(), followed on a terminal. */
int loading_go(struct invocation *invocation, struct store *store, struct loading *loading,
               struct error *error);
/* Where the file was loaded before, and so no rejects were written: how to have them now. */
void loading_tell_rejects(const struct invocation *invocation, const struct loading *loading);
void loading_free(struct loading *loading);

#endif
