/* The ledger: a line per complete send request, written (not buffered) when the request was received and
 * before anything is answered. Columns, separated by tabs: sequence · wall clock in ms · monotonic clock in
 * ns · method · msisdn · answer (a code, or what the script does instead) · connection · requests received
 * and not answered, this one among them · text (percent-encoded bytes) */
#ifndef CAMPANA_SIMULATOR_LEDGER_H
#define CAMPANA_SIMULATOR_LEDGER_H

#include "campana/buffer.h"
#include <stdint.h>

struct error;
struct ledger;

struct ledger_entry {
    const char *method;
    struct slice msisdn, text;
    const char *answer;
    int64_t connection;
    int in_flight;
};

/* NULL path: no ledger. Appends to a file that is there. */
int ledger_open(const char *path, struct ledger **ledger, struct error *error);
void ledger_close(struct ledger *ledger);
int ledger_add(struct ledger *ledger, const struct ledger_entry *entry, struct error *error);

#endif
