/* The Natalia Mailing SMS gateway, manual version 1.5: what a request says and what an answer means. Pure: no
 * transport.
 *
 *     BASE/send.php?user=U&password=P&GSM=573102111111&SMSText=…  answer: a number, gateway_read_answer()
 *     BASE/query.php?user=U&password=P                            answer: the balance, or -1
 *
 * Names and their order are those of the manual's example URLs. By POST the same pairs are the body
 * (application/x-www-form-urlencoded). What an outcome does to a row and to a run is policy and stands in
 * job.h. */
#ifndef CAMPANA_GATEWAY_H
#define CAMPANA_GATEWAY_H

#include "campana/buffer.h"
#include "campana/reason.h"
#include <stdbool.h>
#include <stdint.h>

#define GATEWAY_URL        "https://sistemasmasivos.com/envio/api/sendsms"
#define GATEWAY_IP_URL     "https://sistemasmasivos.com/envio/ip/"
#define GATEWAY_SEND_PATH  "/send.php"
#define GATEWAY_QUERY_PATH "/query.php"

#define GATEWAY_ANSWER_BYTES_MOST 1024 /* an answer longer than this is not read further */

/* How text is put into bytes before it is percent-encoded. The manual does not say; UTF-8 is the default. */
enum gateway_charset { GATEWAY_UTF8, GATEWAY_LATIN1 };

/* "utf-8" or "iso-8859-1", in any case; -1 for another name. */
int gateway_charset_from_name(const char *name, enum gateway_charset *charset);

/* Appends bytes percent-encoded: all but the unreserved characters of RFC 3986 (A-Z a-z 0-9 - . _ ~). */
void gateway_put_encoded(struct buffer *out, const char *data, size_t len);

/* Appends "user=…&password=…": the part of every request that stays the same, encoded once for a run. */
void gateway_put_credentials(struct buffer *out, const char *user, const char *password);

/* 0, or -1 when the text, which is valid UTF-8, has a character that `charset` lacks: *offender is the first
 * one. */
int gateway_check_text(struct slice text, enum gateway_charset charset, uint32_t *offender);

/* Appends "&GSM=…&SMSText=…", or returns -1 as gateway_check_text() does, and leaves `out` as it was. */
int gateway_put_message(struct buffer *out, const char *msisdn, struct slice text,
                        enum gateway_charset charset, uint32_t *offender);

/* What the transport can say about one request, without judging it. */
enum reach {
    REACH_NEVER_LEFT,    /* surely no whole request reached the gateway */
    REACH_MAY_HAVE_LEFT, /* it may have, and no whole answer came back */
    REACH_ANSWERED,      /* a whole HTTP answer came back */
};

struct reply {
    enum reach reach;
    bool timed_out;         /* with REACH_MAY_HAVE_LEFT: no answer in time, else the connection was cut */
    int http_status;        /* 0 where there was none; may be set with REACH_MAY_HAVE_LEFT */
    int64_t retry_after_ms; /* the Retry-After header; -1 where there was none */
    struct slice body;      /* at most GATEWAY_ANSWER_BYTES_MOST bytes */
    bool body_too_long;     /* there was more, and it was left unread: no cut connection, so REACH_ANSWERED */
    const char *detail;     /* the transport's words for a failure, "" where there was none; never a secret */
};

/* One message's fate by the gateway's own words or by their lack. */
enum outcome_kind {
    OUTCOME_ACCEPTED,    /* > 0 */
    OUTCOME_REFUSED,     /* -4, -5 */
    OUTCOME_CREDENTIALS, /* -1 */
    OUTCOME_NO_BALANCE,  /* -3 */
    OUTCOME_MAINTENANCE, /* -6 */
    OUTCOME_FORBIDDEN,   /* HTTP 403 */
    OUTCOME_SLOW_DOWN,   /* HTTP 429, or 503 with Retry-After */
    OUTCOME_NOT_SENT,    /* never left */
    OUTCOME_UNKNOWN,     /* everything else */
    OUTCOME_KINDS
};

#define OUTCOME_DETAIL_BYTES 200

struct outcome {
    enum outcome_kind kind;
    enum reason reason;     /* REASON_NONE for OUTCOME_ACCEPTED */
    int64_t code;           /* the gateway's number; 0 too where it gave none: outcome_has_code() */
    int http_status;        /* 0: none */
    int64_t retry_after_ms; /* -1: none */
    char detail[OUTCOME_DETAIL_BYTES]; /* what came instead, for people: printable UTF-8, cut; "" where it
                                          adds nothing */
};

/* Whether the gateway gave a number: 0 is one, undocumented as others are. */
bool outcome_has_code(const struct outcome *outcome);

/* The answer to a send request (manual, section 1, "Retorno"). A number is an optional '-', no '+', no
 * leading zero, at most 18 digits, HTTP status 200, alone but for white space and a UTF-8 byte-order mark
 * around it; the manual's numbers only. A whole answer with status 403, 429, or 503 with Retry-After says all
 * by its status, however long its body is; any other status is unknown whatever the body says, and so is any
 * status without a whole answer. */
void gateway_read_answer(const struct reply *reply, struct outcome *outcome);

/* A balance as the gateway wrote it. */
#define BALANCE_BYTES 32
struct balance {
    char text[BALANCE_BYTES]; /* digits, perhaps with a '-' before and a fraction behind a '.' */
};

/* The answer to a balance query (manual, "Consulta de saldo"). OUTCOME_ACCEPTED: *balance is filled; else it
 * is "". -1 is OUTCOME_CREDENTIALS, the only code that this query has: any other number is a balance, a
 * negative one an overdraft. OUTCOME_UNKNOWN for what cannot be read: an administrator's account has no
 * balance query. Else as above. */
void gateway_read_balance(const struct reply *reply, struct balance *balance, struct outcome *outcome);

/* Error pages like to repeat the request they are about. An answer that has the word "password" never gets
 * into outcome->detail; this takes the detail away, too, where the reply's body has the password itself,
 * plain or encoded. Without a whole answer the detail is the transport's, and stays. To be called after
 * either of the two above, before the outcome is kept or shown. */
void gateway_hide_password(const struct reply *reply, const char *password, struct outcome *outcome);

#endif
