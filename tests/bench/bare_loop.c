/* What libcurl alone can do: the requests of a campaign over curl_multi_socket_action and epoll, and nothing
 * else: no database, no pace, no fence, no verdict. The measure of what campana's promises cost; its only
 * judgement is to count the answers with status 200.
 *
 *   campana-bare-loop URL CONCURRENCY FORMS [CA_FILE]
 *
 * FORMS holds one encoded form a line; each is posted to URL once. Exit code 0: every one was answered by
 * 200. */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#define EVENTS_AT_ONCE 256

struct loop {
    CURLM *multi;
    int epoll;
    long long due_ms; /* when libcurl wants to be called; -1: not at all */
    char *forms;      /* lines, each ended by a NUL byte once it was handed over */
    char *next;
    long under_way, answered, failed;
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

/* Posts the next line; false where there is none. */
static bool start_next(struct loop *loop, CURL *easy)
{
    char *form = loop->next;
    char *end = strchr(form, '\n');
    if (end == NULL)
        return false;
    *end = '\0';
    loop->next = end + 1;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(end - form));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form);
    curl_multi_add_handle(loop->multi, easy);
    loop->under_way++;
    return true;
}

static void collect(struct loop *loop)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result == CURLE_OK && status == 200)
            loop->answered++;
        else
            loop->failed++;
        curl_multi_remove_handle(loop->multi, easy);
        loop->under_way--;
        start_next(loop, easy);
    }
}

static void run(struct loop *loop)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int running;
    while (loop->under_way > 0) {
        long long wait_ms = loop->due_ms < 0 ? -1 : loop->due_ms - now_ms();
        if (loop->due_ms >= 0 && wait_ms <= 0) {
            loop->due_ms = -1;
            curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
            collect(loop);
            continue;
        }
        int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, (int)wait_ms);
        for (int i = 0; i < count; i++) {
            int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                       (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(loop->multi, events[i].data.fd, what, &running);
        }
        collect(loop);
    }
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
    if (ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    return easy;
}

int main(int argc, char **argv)
{
    struct loop loop = {.due_ms = -1};
    if (argc < 4) {
        fprintf(stderr, "usage: campana-bare-loop URL CONCURRENCY FORMS [CA_FILE]\n");
        return 2;
    }
    long concurrency = strtol(argv[2], NULL, 10);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop.forms = loop.next = read_file(argv[3]);
    loop.multi = curl_multi_init();
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    CURL **easies = calloc((size_t)concurrency, sizeof(CURL *));
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (loop.forms == NULL || loop.multi == NULL || loop.epoll < 0 || easies == NULL || headers == NULL) {
        fprintf(stderr, "campana-bare-loop: cannot begin\n");
        return 1;
    }
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_MAXCONNECTS, concurrency);
    for (long i = 0; i < concurrency; i++) {
        easies[i] = make_easy(argv[1], argc > 4 ? argv[4] : NULL, headers);
        if (easies[i] == NULL || !start_next(&loop, easies[i]))
            break;
    }
    run(&loop);
    fprintf(stderr, "%ld answered, %ld failed\n", loop.answered, loop.failed);
    for (long i = 0; i < concurrency; i++)
        curl_easy_cleanup(easies[i]);
    curl_multi_cleanup(loop.multi);
    curl_slist_free_all(headers);
    free(easies);
    free(loop.forms);
    return loop.failed == 0 && loop.answered > 0 ? 0 : 1;
}
