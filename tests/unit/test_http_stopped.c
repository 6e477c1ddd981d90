/* A process that is stopped for longer than its requests may take, between the network's word and its own
 * next look at the clock. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/http.h"
#include "main.h"
#include "rawserver.h"
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define TIMEOUT_MS 2000
#define REQUESTS   8

static int stops_left;

int __real_epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout,
                        const sigset_t *unblocked);
int __wrap_epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout,
                        const sigset_t *unblocked);

/* When the network has had its word for the nth time, the process is stopped before it hears it. */
int __wrap_epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout,
                        const sigset_t *unblocked)
{
    int count = __real_epoll_pwait2(epoll, events, most, timeout, unblocked);
    if (count > 0 && stops_left > 0 && --stops_left == 0)
        usleep((TIMEOUT_MS + 1500) * 1000);
    return count;
}

/* At the connection that is made, the request that may go on, the answer. */
START_TEST(what_was_answered_while_the_process_was_stopped_is_answered)
{
    static const struct http_options options = {
        .concurrency = REQUESTS, .connect_timeout_ms = 60000, .timeout_ms = TIMEOUT_MS};
    struct http *http;
    struct error error;
    struct http_result result;
    char url[64];
    char forms[REQUESTS][32];
    int answered = 0;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/send.php", rawserver_start(NULL));
    ck_assert_int_eq(http_open(&options, &http, &error), 0);
    stops_left = _i + 1;
    for (int i = 0; i < REQUESTS; i++) {
        snprintf(forms[i], sizeof forms[i], "id=%d&do=late&x=1", i + 1);
        struct http_request request = {.url = url, .form = slice_of(forms[i]), .post = true};
        ck_assert_int_eq(http_start(http, &request, forms[i], &error), 0);
    }
    while (http_under_way(http) > 0) {
        ck_assert_int_eq(http_wait(http, NS_PER_S / 5, NULL, &error), 0);
        while (http_next(http, &result)) {
            ck_assert_msg(result.reply.reach == REACH_ANSWERED, "%s", result.reply.detail);
            answered++;
        }
    }
    ck_assert_int_lt(stops_left, _i + 1);
    ck_assert_int_eq(answered, REQUESTS);
    http_free(http);
}
END_TEST

START_TEST(what_is_not_answered_ends_by_its_time_after_the_stop_too)
{
    static const struct http_options options = {
        .concurrency = 2, .connect_timeout_ms = 60000, .timeout_ms = TIMEOUT_MS};
    struct http *http;
    struct error error;
    struct http_result result;
    char url[64];
    int64_t began_ns = clock_monotonic_ns(&clock_system);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/send.php", rawserver_start(NULL));
    ck_assert_int_eq(http_open(&options, &http, &error), 0);
    stops_left = 1;
    struct http_request request = {.url = url, .form = slice_of("id=1&do=silent&x=1"), .post = true};
    ck_assert_int_eq(http_start(http, &request, NULL, &error), 0);
    while (http_under_way(http) > 0) {
        ck_assert_int_eq(http_wait(http, -1, NULL, &error), 0);
        while (http_next(http, &result)) {
            ck_assert_int_eq(result.reply.reach, REACH_MAY_HAVE_LEFT);
            ck_assert(result.reply.timed_out);
            ck_assert_ptr_nonnull(strstr(result.reply.detail, "timed out after"));
        }
    }
    ck_assert_int_ge(clock_monotonic_ns(&clock_system) - began_ns,
                     (2 * TIMEOUT_MS + 1500) * NS_PER_MS - NS_PER_S / 2);
    http_free(http);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_stopped");
    TCase *tcase = tcase_create("stops");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, what_was_answered_while_the_process_was_stopped_is_answered, 0, 3);
    tcase_add_test(tcase, what_is_not_answered_ends_by_its_time_after_the_stop_too);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
