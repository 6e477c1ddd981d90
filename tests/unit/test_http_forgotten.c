/* libcurl was seen to forget requests. Here it forgets all: its timers never run. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/http.h"
#include "main.h"
#include <curl/curl.h>

CURLMcode __real_curl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running);
CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running);

CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running)
{
    if (socket == CURL_SOCKET_TIMEOUT)
        return CURLM_OK;
    return __real_curl_multi_socket_action(multi, socket, events, running);
}

START_TEST(requests_that_libcurl_forgets_end_all_the_same_and_never_left)
{
    static const struct http_options options = {
        .concurrency = 4, .connect_timeout_ms = 100, .timeout_ms = 300};
    struct http *http;
    struct error error;
    struct http_result result;
    int tags[3];
    int64_t began_ns = clock_monotonic_ns(&clock_system);
    ck_assert_int_eq(http_open(&options, &http, &error), 0);
    for (int i = 0; i < 3; i++) {
        struct http_request request = {
            .url = "http://127.0.0.1:1/send.php", .form = slice_of("a=b"), .post = i != 1};
        ck_assert_int_eq(http_start(http, &request, &tags[i], &error), 0);
    }
    while (http_under_way(http) > 0) {
        ck_assert_int_eq(http_wait(http, -1, NULL, &error), 0);
        while (http_next(http, &result)) {
            ck_assert_int_eq(result.reply.reach, REACH_NEVER_LEFT);
            ck_assert(result.reply.timed_out);
        }
    }
    ck_assert_int_ge(clock_monotonic_ns(&clock_system) - began_ns, 300 * NS_PER_MS);
    /* Their places are free again. */
    for (int i = 0; i < 4; i++) {
        struct http_request request = {
            .url = "http://127.0.0.1:1/send.php", .form = slice_of("a=b"), .post = true};
        ck_assert_int_eq(http_start(http, &request, &tags[0], &error), 0);
    }
    http_free(http);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_forgotten");
    TCase *tcase = tcase_create("timers");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, requests_that_libcurl_forgets_end_all_the_same_and_never_left);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
