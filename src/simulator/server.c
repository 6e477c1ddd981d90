/* Receives requests, has them entered in the ledger, and treats them as the account and the script say. A
 * request that must wait is suspended and stands in a heap by its due time; `stall` has none. */
#include "server.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/gateway.h"
#include "form.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define FORM_BYTES_MOST  65536
#define CONNECTIONS_MOST 4096
#define IDLE_S           120
#define BLOCK_BYTES      1024

#if MHD_VERSION < 0x00097002
#error "libmicrohttpd 0.9.71 or newer is needed"
#endif

enum path { PATH_SEND, PATH_QUERY, PATH_IP, PATH_NONE };

/* A request from its headers to its answer. */
struct request {
    struct server *server;
    struct MHD_Connection *connection;
    enum path path;
    bool post;
    int64_t number; /* of send requests */
    struct buffer form;
    char answer[ACCOUNT_ANSWER_BYTES];
    const struct treatment *treatment; /* NULL: as it should be */
    enum { REQUEST_READING, REQUEST_WAITING, REQUEST_DUE } stage;
    int64_t due_ns;
    struct slice body; /* what the answer's reader sends */
    size_t sent_limit; /* CUT */
    bool drip_pause;
    bool in_flight; /* received, and neither answered nor hung up */
};

struct server {
    struct server_options options;
    struct MHD_Daemon *daemon;
    int epoll;
    int64_t requests, connections;
    int in_flight;
    struct request **heap; /* waiting requests, the earliest first */
    size_t heap_count, heap_room;
    struct request **stalled;
    size_t stalled_count, stalled_room;
    struct error *error;
    bool failed;
};

/* ---- waiting ---- */

static bool push(struct request ***list, size_t *count, size_t *room, struct request *request)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 64 : *room * 2;
        struct request **grown = realloc(*list, more * sizeof(struct request *));
        if (grown == NULL)
            return false;
        *list = grown;
        *room = more;
    }
    (*list)[(*count)++] = request;
    return true;
}

static void swap(struct request **a, struct request **b)
{
    struct request *kept = *a;
    *a = *b;
    *b = kept;
}

static bool wait_until(struct server *server, struct request *request, int64_t due_ns)
{
    request->due_ns = due_ns;
    if (!push(&server->heap, &server->heap_count, &server->heap_room, request))
        return false;
    MHD_suspend_connection(request->connection);
    for (size_t i = server->heap_count - 1; i > 0; i = (i - 1) / 2) {
        if (server->heap[(i - 1) / 2]->due_ns <= server->heap[i]->due_ns)
            break;
        swap(&server->heap[(i - 1) / 2], &server->heap[i]);
    }
    return true;
}

static struct request *pop_due(struct server *server, int64_t now_ns)
{
    if (server->heap_count == 0 || server->heap[0]->due_ns > now_ns)
        return NULL;
    struct request *first = server->heap[0];
    server->heap[0] = server->heap[--server->heap_count];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < server->heap_count; child++)
            if (server->heap[child]->due_ns < server->heap[least]->due_ns)
                least = child;
        if (least == i)
            return first;
        swap(&server->heap[least], &server->heap[i]);
        i = least;
    }
}

/* ---- answers ---- */

static ssize_t read_body(void *context, uint64_t position, char *to, size_t room)
{
    struct request *request = context;
    const struct treatment *treatment = request->treatment;
    enum manner manner = treatment == NULL ? MANNER_PROPER : treatment->manner;
    if (manner == MANNER_ENDLESS) {
        memset(to, '1', room);
        return (ssize_t)room;
    }
    if (position >= request->sent_limit)
        return manner == MANNER_CUT ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    size_t len = request->sent_limit - (size_t)position;
    if (manner == MANNER_DRIP) {
        request->drip_pause = !request->drip_pause;
        if (request->drip_pause) {
            int64_t now_ns = clock_monotonic_ns(&clock_system);
            if (!wait_until(request->server, request, now_ns + treatment->amount * NS_PER_MS))
                return MHD_CONTENT_READER_END_WITH_ERROR;
            return 0;
        }
        len = 1;
    }
    if (len > room)
        len = room;
    memcpy(to, request->body.data + position, len);
    return (ssize_t)len;
}

static struct MHD_Response *make_response(struct request *request)
{
    static const struct treatment proper = {.manner = MANNER_PROPER};
    const struct treatment *treatment = request->treatment == NULL ? &proper : request->treatment;
    request->body = treatment->has_body ? buffer_slice(&treatment->body) : slice_of(request->answer);
    request->sent_limit = request->body.len;
    uint64_t announced = request->body.len;
    switch (treatment->manner) {
    case MANNER_CHUNKED:
    case MANNER_ENDLESS: announced = MHD_SIZE_UNKNOWN; break;
    case MANNER_DRIP: break;
    case MANNER_CUT:
        if ((size_t)treatment->amount < request->sent_limit)
            request->sent_limit = (size_t)treatment->amount;
        else
            announced = request->body.len + (uint64_t)treatment->amount;
        break;
    default: {
        void *bytes = (void *)(uintptr_t)request->body.data;
        return MHD_create_response_from_buffer(request->body.len, bytes, MHD_RESPMEM_MUST_COPY);
    }
    }
    return MHD_create_response_from_callback(announced, BLOCK_BYTES, read_body, request, NULL);
}

static void leave_flight(struct request *request)
{
    request->server->in_flight -= request->in_flight;
    request->in_flight = false;
}

static enum MHD_Result answer(struct request *request)
{
    const struct treatment *treatment = request->treatment;
    char seconds[24];
    leave_flight(request);
    struct MHD_Response *response = make_response(request);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=UTF-8");
    if (treatment != NULL && treatment->retry_after >= 0) {
        snprintf(seconds, sizeof seconds, "%" PRId64, treatment->retry_after);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    if (treatment != NULL && treatment->location.len > 0) {
        char location[512];
        snprintf(location, sizeof location, "%.*s", (int)treatment->location.len, treatment->location.data);
        MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, location);
    }
    unsigned status = treatment == NULL || treatment->status == 0 ? MHD_HTTP_OK : (unsigned)treatment->status;
    if (request->path == PATH_NONE)
        status = MHD_HTTP_NOT_FOUND;
    enum MHD_Result result = MHD_queue_response(request->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* Closes without an answer: with a FIN, or, by the linger option, with an RST. */
static enum MHD_Result hang_up(struct request *request, bool reset)
{
    leave_flight(request);
    if (reset) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct linger at_once = {.l_onoff = 1, .l_linger = 0};
        if (info != NULL)
            setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    return MHD_NO;
}

/* ---- requests ---- */

static int64_t connection_number(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? 0 : (int64_t)(intptr_t)info->socket_context;
}

static void read_parameters(struct request *request, struct sms *sms)
{
    if (request->form.len > 0)
        form_read(request->form.data, request->form.len, sms);
}

/* The request is complete: it is entered in the ledger before anything else happens to it. */
static int receive(struct request *request)
{
    struct server *server = request->server;
    struct sms sms = {0};
    read_parameters(request, &sms);
    if (request->path == PATH_QUERY) {
        account_query(&server->options.account, &sms, request->answer);
        return 0;
    }
    server->in_flight++;
    request->in_flight = true;
    request->treatment = script_at_request(server->options.script, request->number, sms.msisdn,
                                           clock_monotonic_ns(&clock_system) / NS_PER_MS);
    const struct treatment *treatment = request->treatment;
    if (treatment != NULL && treatment->balance >= 0)
        server->options.account.balance = treatment->balance;
    struct buffer shown = {0};
    int64_t before = server->options.account.balance;
    if (treatment == NULL || !treatment->has_body)
        snprintf(request->answer, sizeof request->answer, "%" PRId64,
                 account_send(&server->options.account, &sms));
    if (treatment != NULL && treatment->charge != CHARGE_AS_ANSWERED)
        server->options.account.balance = before;
    if (treatment != NULL && treatment->charge == CHARGE_ALWAYS)
        account_charge(&server->options.account);
    if (treatment != NULL && treatment->name != NULL)
        buffer_puts(&shown, treatment->name);
    else if (treatment != NULL && treatment->has_body)
        buffer_append(&shown, treatment->body.data, treatment->body.len);
    else
        buffer_puts(&shown, request->answer);
    struct ledger_entry entry = {.method = request->post ? "POST" : "GET",
                                 .msisdn = sms.msisdn,
                                 .text = sms.text,
                                 .answer = buffer_string(&shown),
                                 .connection = connection_number(request->connection),
                                 .in_flight = server->in_flight};
    int result = ledger_add(server->options.ledger, &entry, server->error);
    buffer_free(&shown);
    if (result != 0)
        server->failed = true;
    return result;
}

/* What the request is treated like, once it is complete, and again once its time has come. */
static enum MHD_Result treat(struct request *request)
{
    struct server *server = request->server;
    const struct treatment *treatment = request->treatment;
    enum manner manner = treatment == NULL ? MANNER_PROPER : treatment->manner;
    int64_t delay_ms = treatment == NULL ? 0 : treatment->delay_ms;
    if (request->path == PATH_SEND)
        delay_ms += server->options.latency_ms;
    if (manner == MANNER_STALL) {
        if (!push(&server->stalled, &server->stalled_count, &server->stalled_room, request))
            return MHD_NO;
        MHD_suspend_connection(request->connection);
        return MHD_YES;
    }
    if (request->stage == REQUEST_READING && delay_ms > 0) {
        request->stage = REQUEST_WAITING;
        int64_t now_ns = clock_monotonic_ns(&clock_system);
        return wait_until(server, request, now_ns + delay_ms * NS_PER_MS) ? MHD_YES : MHD_NO;
    }
    request->stage = REQUEST_DUE;
    if (manner == MANNER_CLOSE || manner == MANNER_RESET)
        return hang_up(request, manner == MANNER_RESET);
    return answer(request);
}

static enum path path_of(const char *url)
{
    static const struct {
        const char *ending;
        enum path path;
    } paths[] = {{GATEWAY_SEND_PATH, PATH_SEND}, {GATEWAY_QUERY_PATH, PATH_QUERY}, {"/envio/ip/", PATH_IP}};
    size_t len = strlen(url);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t ending = strlen(paths[i].ending);
        if (len >= ending && strcmp(url + len - ending, paths[i].ending) == 0)
            return paths[i].path;
    }
    return PATH_NONE;
}

static enum MHD_Result begin(struct server *server, struct MHD_Connection *connection, const char *url,
                             const char *method, void **state)
{
    struct request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return MHD_NO;
    *request = (struct request){.server = server, .connection = connection, .path = path_of(url)};
    request->post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
    *state = request;
    if (request->path != PATH_SEND)
        return MHD_YES;
    request->number = ++server->requests;
    return script_at_headers(server->options.script, request->number) == NULL ? MHD_YES : MHD_NO;
}

/* The query, still encoded, so that POST and GET are read by one function. */
static enum MHD_Result add_pair(void *context, enum MHD_ValueKind kind, const char *key, size_t key_len,
                                const char *value, size_t value_len)
{
    struct request *request = context;
    (void)kind;
    if (request->form.len > 0)
        buffer_put(&request->form, '&');
    gateway_put_encoded(&request->form, key, key_len);
    buffer_put(&request->form, '=');
    if (value != NULL)
        gateway_put_encoded(&request->form, value, value_len);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *len,
                                  void **state)
{
    struct server *server = context;
    struct request *request = *state;
    (void)version;
    if (request == NULL)
        return begin(server, connection, url, method, state);
    if (*len > 0) {
        if (request->form.len + *len > FORM_BYTES_MOST)
            return MHD_NO;
        buffer_append(&request->form, data, *len);
        *len = 0;
        return MHD_YES;
    }
    if (request->stage != REQUEST_READING || request->path == PATH_NONE)
        return treat(request);
    if (!request->post)
        MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, add_pair, request);
    if (request->path == PATH_IP)
        snprintf(request->answer, sizeof request->answer, "127.0.0.1");
    else if (receive(request) != 0)
        return MHD_NO;
    return treat(request);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct request *request = *state;
    (void)context;
    (void)connection;
    (void)why;
    if (request == NULL)
        return;
    leave_flight(request);
    buffer_free(&request->form);
    free(request);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    (void)connection;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = (void *)(intptr_t)++server->connections;
}

/* ---- life ---- */

int server_open(const struct server_options *options, struct server **server, struct error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct server *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->options = *options;
    made->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)options->port, NULL, NULL, on_request, made,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, made, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
    if (made->daemon == NULL) {
        free(made);
        return error_set(error, ERROR_MACHINE, "cannot listen on 127.0.0.1:%d: %s", options->port,
                         strerror(errno));
    }
    made->epoll = MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    *server = made;
    return 0;
}

int server_port(const struct server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* Until the next answer is due or libmicrohttpd wants to look. */
static struct timespec wait_of(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms = 1000;
    int64_t now_ns = clock_monotonic_ns(&clock_system);
    if (MHD_get_timeout(server->daemon, &timeout_ms) != MHD_YES || timeout_ms > 1000)
        timeout_ms = 1000;
    int64_t wait_ns = (int64_t)timeout_ms * NS_PER_MS;
    if (server->heap_count > 0 && server->heap[0]->due_ns - now_ns < wait_ns)
        wait_ns = server->heap[0]->due_ns > now_ns ? server->heap[0]->due_ns - now_ns : 0;
    return (struct timespec){.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
}

int server_run(struct server *server, const volatile sig_atomic_t *stop, const sigset_t *unblocked,
               struct error *error)
{
    struct pollfd watched = {.fd = server->epoll, .events = POLLIN};
    server->error = error;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* 20 ms are 20 ms: the kernel adds 50 µs otherwise */
    while (!*stop && !server->failed) {
        struct request *due;
        int64_t now_ns = clock_monotonic_ns(&clock_system);
        while ((due = pop_due(server, now_ns)) != NULL)
            MHD_resume_connection(due->connection);
        if (MHD_run(server->daemon) != MHD_YES)
            return error_set(error, ERROR_MACHINE, "the HTTP server failed");
        struct timespec wait = wait_of(server);
        if (ppoll(&watched, 1, &wait, unblocked) < 0 && errno != EINTR)
            return error_set(error, ERROR_MACHINE, "waiting for the network failed: %s", strerror(errno));
    }
    return server->failed ? -1 : 0;
}

void server_close(struct server *server)
{
    if (server == NULL)
        return;
    for (size_t i = 0; i < server->heap_count; i++)
        MHD_resume_connection(server->heap[i]->connection);
    for (size_t i = 0; i < server->stalled_count; i++)
        MHD_resume_connection(server->stalled[i]->connection);
    server->heap_count = server->stalled_count = 0;
    MHD_stop_daemon(server->daemon);
    free(server->heap);
    free(server->stalled);
    free(server);
}
