/* What `run` and `send` share: everything from the sender's lock to the last word. */
#ifndef CAMPANA_CLI_SENDING_H
#define CAMPANA_CLI_SENDING_H

#include "access.h"

/* What the command line alone gets wrong about sending (--test-to's number), before anything is stored.
 * Returns -1 with ERROR_INPUT. */
int sending_check(const struct invocation *invocation, struct error *error);

/* Sends what is pending of the campaign, and says on standard error how it ended. `access` is open. Returns
 * the exit code, or -1 with the error set. */
int sending_run(struct invocation *invocation, struct store *store, const struct access *access,
                const char *campaign, struct error *error);

/* How it ended, in lines for standard error: last_word.c. */
struct last_word {
    const struct invocation *invocation;
    const char *campaign;
    const struct engine_result *result;
};

/* A run came to its end. */
void last_word_on_run(const struct last_word *word);
/* There was nothing to send. `unknown`: rows that are. */
void last_word_on_nothing(const struct invocation *invocation, const char *campaign, int64_t unknown);
/* This machine failed; the error has been told. */
void last_word_on_failure(const struct last_word *word);

/* The run did not begin. Appends why, what is left, and the command that goes on, with `more` (" --wait" or
 * "") at its end: the same one, with a --start only while that is still to come. */
void last_word_put_before_run(const struct invocation *invocation, const char *campaign, const char *why,
                              int64_t pending, int64_t unknown, const char *more, struct buffer *line);
/* Says it. */
void last_word_before_run(const struct invocation *invocation, const char *campaign, const char *why,
                          int64_t pending, int64_t unknown, const char *more);

#endif
