/* A bitmap for every value of the number's upper bits: 12 digits take 40 bits, and 24 of them are left to a
 * bitmap, not 32, because a bitmap keeps a list of what it is made of, at most 256 parts so, into which each
 * new one is inserted. CRoaring 0.2 has no way to report that memory ran out inside a bitmap; it is asked to
 * allocate little at a time. */
#include "campana/numberset.h"
#include <roaring/roaring.h>
#include <stdint.h>
#include <stdlib.h>

#define LOWER_BITS   24
#define UPPER_VALUES 59605 /* 999,999,999,999 >> 24 is 59,604; what no number leads to takes no memory */

_Static_assert(999999999999 >> LOWER_BITS == UPPER_VALUES - 1, "every number has its bitmap");

struct numberset {
    roaring_bitmap_t *upper[UPPER_VALUES];
    size_t count;
};

struct numberset *numberset_new(void)
{
    return calloc(1, sizeof(struct numberset)); /* large enough to come from the system as zeros */
}

void numberset_free(struct numberset *set)
{
    for (size_t i = 0; set != NULL && i < UPPER_VALUES; i++)
        if (set->upper[i] != NULL)
            roaring_bitmap_free(set->upper[i]);
    free(set);
}

static uint64_t value_of(const char *msisdn)
{
    uint64_t value = 0;
    for (int i = 0; i < 12; i++)
        value = value * 10 + (uint64_t)(msisdn[i] - '0');
    return value;
}

static uint32_t lower_bits(uint64_t value)
{
    return (uint32_t)(value & ((1u << LOWER_BITS) - 1));
}

int numberset_add(struct numberset *set, const char *msisdn)
{
    uint64_t value = value_of(msisdn);
    roaring_bitmap_t **bitmap = &set->upper[value >> LOWER_BITS];
    if (*bitmap == NULL && (*bitmap = roaring_bitmap_create()) == NULL)
        return -1;
    if (!roaring_bitmap_add_checked(*bitmap, lower_bits(value)))
        return 0;
    set->count++;
    return 1;
}

bool numberset_has(const struct numberset *set, const char *msisdn)
{
    uint64_t value = value_of(msisdn);
    const roaring_bitmap_t *bitmap = set->upper[value >> LOWER_BITS];
    return bitmap != NULL && roaring_bitmap_contains(bitmap, lower_bits(value));
}

size_t numberset_count(const struct numberset *set)
{
    return set->count;
}
