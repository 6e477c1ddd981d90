/* Decides what a value may look like and how its refusal reads. Knows no option and no setting: who asks puts
 * the name before the error. */
#include "campana/value.h"
#include "campana/buffer.h"
#include "campana/dialect.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/job.h"
#include "campana/load.h"
#include "campana/naming.h"
#include "campana/pacer.h"
#include "campana/phone.h"
#include "campana/reckoning.h"
#include "campana/text.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define COUNT_MOST         1000000000
#define PRICE_MOST         1000000
#define DAYS_MOST          36500
#define CONCURRENCY_MOST   1024
#define TIMEOUT_LEAST_MS   100
#define TIMEOUT_MOST_MS    600000
#define NUMBER_DIGITS_MOST 18

/* Reads digits up to what is no digit. Returns how many there are; more than fit are counted, not read. */
static size_t read_digits(const char *text, int64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    *number = 0;
    for (size_t i = 0; i < digits && digits <= NUMBER_DIGITS_MOST; i++)
        *number = *number * 10 + (text[i] - '0');
    return digits;
}

static int read_number(const struct value_rule *rule, const char *text, int64_t *number, struct error *error)
{
    size_t digits = read_digits(text, number);
    if (digits == 0 || text[digits] != '\0' || digits > NUMBER_DIGITS_MOST || *number < rule->least ||
        *number > rule->most)
        return error_set(error, ERROR_INPUT, "\"%s\" is not a whole number from %" PRId64 " to %" PRId64,
                         text, rule->least, rule->most);
    return 0;
}

/* Three decimals are milliseconds; more are beyond what a timeout can mean. */
static bool read_milliseconds(const char *text, int64_t *ms)
{
    size_t digits = read_digits(text, ms);
    if (digits == 0 || digits > NUMBER_DIGITS_MOST - 3)
        return false;
    *ms *= 1000;
    text += digits;
    if (*text == '\0')
        return true;
    if (*text != '.')
        return false;
    text++;
    int64_t fraction;
    digits = read_digits(text, &fraction);
    if (digits == 0 || digits > 3 || text[digits] != '\0')
        return false;
    for (; digits < 3; digits++)
        fraction *= 10;
    *ms += fraction;
    return true;
}

static int read_seconds(const struct value_rule *rule, const char *text, int64_t *number, struct error *error)
{
    if (!read_milliseconds(text, number) || *number < rule->least || *number > rule->most)
        return error_set(error, ERROR_INPUT,
                         "\"%s\" is not a number of seconds from %g to %g, such as 30 or 0.5", text,
                         (double)rule->least / 1000, (double)rule->most / 1000);
    return 0;
}

static int read_choice(const struct value_rule *rule, const char *text, int64_t *number, struct error *error)
{
    for (*number = 0; rule->choices[*number] != NULL; ++*number)
        if (strcasecmp(rule->choices[*number], text) == 0)
            return 0;
    struct buffer list = {0};
    for (size_t i = 0; rule->choices[i] != NULL; i++) {
        const char *separator = i == 0 ? "" : rule->choices[i + 1] == NULL ? " or " : ", ";
        buffer_printf(&list, "%s%s", separator, rule->choices[i]);
    }
    error_set(error, ERROR_INPUT, "\"%s\" is not one of %s", text, buffer_string(&list));
    buffer_free(&list);
    return -1;
}

static int read_yes_no(const char *text, int64_t *number, struct error *error)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i], text) == 0) {
            *number = (int64_t)(i % 2);
            return 0;
        }
    }
    return error_set(error, ERROR_INPUT, "\"%s\" is neither yes nor no", text);
}

int value_read(const struct value_rule *rule, const char *text, int64_t *number, struct error *error)
{
    *number = 0;
    if (text[0] == '\0')
        return error_set(error, ERROR_INPUT, "has no value");
    switch (rule->kind) {
    case VALUE_NUMBER: return read_number(rule, text, number, error);
    case VALUE_SECONDS: return read_seconds(rule, text, number, error);
    case VALUE_CHOICE: return read_choice(rule, text, number, error);
    case VALUE_YES_NO: return read_yes_no(text, number, error);
    case VALUE_TEXT: break;
    }
    return rule->check == NULL ? 0 : rule->check(text, error);
}

int value_read_states(const char *text, unsigned *states, struct error *error)
{
    *states = 0;
    for (const char *at = text;;) {
        size_t len = strcspn(at, ",");
        int state = 0;
        while (state < JOB_STATES && (strlen(job_state_name((enum job_state)state)) != len ||
                                      strncasecmp(job_state_name((enum job_state)state), at, len) != 0))
            state++;
        if (state == JOB_STATES)
            break;
        *states |= 1u << state;
        if (at[len] == '\0')
            return 0;
        at += len + 1;
    }
    struct buffer list = {0};
    for (int state = 0; state < JOB_STATES; state++)
        buffer_printf(&list, "%s%s", state == 0 ? "" : ", ", job_state_name((enum job_state)state));
    error_set(error, ERROR_INPUT, "\"%s\" is not a list of states; they are, separated by commas: %s", text,
              buffer_string(&list));
    buffer_free(&list);
    return -1;
}

/* ---- the domain's own checks ---- */

static int check_utf8(const char *text, struct error *error)
{
    if (utf8_valid(text, strlen(text)))
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is no text in UTF-8; is the terminal's encoding another?",
                     text);
}

/* SQLite's name for what is gone with the process. */
static int check_database(const char *text, struct error *error)
{
    if (strcmp(text, ":memory:") != 0)
        return 0;
    return error_set(
        error, ERROR_INPUT,
        "\":memory:\" would forget whom it has written to, and write to them again: name a file");
}

static int check_name(const char *text, struct error *error)
{
    return check_utf8(text, error) != 0 ? -1 : naming_check(text, error);
}

static int check_rate(const char *text, struct error *error)
{
    struct rate rate;
    return rate_parse(text, &rate, error);
}

static int check_hours(const char *text, struct error *error)
{
    struct hours hours;
    return hours_parse(text, &hours, error);
}

static int check_country(const char *text, struct error *error)
{
    if (phone_country_valid(text))
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is no country code: one to three digits such as 57", text);
}

static int check_delimiter(const char *text, struct error *error)
{
    char delimiter;
    if (dialect_delimiter_from_name(text, &delimiter) == 0)
        return 0;
    return error_set(
        error, ERROR_INPUT,
        "\"%s\" is no delimiter: write auto, tab, comma, semicolon, pipe, or one sign such as ';'", text);
}

static int check_start(const char *text, struct error *error)
{
    int64_t at_ms;
    if (hours_parse_local(text, &at_ms) == 0)
        return 0;
    return error_set(error, ERROR_INPUT,
                     "\"%s\" is no date and time: write it as \"2026-11-24 08:30\" (Colombian time)", text);
}

static int check_day(const char *text, struct error *error)
{
    int64_t at_ms;
    if (hours_parse_day(text, &at_ms) == 0)
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is no day: write it as 2026-11-24 (Colombian time)", text);
}

static int check_states(const char *text, struct error *error)
{
    unsigned states;
    return value_read_states(text, &states, error);
}

static int check_price(const char *text, struct error *error)
{
    int64_t amount;
    if (reckoning_read_amount(text, &amount) == 0 && amount > 0 && amount <= PRICE_MOST * RECKONING_UNIT)
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is not a price such as 1 or 25.50", text);
}

int value_read_days(const char *text, int64_t *days, struct error *error)
{
    size_t digits = read_digits(text, days);
    if (digits > 0 && digits <= NUMBER_DIGITS_MOST && strcmp(text + digits, "d") == 0 && *days >= 1 &&
        *days <= DAYS_MOST)
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is not a number of days such as 90d", text);
}

static int check_days(const char *text, struct error *error)
{
    int64_t days;
    return value_read_days(text, &days, error);
}

/* ---- the rules ---- */

static const char *const methods[] = {"post", "get", NULL};
static const char *const charsets[] = {"utf-8", "iso-8859-1", NULL};
static const char *const text_modes[] = {"gsm", "ascii", "strict", NULL};
static const char *const duplicates[] = {"first", "all", "reject", NULL};
static const char *const formats[] = {"table", "csv", "json", "jsonl", "html", NULL};
static const char *const bill_by[] = {"total", "day", "campaign", "reason", NULL};
static const char *const resolve_to[] = {"accepted", "refused", "pending", NULL};
static const char *const resolve_from[] = {"unknown", "refused", NULL};

const struct value_rule value_text = {.kind = VALUE_TEXT, .placeholder = "TEXT", .check = check_utf8};
const struct value_rule value_file = {.kind = VALUE_TEXT, .placeholder = "FILE"};
const struct value_rule value_database = {.kind = VALUE_TEXT, .placeholder = "FILE", .check = check_database};
const struct value_rule value_name = {.kind = VALUE_TEXT, .placeholder = "NAME", .check = check_name};
const struct value_rule value_column = {.kind = VALUE_TEXT, .placeholder = "COLUMN", .check = check_utf8};
const struct value_rule value_count = {
    .kind = VALUE_NUMBER, .placeholder = "N", .least = 1, .most = COUNT_MOST};
const struct value_rule value_price = {.kind = VALUE_TEXT, .placeholder = "AMOUNT", .check = check_price};
const struct value_rule value_days = {.kind = VALUE_TEXT, .placeholder = "DAYS", .check = check_days};
const struct value_rule value_yes_no = {.kind = VALUE_YES_NO, .placeholder = "yes|no"};
const struct value_rule value_url = {.kind = VALUE_TEXT, .placeholder = "URL"};
const struct value_rule value_proxy = {.kind = VALUE_TEXT, .placeholder = "URL"};
const struct value_rule value_rate = {
    .kind = VALUE_TEXT, .placeholder = "N[/s|/min|/h]|max", .check = check_rate};
const struct value_rule value_hours = {
    .kind = VALUE_TEXT, .placeholder = "any|co|SPEC", .check = check_hours};
const struct value_rule value_concurrency = {
    .kind = VALUE_NUMBER, .placeholder = "N", .least = 1, .most = CONCURRENCY_MOST};
const struct value_rule value_timeout = {
    .kind = VALUE_SECONDS, .placeholder = "S", .least = TIMEOUT_LEAST_MS, .most = TIMEOUT_MOST_MS};
const struct value_rule value_method = {.kind = VALUE_CHOICE, .placeholder = "post|get", .choices = methods};
const struct value_rule value_charset = {
    .kind = VALUE_CHOICE, .placeholder = "utf-8|iso-8859-1", .choices = charsets};
const struct value_rule value_country = {.kind = VALUE_TEXT, .placeholder = "57", .check = check_country};
const struct value_rule value_encoding = {.kind = VALUE_TEXT, .placeholder = "auto|NAME"};
const struct value_rule value_delimiter = {
    .kind = VALUE_TEXT, .placeholder = "auto|CHAR|tab", .check = check_delimiter};
const struct value_rule value_text_mode = {
    .kind = VALUE_CHOICE, .placeholder = "gsm|ascii|strict", .choices = text_modes};
const struct value_rule value_max_length = {
    .kind = VALUE_NUMBER, .placeholder = "N", .least = 1, .most = TEXT_SEPTETS_MOST};
const struct value_rule value_duplicates = {
    .kind = VALUE_CHOICE, .placeholder = "first|all|reject", .choices = duplicates};
const struct value_rule value_samples = {
    .kind = VALUE_NUMBER, .placeholder = "N", .least = 0, .most = VERDICT_SAMPLES_MOST};
const struct value_rule value_start = {.kind = VALUE_TEXT, .placeholder = "WHEN", .check = check_start};
const struct value_rule value_format = {
    .kind = VALUE_CHOICE, .placeholder = "table|csv|json|jsonl|html", .choices = formats};
const struct value_rule value_day = {.kind = VALUE_TEXT, .placeholder = "DAY", .check = check_day};
const struct value_rule value_bill_by = {
    .kind = VALUE_CHOICE, .placeholder = "day|campaign|reason", .choices = bill_by};
const struct value_rule value_states = {.kind = VALUE_TEXT, .placeholder = "S[,S…]", .check = check_states};
const struct value_rule value_resolve_to = {
    .kind = VALUE_CHOICE, .placeholder = "accepted|refused|pending", .choices = resolve_to};
const struct value_rule value_resolve_from = {
    .kind = VALUE_CHOICE, .placeholder = "unknown|refused", .choices = resolve_from};
