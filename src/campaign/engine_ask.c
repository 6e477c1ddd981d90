/* Single questions to the gateway: the balance, and one message to one's own telephone. */
#include "campana/clock.h"
#include "campana/error.h"
#include "engine_internal.h"
#include <stdlib.h>
#include <string.h>

char *engine_url(const char *base, const char *path)
{
    struct buffer url = {0};
    buffer_puts(&url, base);
    while (url.len > 0 && url.data[url.len - 1] == '/')
        url.len--;
    buffer_puts(&url, path);
    buffer_put(&url, '\0');
    if (url.failed) {
        buffer_free(&url);
        return NULL;
    }
    return url.data;
}

int engine_ask_balance(struct http *http, const struct account *account, bool post, struct balance *balance,
                       struct outcome *outcome, struct error *error)
{
    struct buffer form = {0};
    struct buffer body = {0};
    struct reply reply;
    int result = -1;
    char *url = engine_url(account->base_url, GATEWAY_QUERY_PATH);

    gateway_put_credentials(&form, account->user, account->password);
    if (url == NULL || form.failed) {
        error_no_memory(error);
        goto out;
    }
    struct http_request request = {.url = url, .form = buffer_slice(&form), .post = post};
    if (http_ask(http, &request, &body, &reply, error) != 0)
        goto out;
    gateway_read_balance(&reply, balance, outcome);
    gateway_hide_password(&reply, account->password, outcome);
    result = 0;
out:
    buffer_wipe(&form);
    buffer_free(&body);
    free(url);
    return result;
}

int engine_send_test(struct store *store, struct http *http, const struct engine_options *options,
                     const char *msisdn, struct slice text, const struct clock *clock,
                     struct outcome *outcome, struct error *error)
{
    struct buffer form = {0};
    struct buffer body = {0};
    struct reply reply;
    uint32_t offender;
    int64_t test_id;
    int result = -1;
    char *url = engine_url(options->account.base_url, GATEWAY_SEND_PATH);

    gateway_put_credentials(&form, options->account.user, options->account.password);
    if (gateway_put_message(&form, msisdn, text, options->charset, &offender) != 0) {
        error_set(error, ERROR_INPUT,
                  "the text has a character (U+%04X) that ISO-8859-1 lacks; use --charset utf-8",
                  (unsigned)offender);
        goto out;
    }
    if (url == NULL || form.failed) {
        error_no_memory(error);
        goto out;
    }
    struct http_request request = {.url = url, .form = buffer_slice(&form), .post = options->post};
    if (store_test_begin(store, options->campaign_id, msisdn, text, clock_wall_ms(clock), &test_id, error) !=
            0 ||
        http_ask(http, &request, &body, &reply, error) != 0)
        goto out;
    gateway_read_answer(&reply, outcome);
    gateway_hide_password(&reply, options->account.password, outcome);
    result = store_test_end(store, test_id, job_state_after(outcome->kind), outcome, error);
out:
    buffer_wipe(&form);
    buffer_free(&body);
    free(url);
    return result;
}
