/* Decides in which order a run begins: lock, what the last one left, what is to be sent, a person's word, the
 * hour. The sending itself is the engine's. Invariant: until the engine has the word, a stop signal ends the
 * process, because nothing is under way. */
#include "sending.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/plan.h"
#include "campana/progress.h"
#include "campana/signals.h"
#include "campana/terminal.h"
#include "number_given.h"
#include <inttypes.h>
#include <string.h>

#define START_LATE_MOST_MS (600 * MS_PER_S) /* a --start that is longer ago is a slip */

struct sending {
    struct invocation *invocation;
    struct store *store;
    const struct access *access;
    struct campaign campaign;
    struct engine_options options;
    int64_t unknown;
    int64_t start_ms;        /* 0: now */
    struct balance balance;  /* "": not known */
    struct outcome answered; /* to the balance query */
    struct buffer on_signal; /* what a stop signal would say now */
};

/* Before the engine has the word. Takes the sentence; without memory for it the general one is said. */
static void keep_for_signal(struct sending *sending, struct buffer *sentence)
{
    struct buffer line = {.failed = sentence->failed};
    talk_put_line(buffer_string(sentence), &line);
    signals_say(line.failed ? NULL : buffer_string(&line));
    buffer_free(&sending->on_signal);
    buffer_free(sentence);
    sending->on_signal = line;
}

static int read_engine_options(struct sending *sending, struct error *error)
{
    const struct settings *settings = &sending->invocation->settings;
    const struct options *given = sending->invocation->options;
    const char *start = option_text(given, OPTION_START);
    sending->options = (struct engine_options){
        .account = sending->access->account,
        .campaign_id = sending->campaign.id,
        .concurrency = (int)setting_number(settings, SETTING_CONCURRENCY),
        .limit = option_number(given, OPTION_LIMIT, 0),
        .post = sending->access->post,
        .charset = (enum gateway_charset)setting_number(settings, SETTING_CHARSET),
        .max_failures = (int)setting_number(settings, SETTING_MAX_FAILURES),
        .wait = option_given(given, OPTION_WAIT),
        .once_per_day = option_given(given, OPTION_ONCE_PER_DAY),
    };
    if (start != NULL && hours_parse_local(start, &sending->start_ms) != 0)
        return error_set(error, ERROR_INPUT, "--start %s cannot be used", start);
    if (rate_parse(setting_text(settings, SETTING_RATE), &sending->options.rate, error) != 0)
        return -1;
    return hours_parse(setting_text(settings, SETTING_HOURS), &sending->options.hours, error);
}

/* The lock, and what the last sender left behind. */
static int take_over(struct sending *sending, struct error *error)
{
    int64_t recovered;
    if (store_lock_sender(sending->store, error) != 0 ||
        store_recover(sending->store, clock_wall_ms(sending->invocation->clock), &recovered, error) != 0)
        return -1;
    if (recovered > 0)
        talk_note(&sending->invocation->talk, "%" PRId64 " %s", recovered,
                  recovered == 1 ? "row was on its way when campana last ended; nobody knows whether it "
                                   "arrived: it is unknown now"
                                 : "rows were on their way when campana last ended; nobody knows whether "
                                   "they arrived: they are unknown now");
    if (store_count_pending(sending->store, sending->campaign.id, &sending->options.pending, error) != 0)
        return -1;
    return store_count_unknown(sending->store, sending->campaign.id, &sending->unknown, error);
}

/* ---- --test-to ---- */

static int print_test(const struct job *job, const char *msisdn, const struct outcome *outcome,
                      struct error *error)
{
    struct buffer line = {0};
    buffer_printf(&line, "%s: ", msisdn);
    if (outcome->kind == OUTCOME_ACCEPTED)
        buffer_printf(&line, "accepted by the gateway, code %" PRId64, outcome->code);
    else
        buffer_printf(&line, "%s%s%s; %s", reason_sentence(outcome->reason),
                      outcome->detail[0] == '\0' ? "" : ": ", outcome->detail,
                      reason_remedy(outcome->reason));
    buffer_printf(&line, "\n  row %" PRId64 ": ", job->row);
    layout_put_cited(&line, job->text, job->text_len, 0);
    buffer_put(&line, '\n');
    int result = output_text(&line, error);
    buffer_free(&line);
    return result;
}

/* Its number, or "" where no test is asked for. */
static int read_test_to(const struct invocation *invocation, char msisdn[PHONE_BYTES], struct error *error)
{
    const char *to = option_text(invocation->options, OPTION_TEST_TO);
    bool reads_file = strcmp(invocation->command->name, "run") == 0;
    msisdn[0] = '\0';
    if (to != NULL &&
        number_given(to, setting_text(&invocation->settings, SETTING_COUNTRY),
                     reads_file ? "--country CODE" : "country = CODE in campana.ini", msisdn, error) != 0)
        return error_prefix(error, "--test-to");
    return 0;
}

int sending_check(const struct invocation *invocation, struct error *error)
{
    char msisdn[PHONE_BYTES];
    return read_test_to(invocation, msisdn, error);
}

static int send_test(struct sending *sending, const char *msisdn, struct error *error)
{
    struct job job;
    struct outcome outcome;
    struct buffer interrupted = {0};
    int count;
    if (store_peek(sending->store, sending->campaign.id, 0, &job, 1, &count, error) != 0)
        return -1;
    if (count == 0)
        return error_set(error, ERROR_INPUT, "campaign %s has no pending message to test with",
                         sending->campaign.name);
    buffer_printf(
        &interrupted,
        "interrupted; whether the test message to %s was sent is not known; nothing of campaign %s was sent",
        msisdn, sending->campaign.name);
    keep_for_signal(sending, &interrupted);
    if (engine_send_test(sending->store, sending->access->http, &sending->options, msisdn,
                         (struct slice){job.text, job.text_len}, sending->invocation->clock, &outcome,
                         error) != 0 ||
        print_test(&job, msisdn, &outcome, error) != 0)
        return -1;
    talk_note(&sending->invocation->talk, "a test only: nothing of campaign %s was sent",
              sending->campaign.name);
    return (int)exit_code_of_outcome(outcome.kind);
}

/* ---- before the first message ---- */

/* What cannot be known about the balance does not stop a run: an administrator's account has no balance
 * query, and a gateway in trouble is the engine's business. */
static int ask_balance(struct sending *sending, struct error *error)
{
    sending->balance.text[0] = '\0';
    if (engine_ask_balance(sending->access->http, &sending->access->account, sending->access->post,
                           &sending->balance, &sending->answered, error) != 0)
        return -1;
    if (sending->answered.kind != OUTCOME_ACCEPTED)
        sending->balance.text[0] = '\0';
    return 0;
}

static void show_plan(const struct sending *sending, const struct plan *plan)
{
    struct buffer text = {0};
    plan_put_text(plan, false, &text);
    if (!sending->invocation->talk.quiet)
        talk_text(&text);
    buffer_free(&text);
}

/* Shows the plan, and asks where somebody can be asked. 1: agreed, 0: not, -1. */
static int confirm(struct sending *sending, int64_t now_ms, bool asks, struct error *error)
{
    struct preflight preflight;
    int64_t start_ms = sending->start_ms > now_ms ? sending->start_ms : now_ms;
    if (preflight_read(sending->store, &sending->campaign, &sending->options, sending->balance.text, start_ms,
                       &preflight, error) != 0)
        return -1;
    sending->options.held_back = preflight.held_back;
    struct plan plan = {.campaign = sending->campaign.name,
                        .file = sending->campaign.file,
                        .user = sending->access->account.user,
                        .url = sending->access->account.base_url,
                        .balance = sending->balance.text,
                        .balance_trouble = reason_sentence_asked(sending->answered.reason),
                        .preflight = &preflight,
                        .rate = sending->options.rate,
                        .hours = sending->options.hours,
                        .wait = sending->options.wait,
                        .start_ms = start_ms,
                        .now_ms = now_ms};
    if (asks && preflight.count > 0)
        return plan_confirm(&plan, error);
    show_plan(sending, &plan);
    return 1; /* where all is held back the engine says so */
}

/* A --start that is over: 1: go on, 0: not, -1. */
static int accept_late_start(const struct sending *sending, int64_t now_ms, bool asks, struct error *error)
{
    struct buffer question = {0};
    char ago[CLOCK_DURATION_BYTES];
    int64_t late_ms = now_ms - sending->start_ms;
    if (sending->start_ms == 0 || late_ms <= START_LATE_MOST_MS ||
        option_given(sending->invocation->options, OPTION_YES))
        return 1;
    clock_format_duration(late_ms, ago);
    if (!asks)
        return error_set(
            error, ERROR_INPUT,
            "--start %s was %s ago. Give a time to come, or none to begin now (--yes begins now, too)",
            option_text(sending->invocation->options, OPTION_START), ago);
    buffer_printf(&question, "The start was %s ago. Begin now?", ago);
    int result = buffer_check(&question, error) == 0 ? terminal_confirm(buffer_string(&question), error) : -1;
    buffer_free(&question);
    return result;
}

/* Whether the contact hours would end the run at once; the engine says so then, without a question before. */
static bool is_closed(const struct sending *sending, int64_t at_ms)
{
    return !sending->options.wait && !hours_at(&sending->options.hours, at_ms).open;
}

static void tell_not_begun(const struct sending *sending, const char *why, const char *more)
{
    last_word_before_run(sending->invocation, sending->campaign.name, why, sending->options.pending,
                         sending->unknown, more);
}

static void tell_start_is_closed(const struct sending *sending)
{
    struct hours_local day = hours_local(sending->start_ms);
    struct buffer why = {0};
    buffer_printf(
        &why,
        "--start %s is outside the contact hours, which campana hours %04d-%02d-%02d shows; nothing "
        "was sent; --wait waits for them",
        option_text(sending->invocation->options, OPTION_START), day.year, day.month, day.day);
    tell_not_begun(sending, buffer_string(&why), " --wait");
    buffer_free(&why);
}

/* EXIT_DONE: go on; another exit code; -1. */
static int prepare(struct sending *sending, struct error *error)
{
    bool asks = terminal_can_ask() && !option_given(sending->invocation->options, OPTION_YES);
    struct buffer interrupted = {0};
    last_word_put_before_run(sending->invocation, sending->campaign.name, "interrupted; nothing was sent",
                             sending->options.pending, sending->unknown, "", &interrupted);
    keep_for_signal(sending, &interrupted);
    int64_t now_ms = clock_wall_ms(sending->invocation->clock);
    int agreed = accept_late_start(sending, now_ms, asks, error);
    int64_t start_ms = sending->start_ms > now_ms ? sending->start_ms : now_ms;
    if (agreed > 0 && start_ms > now_ms && is_closed(sending, start_ms)) {
        tell_start_is_closed(sending);
        return EXIT_HOURS;
    }
    if (agreed > 0 && is_closed(sending, start_ms))
        return EXIT_DONE;
    if (agreed > 0 && ask_balance(sending, error) != 0)
        return -1;
    if (agreed > 0)
        agreed = confirm(sending, now_ms, asks, error);
    if (agreed < 0)
        return -1;
    if (agreed == 0) {
        tell_not_begun(sending, "not confirmed; nothing was sent", "");
        return EXIT_INTERRUPTED;
    }
    sending->options.start_at_ms = start_ms > now_ms ? start_ms : 0;
    return EXIT_DONE;
}

/* ---- the run ---- */

static int run(struct sending *sending, struct error *error)
{
    struct invocation *invocation = sending->invocation;
    struct progress progress;
    struct engine_result result = {0};
    sigset_t unblocked;
    struct engine_watch watch = {progress_show, progress_unrecorded, &progress};
    struct last_word word = {invocation, sending->campaign.name, &result};

    progress_init(&progress, &invocation->talk, sending->campaign.name,
                  sending->options.wait || sending->options.start_at_ms > 0, &signals_stop);
    signals_count(&unblocked);
    int ended =
        engine_run(sending->store, sending->access->http, &sending->options, sending->balance.text,
                   invocation->clock, invocation->steps, &signals_stop, &unblocked, &watch, &result, error);
    progress_end(&progress);
    if (ended != 0) {
        talk_error(error);
        /* What was refused before the run began would be refused again. */
        if (result.run.id != 0 || error->kind != ERROR_INPUT)
            last_word_on_failure(&word);
        return (int)exit_code_of_error(error->kind);
    }
    last_word_on_run(&word);
    return (int)exit_code_of_end(result.end, result.unknown);
}

static int run_locked(struct sending *sending, struct error *error)
{
    char test_to[PHONE_BYTES];
    if (read_test_to(sending->invocation, test_to, error) != 0 || read_engine_options(sending, error) != 0 ||
        take_over(sending, error) != 0)
        return -1;
    if (test_to[0] != '\0')
        return send_test(sending, test_to, error);
    if (sending->options.pending == 0) {
        last_word_on_nothing(sending->invocation, sending->campaign.name, sending->unknown);
        return (int)exit_code_of_end(END_DONE, sending->unknown);
    }
    int prepared = prepare(sending, error);
    return prepared == EXIT_DONE ? run(sending, error) : prepared;
}

int sending_run(struct invocation *invocation, struct store *store, const struct access *access,
                const char *campaign, struct error *error)
{
    struct sending sending = {.invocation = invocation, .store = store, .access = access};
    int result = -1;
    if (store_need_campaign(store, campaign, &sending.campaign, error) >= 0)
        result = run_locked(&sending, error);
    signals_say(NULL);
    buffer_free(&sending.on_signal);
    campaign_free(&sending.campaign);
    return result;
}
