/* Which sockets epoll watches, seen from epoll's side. */
#include "../../src/io/http_internal.h"
#include "main.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockets sockets;
static int listener;
static struct sockaddr_in place;

static void open_all(void)
{
    socklen_t len = sizeof place;
    ck_assert_int_eq(sockets_open(&sockets, 2), 0);
    place = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&place, sizeof place), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&place, &len), 0);
}

static void close_all(void)
{
    sockets_close(&sockets);
    close(listener);
}

/* A connection as libcurl makes it; *other is the server's end. */
static int connection(int *other)
{
    struct curl_sockaddr address = {.family = AF_INET, .socktype = SOCK_STREAM};
    int made = sockets_open_one(&sockets, CURLSOCKTYPE_IPCXN, &address);
    ck_assert_int_ge(made, 0);
    ck_assert_int_eq(connect(made, (struct sockaddr *)&place, sizeof place), 0);
    *other = accept(listener, NULL, NULL);
    ck_assert_int_ge(*other, 0);
    return made;
}

/* What the next event is to libcurl; -1: there is none. */
static int next_event(int wait_ms)
{
    struct epoll_event event;
    int count = epoll_wait(sockets.epoll, &event, 1, wait_ms);
    ck_assert_int_ge(count, 0);
    return count == 0 ? -1 : sockets_what(&sockets, &event);
}

START_TEST(what_is_wanted_is_told)
{
    int other;
    int made = connection(&other);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_OUT), 0);
    ck_assert_int_eq(next_event(5000), CURL_CSELECT_OUT);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_IN), 0);
    ck_assert_int_eq(next_event(0), -1);
    ck_assert_int_eq(write(other, "x", 1), 1);
    ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_INOUT), 0);
    ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN | CURL_CSELECT_OUT);
    sockets_close_one(&sockets, made);
    close(other);
}
END_TEST

/* Else the loop would not sleep any more. */
START_TEST(an_idle_connection_that_its_server_closes_is_told_once_and_to_nobody)
{
    int other;
    int made = connection(&other);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_IN), 0);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_REMOVE), 0);
    ck_assert_int_eq(next_event(0), -1);
    close(other);
    ck_assert_int_eq(next_event(5000), 0);
    ck_assert_int_eq(next_event(0), -1);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_IN), 0);
    ck_assert_int_eq(next_event(5000) & CURL_CSELECT_IN, CURL_CSELECT_IN);
    sockets_close_one(&sockets, made);
}
END_TEST

START_TEST(an_idle_connection_that_is_used_again_is_heard)
{
    int other;
    int made = connection(&other);
    for (int i = 0; i < 3; i++) {
        char byte;
        ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_IN), 0);
        ck_assert_int_eq(write(other, "x", 1), 1);
        ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN);
        ck_assert_int_eq(read(made, &byte, 1), 1);
        ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_REMOVE), 0);
        ck_assert_int_eq(next_event(0), -1);
    }
    sockets_close_one(&sockets, made);
    close(other);
}
END_TEST

START_TEST(the_next_socket_with_the_same_number_is_heard_too)
{
    int other;
    int first = connection(&other);
    ck_assert_int_eq(sockets_watch(&sockets, first, CURL_POLL_IN), 0);
    ck_assert_int_eq(sockets_watch(&sockets, first, CURL_POLL_REMOVE), 0);
    sockets_close_one(&sockets, first);
    close(other);
    int made = connection(&other);
    ck_assert_int_eq(made, first);
    ck_assert_int_eq(sockets_watch(&sockets, made, CURL_POLL_IN), 0);
    ck_assert_int_eq(write(other, "x", 1), 1);
    ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN);
    sockets_close_one(&sockets, made);
    close(other);
}
END_TEST

/* libcurl's own, such as the pipe of its thread that looks names up: closed without a word to anybody. */
START_TEST(sockets_that_were_not_opened_here_come_and_go_as_libcurl_says)
{
    for (int i = 0; i < 2; i++) {
        int ends[2];
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(sockets_watch(&sockets, ends[0], CURL_POLL_IN), 0);
        ck_assert_int_eq(sockets_watch(&sockets, ends[0], CURL_POLL_IN), 0);
        ck_assert_int_eq(write(ends[1], "x", 1), 1);
        ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN);
        ck_assert_int_eq(sockets_watch(&sockets, ends[0], CURL_POLL_REMOVE), 0);
        ck_assert_int_eq(next_event(0), -1);
        close(ends[0]);
        close(ends[1]);
    }
}
END_TEST

START_TEST(sockets_with_high_numbers_are_heard_as_well)
{
    int other;
    int low = connection(&other);
    int high = fcntl(other, F_DUPFD_CLOEXEC, sockets.count + 10);
    if (high < 0) {
        ck_assert_int_eq(errno, EINVAL); /* where so few files may be open, no number is that high */
        sockets_close_one(&sockets, low);
        close(other);
        return;
    }
    ck_assert_int_ge(high, sockets.count);
    ck_assert_int_eq(sockets_watch(&sockets, high, CURL_POLL_IN), 0);
    ck_assert_int_eq(write(low, "x", 1), 1);
    ck_assert_int_eq(next_event(5000), CURL_CSELECT_IN);
    ck_assert_int_eq(sockets_watch(&sockets, high, CURL_POLL_REMOVE), 0);
    ck_assert_int_eq(next_event(0), -1);
    sockets_close_one(&sockets, high);
    sockets_close_one(&sockets, low);
    close(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_sockets");
    TCase *tcase = tcase_create("sockets");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_add_test(tcase, what_is_wanted_is_told);
    tcase_add_test(tcase, an_idle_connection_that_its_server_closes_is_told_once_and_to_nobody);
    tcase_add_test(tcase, an_idle_connection_that_is_used_again_is_heard);
    tcase_add_test(tcase, the_next_socket_with_the_same_number_is_heard_too);
    tcase_add_test(tcase, sockets_that_were_not_opened_here_come_and_go_as_libcurl_says);
    tcase_add_test(tcase, sockets_with_high_numbers_are_heard_as_well);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
