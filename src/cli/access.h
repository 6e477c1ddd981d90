/* The way to the gateway by the settings: address, credentials, transport. */
#ifndef CAMPANA_CLI_ACCESS_H
#define CAMPANA_CLI_ACCESS_H

#include "campana/engine.h"
#include "campana/http.h"
#include "command.h"

struct access {
    struct account account; /* points into the settings */
    struct http *http;
    bool post;
};

/* Reads the password and opens the transport. Zero-initialise. ERROR_INPUT where user or password are missing
 * or the address may not be used. access_close() is harmless after -1. */
int access_open(struct invocation *invocation, int concurrency, struct access *access, struct error *error);
void access_close(struct access *access);

/* Only the address, without password and transport. */
int access_check_url(const struct settings *settings, struct error *error);

/* Appends the host of the gateway's address, with its port if it names one, visible. */
void access_put_host(const char *url, struct buffer *out);

/* Says on standard error what came instead of a balance, and what to do. Returns the exit code. */
int access_tell_no_balance(const struct outcome *outcome);

#endif
