#include "account.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define MSISDN_DIGITS   12
#define CHARACTERS_MOST 160

static bool may_enter(const struct account *account, const struct sms *sms)
{
    return (account->user == NULL || slice_equal(sms->user, slice_of(account->user))) &&
           (account->password == NULL || slice_equal(sms->password, slice_of(account->password)));
}

static bool is_number(struct slice msisdn)
{
    for (size_t i = 0; i < msisdn.len; i++)
        if (msisdn.data[i] < '0' || msisdn.data[i] > '9')
            return false;
    return msisdn.len == MSISDN_DIGITS;
}

/* Characters of UTF-8, or else of ISO-8859-1. */
static size_t characters(struct slice text)
{
    size_t count = 0;
    uint32_t character;
    if (!utf8_valid(text.data, text.len))
        return text.len;
    for (size_t at = 0; at < text.len; count++)
        at += utf8_next(text.data + at, text.len - at, &character);
    return count;
}

int64_t account_send(struct account *account, const struct sms *sms)
{
    if (!may_enter(account, sms))
        return -1;
    if (!is_number(sms->msisdn))
        return -4;
    if (sms->text.len == 0 || characters(sms->text) > CHARACTERS_MOST)
        return -5;
    if (account->balance <= 0)
        return -3;
    account->balance--;
    return ++account->last_code;
}

void account_charge(struct account *account)
{
    account->balance -= account->balance > 0;
}

void account_query(const struct account *account, const struct sms *sms, char answer[ACCOUNT_ANSWER_BYTES])
{
    int64_t cents = account->balance * account->price_cents;
    if (!may_enter(account, sms))
        snprintf(answer, ACCOUNT_ANSWER_BYTES, "-1");
    else if (account->price_cents % 100 == 0)
        snprintf(answer, ACCOUNT_ANSWER_BYTES, "%" PRId64, cents / 100);
    else
        snprintf(answer, ACCOUNT_ANSWER_BYTES, "%" PRId64 ".%02" PRId64, cents / 100, cents % 100);
}
