/* Requests over libcurl's multi interface, on one event loop (epoll): the only includer of curl/curl.h.
 *
 * The fence. libcurl sends a request again by itself when a kept-alive connection dies under it, up to five times, and
 * then reports success. Here a request is put onto a connection once: CURLOPT_PREREQFUNCTION counts, and a second time
 * aborts the transfer. So for every request exactly one of three things is known, and reply.reach (gateway.h) says
 * which:
 *   REACH_NEVER_LEFT     never put onto a connection (name, connect, TLS failure, timeout before that), or put onto one
 *                        and the writing failed with no byte written, or, by POST, no byte of its body handed to the transport;
 *   REACH_ANSWERED       a whole answer came back for the one time that it was put onto a connection;
 *   REACH_MAY_HAVE_LEFT  everything else.
 * It is not possible to be told REACH_NEVER_LEFT for a request that the server has received whole.
 *
 * Also: no redirects are followed, https only (http to loopback, or with `insecure_http`), certificates are verified,
 * no .netrc, no proxy unless configured, no `Expect: 100-continue`, idle connections are dropped after a few seconds
 * (a connection that the server is just closing turns a message into an unknown for nothing), HTTP/2 where TLS offers
 * it, answers are cut off at GATEWAY_ANSWER_BYTES_MOST and their headers at HTTP_HEAD_BYTES_MOST. libcurl never queues a
 * request: at most `concurrency` are under way, and starting more is a bug of the caller. */
#ifndef CAMPANA_HTTP_H
#define CAMPANA_HTTP_H

#include "campana/gateway.h"
#include <signal.h>
#include <stdint.h>

struct error;
struct clock;
struct http;

#define HTTP_HEAD_BYTES_MOST 65536 /* a longer header makes the answer none: unknown */

struct http_options {
    int concurrency;            /* most requests under way, 1 to 1024 */
    int64_t connect_timeout_ms; /* name, TCP and TLS together */
    int64_t timeout_ms;         /* the whole request: it ends then. Seconds in which http_wait() was not called though it was
                                   time, because the process was stopped or kept by something else, do not count: the answer
                                   may be there already */
    bool insecure_http;         /* plain http to hosts other than loopback */
    const char *proxy;          /* NULL: none, whatever the environment says */
    const char *ca_file;        /* NULL: the system's certificates */
};

/* Whether the base URL may be used: https, or http to loopback (localhost, 127.0.0.0/8, [::1]) or with `insecure`; no user
 * or password in it, no query, no fragment. Returns -1 with ERROR_INPUT that says what to do. */
int http_check_url(const char *url, bool insecure, struct error *error);

/* libcurl is initialised by the first call. The options' strings are copied. */
int http_open(const struct http_options *options, struct http **http, struct error *error);

/* Ends what is under way without waiting; no result is given for it. */
void http_free(struct http *http);

struct http_request {
    const char *url;   /* without a query */
    struct slice form; /* name=value&… encoded: the body by POST, the query by GET */
    bool post;
};

/* Starts a request. url and form must stay as they are until its result has been taken. `tag` comes back with the result.
 * Returns -1 when it could not even be started: nothing left, and no result will come. */
int http_start(struct http *http, const struct http_request *request, void *tag, struct error *error);

/* Requests started whose results have not been taken. */
int http_under_way(const struct http *http);

/* Runs the loop until at least one result is there, the timeout is over (in nanoseconds, rounded up to what the kernel can
 * wait; 0: do what can be done at once, < 0: no limit), a signal arrives, or http_wake() was called. `unblocked` (may be
 * NULL) is the signal mask in force during the wait alone, so that a signal cannot slip in just before it (epoll_pwait); one that is
 * pending comes in even where the call does not wait. */
int http_wait(struct http *http, int64_t timeout_ns, const sigset_t *unblocked, struct error *error);

/* The signals alone: those that are pending come in now. For what has kept the caller from waiting. */
void http_let_signals_in(const sigset_t *unblocked);

/* Ends the http_wait() under way, or the next one, at once. The only function that another thread may call. */
void http_wake(struct http *http);

struct http_result {
    void *tag;
    struct reply reply;  /* its slices are valid until the next call of http_wait(), http_start() or http_next() */
    int64_t started_ns;  /* CLOCK_MONOTONIC at http_start() */
    int64_t finished_ns;
    int64_t latency_ns;  /* from the request's first byte on the wire to the end of the answer; from the start where
                            there was no such byte; -1: not known, for nobody looked for the answer for seconds */
};

/* Takes one finished request; false when there is none. */
bool http_next(struct http *http, struct http_result *result);

/* For single questions such as the balance: starts, waits, takes. Nothing else may be under way. `body` keeps the reply's
 * body. After -1 nothing is under way any more: the form may go. */
int http_ask(struct http *http, const struct http_request *request, struct buffer *body, struct reply *reply,
             struct error *error);

/* From now on a question is given up once *stop is not 0, and its fate is then not known; `unblocked` as for http_wait().
 * NULL, NULL: it is waited for, whatever comes. */
void http_heed(struct http *http, const volatile sig_atomic_t *stop, const sigset_t *unblocked);

/* How far the last http_ask() came. */
enum http_stage {
    HTTP_STAGE_NAME,    /* the host's name was not found */
    HTTP_STAGE_CONNECT, /* nothing listens there, or nothing answers */
    HTTP_STAGE_TLS,     /* connected, and no trust: certificate, its name, its date, or no TLS at all */
    HTTP_STAGE_REQUEST, /* the way was open; reply says what came of the request */
};

/* What `doctor` wants to know about the last http_ask(): valid until the next request. */
struct http_details {
    enum http_stage stage;
    const char *remote_ip;       /* "" where there was no connection */
    const char *http_version;    /* "1.1", "2" or "" */
    int64_t date_at_ms;          /* the Date header; -1 where there was none */
    int64_t certificate_ends_ms; /* when the server's certificate expires; -1 where unknown */
};
void http_last_details(const struct http *http, struct http_details *details);

/* "libcurl/7.88.1 OpenSSL/3.0.x nghttp2/1.52.0". */
const char *http_version(void);

#endif
