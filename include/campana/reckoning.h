/* What two balances say about the messages between them whose fate is not known. Pure.
 *
 * Amounts are integers in millionths of the account's unit: the gateway writes a balance as decimal text, and the manual
 * says neither what the unit is nor what a message costs. Refused messages and those that maintenance turned away are
 * not charged (manual, section 1, "Retorno"); accepted ones are.
 *
 * A span is what lies between two looks at the balance with no other look between them: one run as a rule; more of them
 * where a run crashed or could not ask. Nothing here decides anything: a verdict is what a person is told. */
#ifndef CAMPANA_RECKONING_H
#define CAMPANA_RECKONING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECKONING_UNIT INT64_C(1000000) /* one of the account's units */

/* Reads "1234", "-3" or "12.50" (gateway.h, struct balance). -1 where it has more than twelve digits before the point, or
 * decimals beyond the sixth that are not zero. */
int reckoning_read_amount(const char *text, int64_t *amount);

/* The inverse, as short as it can be: "12.5". */
#define RECKONING_AMOUNT_BYTES 32
void reckoning_format_amount(int64_t amount, char text[RECKONING_AMOUNT_BYTES]);

struct span {
    bool known;      /* both balances are */
    int64_t spent;   /* the first less the second */
    int64_t accepted; /* messages that were, tests among them: each was charged */
    int64_t open;     /* rows that became unknown in it and are still */
    int64_t decided_charged; /* … that a person has called accepted since */
    int64_t decided_free;    /* … refused, or to be sent again: decided to be not sent */
    int64_t tests_unknown;   /* test messages whose fate is not known, either */
    /* From the second balance to the next look at it, where there was one; else 0. A gateway may charge late what it
     * answered with silence: then it shows here, before anything else was sent. */
    int64_t late_spent;
    int64_t late_accepted; /* test messages that were accepted meanwhile */
};

/* What a message costs. */
enum price_source {
    PRICE_ASSUMED, /* one unit: no span shows more */
    PRICE_SHOWN,   /* by spans in which nothing is unknown */
    PRICE_GIVEN,   /* by a person */
};

struct price {
    int64_t amount;
    enum price_source source;
    int64_t messages; /* PRICE_SHOWN: that were accepted at this price */
};

/* The price that most accepted messages in spans without anything unknown were charged at; where there are none, one
 * unit. */
struct price reckoning_price(const struct span *spans, size_t count);

enum verdict_on_span {
    SPAN_NOTHING,    /* no row is open */
    SPAN_NO_BALANCE, /* a balance is missing */
    SPAN_ALL,        /* every open row was charged: the gateway has taken them */
    SPAN_NONE,       /* none was: the gateway has taken none */
    SPAN_SOME,       /* `least` to `most` of them were, which ones the balance cannot tell */
    SPAN_TOO_MUCH,   /* more is gone than all of them together cost: somebody else used the account, too */
    SPAN_TOO_LITTLE, /* less is gone than the accepted ones cost: credit was bought, or added back */
    SPAN_UNEVEN,     /* what is gone is no whole number of messages */
    SPAN_DISAGREES,  /* the balances make sense, but not together with what a person has decided since */
    SPAN_VERDICTS
};

/* An amount that is gone late and that nothing accounts for can raise `most`, and so keeps SPAN_NONE from being said. */
struct reckoning {
    enum verdict_on_span verdict;
    int64_t least, most; /* how many of the open rows were charged; both 0 where the verdict does not say */
    int64_t difference;  /* SPAN_TOO_MUCH, SPAN_TOO_LITTLE: the amount that cannot be accounted for */
    bool late;           /* `most` is higher for what was gone late */
};

struct reckoning reckoning_judge(const struct span *span, int64_t price);

/* "all", "none", "some", "too-much", … */
const char *reckoning_verdict_name(enum verdict_on_span verdict);

#endif
