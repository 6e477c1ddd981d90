/* Decides what a difference of balances means. Invariant: SPAN_ALL and SPAN_NONE are said only where every
 * other count of charged rows contradicts the balances, given the price and what a person has decided before.
 */
#include "campana/reckoning.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_DIGITS_MOST 12
#define DECIMALS          6

static const char *const names[SPAN_VERDICTS] = {
    [SPAN_NOTHING] = "nothing-unknown",
    [SPAN_NO_BALANCE] = "no-balance",
    [SPAN_ALL] = "all",
    [SPAN_NONE] = "none",
    [SPAN_SOME] = "some",
    [SPAN_TOO_MUCH] = "too-much",
    [SPAN_TOO_LITTLE] = "too-little",
    [SPAN_UNEVEN] = "uneven",
    [SPAN_DISAGREES] = "disagrees",
};

const char *reckoning_verdict_name(enum verdict_on_span verdict)
{
    return names[verdict];
}

/* ---- amounts ---- */

/* What stands behind the point, in millionths; -1 where it is not digits alone, or finer than that. */
static int64_t read_decimals(const char *text)
{
    int64_t amount = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return -1;
    for (size_t i = 0; i < digits || i < DECIMALS; i++) {
        char digit = i < digits ? text[i] : '0';
        if (i >= DECIMALS && digit != '0')
            return -1;
        if (i < DECIMALS)
            amount = amount * 10 + (digit - '0');
    }
    return amount;
}

int reckoning_read_amount(const char *text, int64_t *amount)
{
    bool negative = text[0] == '-';
    text += negative;
    int64_t whole = 0;
    size_t zeros = strspn(text, "0");
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits - zeros > WHOLE_DIGITS_MOST)
        return -1;
    for (size_t i = zeros; i < digits; i++)
        whole = whole * 10 + (text[i] - '0');
    int64_t decimals = 0;
    if (text[digits] == '.')
        decimals = read_decimals(text + digits + 1);
    else if (text[digits] != '\0')
        return -1;
    if (decimals < 0)
        return -1;
    *amount = (whole * RECKONING_UNIT + decimals) * (negative ? -1 : 1);
    return 0;
}

void reckoning_format_amount(int64_t amount, char text[RECKONING_AMOUNT_BYTES])
{
    int64_t size = amount < 0 ? -amount : amount;
    size_t len = (size_t)snprintf(text, RECKONING_AMOUNT_BYTES, "%s%" PRId64 ".%06" PRId64,
                                  amount < 0 ? "-" : "", size / RECKONING_UNIT, size % RECKONING_UNIT);
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
}

/* ---- the price ---- */

/* What a message cost in this span, 0 where it does not show. */
static int64_t price_in(const struct span *span)
{
    int64_t unsure = span->open + span->decided_charged + span->decided_free + span->tests_unknown;
    if (!span->known || unsure > 0 || span->accepted == 0 || span->spent <= 0 ||
        span->spent % span->accepted != 0)
        return 0;
    return span->spent / span->accepted;
}

struct price reckoning_price(const struct span *spans, size_t count)
{
    struct price best = {.amount = RECKONING_UNIT, .source = PRICE_ASSUMED};
    for (size_t i = 0; i < count; i++) {
        struct price price = {.amount = price_in(&spans[i]), .source = PRICE_SHOWN};
        for (size_t j = 0; price.amount != 0 && j < count; j++)
            if (price_in(&spans[j]) == price.amount)
                price.messages += spans[j].accepted;
        if (price.messages > best.messages ||
            (price.messages == best.messages && price.messages > 0 && price.amount == RECKONING_UNIT))
            best = price;
    }
    return best;
}

/* ---- the verdict ---- */

static int64_t within(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

static struct reckoning judge_known(const struct span *span, int64_t price)
{
    struct reckoning reckoning = {0};
    int64_t unsure = span->open + span->decided_charged + span->decided_free + span->tests_unknown;
    int64_t beyond = span->spent - span->accepted * price; /* what the accepted ones do not account for */
    if (beyond < 0) {
        reckoning.verdict = SPAN_TOO_LITTLE;
        reckoning.difference = -beyond;
        return reckoning;
    }
    if (beyond > unsure * price) {
        reckoning.verdict = SPAN_TOO_MUCH;
        reckoning.difference = beyond - unsure * price;
        return reckoning;
    }
    if (beyond % price != 0) {
        reckoning.verdict = SPAN_UNEVEN;
        return reckoning;
    }
    int64_t most = beyond / price - span->decided_charged;
    int64_t least = most - span->tests_unknown;
    if (most < 0 || least > span->open) {
        reckoning.verdict = SPAN_DISAGREES;
        return reckoning;
    }
    int64_t late = (span->late_spent - span->late_accepted * price) / price;
    reckoning.least = within(least, 0, span->open);
    reckoning.most = within(most, 0, span->open);
    if (late > 0 && reckoning.most < span->open) {
        reckoning.most = within(reckoning.most + late, 0, span->open);
        reckoning.late = true;
    }
    reckoning.verdict = reckoning.least == span->open ? SPAN_ALL
                        : reckoning.most == 0         ? SPAN_NONE
                                                      : SPAN_SOME;
    return reckoning;
}

struct reckoning reckoning_judge(const struct span *span, int64_t price)
{
    if (span->open == 0)
        return (struct reckoning){.verdict = SPAN_NOTHING};
    if (!span->known)
        return (struct reckoning){.verdict = SPAN_NO_BALANCE};
    return judge_known(span, price);
}
