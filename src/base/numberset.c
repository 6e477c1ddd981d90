/* One 32-bit bitmap for every value of the number's upper bits: 12 digits take 40 bits. CRoaring 0.2 has no
 * way to report that memory ran out inside a bitmap; it is asked to allocate little at a time. */
#include "campana/numberset.h"
#include <roaring/roaring.h>
#include <stdint.h>
#include <stdlib.h>

#define UPPER_VALUES 256 /* 999,999,999,999 >> 32 is 232 */

struct numberset {
    roaring_bitmap_t *upper[UPPER_VALUES];
    size_t count;
};

struct numberset *numberset_new(void)
{
    return calloc(1, sizeof(struct numberset));
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

int numberset_add(struct numberset *set, const char *msisdn)
{
    uint64_t value = value_of(msisdn);
    roaring_bitmap_t **bitmap = &set->upper[value >> 32];
    if (*bitmap == NULL && (*bitmap = roaring_bitmap_create()) == NULL)
        return -1;
    if (!roaring_bitmap_add_checked(*bitmap, (uint32_t)value))
        return 0;
    set->count++;
    return 1;
}

bool numberset_has(const struct numberset *set, const char *msisdn)
{
    uint64_t value = value_of(msisdn);
    const roaring_bitmap_t *bitmap = set->upper[value >> 32];
    return bitmap != NULL && roaring_bitmap_contains(bitmap, (uint32_t)value);
}

size_t numberset_count(const struct numberset *set)
{
    return set->count;
}
