/* What the gateway says about the account, and the address that it sees us under. */
#include "access.h"
#include "campana/error.h"
#include "doctor.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

/* Nothing but zeros, or less. */
static bool is_spent(const char *balance)
{
    return balance[0] == '-' || balance[strspn(balance, "0.")] == '\0';
}

void doctor_judge_balance(struct doctor *doctor, const struct balance *balance, const struct outcome *outcome)
{
    const char *detail = outcome->detail[0] == '\0' ? "" : outcome->detail;
    const char *separator = detail[0] == '\0' ? "" : ": ";
    const char *sentence = reason_sentence_asked(outcome->reason);
    enum exit_code code = exit_code_of_outcome(outcome->kind);
    switch (outcome->kind) {
    case OUTCOME_ACCEPTED:
        if (is_spent(balance->text))
            found(doctor, LEVEL_FAILURE, EXIT_BALANCE, "balance",
                  strcmp(balance->text, "-6") == 0
                      ? "buy credit; or the gateway is in maintenance, which it calls -6, too"
                      : "buy credit",
                  "%s", balance->text);
        else
            found(doctor, LEVEL_OK, EXIT_DONE, "balance", "", "%s", balance->text);
        return;
    case OUTCOME_CREDENTIALS:
        found(doctor, LEVEL_FAILURE, code, "balance",
              "correct user and password; an administrator's account has no balance query: ask the gateway's "
              "people for a "
              "user's account",
              "%s", sentence);
        return;
    case OUTCOME_FORBIDDEN:
        found(doctor, LEVEL_FAILURE, code, "balance",
              "have this computer's public IP address registered in the gateway's firewall", "%s%s%s",
              sentence, separator, detail);
        return;
    case OUTCOME_UNKNOWN:
        if (outcome->http_status == 200) {
            found(doctor, LEVEL_WARNING, EXIT_DONE, "balance",
                  "an administrator's account has no balance query; whether it may send, campana run FILE "
                  "--test-to NUMBER "
                  "tells",
                  "%s%s%s", sentence, separator, detail);
            return;
        }
        break;
    default: break;
    }
    found(doctor, LEVEL_FAILURE, code, "balance",
          "check the network and the address of the gateway (url); behind a company's proxy, proxy and "
          "ca-file in "
          "campana.ini",
          "%s%s%s", sentence, separator, detail);
}

/* The first thing in the answer that reads as an IP address. */
static bool find_address(struct slice body, char address[INET6_ADDRSTRLEN])
{
    unsigned char binary[sizeof(struct in6_addr)];
    for (size_t at = 0; at < body.len; at++) {
        size_t len = 0;
        while (at + len < body.len && (isxdigit((unsigned char)body.data[at + len]) ||
                                       body.data[at + len] == '.' || body.data[at + len] == ':'))
            len++;
        if (len > 0 && len < INET6_ADDRSTRLEN) {
            memcpy(address, body.data + at, len);
            address[len] = '\0';
            if (inet_pton(AF_INET, address, binary) == 1 || inet_pton(AF_INET6, address, binary) == 1)
                return true;
        }
        at += len;
    }
    return false;
}

/* The manual's page beside the interface: …/envio/api/sendsms → …/envio/ip/. Elsewhere there is none to ask.
 */
void doctor_check_public_address(struct doctor *doctor, const struct access *way)
{
    static const char interface[] = "/api/sendsms";
    struct buffer url = {0};
    struct buffer body = {0};
    struct reply reply;
    struct error error;
    char address[INET6_ADDRSTRLEN];
    buffer_puts(&url, way->account.base_url);
    while (url.len > 0 && url.data[url.len - 1] == '/')
        url.len--;
    if (url.len < sizeof interface - 1 ||
        memcmp(url.data + url.len - (sizeof interface - 1), interface, sizeof interface - 1) != 0)
        goto out;
    url.len -= sizeof interface - 1;
    buffer_puts(&url, "/ip/");
    struct http_request request = {.url = buffer_string(&url), .form = {"", 0}, .post = false};
    if (buffer_check(&url, &error) != 0 || http_ask(way->http, &request, &body, &reply, &error) != 0)
        found_error(doctor, "public IP", &error);
    else if (reply.reach == REACH_ANSWERED && reply.http_status == 200 && find_address(reply.body, address))
        found(doctor, LEVEL_OK, EXIT_DONE, "public IP",
              "the gateway's people must have registered this address in their firewall", "%s", address);
    else
        found(doctor, LEVEL_WARNING, EXIT_DONE, "public IP",
              "open that address in a browser on this computer", "%s did not tell it", buffer_string(&url));
out:
    buffer_free(&url);
    buffer_free(&body);
}
