/* campana-simulator: the options, and the server's life. */
#include "campana/clock.h"
#include "campana/error.h"
#include "server.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BALANCE_UNLIMITED 100000000000

/* Acceptance codes begin where the clock stands: a simulator that is started after another one gives codes of
 * its own, as long as the first gave fewer than these, and all have 12 digits. */
#define CODES_PER_MS 100
#define CODE_FIRST   100000000000
#define CODES        900000000000

static const char help[] =
    "usage: campana-simulator [options]\n"
    "\n"
    "Stands in for the SMS gateway on this computer. Its first line on standard output is its base URL, for "
    "CAMPANA_URL.\n"
    "Ctrl-C ends it.\n"
    "\n"
    "  --port N          listen on this port of 127.0.0.1 (default: any that is free)\n"
    "  --ledger FILE     append a line per complete send request as it is received, before it is answered: "
    "sequence, wall\n"
    "                    clock (ms), monotonic clock (ns), method, number, answer, connection, requests in "
    "flight, text\n"
    "                    (percent-encoded); separated by tabs\n"
    "  --latency MS      answer so much later\n"
    "  --balance N       messages that the account has paid for (default: more than you will send)\n"
    "  --price N.NN      what a message takes off the balance, in the unit that it is told in (default: 1)\n"
    "  --script FILE     misbehave as the script says\n"
    "  --user U --password P   the only credentials that are let in (default: any)\n"
    "  --help, --version\n"
    "\n"
    "A script has a rule a line, WHEN: WHAT [+ WHAT]; the first rule that fits decides; # begins a comment.\n"
    "  WHEN   on 5 · on 10-20 · from 100 · every 7 · to 573102111111 · 10% · limit 20/s\n"
    "  WHAT   code N · body \"...\" (\\n \\r \\t \\\\ \\\" \\xNN) · empty · html · status N · retry-after S "
    "· redirect URL\n"
    "         credentials · no-balance · maintenance · forbidden · balance N · charged · free\n"
    "         close-unread · close · reset · cut N · chunked · endless · drip MS · stall · delay MS\n"
    "\n"
    "Examples:\n"
    "  campana-simulator --port 8080 --balance 100 --ledger ledger.tsv\n"
    "  CAMPANA_URL=http://127.0.0.1:8080/envio/api/sendsms campana run clientes.csv --hours any\n"
    "  on 20: close            # the 20th request is read and never answered\n"
    "  from 100: delay 300 + code -6\n";

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

struct options {
    struct server_options server;
    const char *ledger, *script;
};

static int read_number(const char *name, const char *text, int64_t most, int64_t *number, struct error *error)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 0 || value > most)
        return error_set(error, ERROR_INPUT, "--%s takes a number from 0 to %lld, not \"%.40s\"", name,
                         (long long)most, text);
    *number = value;
    return 0;
}

/* "3" or "2.50", in hundredths. */
static int read_price(const char *text, int64_t *cents, struct error *error)
{
    int64_t whole = 0;
    int64_t fraction = 0;
    int end = 0;
    int read = sscanf(text, "%4" SCNd64 "%n.%2" SCNd64 "%n", &whole, &end, &fraction, &end);
    size_t len = strlen(text);
    bool two_decimals = read == 2 && len > 3 && text[len - 3] == '.';
    *cents = whole * 100 + fraction;
    if (read < 1 || (size_t)end != len || *cents <= 0 || (read == 2 && !two_decimals))
        return error_set(error, ERROR_INPUT, "--price takes a price such as 3 or 2.50, not \"%.40s\"", text);
    return 0;
}

/* 1: go on, 0: help or version was printed, -1. */
static int read_options(int argc, char **argv, struct options *options, struct error *error)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},
        {"ledger", required_argument, NULL, 'l'},
        {"latency", required_argument, NULL, 't'},
        {"balance", required_argument, NULL, 'b'},
        {"price", required_argument, NULL, 'c'},
        {"script", required_argument, NULL, 's'},
        {"user", required_argument, NULL, 'u'},
        {"password", required_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    int64_t number;
    int option;
    while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        int result = 0;
        switch (option) {
        case 'p':
            if ((result = read_number("port", optarg, 65535, &number, error)) == 0)
                options->server.port = (int)number;
            break;
        case 't': result = read_number("latency", optarg, 3600000, &options->server.latency_ms, error); break;
        case 'b':
            result =
                read_number("balance", optarg, BALANCE_UNLIMITED, &options->server.account.balance, error);
            break;
        case 'c': result = read_price(optarg, &options->server.account.price_cents, error); break;
        case 'l': options->ledger = optarg; break;
        case 's': options->script = optarg; break;
        case 'u': options->server.account.user = optarg; break;
        case 'w': options->server.account.password = optarg; break;
        case 'h': fputs(help, stdout); return 0;
        case 'v': puts("campana-simulator " CAMPANA_VERSION); return 0;
        default: return error_set(error, ERROR_INPUT, "see campana-simulator --help");
        }
        if (result != 0)
            return -1;
    }
    if (optind < argc)
        return error_set(error, ERROR_INPUT, "\"%.60s\" is no option; see campana-simulator --help",
                         argv[optind]);
    if ((options->server.account.user == NULL) != (options->server.account.password == NULL))
        return error_set(error, ERROR_INPUT, "--user and --password go together: %s is missing",
                         options->server.account.user == NULL ? "--user U" : "--password P");
    return 1;
}

static int read_script(const char *path, struct script **script, struct error *error)
{
    struct buffer text = {0};
    char piece[4096];
    size_t len;
    if (path == NULL)
        return 0;
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_set(error, ERROR_INPUT, "%s: the script cannot be opened: %s", path, strerror(errno));
    while ((len = fread(piece, 1, sizeof piece, stream)) > 0)
        buffer_append(&text, piece, len);
    bool unreadable = ferror(stream) != 0;
    fclose(stream);
    int result = unreadable ? error_set(error, ERROR_INPUT, "%s: the script cannot be read", path)
                            : buffer_check(&text, error);
    if (result == 0)
        result = script_parse((struct slice){buffer_string(&text), text.len}, path, script, error);
    buffer_free(&text);
    return result;
}

/* Signals arrive while waiting only. */
static void catch_signals(sigset_t *unblocked)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, unblocked);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve(struct options *options, struct error *error)
{
    struct server *server = NULL;
    sigset_t unblocked;
    int result = -1;
    if (read_script(options->script, &options->server.script, error) == 0 &&
        ledger_open(options->ledger, &options->server.ledger, error) == 0) {
        catch_signals(&unblocked);
        if (server_open(&options->server, &server, error) == 0) {
            printf("http://127.0.0.1:%d/envio/api/sendsms\n", server_port(server));
            fflush(stdout);
            result = server_run(server, &stop, &unblocked, error);
        }
    }
    server_close(server);
    ledger_close(options->server.ledger);
    script_free(options->server.script);
    return result;
}

int main(int argc, char **argv)
{
    struct error error;
    struct options options = {.server = {.account = {.balance = BALANCE_UNLIMITED,
                                                     .price_cents = 100,
                                                     .last_code = CODE_FIRST + clock_wall_ms(&clock_system) *
                                                                                   CODES_PER_MS % CODES}}};
    int go_on = read_options(argc, argv, &options, &error);
    if (go_on == 0)
        return EXIT_SUCCESS;
    if (go_on > 0 && serve(&options, &error) == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "campana-simulator: %s\n", error.text);
    return error.kind == ERROR_INPUT ? 2 : 1;
}
