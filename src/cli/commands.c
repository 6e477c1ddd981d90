/* The table of commands: names, help, options, and who does the work. */
#include "command.h"
#include <stdint.h>

static const enum option load_options[] = {
    OPTION_CAMPAIGN,   OPTION_PHONE,      OPTION_TEXT,     OPTION_TEMPLATE, OPTION_TEMPLATE_FILE,
    OPTION_NO_HEADER,  OPTION_DELIMITER,  OPTION_ENCODING, OPTION_COUNTRY,  OPTION_TEXT_MODE,
    OPTION_MAX_LENGTH, OPTION_DUPLICATES, OPTION_SUPPRESS, OPTION_REJECTS,  OPTIONS};
static const enum option pace_options[] = {OPTION_RATE, OPTION_CONCURRENCY, OPTION_LIMIT, OPTION_MAX_FAILURES,
                                           OPTIONS};
static const enum option when_options[] = {OPTION_HOURS, OPTION_WAIT, OPTION_START, OPTION_ONCE_PER_DAY,
                                           OPTIONS};
static const enum option gateway_options[] = {OPTION_METHOD, OPTION_CHARSET, OPTION_TIMEOUT,
                                              OPTION_CONNECT_TIMEOUT, OPTIONS};
static const enum option asking_options[] = {OPTION_YES, OPTION_TEST_TO, OPTIONS};
static const enum option run_verdict_options[] = {OPTION_SAMPLE, OPTION_JSON, OPTIONS};
static const enum option load_verdict_options[] = {OPTION_DRY_RUN, OPTION_SAMPLE, OPTION_JSON, OPTIONS};
static const enum option status_options[] = {OPTION_WATCH, OPTION_JSON, OPTIONS};
static const enum option report_options[] = {OPTION_FORMAT,       OPTION_EXCEL,  OPTION_STATES,
                                             OPTION_FULL_NUMBERS, OPTION_OUTPUT, OPTIONS};
static const enum option find_options[] = {OPTION_COUNTRY, OPTION_JSON, OPTIONS};
static const enum option resolve_options[] = {OPTION_AS,  OPTION_FROM, OPTION_ROW,
                                              OPTION_RUN, OPTION_YES,  OPTIONS};
static const enum option reconcile_options[] = {
    OPTION_PRICE, OPTION_JSON, OPTION_METHOD, OPTION_TIMEOUT, OPTION_CONNECT_TIMEOUT, OPTIONS};
static const enum option question_options[] = {OPTION_METHOD, OPTION_TIMEOUT, OPTION_CONNECT_TIMEOUT,
                                               OPTIONS};
static const enum option doctor_options[] = {OPTION_JSON,    OPTION_HOURS,           OPTION_METHOD,
                                             OPTION_TIMEOUT, OPTION_CONNECT_TIMEOUT, OPTIONS};
static const enum option forget_options[] = {OPTION_OLDER_THAN, OPTION_UNFINISHED, OPTION_YES, OPTIONS};
static const enum option hours_options[] = {OPTION_HOURS, OPTIONS};

static const struct option_group run_groups[] = {{"The spreadsheet", load_options},
                                                 {"Pace and limits", pace_options},
                                                 {"When", when_options},
                                                 {"The gateway", gateway_options},
                                                 {"Before it starts", asking_options},
                                                 {"What is shown of the spreadsheet", run_verdict_options},
                                                 {NULL, NULL}};
static const struct option_group load_groups[] = {
    {"The spreadsheet", load_options}, {"What is shown and stored", load_verdict_options}, {NULL, NULL}};
const struct option_group command_file_groups[] = {{"The spreadsheet", load_options}, {NULL, NULL}};
const struct option_group command_send_groups[] = {{"Pace and limits", pace_options},
                                                   {"When", when_options},
                                                   {"The gateway", gateway_options},
                                                   {"Before it starts", asking_options},
                                                   {NULL, NULL}};
static const struct option_group status_groups[] = {{"Options", status_options}, {NULL, NULL}};
static const enum option bill_options[] = {OPTION_ALL, OPTION_SINCE, OPTION_UNTIL, OPTION_BY, OPTIONS};
static const struct option_group report_groups[] = {
    {"Options", report_options}, {"Over all campaigns", bill_options}, {NULL, NULL}};
static const struct option_group find_groups[] = {{"Options", find_options}, {NULL, NULL}};
static const struct option_group resolve_groups[] = {{"Options", resolve_options}, {NULL, NULL}};
static const struct option_group reconcile_groups[] = {{"Options", reconcile_options}, {NULL, NULL}};
static const struct option_group balance_groups[] = {{"The gateway", question_options}, {NULL, NULL}};
static const struct option_group doctor_groups[] = {{"Options", doctor_options}, {NULL, NULL}};
static const struct option_group no_groups[] = {{NULL, NULL}};
static const struct option_group forget_groups[] = {{"Options", forget_options}, {NULL, NULL}};
static const struct option_group hours_groups[] = {{"Options", hours_options}, {NULL, NULL}};

static const struct example run_examples[] = {
    {"campana run clientes.csv", "checks, asks, sends; again: goes on where it stopped"},
    {"campana run clientes.csv --test-to 573102111111", "sends the first message to your own telephone only"},
    {"campana run clientes.csv --template 'Hola {nombre|cliente} ...' --rate 600/min",
     "makes the messages from the columns; ten a second"},
    {"campana run clientes.csv --suppress rne.csv --once-per-day --wait",
     "leaves out who must not be written to, and waits for contact hours"},
    {NULL, NULL}};
static const struct example load_examples[] = {
    {"campana load clientes.csv --dry-run --sample 5",
     "shows what would be sent and what cannot be; stores nothing"},
    {"campana load clientes.csv --rejects corregir.csv",
     "writes the rows to correct into a file of their own"},
    {"campana load hoja.txt --delimiter tab --no-header --phone 1 --text 3", "columns by their place"},
    {NULL, NULL}};
static const struct example send_examples[] = {
    {"campana send clientes", "sends what is pending"},
    {"campana send clientes --limit 100", "sends a hundred messages and stops"},
    {"campana send clientes --start '2026-11-24 08:30' --yes", "begins on Tuesday at half past eight"},
    {NULL, NULL}};
static const struct example status_examples[] = {{"campana status", "all campaigns, a line each"},
                                                 {"campana status clientes", "one campaign and its runs"},
                                                 {"campana status clientes --watch", "how it goes on, while it is sent from another terminal"},
                                                 {"campana status clientes --json", "the same for a program"},
                                                 {NULL, NULL}};
static const struct example report_examples[] = {
    {"campana report clientes", "a table to look at"},
    {"campana report clientes --format csv --excel --output informe.csv", "a file for Excel"},
    {"campana report clientes --format html --output informe.html", "a page for the manager, numbers masked"},
    {"campana report clientes --state unknown,refused", "only the rows that somebody must look at"},
    {"campana report clientes --format jsonl | jq .state", "for programs, a line per row"},
    {"campana report --all --since 2026-11-01 --until 2026-11-30 --by campaign",
     "November's bill: accepted messages and tests are charged"},
    {NULL, NULL}};
static const struct example find_examples[] = {
    {"campana find 3102111111", "did this customer get it, and if not, why?"},
    {"campana find '+57 310 211 11 11'", "the same number in another writing"},
    {"campana find 573102111111 --json", "the same for a program"},
    {NULL, NULL}};
static const struct example resolve_examples[] = {
    {"campana resolve clientes --as accepted --row 17 --row 23",
     "the gateway's web report shows these two as sent"},
    {"campana resolve clientes --as pending",
     "sends all unknown rows again; some people may get the message twice"},
    {"campana resolve clientes --state refused --as pending --row 9", "tries a refused row once more"},
    {NULL, NULL}};
static const struct example reconcile_examples[] = {
    {"campana reconcile clientes", "what the balance says about rows that are unknown"},
    {"campana reconcile clientes --price 25", "where a message costs 25 of the account's units"},
    {NULL, NULL}};
static const struct example balance_examples[] = {{"campana balance", "prints the number alone"},
                                                  {NULL, NULL}};
static const struct example doctor_examples[] = {
    {"campana doctor", "before the first campaign, and when in trouble"}, {NULL, NULL}};
static const struct example pace_examples[] = {
    {"campana pace clientes 5/s", "sends more slowly from now on"},
    {"campana pace clientes 600/min", "ten a second, perhaps more than the run began with"},
    {NULL, NULL}};
static const struct example stop_examples[] = {
    {"campana stop clientes", "stops it, and returns when what was in flight is recorded"}, {NULL, NULL}};
static const struct example hours_examples[] = {{"campana hours", "what applies now"},
                                                {"campana hours 2026-12-24", "what applies on that day"},
                                                {NULL, NULL}};

static const struct example forget_examples[] = {
    {"campana forget clientes", "shows what will be gone, and asks for the campaign's name"},
    {"campana forget --older-than 90d --yes", "every night, for whatever is over and three months old"},
    {NULL, NULL}};

const struct command commands[] = {
    {"run", "FILE", "loads a spreadsheet and sends it; the same command again goes on where it stopped",
     "Loads FILE unless this very content is loaded already, under whatever file name, then sends what is "
     "pending. Whatever ends it "
     "(Ctrl-C, an "
     "exhausted balance, a power cut), the same command again goes on. Ctrl-C lets what is under way finish. "
     "FILE - is "
     "standard input and needs --campaign.",
     1, 1, run_groups, run_examples, cmd_run},
    {"load", "FILE", "checks and stores a spreadsheet, sends nothing",
     "Checks every row of FILE and stores them as a campaign, whole or not at all; sends nothing. Prints "
     "what it found: "
     "rows that can be sent, rows that cannot and why, and what was changed. Content that is loaded already, "
     "under whatever file name, is loaded again only as a new --campaign. FILE - is standard input and "
     "needs "
     "--campaign.",
     1, 1, load_groups, load_examples, cmd_load},
    {"send", "CAMPAIGN", "sends what is pending of a campaign that is loaded",
     "Sends what is pending of CAMPAIGN. A row that may have reached the gateway is never sent again by "
     "itself: it is "
     "unknown until `campana resolve` says more.",
     1, 1, command_send_groups, send_examples, cmd_send},
    {"status", "[CAMPAIGN]", "how many rows are in which state, and how each run ended",
     "Counts a campaign's rows by state, and lists its runs and why each ended. Without a name, all "
     "campaigns, a line "
     "each.",
     0, 1, status_groups, status_examples, cmd_status},
    {"report", "CAMPAIGN|--all", "what became of every single row",
     "Writes a row for every row of the spreadsheet, in its order: what was sent, its state, the gateway's "
     "code, the "
     "reason, the times, and the spreadsheet's own columns. accepted means accepted by the gateway; whether "
     "the "
     "telephone got it the gateway does not tell. --all counts over "
     "all campaigns instead: messages that are accepted, refused or unknown now, on the day that their last "
     "try "
     "ended; the tries themselves, and the test messages that were accepted, on their own days; and the "
     "credit that "
     "the balances before and after each run tell, on the day that it began. Accepted messages and tests are "
     "what "
     "the gateway charges.",
     0, 1, report_groups, report_examples, cmd_report},
    {"find", "NUMBER", "everything ever sent to a number, in any campaign",
     "Tells for every campaign in the database what was to be sent to NUMBER, every try and what the gateway "
     "answered, every decision of a person, and test messages. NUMBER may be written in any way that a "
     "spreadsheet may. Nothing known of the number is no failure: exit code 0. All times are Colombian.",
     1, 1, find_groups, find_examples, cmd_find},
    {"resolve", "CAMPAIGN", "a person's decision on rows whose fate is not known",
     "Decides on rows that are unknown (or refused): look them up in the gateway's web report first. The "
     "decision is "
     "recorded with your name. --as pending sends them again.",
     1, 1, resolve_groups, resolve_examples, cmd_resolve},
    {"reconcile", "CAMPAIGN", "what the account's balance says about rows that are unknown",
     "Compares the balance before and after each run with what was accepted in it: were the unknown rows "
     "charged, all of them, none, or how many? Asks the gateway for the balance of now where rows are "
     "unknown. "
     "Prints the campana resolve command that would follow; changes nothing.",
     1, 1, reconcile_groups, reconcile_examples, cmd_reconcile},
    {"pace", "CAMPAIGN RATE", "changes the rate of a campaign that is being sent",
     "Tells the run that sends CAMPAIGN, in another terminal or in the background, to go on at RATE: N/s, "
     "N/min, N/h, "
     "or max for no limit. It does so within a moment, and the change is kept in the run's record. A gateway "
     "in "
     "trouble is still sent to more slowly.",
     2, 2, no_groups, pace_examples, cmd_pace},
    {"stop", "CAMPAIGN", "stops a campaign that is being sent",
     "Tells the run that sends CAMPAIGN, in another terminal or in the background, to stop as Ctrl-C would: "
     "nothing "
     "more is sent, what is in flight is waited for and recorded. The run ends with exit code 5 and keeps "
     "who stopped "
     "it. Works while it waits for contact hours or a --start, too. Nothing to stop is no error.",
     1, 1, no_groups, stop_examples, cmd_stop},
    {"balance", "", "the account's balance, a number alone",
     "Asks the gateway for the account's balance and prints the number alone. An administrator's account has "
     "no "
     "balance query.",
     0, 0, balance_groups, balance_examples, cmd_balance},
    {"doctor", "", "checks everything that a campaign needs; sends no message",
     "Checks configuration, database, gateway, certificate, credentials, balance, clock, contact hours, and "
     "shows the "
     "public IP address that the gateway's firewall must know. Says what to do about each failure. Sends no "
     "message. "
     "Exit code 0 only if a campaign could start.",
     0, 0, doctor_groups, doctor_examples, cmd_doctor},
    {"hours", "[DATE]", "contact hours and holidays",
     "Shows the contact hours that apply today or on DATE (such as 2026-12-24), whether they are open now, "
     "when that "
     "changes, and the year's holidays. All times are Colombian.",
     0, 1, hours_groups, hours_examples, cmd_hours},
    {"forget", "[CAMPAIGN]", "takes numbers and texts out of the database for good (privacy)",
     "Takes a campaign's numbers, texts and cells out of the database for good (Ley 1581 de 2012), and every "
     "trace of "
     "them out of its files: with a CAMPAIGN, or with --older-than whatever is over and that old. Rows, "
     "states, codes "
     "and times stay, so that the counts still tell the truth. No pseudonyms take the numbers' place: those "
     "could be "
     "turned back. A campaign with rows that are pending or unknown is left as it is, unless --unfinished. "
     "Without a "
     "terminal it needs --yes.",
     0, 1, forget_groups, forget_examples, cmd_forget},
    {.name = NULL},
};
