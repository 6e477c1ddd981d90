/* Decides when the next message may leave. Knows neither messages nor clocks.
 *
 * A message may leave from τ before its theoretical arrival time on; the next one's is an interval later,
 * counted from the theoretical time or, where the message left after it, from when it left. Where the rhythm
 * begins, at the first message and after a pause, the next one keeps the whole interval. So the (N + 1)th
 * message leaves no sooner than N intervals less τ after the first, and N intervals are no shorter than W +
 * 2τ: W + τ at the least, which is the invariant. */
#include "campana/pacer.h"
#include "campana/clock.h"
#include "campana/error.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define RATE_MOST_PER_S    100000
#define LATENESS_PARTS     500
#define LATENESS_MOST_NS   (100 * NS_PER_MS)
#define SLOWED_LATENESS_NS (2 * NS_PER_MS) /* where no rate was asked for */
#define COUNT_DIGITS_MOST  9               /* as many as the highest rate per hour has */

static const struct {
    const char *suffix;
    int64_t window_s;
} units[] = {
    {"", 1}, /* what a rate without a unit means */
    {"/s", 1},
    {"/min", 60},
    {"/h", 3600},
};
#define UNITS (sizeof units / sizeof units[0])

int rate_parse(const char *text, struct rate *rate, struct error *error)
{
    static const char unit_wanted[] =
        "a rate is a number of messages per s, min or h, such as 10, 10/s, 600/min "
        "or 5000/h, or max for no limit";
    if (strcmp(text, "max") == 0) {
        *rate = (struct rate){0, NS_PER_S};
        return 0;
    }
    size_t digits = strspn(text, "0123456789");
    size_t unit = 0;
    while (unit < UNITS && strcmp(text + digits, units[unit].suffix) != 0)
        unit++;
    if (digits == 0 || unit == UNITS)
        return error_set(error, ERROR_INPUT, "\"%s\" is no rate: %s", text, unit_wanted);

    int64_t count = 0;
    for (size_t i = 0; i < digits && digits <= COUNT_DIGITS_MOST; i++)
        count = count * 10 + (text[i] - '0');
    if (digits > COUNT_DIGITS_MOST || count > RATE_MOST_PER_S * units[unit].window_s)
        return error_set(error, ERROR_INPUT, "\"%s\" is too high a rate: at most %d/s, or max for no limit",
                         text, RATE_MOST_PER_S);
    if (count == 0)
        return error_set(error, ERROR_INPUT, "\"%s\" would send nothing: %s", text, unit_wanted);
    *rate = (struct rate){count, units[unit].window_s * NS_PER_S};
    return 0;
}

void rate_format(const struct rate *rate, char text[RATE_BYTES])
{
    size_t unit = UNITS - 1;
    while (unit > 0 && units[unit].window_s * NS_PER_S != rate->window_ns)
        unit--;
    if (rate->count == 0)
        snprintf(text, RATE_BYTES, "max");
    else
        snprintf(text, RATE_BYTES, "%" PRId64 "%s", rate->count, units[unit].suffix);
}

static void set_interval(struct pacer *pacer)
{
    bool slowed = pacer->slowed_ns > pacer->asked_ns;
    pacer->interval_ns = slowed ? pacer->slowed_ns : pacer->asked_ns;
    pacer->tolerance_ns = pacer->asked_ns > 0 ? pacer->asked_tolerance_ns : slowed ? SLOWED_LATENESS_NS : 0;
}

static void set_rate(struct pacer *pacer, const struct rate *rate)
{
    pacer->asked_ns = 0;
    if (rate->count > 0) {
        int64_t part_ns = rate->window_ns / LATENESS_PARTS;
        pacer->asked_tolerance_ns = part_ns < LATENESS_MOST_NS ? part_ns : LATENESS_MOST_NS;
        pacer->asked_ns = (rate->window_ns + 2 * pacer->asked_tolerance_ns + rate->count - 1) / rate->count;
    }
    set_interval(pacer);
}

void pacer_init(struct pacer *pacer, const struct rate *rate)
{
    *pacer = (struct pacer){0};
    set_rate(pacer, rate);
}

/* Moves the next message to the distance that holds now, where it stood `before_ns` behind the last one. */
static void move_next(struct pacer *pacer, int64_t before_ns, int64_t now_ns)
{
    int64_t last_ns = pacer->arrival_ns - before_ns;
    if (pacer->arrival_ns == 0)
        return;
    if (pacer->interval_ns == 0 && last_ns > now_ns)
        last_ns = now_ns;
    pacer->arrival_ns = last_ns + pacer->interval_ns;
}

void pacer_change(struct pacer *pacer, const struct rate *rate, int64_t now_ns)
{
    int64_t before_ns = pacer->interval_ns;
    set_rate(pacer, rate);
    move_next(pacer, before_ns, now_ns);
}

void pacer_slow(struct pacer *pacer, int64_t interval_ns, int64_t now_ns)
{
    int64_t before_ns = pacer->interval_ns;
    if (interval_ns == pacer->slowed_ns)
        return;
    pacer->slowed_ns = interval_ns;
    set_interval(pacer);
    move_next(pacer, before_ns, now_ns);
}

int64_t pacer_due_ns(const struct pacer *pacer)
{
    return pacer->arrival_ns - pacer->tolerance_ns;
}

/* Whether a message that leaves now is the first, or the first after a pause. */
static bool begins_anew(const struct pacer *pacer, int64_t now_ns)
{
    return pacer->arrival_ns == 0 || now_ns - pacer->arrival_ns > pacer->interval_ns;
}

/* How much sooner than an interval the message behind one that leaves now may leave. Not at all where the
 * rhythm begins: that one's way to the gateway is longer, by the connection that it opens. */
static int64_t lead_ns(const struct pacer *pacer, int64_t now_ns)
{
    return begins_anew(pacer, now_ns) ? 0 : pacer->tolerance_ns;
}

void pacer_take(struct pacer *pacer, int64_t now_ns)
{
    int64_t counted_ns = now_ns > pacer->arrival_ns ? now_ns : pacer->arrival_ns;
    pacer->arrival_ns = counted_ns + pacer->interval_ns + pacer->tolerance_ns - lead_ns(pacer, now_ns);
}

int pacer_allows(const struct pacer *pacer, int64_t now_ns, int64_t horizon_ns, int most)
{
    if (pacer->interval_ns == 0)
        return most;
    int64_t first_ns = now_ns > pacer->arrival_ns ? now_ns : pacer->arrival_ns;
    int64_t room_ns = horizon_ns - (first_ns - now_ns);
    if (room_ns < -pacer->tolerance_ns)
        return 0;
    if (room_ns > INT64_MAX - pacer->tolerance_ns)
        room_ns = INT64_MAX - pacer->tolerance_ns;
    int64_t allowed = (room_ns + lead_ns(pacer, now_ns)) / pacer->interval_ns + 1;
    return allowed < most ? (int)allowed : most;
}
