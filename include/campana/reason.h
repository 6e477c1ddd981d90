/* Why a row is where it is: one table, from which the load's verdict, the reports and the summaries take their words.
 * The code is for programs and for GROUP BY (message.reason_code); the sentence and the remedy are for people. What is
 * special about one row (the character, the length, the HTTP status) is message.reason, free text. */
#ifndef CAMPANA_REASON_H
#define CAMPANA_REASON_H

#include "campana/buffer.h"

enum reason {
    REASON_NONE,
    /* invalid: the number */
    REASON_NUMBER_EMPTY,
    REASON_NUMBER_SCIENTIFIC, /* 5.73102E+11: a spreadsheet dropped the digits */
    REASON_NUMBER_SEVERAL,    /* more than one number in the cell */
    REASON_NUMBER_CHARACTERS, /* letters or signs that no telephone number has */
    REASON_NUMBER_LANDLINE,   /* a fixed line: 57 and not followed by 3 */
    REASON_NUMBER_SHORT,
    REASON_NUMBER_LONG,
    /* invalid: the text */
    REASON_TEXT_EMPTY,
    REASON_TEXT_LONG,
    REASON_TEXT_CHARACTER, /* a character that GSM 03.38 lacks and that has no counterpart */
    REASON_TEXT_CONTROL,   /* a control character, NUL among them */
    REASON_TEMPLATE_FIELD, /* the template needs a cell that is empty in this row */
    REASON_ROW_CELLS,      /* the row ends before the number's or the text's column */
    /* duplicate, suppressed */
    REASON_DUPLICATE,
    REASON_SUPPRESSED,
    /* refused (manual, section 1, Retorno) */
    REASON_GATEWAY_NUMBER, /* -4 */
    REASON_GATEWAY_TEXT,   /* -5 */
    /* pending again */
    REASON_GATEWAY_CREDENTIALS, /* -1 */
    REASON_GATEWAY_BALANCE,     /* -3 */
    REASON_GATEWAY_MAINTENANCE, /* -6 */
    REASON_GATEWAY_FORBIDDEN,   /* HTTP 403 */
    REASON_GATEWAY_BUSY,        /* HTTP 429, or 503 with Retry-After */
    REASON_NOT_SENT,            /* the request surely did not reach the gateway */
    /* unknown */
    REASON_TIMEOUT,        /* sent, and no answer in time */
    REASON_CUT,            /* the connection ended before a whole answer was there */
    REASON_HTTP_STATUS,    /* an HTTP status that the manual does not know, redirects among them */
    REASON_ANSWER_EMPTY,
    REASON_ANSWER_UNKNOWN, /* a number that the manual does not list */
    REASON_ANSWER_UNREADABLE, /* HTML, text around the number, too long */
    REASON_INTERRUPTED,    /* campana ended, or was made to end, before the answer was recorded */
    /* invalid: the campaign was forgotten before this row was sent */
    REASON_FORGOTTEN,
    /* any state that a person decided */
    REASON_RESOLVED,
    REASONS
};

/* "number_short"; "" for REASON_NONE. */
const char *reason_code(enum reason reason);

/* The reason of that code; REASON_NONE for NULL, "" and codes that this version does not know. */
enum reason reason_from_code(const char *code);

/* One sentence without a full stop that a marketing manager understands: "the number has too few digits". */
const char *reason_sentence(enum reason reason);

/* The same where the gateway was asked a question, such as for the balance, and no message was sent. */
const char *reason_sentence_asked(enum reason reason);

/* Appends what the reports say: the sentence, and behind ": " what is special about the row. Nothing where there is
 * neither. */
void reason_put(struct buffer *out, enum reason reason, struct slice detail);

/* What a person can do about it, likewise: "correct the number in the spreadsheet and load it as a new campaign". */
const char *reason_remedy(enum reason reason);

#endif
