/* Everything that a campaign needs, looked at one after the other: what was found, and what to do about it.
 * Sends no message. Invariant: the exit code is 0 only where nothing was found that would stop a campaign
 * from starting. */
#include "access.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_FAILURE_BYTES   (10LL << 20)
#define DISK_WARNING_BYTES   (100LL << 20)
#define SKEW_MOST_MS         (120 * MS_PER_S)
#define CERTIFICATE_LEAST_MS (14LL * 24 * 60 * 60 * MS_PER_S)
#define FINDING_BYTES        1024

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_FAILURE };

static const struct {
    const char *name, *shown, *colour;
} levels[] = {
    [LEVEL_OK] = {"ok", "ok     ", "\x1b[32m"},
    [LEVEL_WARNING] = {"warning", "warning", "\x1b[33m"},
    [LEVEL_FAILURE] = {"failure", "FAILURE", "\x1b[31m"},
};

struct doctor {
    struct invocation *invocation;
    bool json, colours;
    int findings;
    enum exit_code code; /* of the first failure */
    int result;          /* -1: standard output failed */
    struct error *error;
};

/* ---- findings ---- */

static void put_words(const struct doctor *doctor, enum level level, const char *check, const char *text,
                      const char *advice, struct buffer *out)
{
    buffer_printf(out, "%s%s%s  %-14s ", doctor->colours ? levels[level].colour : "", levels[level].shown,
                  doctor->colours ? "\x1b[0m" : "", check);
    utf8_put_visible(out, text, strlen(text), 0);
    buffer_put(out, '\n');
    if (advice[0] != '\0')
        buffer_printf(out, "%-23s → %s\n", "", advice);
}

static void put_json(const struct doctor *doctor, enum level level, const char *check, const char *text,
                     const char *advice, struct buffer *out)
{
    buffer_printf(out,
                  "%s{\"check\":\"%s\",\"level\":\"%s\",\"found\":", doctor->findings == 0 ? "[\n" : ",\n",
                  check, levels[level].name);
    layout_put_json(out, text);
    buffer_puts(out, ",\"advice\":");
    if (advice[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, advice);
    buffer_put(out, '}');
}

/* One line of the result, written at once: some checks take their time. `code` matters with LEVEL_FAILURE. */
__attribute__((format(printf, 6, 7))) static void found(struct doctor *doctor, enum level level,
                                                        enum exit_code code, const char *check,
                                                        const char *advice, const char *format, ...)
{
    char text[FINDING_BYTES];
    struct buffer out = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (doctor->json)
        put_json(doctor, level, check, text, advice, &out);
    else
        put_words(doctor, level, check, text, advice, &out);
    if (doctor->result == 0)
        doctor->result = output_buffer(&out, doctor->error);
    buffer_free(&out);
    doctor->findings++;
    if (level == LEVEL_FAILURE && doctor->code == EXIT_DONE)
        doctor->code = code;
}

static void found_error(struct doctor *doctor, const char *check, const struct error *error)
{
    found(doctor, LEVEL_FAILURE, exit_code_of_error(error->kind), check, "", "%s", error->text);
}

/* ---- configuration ---- */

static void tell_warnings(struct doctor *doctor)
{
    struct buffer *warnings = &doctor->invocation->settings.warnings;
    const char *line = buffer_string(warnings);
    while (*line != '\0') {
        size_t len = strcspn(line, "\n");
        found(doctor, LEVEL_WARNING, EXIT_DONE, "secrets", "", "%.*s", (int)len, line);
        line += len + 1;
    }
    buffer_clear(warnings);
}

static bool check_configuration(struct doctor *doctor)
{
    static const enum setting shown[] = {SETTING_URL,  SETTING_USER,  SETTING_HOURS,
                                         SETTING_RATE, SETTING_PROXY, SETTING_CA_FILE};
    struct settings *settings = &doctor->invocation->settings;
    struct error error;
    if (settings_read(settings, doctor->invocation->options, &error) != 0) {
        found_error(doctor, "configuration", &error);
        return false;
    }
    doctor->invocation->has_settings = true;
    if (settings->file != NULL)
        found(doctor, LEVEL_OK, EXIT_DONE, "configuration", "", "%s", settings->file);
    else
        found(doctor, LEVEL_OK, EXIT_DONE, "configuration", "", "no campana.ini; environment and defaults");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (setting_text(settings, shown[i]) != NULL)
            found(doctor, LEVEL_OK, EXIT_DONE, setting_name(shown[i]), "", "%s (%s)",
                  setting_text(settings, shown[i]), setting_origin(settings, shown[i]));
    tell_warnings(doctor);
    return true;
}

static bool check_credentials(struct doctor *doctor)
{
    struct settings *settings = &doctor->invocation->settings;
    struct error error;
    bool complete = true;
    if (setting_text(settings, SETTING_USER) == NULL) {
        found(doctor, LEVEL_FAILURE, EXIT_INPUT, "user",
              "write it into campana.ini (user = …), or set CAMPANA_USER", "there is no user");
        complete = false;
    }
    if (settings_read_password(settings, &error) != 0) {
        found_error(doctor, "password", &error);
        complete = false;
    } else {
        found(doctor, LEVEL_OK, EXIT_DONE, "password", "", "there is one (%s)",
              setting_origin(settings, SETTING_PASSWORD));
    }
    tell_warnings(doctor);
    return complete;
}

/* ---- database ---- */

struct doubt {
    struct store *store;
    int64_t campaigns, unknown;
};

static int add_campaign(void *context, const struct campaign *campaign, struct error *error)
{
    struct doubt *doubt = context;
    int64_t unknown;
    if (store_count_unknown(doubt->store, campaign->id, &unknown, error) != 0)
        return -1;
    doubt->campaigns++;
    doubt->unknown += unknown;
    return 0;
}

static void check_disk(struct doctor *doctor, const char *directory)
{
    struct statvfs disk;
    if (statvfs(directory, &disk) != 0)
        return;
    int64_t bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    enum level level = bytes < DISK_FAILURE_BYTES   ? LEVEL_FAILURE
                       : bytes < DISK_WARNING_BYTES ? LEVEL_WARNING
                                                    : LEVEL_OK;
    found(doctor, level, EXIT_MACHINE, "disk",
          level == LEVEL_OK ? "" : "make room: a full disk stops a campaign",
          "%" PRId64 " MiB free where the database is", bytes >> 20);
}

static void look_into(struct doctor *doctor, struct store *store, const char *path)
{
    struct doubt doubt = {.store = store};
    struct error error;
    int active = store_sender_active(store, &error);
    if (active < 0 || store_each_campaign(store, add_campaign, &doubt, &error) != 0) {
        found_error(doctor, "database", &error);
        return;
    }
    found(doctor, LEVEL_OK, EXIT_DONE, "database", "", "%s: %" PRId64 " campaign%s", path, doubt.campaigns,
          doubt.campaigns == 1 ? "" : "s");
    if (active > 0)
        found(doctor, LEVEL_FAILURE, EXIT_BUSY, "sender",
              "wait for it, or use another database with --db FILE",
              "another process is sending from this database now");
    else if (doubt.unknown > 0)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "unknown rows",
              "look them up in the gateway's web report, then campana resolve CAMPAIGN --as "
              "accepted|refused|pending",
              "%" PRId64 " whose fate is not known", doubt.unknown);
}

static void check_database(struct doctor *doctor)
{
    const char *path = setting_text(&doctor->invocation->settings, SETTING_DB);
    struct store *store = NULL;
    struct error error;
    char *copy = strdup(path);
    const char *directory = copy == NULL ? "." : dirname(copy);
    if (access(directory, W_OK | X_OK) != 0)
        found(doctor, LEVEL_FAILURE, EXIT_MACHINE, "database", "name another place with --db FILE",
              "%s: cannot write in its folder: %s", path, strerror(errno));
    else if (access(path, F_OK) != 0)
        found(doctor, LEVEL_OK, EXIT_DONE, "database", "", "%s: will be made by the first load", path);
    else if (access(path, W_OK) != 0)
        found(doctor, LEVEL_FAILURE, EXIT_MACHINE, "database", "name another one with --db FILE",
              "%s: cannot be written: %s", path, strerror(errno));
    else if (store_open(path, STORE_READ, NULL, &store, &error) != 0)
        found_error(doctor, "database", &error);
    else
        look_into(doctor, store, path);
    store_close(store);
    check_disk(doctor, directory);
    free(copy);
}

/* ---- gateway ---- */

static void check_connection(struct doctor *doctor, const struct http_details *details)
{
    int64_t now_ms = clock_wall_ms(doctor->invocation->clock);
    char span[CLOCK_DURATION_BYTES];
    if (details->remote_ip[0] == '\0')
        return;
    found(doctor, LEVEL_OK, EXIT_DONE, "connection", "", "to %s%s%s", details->remote_ip,
          details->http_version[0] == '\0' ? "" : ", HTTP/", details->http_version);
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

/* Nothing but zeros, or less. */
static bool is_spent(const char *balance)
{
    return balance[0] == '-' || balance[strspn(balance, "0.")] == '\0';
}

static void judge_balance(struct doctor *doctor, const struct balance *balance, const struct outcome *outcome)
{
    const char *detail = outcome->detail[0] == '\0' ? "" : outcome->detail;
    const char *separator = detail[0] == '\0' ? "" : ": ";
    const char *sentence = reason_sentence(outcome->reason);
    enum exit_code code = exit_code_of_outcome(outcome->kind);
    switch (outcome->kind) {
    case OUTCOME_ACCEPTED:
        if (is_spent(balance->text))
            found(doctor, LEVEL_FAILURE, EXIT_BALANCE, "balance", "buy credit", "%s", balance->text);
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
static void check_public_address(struct doctor *doctor, const struct access *way)
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

static void check_gateway(struct doctor *doctor)
{
    struct access way = {0};
    struct http_details details;
    struct balance balance;
    struct outcome outcome;
    struct error error;
    if (access_open(doctor->invocation, 1, &way, &error) != 0 ||
        engine_ask_balance(way.http, &way.account, way.post, &balance, &outcome, &error) != 0) {
        found_error(doctor, "gateway", &error);
    } else {
        http_last_details(way.http, &details);
        check_connection(doctor, &details);
        judge_balance(doctor, &balance, &outcome);
        if (outcome.kind != OUTCOME_NOT_SENT)
            check_public_address(doctor, &way);
    }
    access_close(&way);
}

static void check_url(struct doctor *doctor)
{
    const struct settings *settings = &doctor->invocation->settings;
    if (setting_number(settings, SETTING_INSECURE_HTTP) != 0)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "insecure-http", "use https:// and take it out",
              "password, numbers and texts may be read on the way (%s)",
              setting_origin(settings, SETTING_INSECURE_HTTP));
}

/* ---- contact hours ---- */

static void check_hours(struct doctor *doctor)
{
    const char *specification = setting_text(&doctor->invocation->settings, SETTING_HOURS);
    struct hours hours;
    struct error error;
    char when[HOURS_TEXT_BYTES];
    if (hours_parse(specification, &hours, &error) != 0) {
        found_error(doctor, "contact hours", &error);
        return;
    }
    struct hours_decision decision = hours_at(&hours, clock_wall_ms(doctor->invocation->clock));
    if (decision.changes_at_ms == INT64_MAX) {
        found(doctor, decision.open ? LEVEL_OK : LEVEL_FAILURE, EXIT_HOURS, "contact hours", "", "%s",
              decision.open ? "always open" : "never open");
        return;
    }
    hours_format(decision.changes_at_ms, when);
    if (decision.open)
        found(doctor, LEVEL_OK, EXIT_DONE, "contact hours", "", "open until %s (Colombian time)", when);
    else
        found(doctor, LEVEL_FAILURE, EXIT_HOURS, "contact hours",
              "begin then; run and send do so by themselves with --wait", "closed until %s (Colombian time)",
              when);
}

int cmd_doctor(struct invocation *invocation, struct error *error)
{
    struct doctor doctor = {.invocation = invocation,
                            .json = option_given(invocation->options, OPTION_JSON),
                            .colours = terminal_takes_colour(STDOUT_FILENO),
                            .error = error};
    if (check_configuration(&doctor)) {
        check_database(&doctor);
        check_url(&doctor);
        if (check_credentials(&doctor))
            check_gateway(&doctor);
        check_hours(
            &doctor); /* last: the one failure that passes by itself must not hide another's exit code */
    }
    if (doctor.json && doctor.result == 0)
        doctor.result = output_write("\n]\n", 3, error);
    return doctor.result == 0 ? (int)doctor.code : -1;
}
