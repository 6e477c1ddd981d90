#include "campana/clock.h"
#include "campana/error.h"
#include "campana/http.h"
#include "main.h"
#include "rawserver.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECRET "clave-secreta"

static int port;
static char url[64];
static struct http *http;
static struct error error;
static int next_id = 10;

static struct http_options usual_options(void)
{
    return (struct http_options){.concurrency = 16, .connect_timeout_ms = 60000, .timeout_ms = 60000};
}

static void open_http(void)
{
    struct http_options options = usual_options();
    if (port == 0)
        port = rawserver_start(NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/send.php", port);
    ck_assert_msg(http_open(&options, &http, &error) == 0, "%s", error.text);
}

/* For what ends in no other way. */
static void open_impatient_http(void)
{
    struct http_options options = usual_options();
    options.connect_timeout_ms = 2000;
    options.timeout_ms = 1500;
    http_free(http);
    ck_assert_msg(http_open(&options, &http, &error) == 0, "%s", error.text);
}

static void close_http(void)
{
    http_free(http);
}

struct asked {
    int id;
    bool post;
    char form[128];
    struct reply reply;
    char body[GATEWAY_ANSWER_BYTES_MOST + 1];
    char detail[256];
};

static void start(struct asked *asked, const char *what, bool post)
{
    asked->id = next_id++;
    asked->post = post;
    snprintf(asked->form, sizeof asked->form, "password=" SECRET "&id=%d&do=%s&x=1", asked->id, what);
    struct http_request request = {.url = url, .form = slice_of(asked->form), .post = post};
    ck_assert_msg(http_start(http, &request, asked, &error) == 0, "%s", error.text);
}

static void finish_all(void)
{
    struct http_result result;
    while (http_under_way(http) > 0) {
        ck_assert_msg(http_wait(http, 5 * NS_PER_S, NULL, &error) == 0, "%s", error.text);
        while (http_next(http, &result)) {
            struct asked *asked = result.tag;
            asked->reply = result.reply;
            memcpy(asked->body, result.reply.body.data, result.reply.body.len);
            asked->body[result.reply.body.len] = '\0';
            snprintf(asked->detail, sizeof asked->detail, "%s", result.reply.detail);
            ck_assert_ptr_null(strstr(asked->detail, SECRET));
        }
    }
}

static struct asked ask(const char *what, bool post)
{
    struct asked asked;
    start(&asked, what, post);
    finish_all();
    return asked;
}

static void warm(int connections)
{
    struct asked asked[16];
    for (int i = 0; i < connections; i++)
        start(&asked[i], "fine", true);
    finish_all();
    for (int i = 0; i < connections; i++)
        ck_assert_int_eq(asked[i].reply.reach, REACH_ANSWERED);
}

static const struct {
    const char *what;
    enum reach reach;
    int status;
    const char *body;
} whole[] = {
    {"fine", REACH_ANSWERED, 200, "123"}, {"forbidden", REACH_ANSWERED, 403, "no"},
    {"later", REACH_ANSWERED, 429, ""},   {"redirect", REACH_ANSWERED, 302, ""},
    {"expect", REACH_ANSWERED, 417, ""},  {"storm", REACH_ANSWERED, 200, "5"},
    {"old", REACH_ANSWERED, 200, "77"},   {"chunked", REACH_ANSWERED, 200, "123"},
};

START_TEST(a_whole_answer_is_an_answer)
{
    for (int post = 0; post < 2; post++) {
        struct asked asked = ask(whole[_i].what, post);
        ck_assert_int_eq(asked.reply.reach, whole[_i].reach);
        ck_assert_int_eq(asked.reply.http_status, whole[_i].status);
        ck_assert_str_eq(asked.body, whole[_i].body);
        ck_assert(!asked.reply.body_too_long);
        ck_assert_int_eq(rawserver_copies(asked.id), 1);
    }
}
END_TEST

START_TEST(retry_after_is_told_where_the_gateway_told_it)
{
    ck_assert_int_eq(ask("later", true).reply.retry_after_ms, 7000);
    ck_assert_int_eq(ask("date", true).reply.retry_after_ms, 0);
    ck_assert_int_eq(ask("fine", true).reply.retry_after_ms, -1);
}
END_TEST

static const char *const broken[] = {"cut-body", "cut-chunk", "cut-header", "cut-status", "close", "reset"};

/* Every line of what libcurl does by itself on kept-alive connections, with 0, 1, 4 and 12 of them to try
 * again on. */
START_TEST(a_connection_that_breaks_gets_the_request_once_and_leaves_its_fate_open)
{
    static const int connections[] = {0, 1, 4, 12};
    for (int post = 0; post < 2; post++) {
        for (size_t i = 0; i < 4; i++) {
            warm(connections[i]);
            struct asked asked = ask(broken[_i], post);
            ck_assert_int_eq(rawserver_copies(asked.id), 1);
            ck_assert_int_eq(asked.reply.reach, REACH_MAY_HAVE_LEFT);
            ck_assert(!asked.reply.timed_out);
            ck_assert_uint_gt(strlen(asked.detail), 0);
        }
    }
}
END_TEST

START_TEST(a_gateway_that_reads_the_header_alone_never_has_the_whole_request)
{
    for (int round = 0; round < 4; round++) {
        warm(round);
        struct asked asked = ask("deaf", true);
        ck_assert_int_eq(rawserver_copies(asked.id), 0);
    }
}
END_TEST

START_TEST(an_answer_without_an_end_is_cut_off)
{
    struct asked asked = ask("endless", true);
    ck_assert_int_eq(asked.reply.reach, REACH_ANSWERED);
    ck_assert(asked.reply.body_too_long);
    ck_assert_uint_eq(asked.reply.body.len, GATEWAY_ANSWER_BYTES_MOST);
}
END_TEST

START_TEST(no_answer_in_time_leaves_the_fate_open)
{
    open_impatient_http();
    struct asked asked = ask("silent", true);
    ck_assert_int_eq(asked.reply.reach, REACH_MAY_HAVE_LEFT);
    ck_assert(asked.reply.timed_out);
    ck_assert_int_eq(rawserver_copies(asked.id), 1);
}
END_TEST

START_TEST(what_cannot_connect_never_left)
{
    static const char *const urls[] = {"http://127.0.0.1:1/x", "http://no-such-host.invalid/x"};
    open_impatient_http(); /* a resolver may say nothing at all */
    for (size_t i = 0; i < 2; i++) {
        for (int post = 0; post < 2; post++) {
            struct asked asked;
            snprintf(url, sizeof url, "%s", urls[i]);
            asked = ask("fine", post);
            ck_assert_int_eq(asked.reply.reach, REACH_NEVER_LEFT);
            ck_assert_uint_gt(strlen(asked.detail), 0);
        }
    }
}
END_TEST

START_TEST(whatever_goes_wrong_at_random_the_verdict_agrees_with_what_the_server_got)
{
    static const char *const all[] = {"fine",    "fine",      "fine",      "fine", "close",
                                      "reset",   "cut-body",  "old",       "deaf", "storm",
                                      "chunked", "forbidden", "cut-status"};
    struct asked asked[16];
    const char *rounds = getenv("CAMPANA_ROUNDS");
    long count = rounds == NULL ? 60 : strtol(rounds, NULL, 10);
    srand((unsigned)_i);
    for (long round = 0; round < count && next_id < RAWSERVER_IDS - 32; round++) {
        int started = 1 + rand() % 16;
        for (int i = 0; i < started; i++)
            start(&asked[i], all[(size_t)rand() % (sizeof all / sizeof *all)], rand() % 2);
        finish_all();
        for (int i = 0; i < started; i++) {
            int copies = rawserver_copies(asked[i].id);
            ck_assert_int_le(copies, 1);
            if (asked[i].reply.reach == REACH_NEVER_LEFT)
                ck_assert_int_eq(copies, 0);
            if (asked[i].reply.reach == REACH_ANSWERED)
                ck_assert_int_eq(copies, 1);
        }
    }
}
END_TEST

START_TEST(waiting_ends_at_its_time_and_at_a_result)
{
    int64_t before_ns = clock_monotonic_ns(&clock_system);
    ck_assert_int_eq(http_wait(http, 20 * NS_PER_MS, NULL, &error), 0);
    ck_assert_int_ge(clock_monotonic_ns(&clock_system) - before_ns, 20 * NS_PER_MS);
    struct http_result result;
    ck_assert(!http_next(http, &result));
    ck_assert_int_eq(http_wait(http, 0, NULL, &error), 0);
}
END_TEST

static void *wake_soon(void *context)
{
    usleep(20000);
    http_wake(context);
    return NULL;
}

START_TEST(another_thread_ends_the_wait_and_nothing_else)
{
    struct asked asked;
    pthread_t other;
    start(&asked, "late", true);
    ck_assert_int_eq(pthread_create(&other, NULL, wake_soon, http), 0);
    ck_assert_int_eq(http_wait(http, -1, NULL, &error), 0);
    pthread_join(other, NULL);
    ck_assert_int_eq(http_under_way(http), 1);
    finish_all();
    ck_assert_int_eq(asked.reply.reach, REACH_ANSWERED);
}
END_TEST

START_TEST(a_call_before_the_wait_ends_it_at_once_and_only_once)
{
    http_wake(http);
    http_wake(http);
    ck_assert_int_eq(http_wait(http, -1, NULL, &error), 0);
    int64_t before_ns = clock_monotonic_ns(&clock_system);
    ck_assert_int_eq(http_wait(http, 20 * NS_PER_MS, NULL, &error), 0);
    ck_assert_int_ge(clock_monotonic_ns(&clock_system) - before_ns, 20 * NS_PER_MS);
}
END_TEST

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

START_TEST(a_signal_comes_in_where_there_is_nothing_to_wait_for)
{
    sigset_t blocked, unblocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    signal(SIGUSR1, count_signal);
    pthread_sigmask(SIG_BLOCK, &blocked, &unblocked);
    raise(SIGUSR1);
    ck_assert_int_eq(signals, 0);
    ck_assert_int_eq(http_wait(http, 0, &unblocked, &error), 0);
    ck_assert_int_eq(signals, 1);
    raise(SIGUSR1);
    ck_assert_int_eq(signals, 1); /* blocked, as before */
}
END_TEST

/* What was kept of one URL serves no other one, whatever the method was. */
START_TEST(each_request_goes_where_it_is_to_go)
{
    static const struct {
        const char *url;
        bool post;
        enum reach reach;
    } turns[] = {
        {url, true, REACH_ANSWERED},
        {url, true, REACH_ANSWERED},
        {"http://127.0.0.1:1/send.php", true, REACH_NEVER_LEFT},
        {url, true, REACH_ANSWERED},
        {url, false, REACH_ANSWERED},
        {"http://127.0.0.1:1/send.php", true, REACH_NEVER_LEFT},
        {"http://127.0.0.1:1/x", false, REACH_NEVER_LEFT},
        {url, true, REACH_ANSWERED},
        {"http://[", true, REACH_NEVER_LEFT},
        {url, true, REACH_ANSWERED},
    };
    struct http_options options = usual_options();
    struct http *alone;
    options.concurrency = 1;
    ck_assert_int_eq(http_open(&options, &alone, &error), 0);
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        struct buffer body = {0};
        struct reply reply;
        char form[64];
        snprintf(form, sizeof form, "id=%d&do=fine&x=1", next_id);
        struct http_request request = {.url = turns[i].url, .form = slice_of(form), .post = turns[i].post};
        ck_assert_int_eq(http_ask(alone, &request, &body, &reply, &error), 0);
        ck_assert_int_eq(reply.reach, turns[i].reach);
        ck_assert_int_eq(rawserver_copies(next_id++), turns[i].reach == REACH_ANSWERED ? 1 : 0);
        buffer_free(&body);
    }
    http_free(alone);
}
END_TEST

START_TEST(no_more_requests_than_allowed_are_taken)
{
    struct asked asked[16];
    for (int i = 0; i < 16; i++)
        start(&asked[i], "fine", true);
    struct http_request request = {.url = url, .form = slice_of("id=1&do=fine"), .post = true};
    ck_assert_int_eq(http_start(http, &request, NULL, &error), -1);
    finish_all();
    ck_assert_int_eq(http_under_way(http), 0);
}
END_TEST

START_TEST(a_single_question_is_asked_and_answered)
{
    struct buffer body = {0};
    struct reply reply;
    struct http_details details;
    struct http_request request = {.url = url, .form = slice_of("id=1&do=fine"), .post = false};
    ck_assert_int_eq(http_ask(http, &request, &body, &reply, &error), 0);
    ck_assert_int_eq(reply.reach, REACH_ANSWERED);
    ck_assert_str_eq(buffer_string(&body), "123");
    http_last_details(http, &details);
    ck_assert_str_eq(details.remote_ip, "127.0.0.1");
    ck_assert_str_eq(details.http_version, "1.1");
    ck_assert_int_eq(details.certificate_ends_ms, -1);
    buffer_free(&body);
}
END_TEST

START_TEST(only_https_and_loopback_may_be_asked)
{
    static const struct {
        const char *url;
        bool insecure;
        int result;
    } urls[] = {
        {"https://sistemasmasivos.com/envio/api/sendsms", false, 0},
        {"http://127.0.0.1:8080/x", false, 0},
        {"http://127.9.9.9/x", false, 0},
        {"http://localhost:1/x", false, 0},
        {"http://LocalHost:1/x", false, 0},
        {"http://[::1]:1/x", false, 0},
        {"http://sistemasmasivos.com/x", false, -1},
        {"http://sistemasmasivos.com/x", true, 0},
        {"http://127.0.0.1.example.com/x", false, -1},
        {"http://localhost.example.com/x", false, -1},
        {"http://localhost@192.0.2.7/x", false, -1},
        {"https://user:secret@example.com/x", false, -1},
        {"https://example.com/x?user=1", false, -1},
        {"https://example.com/x#y", false, -1},
        {"ftp://127.0.0.1/x", false, -1},
        {"file:///etc/passwd", true, -1},
        {"sistemasmasivos.com", false, -1},
        {"", false, -1},
        {"http://", false, -1},
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        ck_assert_msg(http_check_url(urls[i].url, urls[i].insecure, &error) == urls[i].result, "%s",
                      urls[i].url);
        if (urls[i].result != 0)
            ck_assert_int_eq(error.kind, ERROR_INPUT);
        ck_assert_ptr_null(strstr(error.text, "secret"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *tcase = tcase_create("requests");
    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, open_http, close_http);
    tcase_add_loop_test(tcase, a_whole_answer_is_an_answer, 0, sizeof whole / sizeof *whole);
    tcase_add_test(tcase, retry_after_is_told_where_the_gateway_told_it);
    tcase_add_loop_test(tcase, a_connection_that_breaks_gets_the_request_once_and_leaves_its_fate_open, 0,
                        sizeof broken / sizeof *broken);
    tcase_add_test(tcase, a_gateway_that_reads_the_header_alone_never_has_the_whole_request);
    tcase_add_test(tcase, an_answer_without_an_end_is_cut_off);
    tcase_add_test(tcase, no_answer_in_time_leaves_the_fate_open);
    tcase_add_test(tcase, what_cannot_connect_never_left);
    tcase_add_loop_test(tcase, whatever_goes_wrong_at_random_the_verdict_agrees_with_what_the_server_got, 1,
                        5);
    tcase_add_test(tcase, waiting_ends_at_its_time_and_at_a_result);
    tcase_add_test(tcase, another_thread_ends_the_wait_and_nothing_else);
    tcase_add_test(tcase, a_call_before_the_wait_ends_it_at_once_and_only_once);
    tcase_add_test(tcase, a_signal_comes_in_where_there_is_nothing_to_wait_for);
    tcase_add_test(tcase, each_request_goes_where_it_is_to_go);
    tcase_add_test(tcase, no_more_requests_than_allowed_are_taken);
    tcase_add_test(tcase, a_single_question_is_asked_and_answered);
    tcase_add_test(tcase, only_https_and_loopback_may_be_asked);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
