/* A gateway's reply: three bytes choose how far it came, its status and its Retry-After; the rest is the
 * body. */
#include "campana/gateway.h"
#include "campana/utf8.h"
#include "fuzz.h"
#include <string.h>

static void check_detail(const struct outcome *outcome)
{
    size_t len = strnlen(outcome->detail, sizeof outcome->detail);
    MUST(len < sizeof outcome->detail && utf8_valid(outcome->detail, len));
    for (size_t i = 0; i < len; i++)
        MUST((unsigned char)outcome->detail[i] >= ' ' && outcome->detail[i] != 0x7f);
    MUST(strstr(outcome->detail, "clave&secreta") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 403, 429, 503, 0, 100, 204, 302, 500, 999, 1000, -1};
    struct outcome outcome;
    struct balance balance;
    if (size < 3)
        return 0;
    struct reply reply = {.reach = (enum reach)(data[0] % 3),
                          .timed_out = data[0] & 0x40,
                          .body_too_long = data[0] & 0x80,
                          .http_status = statuses[data[1] % (sizeof statuses / sizeof *statuses)],
                          .retry_after_ms = data[2] % 2 == 0 ? -1 : data[2] * INT64_C(1000),
                          .body = {(const char *)data + 3, size - 3},
                          .detail = ""};
    bool whole = reply.reach == REACH_ANSWERED && reply.http_status == 200 && !reply.body_too_long;
    gateway_read_answer(&reply, &outcome);
    gateway_hide_password(&reply, "clave&secreta", &outcome);
    check_detail(&outcome);
    MUST((outcome.kind == OUTCOME_NOT_SENT) == (reply.reach == REACH_NEVER_LEFT));
    if (outcome.kind == OUTCOME_ACCEPTED)
        MUST(whole && outcome.code > 0);
    if (outcome.kind == OUTCOME_REFUSED)
        MUST(whole && (outcome.code == -4 || outcome.code == -5));
    if (outcome.code > 0 && outcome.kind == OUTCOME_ACCEPTED) {
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", (long long)outcome.code);
        MUST(memmem(reply.body.data, reply.body.len, digits, strlen(digits)) != NULL);
    }
    gateway_read_balance(&reply, &balance, &outcome);
    gateway_hide_password(&reply, "clave&secreta", &outcome);
    check_detail(&outcome);
    MUST((outcome.kind == OUTCOME_ACCEPTED) == (balance.text[0] != '\0'));
    MUST(strspn(balance.text, "-.0123456789") == strlen(balance.text));
    return 0;
}
