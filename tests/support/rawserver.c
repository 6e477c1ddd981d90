#include "rawserver.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_BYTES 8192

static void (*at_thread_begin)(void);

static int copies[RAWSERVER_IDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int rawserver_copies(int id)
{
    pthread_mutex_lock(&lock);
    int count = copies[id];
    pthread_mutex_unlock(&lock);
    return count;
}

static void send_text(int connection, const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        ssize_t sent = send(connection, text, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        len -= (size_t)sent;
    }
}

static void reset(int connection)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

#define OK(length) "HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n"

/* What is sent for each `do`, and whether the connection goes on. */
static const struct {
    const char *name, *text;
    int goes_on;
} manners[] = {
    {"fine", OK("3") "123", 1},
    {"late", OK("3") "123", 1},
    {"refused", OK("2") "-4", 1},
    {"credentials", OK("2") "-1", 1},
    {"broke", OK("2") "-3", 1},
    {"maintenance", OK("2") "-6", 1},
    {"forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 1},
    {"later", "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 1},
    {"tomorrow", "HTTP/1.1 429 Slow\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n", 1},
    {"date", "HTTP/1.1 503 Slow\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", 1},
    {"redirect", "HTTP/1.1 302 Found\r\nLocation: /fine?id=1&do=fine\r\nContent-Length: 0\r\n\r\n", 1},
    {"expect", "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", 1},
    {"storm", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" OK("1") "5", 1},
    {"old", "HTTP/1.0 200 OK\r\n\r\n77", 0},
    {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n1\r\n3\r\n0\r\n\r\n", 1},
    {"cut-body", OK("9") "123", 0},
    {"cut-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n1", 0},
    {"cut-header", "HTTP/1.1 200 OK\r\nConten", 0},
    {"cut-status", "HTTP/1.1 2", 0},
    {"close", "", 0},
    {"reset", "", 0},
};

static void send_endless(int connection)
{
    char bytes[1025];
    memset(bytes, '1', 1024);
    bytes[1024] = '\0';
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    for (int i = 0; i < 64; i++)
        send_text(connection, bytes);
}

/* Returns whether the connection goes on. */
static int treat(int connection, const char *what)
{
    if (strcmp(what, "endless") == 0) {
        send_endless(connection);
        return 0;
    }
    if (strcmp(what, "silent") == 0) {
        sleep(20);
        return 0;
    }
    if (strcmp(what, "late") == 0)
        usleep(200000);
    if (strcmp(what, "reset") == 0)
        reset(connection);
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        if (strcmp(manners[i].name, what) == 0) {
            send_text(connection, manners[i].text);
            return manners[i].goes_on;
        }
    }
    return 0;
}

/* The body's length by its header; -1: the header is not whole. */
static long body_length(const char *request, size_t *head_len)
{
    const char *end = strstr(request, "\r\n\r\n");
    if (end == NULL)
        return -1;
    *head_len = (size_t)(end - request) + 4;
    const char *length = strcasestr(request, "\r\nContent-Length:");
    return length == NULL || length > end ? 0 : strtol(length + 17, NULL, 10);
}

/* Which request it is and what is to be done with it: id=N&do=WHAT, or, as the gateway is asked, the last
 * four digits of GSM and the text; a balance query is neither. */
static int read_orders(const char *request, long *id, char what[32])
{
    const char *number = strstr(request, "GSM=");
    const char *text = strstr(request, "SMSText=");
    if (number != NULL && text != NULL) {
        *id = strtol(number + 4 + 8, NULL, 10);
        return sscanf(text, "SMSText=%31[a-z-]", what) == 1 ? 0 : -1;
    }
    number = strstr(request, "id=");
    text = strstr(request, "do=");
    if (number == NULL || text == NULL)
        return -1;
    *id = strtol(number + 3, NULL, 10);
    return sscanf(text, "do=%31[a-z-]", what) == 1 ? 0 : -1;
}

static int serve_request(int connection, const char *request)
{
    char what[32];
    long id;
    if (strstr(request, "query.php") != NULL)
        return treat(connection, "fine");
    if (read_orders(request, &id, what) != 0 || id < 0 || id >= RAWSERVER_IDS)
        return 0;
    pthread_mutex_lock(&lock);
    copies[id]++;
    pthread_mutex_unlock(&lock);
    return treat(connection, what);
}

static void begin_thread(void)
{
    if (at_thread_begin != NULL)
        at_thread_begin();
}

static void *serve(void *argument)
{
    int connection = (int)(long)argument;
    char request[REQUEST_BYTES + 1];
    size_t len = 0;
    begin_thread();
    for (;;) {
        size_t head_len = 0;
        request[len] = '\0';
        long body_len = body_length(request, &head_len);
        if (body_len >= 0 && strstr(request, "do=deaf") != NULL)
            break; /* the header alone was read */
        if (body_len >= 0 && len >= head_len + (size_t)body_len) {
            size_t whole = head_len + (size_t)body_len;
            char kept = request[whole];
            request[whole] = '\0';
            int goes_on = serve_request(connection, request);
            request[whole] = kept;
            if (!goes_on)
                break;
            memmove(request, request + whole, len - whole);
            len -= whole;
            continue;
        }
        ssize_t got = recv(connection, request + len, REQUEST_BYTES - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(connection);
    return NULL;
}

static void *accept_all(void *argument)
{
    int listener = (int)(long)argument;
    begin_thread();
    for (;;) {
        pthread_t thread;
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        if (pthread_create(&thread, NULL, serve, (void *)(long)connection) == 0)
            pthread_detach(thread);
        else
            close(connection);
    }
}

int rawserver_start(void (*on_thread)(void))
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    pthread_t thread;
    at_thread_begin = on_thread;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, 256) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0 ||
        pthread_create(&thread, NULL, accept_all, (void *)(long)listener) != 0)
        abort();
    pthread_detach(thread);
    return ntohs(address.sin_port);
}
