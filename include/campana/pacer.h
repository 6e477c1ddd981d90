/* The pacer: GCRA (ITU-T I.371, virtual scheduling), in integer nanoseconds.
 *
 * For N messages per window W it lets one through every (W + 2τ) / N, and forgives a lateness of at most τ,
 * which is W / 500 or 100 ms, whichever is less. So no window of length W + τ ever holds more than N messages
 * as they leave, nor any window W as they arrive where their ways differ by less than τ: what the gateway
 * counts. Messages are evenly spaced, and a lateness of up to τ does not lower the mean, which is at most
 * 0.4 % under N per W. After a pause the rhythm begins anew: nothing is made up for, save that τ. */
#ifndef CAMPANA_PACER_H
#define CAMPANA_PACER_H

#include <stdbool.h>
#include <stdint.h>

struct error;

struct rate {
    int64_t count;     /* messages per window; 0: no limit */
    int64_t window_ns; /* one second, minute or hour */
};

/* "10", "10/s", "600/min", "5000/h", "max". Returns -1 with ERROR_INPUT for anything else, 0 and a rate over
 * 100,000/s among it. */
int rate_parse(const char *text, struct rate *rate, struct error *error);

#define RATE_BYTES 32
/* The inverse: "10/s", "max". */
void rate_format(const struct rate *rate, char text[RATE_BYTES]);

struct pacer {
    int64_t interval_ns; /* 0: no limit */
    int64_t tolerance_ns;
    int64_t arrival_ns;                   /* theoretical arrival time of the next message */
    int64_t asked_ns, asked_tolerance_ns; /* the interval by the rate alone */
    int64_t slowed_ns;                    /* by pacer_slow(); 0: not slowed */
};

/* The first message may leave at once. Monotonic instants are never negative. */
void pacer_init(struct pacer *pacer, const struct rate *rate);

/* Another rate from now on: the next message keeps the new distance to the last one, and leaves at once where
 * there is no limit any more or none has left yet. */
void pacer_change(struct pacer *pacer, const struct rate *rate, int64_t now_ns);

/* At least so long a distance between two messages from now on, whatever the rate; 0: by the rate alone. The
 * next message is moved likewise. Never makes anything faster than the rate. */
void pacer_slow(struct pacer *pacer, int64_t interval_ns, int64_t now_ns);

/* When the next message may leave: an instant at or before now_ns means now. */
int64_t pacer_due_ns(const struct pacer *pacer);

/* A message leaves now. */
void pacer_take(struct pacer *pacer, int64_t now_ns);

/* How many messages, at most `most`, may leave up to now_ns + horizon_ns if each leaves as soon as it may.
 * The horizon is not negative. */
int pacer_allows(const struct pacer *pacer, int64_t now_ns, int64_t horizon_ns, int most);

#endif
