/* Eight bytes looked at as one number, for what is looked through millions of times. */
#ifndef CAMPANA_BLOCK_H
#define CAMPANA_BLOCK_H

#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES 8

/* The same byte eight times. */
#define BLOCK_EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

static inline uint64_t block_load(const char *data)
{
    uint64_t block;
    memcpy(&block, data, sizeof block);
    return block;
}

#endif
