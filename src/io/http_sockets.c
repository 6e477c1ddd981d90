/* Which of libcurl's sockets epoll watches. libcurl takes a connection's socket back with every answer and
 * gives it again with the next request; here it stays watched meanwhile, which saves two calls of the system
 * for each message. Invariant: a socket that is kept so was opened here, and leaves the table when it is
 * closed, for the next one may get its number. Others, such as those of libcurl's own threads, come and go as
 * it says. */
#include "campana/http.h"
#include "http_internal.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers that other files may have. A socket whose number is higher yet is none of ours, and costs the two
 * calls. */
#define NUMBERS_BESIDE 256

/* By its number. Events are those of epoll. */
struct watched {
    bool ours;       /* opened here, and open */
    uint32_t wanted; /* by libcurl; 0: nothing now */
    uint32_t told;   /* to epoll; 0: it does not watch the socket */
};

int sockets_open(struct sockets *sockets, int concurrency)
{
    sockets->count = 2 * concurrency + NUMBERS_BESIDE;
    sockets->of = calloc((size_t)sockets->count, sizeof *sockets->of);
    sockets->epoll = epoll_create1(EPOLL_CLOEXEC);
    return sockets->of == NULL || sockets->epoll < 0 ? -1 : 0;
}

void sockets_close(struct sockets *sockets)
{
    if (sockets->epoll >= 0)
        close(sockets->epoll);
    free(sockets->of);
}

/* NULL: none of ours. */
static struct watched *find(const struct sockets *sockets, curl_socket_t socket)
{
    return socket < sockets->count && sockets->of[socket].ours ? &sockets->of[socket] : NULL;
}

static int tell(const struct sockets *sockets, curl_socket_t socket, uint32_t wanted)
{
    struct epoll_event event = {.events = wanted, .data.fd = socket};
    int result = epoll_ctl(sockets->epoll, EPOLL_CTL_ADD, socket, &event);
    if (result != 0 && errno == EEXIST)
        result = epoll_ctl(sockets->epoll, EPOLL_CTL_MOD, socket, &event);
    return result;
}

int sockets_watch(struct sockets *sockets, curl_socket_t socket, int what)
{
    struct watched *watched = find(sockets, socket);
    uint32_t wanted = (what == CURL_POLL_IN || what == CURL_POLL_INOUT ? EPOLLIN : 0u) |
                      (what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? EPOLLOUT : 0u);
    if (watched != NULL)
        watched->wanted = wanted;
    if (wanted == 0) {
        if (watched == NULL)
            epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, socket, NULL);
        return 0;
    }
    if (watched != NULL && watched->told == wanted)
        return 0;
    if (tell(sockets, socket, wanted) != 0)
        return -1;
    if (watched != NULL)
        watched->told = wanted;
    return 0;
}

int sockets_what(struct sockets *sockets, const struct epoll_event *event)
{
    struct watched *watched = find(sockets, event->data.fd);
    if (watched != NULL && watched->wanted == 0) { /* an idle connection: its other end has closed it */
        epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, event->data.fd, NULL);
        watched->told = 0;
        return 0;
    }
    return (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) |
           (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
           (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

curl_socket_t sockets_open_one(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sockets *sockets = context;
    (void)purpose;
    curl_socket_t made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made >= 0 && made < sockets->count)
        sockets->of[made] = (struct watched){.ours = true};
    return made;
}

int sockets_close_one(void *context, curl_socket_t socket)
{
    struct sockets *sockets = context;
    struct watched *watched = find(sockets, socket);
    if (watched != NULL) /* epoll forgets it with its last descriptor, which this is */
        *watched = (struct watched){0};
    return close(socket);
}
