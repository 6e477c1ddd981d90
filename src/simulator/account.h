/* The gateway's side of the manual: what a request is answered (section 1, "Retorno"). */
#ifndef CAMPANA_SIMULATOR_ACCOUNT_H
#define CAMPANA_SIMULATOR_ACCOUNT_H

#include "campana/buffer.h"
#include <stdint.h>

struct account {
    const char *user, *password; /* NULL: any */
    int64_t balance;     /* in messages */
    int64_t price_cents; /* of one message, in hundredths of the unit that balances are told in */
    int64_t last_code;
};

struct sms {
    struct slice user, password, msisdn, text; /* data NULL: the parameter was not there */
};

/* The answer's number; an accepted message is paid for. */
int64_t account_send(struct account *account, const struct sms *sms);

/* Pays for a message whatever it is answered. */
void account_charge(struct account *account);

#define ACCOUNT_ANSWER_BYTES 32

/* The balance in the account's unit, with decimals where the price has some, or -1. */
void account_query(const struct account *account, const struct sms *sms, char answer[ACCOUNT_ANSWER_BYTES]);

#endif
