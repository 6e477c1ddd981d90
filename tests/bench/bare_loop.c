/* What libcurl alone can do: the requests of a campaign over curl_multi_socket_action and epoll, and nothing
 * else: no database, no pace, no fence, no verdict. The measure of what campana's promises cost; its only
 * judgement is to count the answers with status 200.
 *
 *   campana-bare-loop URL CONCURRENCY FORMS [CA_FILE [BOOKS]]
 *
 * FORMS holds one encoded form a line; each is posted to URL once. CA_FILE may be empty. With BOOKS, a
 * database to be made, nothing leaves before its claim is on disk (least_books.h). Exit code 0: every one was
 * answered by 200, and is settled. */
#include "least_books.h"
#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#define EVENTS_AT_ONCE 256
#define GAP_NS         30000 /* answers that follow one another so closely share a transaction */

/* A handle, and the message that it carries. */
struct message {
    CURL *easy;
    long id; /* of the message; 0: none */
};

struct loop {
    CURLM *multi;
    int epoll;
    long long due_ms; /* when libcurl wants to be called; -1: not at all */
    char *forms;      /* lines, each ended by a NUL byte once it was handed over */
    char *next;
    long last_id; /* of those */
    long under_way, answered, failed;
    struct message **back; /* what carries nothing, or what was answered; so many: */
    long back_count;
    struct books *books; /* NULL: none */
};

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *known)
{
    struct loop *loop = context;
    struct epoll_event event = {.data.fd = socket};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, socket, NULL);
        return 0;
    }
    if (what != CURL_POLL_OUT)
        event.events |= EPOLLIN;
    if (what != CURL_POLL_IN)
        event.events |= EPOLLOUT;
    epoll_ctl(loop->epoll, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    curl_multi_assign(loop->multi, socket, loop);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct loop *loop = context;
    (void)multi;
    loop->due_ms = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    return 0;
}

static size_t drop_body(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

/* ---- the books ---- */

/* One transaction: what was answered is settled, what goes next is claimed. */
static int keep_books(const struct loop *loop, long going)
{
    if (loop->books == NULL)
        return 0;
    int result = books_begin(loop->books);
    for (long i = 0; i < loop->back_count && result == 0; i++)
        if (loop->back[i]->id != 0)
            result = books_settle(loop->books, loop->back[i]->id, 1);
    for (long i = 1; i <= going && result == 0; i++)
        result = books_claim(loop->books, loop->last_id + i);
    return result == 0 ? books_commit(loop->books) : -1;
}

/* ---- the loop ---- */

/* How many of the next lines there are, at most so many. */
static long lines_left(const struct loop *loop, long most)
{
    long count = 0;
    for (const char *form = loop->next; count < most && (form = strchr(form, '\n')) != NULL; form++)
        count++;
    return count;
}

static void post_next(struct loop *loop, struct message *message)
{
    char *form = loop->next;
    char *end = strchr(form, '\n');
    *end = '\0';
    loop->next = end + 1;
    message->id = ++loop->last_id;
    curl_easy_setopt(message->easy, CURLOPT_POSTFIELDSIZE, (long)(end - form));
    curl_easy_setopt(message->easy, CURLOPT_POSTFIELDS, form);
    curl_multi_add_handle(loop->multi, message->easy);
    loop->under_way++;
}

/* Whoever came back carries the next line. */
static int go_on(struct loop *loop)
{
    if (loop->back_count == 0)
        return 0;
    long going = lines_left(loop, loop->back_count);
    if (keep_books(loop, going) != 0)
        return -1;
    for (long i = 0; i < going; i++)
        post_next(loop, loop->back[i]);
    loop->back_count = 0;
    return 0;
}

static void collect(struct loop *loop)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        long status = 0;
        bool good = message->data.result == CURLE_OK;
        CURL *easy = message->easy_handle;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&loop->back[loop->back_count++]);
        curl_multi_remove_handle(loop->multi, easy);
        loop->under_way--;
        if (good && status == 200)
            loop->answered++;
        else
            loop->failed++;
    }
}

static void wait_ms(struct loop *loop, int most_ms)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int running;
    int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, most_ms);
    for (int i = 0; i < count; i++) {
        int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(loop->multi, events[i].data.fd, what, &running);
    }
    collect(loop);
}

/* What follows soon shares the transaction. */
static void gather(struct loop *loop)
{
    static const struct timespec gap = {.tv_nsec = GAP_NS};
    struct pollfd more = {.fd = loop->epoll, .events = POLLIN};
    while (loop->back_count > 0 && loop->under_way > 0 && ppoll(&more, 1, &gap, NULL) > 0)
        wait_ms(loop, 0);
}

static int run(struct loop *loop)
{
    int running;
    while (go_on(loop) == 0) {
        if (loop->under_way == 0)
            return 0;
        long long due_ms = loop->due_ms < 0 ? -1 : loop->due_ms - now_ms();
        if (loop->due_ms >= 0 && due_ms <= 0) {
            loop->due_ms = -1;
            curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
            collect(loop);
            continue;
        }
        wait_ms(loop, (int)due_ms);
        if (loop->books != NULL)
            gather(loop);
    }
    return -1;
}

static char *read_file(const char *path)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0)
        return NULL;
    size_t len = (size_t)ftell(stream);
    rewind(stream);
    char *text = calloc(1, len + 1);
    if (text != NULL && fread(text, 1, len, stream) != len) {
        free(text);
        text = NULL;
    }
    fclose(stream);
    return text;
}

static CURL *make_easy(const char *url, const char *ca_file, struct curl_slist *headers)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    if (ca_file[0] != '\0')
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    return easy;
}

int main(int argc, char **argv)
{
    struct loop loop = {.due_ms = -1};
    if (argc < 4) {
        fprintf(stderr, "usage: campana-bare-loop URL CONCURRENCY FORMS [CA_FILE [BOOKS]]\n");
        return 2;
    }
    long concurrency = strtol(argv[2], NULL, 10);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop.forms = loop.next = read_file(argv[3]);
    loop.multi = curl_multi_init();
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.back = calloc((size_t)concurrency, sizeof(struct message *));
    struct message *messages = calloc((size_t)concurrency, sizeof *messages);
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (loop.forms == NULL || loop.multi == NULL || loop.epoll < 0 || loop.back == NULL || messages == NULL ||
        headers == NULL ||
        (argc > 5 && (loop.books = books_open(argv[5], lines_left(&loop, 1L << 40))) == NULL)) {
        fprintf(stderr, "campana-bare-loop: cannot begin\n");
        return 1;
    }
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_MAXCONNECTS, concurrency);
    for (long i = 0; i < concurrency; i++) {
        messages[i].easy = make_easy(argv[1], argc > 4 ? argv[4] : "", headers);
        curl_easy_setopt(messages[i].easy, CURLOPT_PRIVATE, &messages[i]);
        loop.back[loop.back_count++] = &messages[i];
    }
    bool good = run(&loop) == 0 && loop.failed == 0 && loop.answered > 0;
    fprintf(stderr, "%ld answered, %ld failed\n", loop.answered, loop.failed);
    for (long i = 0; i < concurrency; i++)
        curl_easy_cleanup(messages[i].easy);
    curl_multi_cleanup(loop.multi);
    curl_slist_free_all(headers);
    if (loop.books != NULL && books_close(loop.books) != 0)
        good = false;
    free(messages);
    free(loop.back);
    free(loop.forms);
    return good ? 0 : 1;
}
