/* Values as people write them on the command line, in the environment and in the configuration. One rule a
 * kind of value, so that --rate, CAMPANA_RATE and "rate =" take the same and complain alike. */
#ifndef CAMPANA_VALUE_H
#define CAMPANA_VALUE_H

#include <stdint.h>

struct error;

enum value_kind {
    VALUE_TEXT,    /* anything but nothing */
    VALUE_NUMBER,  /* decimal digits, `least` to `most` */
    VALUE_SECONDS, /* 30, 0.5: milliseconds, `least` to `most` */
    VALUE_CHOICE,  /* one of `choices`, case aside */
    VALUE_YES_NO,  /* yes, true, on, 1; no, false, off, 0 */
};

struct value_rule {
    enum value_kind kind;
    const char *placeholder; /* what help calls it: "N", "FILE" */
    int64_t least, most;
    const char *const *choices; /* ends with NULL */
    /* VALUE_TEXT: returns -1 with ERROR_INPUT for what cannot be used; NULL: anything can. */
    int (*check)(const char *text, struct error *error);
};

/* Checks `text` and fills *number: the number, the milliseconds, the place in `choices`, 0 or 1; 0 for
 * VALUE_TEXT. Returns -1 with ERROR_INPUT that shows the value and says what is expected. Not for secrets. */
int value_read(const struct value_rule *rule, const char *text, int64_t *number, struct error *error);

extern const struct value_rule value_text;
extern const struct value_rule value_file;
extern const struct value_rule value_database;
extern const struct value_rule value_name;
extern const struct value_rule value_column;
extern const struct value_rule value_count; /* 1 to a thousand million */
extern const struct value_rule value_price; /* reckoning.h */
extern const struct value_rule value_days;  /* value_read_days() */
extern const struct value_rule value_yes_no;
extern const struct value_rule value_url;
extern const struct value_rule value_proxy;
extern const struct value_rule value_rate;  /* pacer.h */
extern const struct value_rule value_hours; /* hours.h */
extern const struct value_rule value_concurrency;
extern const struct value_rule value_timeout;
extern const struct value_rule value_method;  /* 0: post, 1: get */
extern const struct value_rule value_charset; /* as enum gateway_charset */
extern const struct value_rule value_country;
extern const struct value_rule value_encoding;
extern const struct value_rule value_delimiter;
extern const struct value_rule value_text_mode; /* as enum text_mode */
extern const struct value_rule value_max_length;
extern const struct value_rule value_duplicates; /* as enum duplicates */
extern const struct value_rule value_samples;
extern const struct value_rule value_start;
extern const struct value_rule value_format; /* as enum report_format */
extern const struct value_rule value_day;
extern const struct value_rule value_bill_by;      /* as enum bill_by */
extern const struct value_rule value_states;       /* state[,state…] */
extern const struct value_rule value_resolve_to;   /* 0: accepted, 1: refused, 2: pending */
extern const struct value_rule value_resolve_from; /* 0: unknown, 1: refused */

/* "90d" in days, up to 100 years. Returns -1 with ERROR_INPUT. */
int value_read_days(const char *text, int64_t *days, struct error *error);

/* "accepted,unknown" as bits 1 << state (job.h). Returns -1 with ERROR_INPUT that lists the states. */
int value_read_states(const char *text, unsigned *states, struct error *error);

#endif
