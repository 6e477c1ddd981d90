/* One request and the fence around it. Everything that libcurl may do with a request by itself is decided
 * here: nothing but what was asked for, once. */
#include "campana/clock.h"
#include "campana/error.h"
#include "http_internal.h"
#include <inttypes.h>
#include <string.h>

#define IDLE_CONNECTION_S 5L
/* libcurl makes room for a body anew for every request. What it takes by itself, 64 KiB, is so much that
 * free() gives memory back to the system each time; this is the least that it can be told. */
#define UPLOAD_BYTES 16384L
#define NS_PER_US    1000

/* libcurl is about to put the request onto a connection. The first time it may; a second time means that it
 * went onto one before, and nobody can say what became of it there. */
static int before_request(void *context, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    transfer->times_on_the_wire++;
    return transfer->times_on_the_wire == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* Hands the body over. There is no way back: without a seek function libcurl cannot begin again. */
static size_t read_form(char *to, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = transfer->form.len - transfer->handed_over;
    if (len > size * count)
        len = size * count;
    memcpy(to, transfer->form.data + transfer->handed_over, len);
    transfer->handed_over += len;
    return len;
}

static size_t write_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    size_t room = sizeof transfer->body - transfer->body_len;
    size_t kept = len < room ? len : room;
    memcpy(transfer->body + transfer->body_len, data, kept);
    transfer->body_len += kept;
    if (kept < len) {
        transfer->body_too_long = true;
        return 0; /* ends the transfer */
    }
    return len;
}

/* libcurl takes an answer that ends in the middle of its header for a whole one, and a header without an end
 * for one that it must keep. */
static size_t see_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    transfer->head_len += len;
    if (transfer->head_len > HTTP_HEAD_BYTES_MOST)
        return 0; /* ends the transfer */
    transfer->head_whole = len <= 2 && (line[0] == '\r' || line[0] == '\n');
    return len;
}

#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        if (curl_easy_setopt(easy, (option), (value)) != CURLE_OK)                                           \
            return -1;                                                                                       \
    } while (0)

static int set_options(struct transfer *transfer, const struct http_options *options,
                       struct curl_slist *headers, struct sockets *sockets)
{
    CURL *easy = transfer->easy;
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, transfer);
    SET(CURLOPT_READFUNCTION, read_form);
    SET(CURLOPT_READDATA, transfer);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BYTES);
    SET(CURLOPT_WRITEFUNCTION, write_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, see_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_OPENSOCKETFUNCTION, sockets_open_one);
    SET(CURLOPT_OPENSOCKETDATA, sockets);
    SET(CURLOPT_CLOSESOCKETFUNCTION, sockets_close_one);
    SET(CURLOPT_CLOSESOCKETDATA, sockets);
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_ERRORBUFFER, transfer->trouble);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROGRESS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_PROXY, options->proxy == NULL ? "" : options->proxy);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CERTINFO, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_MAXAGE_CONN, IDLE_CONNECTION_S);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    if (options->ca_file != NULL)
        SET(CURLOPT_CAINFO, options->ca_file);
    return 0;
}

int transfer_init(struct transfer *transfer, const struct http_options *options, struct curl_slist *headers,
                  struct sockets *sockets, struct error *error)
{
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL || set_options(transfer, options, headers, sockets) != 0)
        return error_no_memory(error);
    return 0;
}

void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_url_cleanup(transfer->parts);
    buffer_wipe(&transfer->url);
}

/* By POST the URL is the same for all messages. What libcurl makes of it is kept: taking it apart and putting
 * it together again is a seventh of what it does for a request. */
static int set_parts(struct transfer *transfer, const char *url)
{
    CURL *easy = transfer->easy;
    CURLU *parts = curl_url();
    if (parts == NULL)
        return -1;
    transfer->parts = parts;
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK)
        SET(CURLOPT_CURLU, parts); /* else the transfer will say what is wrong with it */
    return 0;
}

static void drop_parts(struct transfer *transfer)
{
    curl_easy_setopt(transfer->easy, CURLOPT_CURLU, NULL);
    curl_url_cleanup(transfer->parts);
    transfer->parts = NULL;
}

static int set_url(struct transfer *transfer, const struct http_request *request)
{
    static const char https[] = "https:";
    CURL *easy = transfer->easy;
    if (transfer->parts != NULL && request->post && strcmp(buffer_string(&transfer->url), request->url) == 0)
        return 0;
    drop_parts(transfer);
    buffer_clear(&transfer->url);
    buffer_puts(&transfer->url, request->url);
    if (!request->post) {
        buffer_put(&transfer->url, '?');
        buffer_append(&transfer->url, request->form.data, request->form.len);
    }
    const char *url = buffer_string(&transfer->url);
    if (transfer->url.failed)
        return -1;
    SET(CURLOPT_URL, url);
    /* Where HTTP/2 may come of it, the first connection is waited for: it may carry all. */
    SET(CURLOPT_PIPEWAIT, strncmp(request->url, https, sizeof https - 1) == 0 ? 1L : 0L);
    return request->post ? set_parts(transfer, url) : 0;
}

static int set_request(struct transfer *transfer, const struct http_request *request)
{
    CURL *easy = transfer->easy;
    if (set_url(transfer, request) != 0)
        return -1;
    if (!transfer->post) {
        SET(CURLOPT_HTTPGET, 1L);
        return 0;
    }
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->form.len);
    return 0;
}

int transfer_prepare(struct transfer *transfer, const struct http_request *request, void *tag,
                     struct error *error)
{
    transfer->tag = tag;
    transfer->post = request->post;
    transfer->form = request->form;
    transfer->handed_over = 0;
    transfer->times_on_the_wire = 0;
    transfer->body_len = 0;
    transfer->head_whole = false;
    transfer->head_len = 0;
    transfer->body_too_long = false;
    transfer->trouble[0] = '\0';
    transfer->started_ns = clock_monotonic_ns(&clock_system);
    transfer->unseen_ns = 0;
    return set_request(transfer, request) == 0 ? 0 : error_no_memory(error);
}

void transfer_tell_timeout(struct transfer *transfer, int64_t now_ns)
{
    snprintf(transfer->trouble, sizeof transfer->trouble,
             "Operation timed out after %" PRId64 " milliseconds with %zu bytes received",
             (int64_t)((now_ns - transfer->started_ns) / NS_PER_MS), transfer->body_len);
}

void transfer_allow_for(struct transfer *transfer, int64_t from_ns, int64_t to_ns)
{
    int64_t unseen_ns = to_ns - (from_ns > transfer->started_ns ? from_ns : transfer->started_ns);
    if (unseen_ns < HTTP_UNSEEN_LEAST_NS)
        return;
    transfer->unseen_ns += unseen_ns;
}

/* ---- the verdict ---- */

static enum reach reach_of(const struct transfer *transfer)
{
    long request_bytes = 0;
    if (transfer->times_on_the_wire == 0)
        return REACH_NEVER_LEFT;
    if (transfer->times_on_the_wire == 1 && transfer->head_whole &&
        (transfer->code == CURLE_OK || transfer->body_too_long))
        return REACH_ANSWERED;
    if (transfer->post)
        return transfer->handed_over == 0 ? REACH_NEVER_LEFT : REACH_MAY_HAVE_LEFT;
    /* libcurl does not count what it could only write at a second try. So no bytes are proof only where it
     * was the writing that failed, or HTTP/2 that would open no stream. */
    if (transfer->code != CURLE_SEND_ERROR && transfer->code != CURLE_HTTP2)
        return REACH_MAY_HAVE_LEFT;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return request_bytes == 0 ? REACH_NEVER_LEFT : REACH_MAY_HAVE_LEFT;
}

/* Words for people. libcurl's own particulars only where they name no more than host, port, certificate and
 * times: by GET the password is in the URL. */
static const char *detail_of(struct transfer *transfer)
{
    static const CURLcode harmless[] = {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
                                        CURLE_COULDNT_CONNECT,      CURLE_PEER_FAILED_VERIFICATION,
                                        CURLE_SSL_CONNECT_ERROR,    CURLE_OPERATION_TIMEDOUT};
    if (transfer->code == CURLE_OK || transfer->body_too_long)
        return transfer->head_whole ? "" : "the answer ended in its header";
    /* libcurl says "out of memory" of a line that is longer than it keeps. */
    if (transfer->head_len > HTTP_HEAD_BYTES_MOST ||
        (transfer->head_len > 0 && transfer->code == CURLE_OUT_OF_MEMORY))
        return "the answer's header has no end";
    if (transfer->times_on_the_wire > 1 || transfer->code == CURLE_SEND_FAIL_REWIND ||
        transfer->code == CURLE_GOT_NOTHING)
        return "the connection ended before an answer came";
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (transfer->code == harmless[i] && transfer->trouble[0] != '\0')
            return transfer->trouble;
    return curl_easy_strerror(transfer->code);
}

/* What was answered as it should be says nothing about when to come again. */
static int64_t retry_after_ms(const struct transfer *transfer, long status)
{
    struct curl_header *header;
    curl_off_t seconds = 0;
    if (status == 200 ||
        curl_easy_header(transfer->easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
        curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK)
        return -1;
    return seconds > INT64_MAX / MS_PER_S ? INT64_MAX : seconds * MS_PER_S;
}

static int64_t latency_ns(const struct transfer *transfer)
{
    curl_off_t total_us = 0;
    curl_off_t before_us = 0;
    if (transfer->unseen_ns > 0)
        return -1;
    curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &before_us);
    return (total_us > before_us ? total_us - before_us : 0) * NS_PER_US;
}

void transfer_judge(struct transfer *transfer, struct http_result *result)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    snprintf(transfer->detail, sizeof transfer->detail, "%s", detail_of(transfer));
    *result = (struct http_result){
        .tag = transfer->tag,
        .started_ns = transfer->started_ns,
        .finished_ns = transfer->finished_ns,
        .latency_ns = latency_ns(transfer),
        .reply = {.reach = reach_of(transfer),
                  .timed_out = transfer->code == CURLE_OPERATION_TIMEDOUT,
                  .http_status = status >= 100 && status <= 999 ? (int)status : 0,
                  .retry_after_ms = retry_after_ms(transfer, status),
                  .body = {transfer->body, transfer->body_len},
                  .body_too_long = transfer->body_too_long,
                  .detail = transfer->detail},
    };
}
