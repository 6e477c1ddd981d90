/* What http's files share: the loop (http.c), its sockets (http_sockets.c) and one request on it
 * (http_transfer.c). */
#ifndef CAMPANA_HTTP_INTERNAL_H
#define CAMPANA_HTTP_INTERNAL_H

#include "campana/http.h"
#include <curl/curl.h>
#include <stdbool.h>

/* ---- sockets ---- */

struct epoll_event;

struct sockets {
    int epoll; /* -1: none */
    struct watched *of;
    int count;
};

/* 0, or -1 with errno. */
int sockets_open(struct sockets *sockets, int concurrency);
void sockets_close(struct sockets *sockets);

/* As libcurl wants it: CURL_POLL_IN, … CURL_POLL_REMOVE. 0 or -1. */
int sockets_watch(struct sockets *sockets, curl_socket_t socket, int what);

/* What an event is to libcurl (CURL_CSELECT_IN, …); 0: nothing. */
int sockets_what(struct sockets *sockets, const struct epoll_event *event);

/* CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION; the context is the sockets. */
curl_socket_t sockets_open_one(void *context, curlsocktype purpose, struct curl_sockaddr *address);
int sockets_close_one(void *context, curl_socket_t socket);

/* ---- requests ---- */

#define HTTP_UNSEEN_LEAST_NS NS_PER_S /* less is no matter where timeouts are counted in seconds */

/* One request at a time on one easy handle, which is kept for the next. */
struct transfer {
    struct transfer *next; /* in the loop's list of idle or of finished ones */
    CURL *easy;
    void *tag;
    bool post;
    struct slice form;
    size_t handed_over;    /* bytes of the form that libcurl took, by POST */
    int times_on_the_wire; /* how often libcurl was about to put it onto a connection */
    struct buffer url;     /* where it goes; by GET with the form in it. Wiped with the transfer */
    CURLU *parts;          /* of the URL, by POST: libcurl need not take it apart for every request */
    char body[GATEWAY_ANSWER_BYTES_MOST];
    size_t body_len;
    size_t head_len; /* bytes of the answer's header so far, interim answers' among them */
    bool head_whole; /* the empty line behind the answer's header came */
    bool body_too_long;
    CURLcode code; /* how it ended */
    char trouble[CURL_ERROR_SIZE];
    char detail[CURL_ERROR_SIZE];
    int64_t started_ns, finished_ns;
    int64_t unseen_ns; /* so long meanwhile nobody looked at the network, which its timeout does not count */
    bool with_libcurl; /* started, and not ended */
};

int transfer_init(struct transfer *transfer, const struct http_options *options, struct curl_slist *headers,
                  struct sockets *sockets, struct error *error);
void transfer_free(struct transfer *transfer);

/* Sets the request; the handle is then ready for the multi handle. */
int transfer_prepare(struct transfer *transfer, const struct http_request *request, void *tag,
                     struct error *error);

/* Before a request is ended that has taken too long: the words for it. */
void transfer_tell_timeout(struct transfer *transfer, int64_t now_ns);

/* Nobody looked at the network from the one instant to the other: the request under way gets as much more
 * time. */
void transfer_allow_for(struct transfer *transfer, int64_t from_ns, int64_t to_ns);

/* The fence's verdict on a request that has ended. */
void transfer_judge(struct transfer *transfer, struct http_result *result);

#endif
