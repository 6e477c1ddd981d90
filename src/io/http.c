/* The event loop: libcurl's sockets and its timer on one epoll instance. What a request is and what became of
 * it stands in http_transfer.c. */
#include "campana/http.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "http_internal.h"
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 32
#define SPARE_FILES    64
#define KEPT_BYTES     (32 << 20)

struct http {
    CURLM *multi;
    struct curl_slist *headers; /* of every request, beside libcurl's own */
    struct transfer *transfers; /* `concurrency` of them */
    int concurrency;
    struct transfer *idle, *finished, *finished_last;
    int under_way;
    struct sockets sockets;
    int alarm;              /* eventfd by which another thread ends the wait; -1: none */
    int64_t timer_due_ns;   /* when libcurl wants to be called without an event; INT64_MAX: not at all */
    int64_t timeout_ns;     /* of a request */
    int64_t look_due_ns;    /* before that no request is overdue; INT64_MAX: none is under way */
    int64_t seen_ns;        /* until then the network was looked at, or waited for */
    struct transfer *asked; /* by the last http_ask() */
    const volatile sig_atomic_t *stop; /* ends http_ask(); NULL: nothing does */
    const sigset_t *unblocked;
};

/* ---- libcurl's side of the loop ---- */

static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *of_socket)
{
    struct http *http = context;
    (void)easy;
    (void)of_socket;
    return sockets_watch(&http->sockets, socket, what);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct http *http = context;
    (void)multi;
    http->timer_due_ns =
        timeout_ms < 0 ? INT64_MAX : clock_monotonic_ns(&clock_system) + timeout_ms * NS_PER_MS;
    return 0;
}

/* ---- life ---- */

/* A socket for every request, where the system allows it. */
static void allow_files(int concurrency)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = (rlim_t)concurrency + SPARE_FILES;
    if (limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* libcurl makes room for every request and gives it back; free() would hand it on to the system each time,
 * and what comes back from there comes page by page, cleared. */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}

/* No `Expect: 100-continue`. The name stands here because libcurl would write it twice where it is an option.
 */
static struct curl_slist *make_headers(void)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    struct curl_slist *more = curl_slist_append(headers, "User-Agent: campana/" CAMPANA_VERSION);
    if (more == NULL)
        curl_slist_free_all(headers);
    return more;
}

static int no_room(struct error *error)
{
    return error_set(error, ERROR_MACHINE, "the system has no room for an event loop: %s", strerror(errno));
}

static int open_parts(struct http *http, const struct http_options *options, struct error *error)
{
    if (sockets_open(&http->sockets, options->concurrency) != 0)
        return no_room(error);
    http->alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (http->alarm < 0 || sockets_watch(&http->sockets, http->alarm, CURL_POLL_IN) != 0)
        return no_room(error);
    http->multi = curl_multi_init();
    http->headers = make_headers();
    http->transfers = calloc((size_t)options->concurrency, sizeof *http->transfers);
    if (http->multi == NULL || http->headers == NULL || http->transfers == NULL)
        return error_no_memory(error);
    if (curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) != CURLM_OK ||
        curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http) != CURLM_OK ||
        curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer) != CURLM_OK ||
        curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http) != CURLM_OK ||
        curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK ||
        curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)options->concurrency) != CURLM_OK)
        return error_no_memory(error);
    for (; http->concurrency < options->concurrency; http->concurrency++) {
        struct transfer *transfer = &http->transfers[http->concurrency];
        if (transfer_init(transfer, options, http->headers, &http->sockets, error) != 0) {
            transfer_free(transfer);
            return -1;
        }
        transfer->next = http->idle;
        http->idle = transfer;
    }
    return 0;
}

int http_open(const struct http_options *options, struct http **http, struct error *error)
{
    *http = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERROR_MACHINE, "libcurl cannot be initialised");
    struct http *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->sockets.epoll = -1;
    made->alarm = -1;
    made->timer_due_ns = INT64_MAX;
    made->look_due_ns = INT64_MAX;
    made->timeout_ns = options->timeout_ms * NS_PER_MS;
    allow_files(options->concurrency);
    keep_memory();
    if (open_parts(made, options, error) != 0) {
        http_free(made);
        return -1;
    }
    *http = made;
    return 0;
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    for (int i = 0; i < http->concurrency; i++) {
        curl_multi_remove_handle(http->multi, http->transfers[i].easy);
        transfer_free(&http->transfers[i]);
    }
    curl_multi_cleanup(http->multi);
    curl_slist_free_all(http->headers);
    free(http->transfers);
    sockets_close(&http->sockets);
    if (http->alarm >= 0)
        close(http->alarm);
    free(http);
}

/* ---- requests ---- */

static int multi_failed(CURLMcode code, struct error *error)
{
    return error_set(error, ERROR_MACHINE, "libcurl's event loop failed: %s", curl_multi_strerror(code));
}

int http_start(struct http *http, const struct http_request *request, void *tag, struct error *error)
{
    struct transfer *transfer = http->idle;
    if (transfer == NULL)
        return error_set(error, ERROR_MACHINE,
                         "more requests than may be under way; this is a bug of campana's");
    if (transfer_prepare(transfer, request, tag, error) != 0)
        return -1;
    CURLMcode code = curl_multi_add_handle(http->multi, transfer->easy);
    if (code != CURLM_OK)
        return multi_failed(code, error);
    http->idle = transfer->next;
    http->under_way++;
    transfer->with_libcurl = true;
    if (http->look_due_ns == INT64_MAX)
        http->look_due_ns = transfer->started_ns + http->timeout_ns;
    return 0;
}

int http_under_way(const struct http *http)
{
    return http->under_way;
}

static void end_transfer(struct http *http, struct transfer *transfer, CURLcode code)
{
    curl_multi_remove_handle(http->multi, transfer->easy);
    transfer->with_libcurl = false;
    transfer->code = code;
    transfer->finished_ns = clock_monotonic_ns(&clock_system);
    transfer->next = NULL;
    if (http->finished == NULL)
        http->finished = transfer;
    else
        http->finished_last->next = transfer;
    http->finished_last = transfer;
}

static void collect_finished(struct http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        end_transfer(http, transfer, code);
    }
}

/* Not left to libcurl. It looks at the time before it looks at the socket, and at every request's time
 * whichever socket it is asked about: where the process was stopped between the network's word and libcurl's
 * look at the clock, all would be over though their answers lie there. And it was seen to forget requests
 * (7.88.1: they waited for another one's connection for ever). Here one instant decides about the absence and
 * about the end. */
static void end_overdue(struct http *http, int64_t now_ns)
{
    if (now_ns < http->look_due_ns)
        return;
    http->look_due_ns = INT64_MAX;
    for (int i = 0; i < http->concurrency; i++) {
        struct transfer *transfer = &http->transfers[i];
        int64_t due_ns = transfer->started_ns + transfer->unseen_ns + http->timeout_ns;
        if (!transfer->with_libcurl)
            continue;
        if (due_ns <= now_ns) {
            transfer_tell_timeout(transfer, now_ns);
            end_transfer(http, transfer, CURLE_OPERATION_TIMEDOUT);
        } else if (due_ns < http->look_due_ns)
            http->look_due_ns = due_ns;
    }
}

bool http_next(struct http *http, struct http_result *result)
{
    struct transfer *transfer = http->finished;
    if (transfer == NULL)
        return false;
    transfer_judge(transfer, result);
    http->finished = transfer->next;
    transfer->next = http->idle;
    http->idle = transfer;
    http->under_way--;
    return true;
}

/* ---- waiting ---- */

/* Waits for events; -1 with errno. A kernel (or a debugger) without epoll_pwait2 waits in whole milliseconds.
 */
static int wait_events(const struct http *http, struct epoll_event *events, int64_t wait_ns,
                       const sigset_t *unblocked)
{
    struct timespec wait = {.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
    int count =
        epoll_pwait2(http->sockets.epoll, events, EVENTS_AT_ONCE, wait_ns < 0 ? NULL : &wait, unblocked);
    if (count >= 0 || errno != ENOSYS)
        return count;
    int64_t wait_ms = wait_ns < 0 ? -1 : (wait_ns + NS_PER_MS - 1) / NS_PER_MS;
    return epoll_pwait(http->sockets.epoll, events, EVENTS_AT_ONCE,
                       wait_ms > 1000000 ? 1000000 : (int)wait_ms, unblocked);
}

/* epoll_pwait() lets a signal in only where it sleeps: not where something has come already, nor without a
 * time to wait. */
void http_let_signals_in(const sigset_t *unblocked)
{
    sigset_t before;
    if (unblocked == NULL)
        return;
    pthread_sigmask(SIG_SETMASK, unblocked, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void http_wake(struct http *http)
{
    eventfd_write(http->alarm, 1); /* fails where as many calls are untaken as it can count: one is enough */
}

static void take_alarm(struct http *http)
{
    eventfd_t calls;
    eventfd_read(http->alarm, &calls);
}

/* `woken` is set where it was one of http_wake(). */
static int handle_events(struct http *http, const struct epoll_event *events, int count, bool *woken,
                         struct error *error)
{
    int running;
    CURLMcode code = CURLM_OK;
    for (int i = 0; i < count && code == CURLM_OK; i++) {
        if (events[i].data.fd == http->alarm) {
            take_alarm(http);
            *woken = true;
            continue;
        }
        int what = sockets_what(&http->sockets, &events[i]);
        if (what != 0)
            code = curl_multi_socket_action(http->multi, events[i].data.fd, what, &running);
    }
    return code == CURLM_OK ? 0 : multi_failed(code, error);
}

/* The process may have been stopped, or kept by its disk or its terminal. */
static void allow_for_absence(struct http *http, int64_t now_ns)
{
    int64_t seen_ns = http->seen_ns;
    http->seen_ns = now_ns;
    if (now_ns - seen_ns < HTTP_UNSEEN_LEAST_NS)
        return;
    for (int i = 0; i < http->concurrency; i++)
        if (http->transfers[i].with_libcurl)
            transfer_allow_for(&http->transfers[i], seen_ns, now_ns);
}

static int run_timer(struct http *http, int64_t now_ns, struct error *error)
{
    int running;
    if (http->timer_due_ns > now_ns)
        return 0;
    http->timer_due_ns = INT64_MAX;
    CURLMcode code = curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    return code == CURLM_OK ? 0 : multi_failed(code, error);
}

int http_wait(struct http *http, int64_t timeout_ns, const sigset_t *unblocked, struct error *error)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    bool woken = false;
    int64_t now_ns = clock_monotonic_ns(&clock_system);
    int64_t deadline_ns = timeout_ns < 0 || timeout_ns > INT64_MAX - now_ns ? INT64_MAX : now_ns + timeout_ns;
    for (;;) {
        allow_for_absence(http, now_ns);
        if (run_timer(http, now_ns, error) != 0)
            return -1;
        collect_finished(http);
        end_overdue(http, now_ns);
        if (http->finished != NULL || woken)
            return 0;
        int64_t until_ns = http->timer_due_ns < deadline_ns ? http->timer_due_ns : deadline_ns;
        until_ns = http->look_due_ns < until_ns ? http->look_due_ns : until_ns;
        int64_t wait_ns = until_ns == INT64_MAX ? -1 : until_ns > now_ns ? until_ns - now_ns : 0;
        http->seen_ns = wait_ns < 0 ? INT64_MAX : now_ns + wait_ns;
        int count = wait_events(http, events, wait_ns, unblocked);
        if (count < 0 && errno == EINTR)
            return 0;
        if (count < 0)
            return error_set(error, ERROR_MACHINE, "waiting for the network failed: %s", strerror(errno));
        http_let_signals_in(unblocked);
        if (count == 0)
            sched_yield(); /* others have their turn where one asks again and again */
        if (handle_events(http, events, count, &woken, error) != 0)
            return -1;
        now_ns = clock_monotonic_ns(&clock_system);
        if (now_ns >= deadline_ns) {
            collect_finished(http);
            return 0;
        }
    }
}

/* ---- single questions ---- */

/* What was asked is not waited for any more, and does not leave any more either. */
static void abandon(struct http *http, struct transfer *transfer)
{
    curl_multi_remove_handle(http->multi, transfer->easy);
    transfer->with_libcurl = false;
    transfer->next = http->idle;
    http->idle = transfer;
    http->under_way--;
}

void http_heed(struct http *http, const volatile sig_atomic_t *stop, const sigset_t *unblocked)
{
    http->stop = stop;
    http->unblocked = unblocked;
}

int http_ask(struct http *http, const struct http_request *request, struct buffer *body, struct reply *reply,
             struct error *error)
{
    struct http_result result;
    http->asked = http->idle;
    if (http_start(http, request, NULL, error) != 0)
        return -1;
    buffer_clear(body);
    while (!http_next(http, &result)) {
        bool stopped = http->stop != NULL && *http->stop > 0;
        if (!stopped && http_wait(http, -1, http->unblocked, error) == 0)
            continue;
        abandon(http, http->asked);
        *reply = (struct reply){.reach = REACH_MAY_HAVE_LEFT, .retry_after_ms = -1, .detail = ""};
        return stopped ? 0 : -1;
    }
    *reply = result.reply;
    buffer_append(body, result.reply.body.data, result.reply.body.len);
    reply->body = buffer_slice(body);
    return buffer_check(body, error);
}

static int64_t header_date_ms(CURL *easy)
{
    struct curl_header *header;
    if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return -1;
    time_t date = curl_getdate(header->value, NULL);
    return date == -1 ? -1 : (int64_t)date * MS_PER_S;
}

/* The first certificate of the chain is the server's own. */
static int64_t certificate_ends_ms(CURL *easy)
{
    static const char label[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs == 0)
        return -1;
    for (const struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        if (strncmp(line->data, label, sizeof label - 1) == 0) {
            time_t date = curl_getdate(line->data + sizeof label - 1, NULL);
            return date == -1 ? -1 : (int64_t)date * MS_PER_S;
        }
    }
    return -1;
}

/* By libcurl's code; a timeout tells by what had been done before it. */
static enum http_stage stage_of(const struct transfer *transfer)
{
    curl_off_t connect_us = 0;
    curl_off_t name_us = 0;
    switch (transfer->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HTTP_STAGE_NAME;
    case CURLE_COULDNT_CONNECT: return HTTP_STAGE_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR: return HTTP_STAGE_TLS;
    default: break;
    }
    if (transfer->times_on_the_wire > 0)
        return HTTP_STAGE_REQUEST;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    curl_easy_getinfo(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T, &name_us);
    return connect_us > 0 ? HTTP_STAGE_TLS : name_us > 0 ? HTTP_STAGE_CONNECT : HTTP_STAGE_NAME;
}

void http_last_details(const struct http *http, struct http_details *details)
{
    char *remote_ip = NULL;
    long version = 0;
    *details = (struct http_details){.stage = HTTP_STAGE_NAME,
                                     .remote_ip = "",
                                     .http_version = "",
                                     .date_at_ms = -1,
                                     .certificate_ends_ms = -1};
    if (http->asked == NULL)
        return;
    CURL *easy = http->asked->easy;
    details->stage = stage_of(http->asked);
    if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &remote_ip) == CURLE_OK && remote_ip != NULL)
        details->remote_ip = remote_ip;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    if (version == CURL_HTTP_VERSION_2_0)
        details->http_version = "2";
    else if (version == CURL_HTTP_VERSION_1_1 || version == CURL_HTTP_VERSION_1_0)
        details->http_version = version == CURL_HTTP_VERSION_1_1 ? "1.1" : "1.0";
    details->date_at_ms = header_date_ms(easy);
    details->certificate_ends_ms = certificate_ends_ms(easy);
}

const char *http_version(void)
{
    return curl_version();
}
