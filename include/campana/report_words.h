/* How numbers, shares and times read in the HTML report: English, Colombian time, digits in groups of three. */
#ifndef CAMPANA_REPORT_WORDS_H
#define CAMPANA_REPORT_WORDS_H

#include "campana/buffer.h"
#include <stdint.h>

/* "54", "1 000 000": groups by narrow no-break spaces, which mean the same in Bogotá and in London. */
void words_put_number(struct buffer *out, int64_t number);

/* "1 row", "2 rows". */
void words_put_count(struct buffer *out, int64_t count, const char *singular, const char *plural);

/* "98.2 %", cut and not rounded: "100 %" is all, "0 %" is none, and what is in between never looks like either. */
void words_put_share(struct buffer *out, int64_t part, int64_t whole);

/* "24 Nov 2026, 10:40"; "24 Nov"; "10:40" or "10:40:05". */
void words_put_instant(struct buffer *out, int64_t at_ms);
void words_put_day(struct buffer *out, int64_t at_ms);
void words_put_time(struct buffer *out, int64_t at_ms, bool seconds);

/* "85 ms", "1.2 s", "30 s". */
void words_put_latency(struct buffer *out, int64_t latency_ms);

/* A sentence of our own tables: a capital at its begin, a full stop at its end. Nothing for "". */
void words_put_sentence(struct buffer *out, const char *sentence);

#endif
