/* The simulator's script: how it treats which request. A line is a rule, `#` begins a comment, and the first
 * rule that fits a request decides:
 *
 *     WHEN: WHAT [+ WHAT]
 *
 * WHEN    on 5 · on 10-20      the Nth send request, counted from 1 as their headers arrive
 *         from 100             that one and all after it
 *         every 7              the 7th, 14th, 21st …
 *         to 573102111111      requests for this number
 *         10%                  by chance (the same chances at every start)
 *         limit 20/s           requests beyond so many in a second
 * WHAT    code N               this text as the answer (so also "code 0" or 40 digits)
 *         body "…"             these bytes; \n \r \t \\ \" \xNN
 *         empty · html         no answer at all; a web page
 *         status N             this HTTP status
 *         retry-after S        with that header
 *         redirect URL         302
 *         credentials · no-balance · maintenance · forbidden     -1, -3, -6, HTTP 403
 *         balance N            the account's balance is N from here on
 *         charged · free       the account pays for this message, or does not, whatever it is answered (without either: it
 *                              pays where the answer is the account's own, sent or not)
 *         close-unread         closes the connection before the body is read (by number of the request only)
 *         close · reset        reads the request, then closes or resets the connection without an answer
 *         cut N                announces the whole answer, sends N bytes of it and closes
 *         chunked · endless    a right answer in chunks; an answer without an end
 *         drip MS              a byte every MS milliseconds
 *         stall                never answers
 *         delay MS             answers so much later
 */
#ifndef CAMPANA_SIMULATOR_SCRIPT_H
#define CAMPANA_SIMULATOR_SCRIPT_H

#include "campana/buffer.h"
#include <stdbool.h>
#include <stdint.h>

struct error;

enum manner {
    MANNER_PROPER, /* the answer as it should be, or the treatment's own body and status */
    MANNER_CLOSE_UNREAD,
    MANNER_CLOSE,
    MANNER_RESET,
    MANNER_CUT,
    MANNER_CHUNKED,
    MANNER_ENDLESS,
    MANNER_DRIP,
    MANNER_STALL,
};

enum charge { CHARGE_AS_ANSWERED, CHARGE_ALWAYS, CHARGE_NEVER };

struct treatment {
    const char *name; /* what the ledger shows instead of the answer; NULL: the answer itself */
    enum manner manner;
    int64_t amount; /* of CUT in bytes, of DRIP in milliseconds */
    bool has_body;  /* `body` is the answer, not the account's own */
    struct buffer body;
    int status;          /* 0: 200 */
    int64_t retry_after; /* -1: none */
    struct buffer location;
    int64_t delay_ms;
    int64_t balance; /* -1: stays as it is */
    enum charge charge;
};

struct script;

/* `text` is the whole file. ERROR_INPUT names the line. */
int script_parse(struct slice text, const char *file, struct script **script, struct error *error);
void script_free(struct script *script);

/* What to do with the Nth request before its body is read: MANNER_CLOSE_UNREAD or NULL. */
const struct treatment *script_at_headers(const struct script *script, int64_t number);

/* … and when it is complete. NULL: as it should be. `now_ms` serves `limit`. Takes a NULL script. */
const struct treatment *script_at_request(struct script *script, int64_t number, struct slice msisdn,
                                          int64_t now_ms);

#endif
