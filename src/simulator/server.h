/* The simulator's HTTP server: libmicrohttpd on one thread, with a queue of answers that are due later. */
#ifndef CAMPANA_SIMULATOR_SERVER_H
#define CAMPANA_SIMULATOR_SERVER_H

#include "account.h"
#include "ledger.h"
#include "script.h"
#include <signal.h>

struct error;
struct server;

struct server_options {
    int port; /* 0: any that is free */
    int64_t latency_ms;
    struct account account;
    struct ledger *ledger;
    struct script *script; /* NULL: none */
};

/* Listens on 127.0.0.1. The options are copied; ledger and script must outlive the server. */
int server_open(const struct server_options *options, struct server **server, struct error *error);
int server_port(const struct server *server);

/* Serves until *stop; `unblocked` is the signal mask while waiting. */
int server_run(struct server *server, const volatile sig_atomic_t *stop, const sigset_t *unblocked,
               struct error *error);
void server_close(struct server *server);

#endif
