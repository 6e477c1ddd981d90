/* The gateway's side of the manual: what a request is answered (section 1, "Retorno"). */
#ifndef CAMPANA_SIMULATOR_ACCOUNT_H
#define CAMPANA_SIMULATOR_ACCOUNT_H

#include "campana/buffer.h"
#include <stdint.h>

struct account {
    const char *user, *password; /* NULL: any */
    int64_t balance;
    int64_t last_code;
};

struct sms {
    struct slice user, password, msisdn, text; /* data NULL: the parameter was not there */
};

/* The answer's number; an accepted message is paid for. */
int64_t account_send(struct account *account, const struct sms *sms);

/* The balance, or -1. */
int64_t account_query(const struct account *account, const struct sms *sms);

#endif
