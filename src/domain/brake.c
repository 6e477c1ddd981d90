/* Decides how fast a gateway in trouble is sent to. Knows neither messages nor clocks, nor what an answer
 * means. Invariant: pace_mhz is 0 or at least SLOWEST_MHZ, and under what was asked for. */
#include "campana/brake.h"
#include "campana/clock.h"
#include <inttypes.h>
#include <stdio.h>

#define MHZ           1000LL
#define SLOWEST_MHZ   MHZ            /* slower, it would take minutes to notice that all is well again */
#define FASTEST_MHZ   (100000 * MHZ) /* beyond any rate that can be asked for */
#define STEP_NS       NS_PER_S
#define HOLD_NS       (10 * NS_PER_S)
#define SLICE_NS      (NS_PER_S / (BRAKE_SLICES - 1))
#define TROUBLE_LEAST 2 /* in a second, and … */
#define TROUBLE_PARTS 4 /* … one of so many of what came back */
#define CREEPS_SURE   3 /* after so many a pace that does not bind is none */

static int64_t mhz_of(const struct rate *rate)
{
    if (rate->count == 0)
        return 0;
    int64_t mhz = rate->count * NS_PER_S / (rate->window_ns / MHZ);
    return mhz > 0 ? mhz : 1;
}

void brake_init(struct brake *brake, const struct rate *asked)
{
    *brake = (struct brake){.asked_mhz = mhz_of(asked), .pressed_ns = -1};
}

static int64_t at_least(int64_t value, int64_t least)
{
    return value > least ? value : least;
}

static void release_at(struct brake *brake, int64_t most_mhz)
{
    if (most_mhz == 0 || brake->pace_mhz < most_mhz)
        return;
    brake->pace_mhz = 0;
    brake->creeps = 0;
}

void brake_ask(struct brake *brake, const struct rate *asked)
{
    brake->asked_mhz = mhz_of(asked);
    release_at(brake, brake->asked_mhz);
}

/* ---- what came back within the last second ---- */

static void turn_to(struct brake *brake, int64_t now_ns)
{
    int64_t slices = (now_ns - brake->slice_ns) / SLICE_NS;
    brake->slice_ns += slices * SLICE_NS;
    for (int64_t i = 0; i < slices && i < BRAKE_SLICES; i++) {
        brake->slice = (brake->slice + 1) % BRAKE_SLICES;
        brake->served[brake->slice] = 0;
        brake->troubled[brake->slice] = 0;
    }
}

static int64_t sum(const int *slices)
{
    int64_t total = 0;
    for (int i = 0; i < BRAKE_SLICES; i++)
        total += slices[i];
    return total;
}

/* ---- slower ---- */

bool brake_press(struct brake *brake, int64_t sent_ns, int64_t resume_ns, int64_t now_ns)
{
    if (sent_ns <= brake->pressed_ns)
        return false;
    turn_to(brake, now_ns);
    int64_t served_mhz = at_least(sum(brake->served), 1) * MHZ;
    int64_t pace_mhz = brake->pace_mhz != 0 ? brake->pace_mhz : brake->asked_mhz;
    if (pace_mhz == 0)
        pace_mhz = served_mhz;
    brake->ceiling_mhz = at_least(served_mhz < pace_mhz ? served_mhz : pace_mhz, pace_mhz / 2);
    brake->pace_mhz = at_least(brake->ceiling_mhz * 4 / 5, SLOWEST_MHZ);
    release_at(brake, brake->asked_mhz); /* who asks for one a second or less is not slowed further */
    brake->pressed_ns = now_ns;
    brake->step_due_ns = at_least(resume_ns, now_ns) + STEP_NS;
    brake->creeps = 0;
    if (brake->pace_mhz == 0)
        return false;
    brake->times++;
    if (brake->slowest_mhz == 0 || brake->pace_mhz < brake->slowest_mhz)
        brake->slowest_mhz = brake->pace_mhz;
    return true;
}

bool brake_troubled(struct brake *brake, int64_t sent_ns, int64_t now_ns)
{
    turn_to(brake, now_ns);
    brake->troubled[brake->slice]++;
    int64_t troubled = sum(brake->troubled);
    if (troubled < TROUBLE_LEAST || troubled * TROUBLE_PARTS < troubled + sum(brake->served))
        return false;
    return brake_press(brake, sent_ns, now_ns, now_ns);
}

/* ---- faster ---- */

static void rise(struct brake *brake, int64_t now_ns)
{
    int64_t near_mhz = brake->ceiling_mhz - brake->ceiling_mhz / 20;
    brake->step_due_ns = now_ns + STEP_NS;
    if (brake->pace_mhz < near_mhz) {
        brake->pace_mhz += (brake->ceiling_mhz - brake->pace_mhz) / 4 + 1;
        if (brake->pace_mhz >= near_mhz) {
            brake->pace_mhz = near_mhz;
            brake->step_due_ns = now_ns + HOLD_NS;
        }
    } else {
        int64_t percent = brake->creeps < 6 ? 2LL << brake->creeps : 100;
        brake->creeps++;
        brake->pace_mhz += brake->pace_mhz * percent / 100 + 1;
    }
    /* Without a rate that was asked for, a pace that is far above what leaves anyway binds nothing. */
    if (brake->asked_mhz == 0 && brake->creeps >= CREEPS_SURE)
        release_at(brake, at_least(2 * sum(brake->served), 1) * MHZ);
    release_at(brake, brake->asked_mhz != 0 ? brake->asked_mhz : FASTEST_MHZ);
}

void brake_answered(struct brake *brake, int64_t now_ns)
{
    turn_to(brake, now_ns);
    brake->served[brake->slice]++;
    if (brake->pace_mhz != 0 && now_ns >= brake->step_due_ns)
        rise(brake, now_ns);
}

int64_t brake_interval_ns(const struct brake *brake)
{
    return brake->pace_mhz == 0 ? 0 : (NS_PER_S * MHZ + brake->pace_mhz - 1) / brake->pace_mhz;
}

void brake_format(int64_t pace_mhz, char text[RATE_BYTES])
{
    bool by_minute = pace_mhz < MHZ;
    int64_t tenths = ((by_minute ? pace_mhz * 60 : pace_mhz) + 50) / 100;
    const char *unit = by_minute ? "min" : "s";
    if (tenths >= 1000 || tenths % 10 == 0)
        snprintf(text, RATE_BYTES, "%" PRId64 "/%s", (tenths + 5) / 10, unit);
    else
        snprintf(text, RATE_BYTES, "%" PRId64 ".%d/%s", tenths / 10, (int)(tenths % 10), unit);
}
