/* The way to the gateway, step by step: name, connection, TLS and its certificate, clock; then the account.
 */
#include "access.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/resolver.h"
#include "doctor.h"
#include <stdlib.h>
#include <string.h>

#define SKEW_MOST_MS         (120 * MS_PER_S)
#define CERTIFICATE_LEAST_MS (14LL * 24 * 60 * 60 * MS_PER_S)
#define HOST_BYTES           256

/* The host of a URL, without port and brackets; "" where there is none. */
static void copy_host(const char *url, char host[HOST_BYTES])
{
    const char *start = strstr(url, "://");
    start = start == NULL ? url : start + 3;
    size_t len = start[0] == '[' ? strcspn(++start, "]") : strcspn(start, ":/?#");
    len = len < HOST_BYTES ? len : 0;
    memcpy(host, start, len);
    host[len] = '\0';
}

/* false: there is no such host, and nothing more to try. */
static bool check_name(struct doctor *doctor)
{
    const struct settings *settings = &doctor->invocation->settings;
    const char *proxy = setting_text(settings, SETTING_PROXY);
    struct buffer addresses = {0};
    struct error error;
    char host[HOST_BYTES];
    copy_host(proxy != NULL ? proxy : setting_text(settings, SETTING_URL), host);
    if (host[0] == '\0' || resolver_is_address(host))
        return true;
    bool resolved = resolver_look_up(host, &addresses, &error) == 0;
    if (resolved)
        found(doctor, LEVEL_OK, EXIT_DONE, "name", "", "%s%s is %s", proxy != NULL ? "the proxy " : "", host,
              buffer_string(&addresses));
    else
        found(doctor, LEVEL_FAILURE, EXIT_GATEWAY, "name",
              "is this computer on the network? Is the gateway's address (url) written right? Behind a "
              "company's proxy, set "
              "proxy in campana.ini",
              "%s", error.text);
    buffer_free(&addresses);
    return resolved;
}

/* false: the way is closed, and the account cannot be asked. */
static bool check_way(struct doctor *doctor, const struct http_details *details,
                      const struct outcome *outcome)
{
    static const struct {
        const char *check, *advice;
    } stages[] = {
        [HTTP_STAGE_NAME] =
            {"name", "is this computer on the network? Is the gateway's address (url) written right?"},
        [HTTP_STAGE_CONNECT] = {"connection",
                                "check the network and the gateway's address and port (url); behind a "
                                "company's proxy, set proxy in campana.ini"},
        [HTTP_STAGE_TLS] =
            {"TLS", "nothing is sent to a gateway that cannot prove who it is. Is this computer's clock "
                    "right, and the address (url)? Where a company's proxy opens TLS, set ca-file in "
                    "campana.ini; else tell the gateway's people"},
    };
    if (details->stage == HTTP_STAGE_REQUEST)
        return true;
    found(doctor, LEVEL_FAILURE, EXIT_GATEWAY, stages[details->stage].check, stages[details->stage].advice,
          "%s", outcome->detail[0] == '\0' ? reason_sentence_asked(outcome->reason) : outcome->detail);
    return false;
}

static void check_connection(struct doctor *doctor, const struct http_details *details)
{
    int64_t now_ms = clock_wall_ms(doctor->invocation->clock);
    char span[CLOCK_DURATION_BYTES];
    if (details->remote_ip[0] == '\0')
        return;
    found(doctor, LEVEL_OK, EXIT_DONE, "connection", "", "to %s%s%s", details->remote_ip,
          details->http_version[0] == '\0' ? "" : ", HTTP/", details->http_version);
    if (strncmp(setting_text(&doctor->invocation->settings, SETTING_URL), "https:", 6) == 0)
        found(doctor, LEVEL_OK, EXIT_DONE, "TLS", "", "the gateway has proved who it is");
    if (details->certificate_ends_ms >= 0) {
        int64_t rest_ms = details->certificate_ends_ms - now_ms;
        clock_format_duration(rest_ms, span);
        found(doctor, rest_ms < CERTIFICATE_LEAST_MS ? LEVEL_WARNING : LEVEL_OK, EXIT_DONE, "certificate",
              rest_ms < CERTIFICATE_LEAST_MS
                  ? "tell the gateway's people: behind that day no message can be sent"
                  : "",
              "valid for another %s", span);
    }
    if (details->date_at_ms >= 0) {
        int64_t skew_ms = llabs(now_ms - details->date_at_ms);
        bool off = skew_ms > SKEW_MOST_MS;
        clock_format_duration(skew_ms, span);
        found(doctor, off ? LEVEL_WARNING : LEVEL_OK, EXIT_DONE, "clock",
              off ? "set this computer's clock: contact hours and reports go by it" : "",
              "%s%s from the gateway's", off ? "" : "less than ", off ? span : "2 minutes");
    }
}

void doctor_check_gateway(struct doctor *doctor, bool credentials)
{
    struct access way = {0};
    struct http_details details;
    struct balance balance;
    struct outcome outcome;
    struct error error;
    if (access_check_url(&doctor->invocation->settings, &error) != 0) {
        found_error(doctor, "gateway", &error);
        return;
    }
    if (!check_name(doctor) || !credentials)
        return;
    if (access_open(doctor->invocation, 1, &way, &error) != 0 ||
        engine_ask_balance(way.http, &way.account, way.post, &balance, &outcome, &error) != 0) {
        found_error(doctor, "gateway", &error);
    } else {
        http_last_details(way.http, &details);
        if (check_way(doctor, &details, &outcome)) {
            check_connection(doctor, &details);
            doctor_judge_balance(doctor, &balance, &outcome);
            doctor_check_public_address(doctor, &way);
        }
    }
    access_close(&way);
}
