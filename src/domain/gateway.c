/* Decides what an answer means, by the manual and by HTTP's status codes. Refuses to know how bytes travel
 * and what becomes of rows. Invariants: an outcome other than unknown rests on proof that nothing left, or on
 * a whole answer that says one of the few things listed in the tables below; outcome.detail is printable. */
#include "campana/gateway.h"
#include "campana/utf8.h"
#include <string.h>
#include <strings.h>

/* ---- what came instead of an answer, for people ---- */

static const char withheld[] = "(an answer that speaks of the password is not kept)";

static void set_detail(struct outcome *outcome, struct slice text)
{
    static const char ellipsis[] = "…";
    size_t len = text.len;
    if (len >= OUTCOME_DETAIL_BYTES) {
        len = OUTCOME_DETAIL_BYTES - sizeof ellipsis;
        while (len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
            len--;
    }
    if (len > 0)
        memcpy(outcome->detail, text.data, len);
    outcome->detail[len] = '\0';
    if (len < text.len)
        memcpy(outcome->detail + len, ellipsis, sizeof ellipsis);
}

static bool contains(struct slice text, struct slice part)
{
    for (size_t at = 0; at + part.len <= text.len; at++) {
        if (strncasecmp(text.data + at, part.data, part.len) == 0)
            return true;
    }
    return false;
}

/* Error pages like to repeat the request, password and all, so one that has the parameter's name is not
 * shown. */
static void describe(struct outcome *outcome, struct slice text)
{
    struct buffer shown = {0};
    bool said = outcome->kind == OUTCOME_FORBIDDEN; /* the reason's sentence has the number */
    if (outcome->http_status != 0 && outcome->http_status != 200 && !said)
        buffer_printf(&shown, text.len > 0 ? "HTTP %d: " : "HTTP %d", outcome->http_status);
    if (contains(text, slice_of("password")))
        buffer_puts(&shown, withheld);
    else
        utf8_put_visible(&shown, text.data, text.len, 0);
    if (!shown.failed)
        set_detail(outcome, buffer_slice(&shown));
    buffer_free(&shown);
}

/* The detail is looked at, too: written visibly, "\x9c" before "lave" spells what the body did not. */
void gateway_hide_password(const struct reply *reply, const char *password, struct outcome *outcome)
{
    struct slice plain = slice_of(password);
    struct buffer encoded = {0};
    if (reply->reach != REACH_ANSWERED || plain.len == 0 || outcome->detail[0] == '\0')
        return;
    gateway_put_encoded(&encoded, plain.data, plain.len);
    if (encoded.failed || contains(reply->body, plain) || contains(reply->body, buffer_slice(&encoded)) ||
        contains(slice_of(outcome->detail), plain))
        set_detail(outcome, slice_of(withheld));
    buffer_wipe(&encoded);
}

/* ---- answers ---- */

bool outcome_has_code(const struct outcome *outcome)
{
    return outcome->code != 0 || outcome->reason == REASON_ANSWER_UNKNOWN;
}

/* What a status code says by itself, whatever the body. */
static const struct {
    int http_status;
    bool with_retry_after; /* means it only where the answer has that header */
    enum outcome_kind kind;
    enum reason reason;
} statuses[] = {
    {403, false, OUTCOME_FORBIDDEN, REASON_GATEWAY_FORBIDDEN},
    {429, false, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {503, true, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
};

/* Manual, section 1, "Retorno", but for what is > 0. */
static const struct {
    int64_t code;
    enum outcome_kind kind;
    enum reason reason;
} codes[] = {
    {-1, OUTCOME_CREDENTIALS, REASON_GATEWAY_CREDENTIALS}, {-3, OUTCOME_NO_BALANCE, REASON_GATEWAY_BALANCE},
    {-4, OUTCOME_REFUSED, REASON_GATEWAY_NUMBER},          {-5, OUTCOME_REFUSED, REASON_GATEWAY_TEXT},
    {-6, OUTCOME_MAINTENANCE, REASON_GATEWAY_MAINTENANCE},
};

#define NUMBER_DIGITS_MOST 18

static bool is_white_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char byte_order_mark[] = {'\xEF', '\xBB', '\xBF'};
#define MARK_BYTES sizeof byte_order_mark

/* Without white space and byte-order marks at both ends. */
static struct slice trimmed(struct slice text)
{
    size_t before;
    do {
        before = text.len;
        if (text.len >= 1 && is_white_space(text.data[0]))
            text = (struct slice){text.data + 1, text.len - 1};
        if (text.len >= MARK_BYTES && memcmp(text.data, byte_order_mark, MARK_BYTES) == 0)
            text = (struct slice){text.data + MARK_BYTES, text.len - MARK_BYTES};
        if (text.len >= 1 && is_white_space(text.data[text.len - 1]))
            text.len--;
        if (text.len >= MARK_BYTES &&
            memcmp(text.data + text.len - MARK_BYTES, byte_order_mark, MARK_BYTES) == 0)
            text.len -= MARK_BYTES;
    } while (text.len < before);
    return text;
}

static bool pass_minus(struct slice *text)
{
    if (text->len == 0 || text->data[0] != '-')
        return false;
    *text = (struct slice){text->data + 1, text->len - 1};
    return true;
}

static size_t count_digits(struct slice text)
{
    size_t digits = 0;
    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    return digits;
}

static bool read_number(struct slice text, int64_t *number)
{
    bool negative = pass_minus(&text);
    size_t digits = count_digits(text);
    if (digits == 0 || digits < text.len || digits > NUMBER_DIGITS_MOST)
        return false;
    if (text.data[0] == '0' && (digits > 1 || negative))
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (text.data[i] - '0');
    if (negative)
        *number = -*number;
    return true;
}

static void conclude(struct outcome *outcome, enum outcome_kind kind, enum reason reason)
{
    outcome->kind = kind;
    outcome->reason = reason;
}

/* Judges by the transport and the status code. Returns true where they leave the verdict to *answer, which is
 * then the body's text and not empty. */
static bool leaves_it_to_answer(const struct reply *reply, struct outcome *outcome, struct slice *answer)
{
    /* A status code has three digits (RFC 9110, section 15); anything else is none. */
    bool has_status = reply->http_status >= 100 && reply->http_status <= 999;
    *outcome = (struct outcome){
        .http_status = has_status ? reply->http_status : 0,
        .retry_after_ms = reply->retry_after_ms >= 0 ? reply->retry_after_ms : -1,
    };
    *answer = trimmed(reply->body);

    if (reply->reach != REACH_ANSWERED) {
        if (reply->reach == REACH_NEVER_LEFT)
            conclude(outcome, OUTCOME_NOT_SENT, REASON_NOT_SENT);
        else
            conclude(outcome, OUTCOME_UNKNOWN, reply->timed_out ? REASON_TIMEOUT : REASON_CUT);
        describe(outcome, slice_of(reply->detail));
        return false;
    }
    if (reply->http_status != 200) {
        conclude(outcome, OUTCOME_UNKNOWN, REASON_HTTP_STATUS);
        for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
            if (statuses[i].http_status == reply->http_status &&
                (!statuses[i].with_retry_after || outcome->retry_after_ms >= 0))
                conclude(outcome, statuses[i].kind, statuses[i].reason);
        }
        describe(outcome, *answer);
        return false;
    }
    if (reply->body_too_long || reply->body.len > GATEWAY_ANSWER_BYTES_MOST) {
        conclude(outcome, OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE);
        describe(outcome, *answer);
        return false;
    }
    if (answer->len == 0)
        conclude(outcome, OUTCOME_UNKNOWN, REASON_ANSWER_EMPTY);
    return answer->len > 0;
}

void gateway_read_answer(const struct reply *reply, struct outcome *outcome)
{
    struct slice answer;
    if (!leaves_it_to_answer(reply, outcome, &answer))
        return;
    if (!read_number(answer, &outcome->code)) {
        conclude(outcome, OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE);
        describe(outcome, answer);
        return;
    }
    if (outcome->code > 0) {
        conclude(outcome, OUTCOME_ACCEPTED, REASON_NONE);
        return;
    }
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == outcome->code) {
            conclude(outcome, codes[i].kind, codes[i].reason);
            return;
        }
    }
    conclude(outcome, OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN);
    describe(outcome, answer);
}

/* An optional '-', digits, and perhaps a '.' with more digits. */
static bool is_balance(struct slice text)
{
    pass_minus(&text);
    size_t whole = count_digits(text);
    if (whole == 0 || whole == text.len)
        return whole > 0;
    struct slice fraction = {text.data + whole + 1, text.len - whole - 1};
    return text.data[whole] == '.' && fraction.len > 0 && count_digits(fraction) == fraction.len;
}

void gateway_read_balance(const struct reply *reply, struct balance *balance, struct outcome *outcome)
{
    struct slice answer;
    balance->text[0] = '\0';
    if (!leaves_it_to_answer(reply, outcome, &answer))
        return;
    if (slice_equal(answer, slice_of("-1"))) {
        outcome->code = -1;
        conclude(outcome, OUTCOME_CREDENTIALS, REASON_GATEWAY_CREDENTIALS);
    } else if (answer.len < BALANCE_BYTES && is_balance(answer)) {
        memcpy(balance->text, answer.data, answer.len);
        balance->text[answer.len] = '\0';
        conclude(outcome, OUTCOME_ACCEPTED, REASON_NONE);
    } else {
        conclude(outcome, OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE);
        describe(outcome, answer);
    }
}
