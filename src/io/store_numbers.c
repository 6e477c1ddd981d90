/* Which numbers a load has brought, written down so that store_find() finds one at once. Decides the layout
 * of number_block (sql/). Numbers come in no order, and a tree that they were put into one by one would cost
 * more than all else of a row; so they are gathered, sorted by counting (twelve digits are four times ten
 * bits), and written in blocks that fill a page each. Memory: two batches of eight bytes a row. */
#include "campana/error.h"
#include "store_internal.h"
#include <stdlib.h>
#include <string.h>

#define BATCH_ENTRIES 131072
#define BLOCK_ENTRIES 1000 /* 8,000 bytes: with what stands around them they fit one page of 8 KiB */
#define PASSES        4
#define DIGIT_BITS    10
#define DIGITS        (1u << DIGIT_BITS)

_Static_assert(999999999999 < 1LL << (PASSES * DIGIT_BITS), "a number fits the passes");
_Static_assert(PASSES % 2 == 0, "the sorted entries end where they began");
_Static_assert(BATCH_ENTRIES <= STORE_OFFSET_MASK, "a batch's rows fit the offset");

struct store_numbers {
    int64_t batch; /* id of the first message; meaningless while count is 0 */
    size_t count;
    uint64_t entries[BATCH_ENTRIES], sorted[BATCH_ENTRIES];
};

/* -1: not twelve digits. */
static int64_t read_number(struct slice msisdn)
{
    int64_t number = 0;
    if (msisdn.len != PHONE_DIGITS)
        return -1;
    for (size_t i = 0; i < msisdn.len; i++) {
        if (msisdn.data[i] < '0' || msisdn.data[i] > '9')
            return -1;
        number = number * 10 + (msisdn.data[i] - '0');
    }
    return number;
}

/* Stable, so that the entries of one number stay in the order of their rows. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
    uint32_t place[DIGITS] = {0};
    uint32_t before = 0;
    for (size_t i = 0; i < count; i++)
        place[from[i] >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        uint32_t here = place[digit];
        place[digit] = before;
        before += here;
    }
    for (size_t i = 0; i < count; i++)
        to[place[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort(struct store_numbers *numbers)
{
    for (unsigned pass = 0; pass < PASSES; pass++) {
        bool back = pass % 2 != 0;
        sort_by_digit(back ? numbers->sorted : numbers->entries, back ? numbers->entries : numbers->sorted,
                      numbers->count, STORE_OFFSET_BITS + pass * DIGIT_BITS);
    }
}

static int write_block(struct store *store, int64_t campaign_id, size_t from, size_t count,
                       struct error *error)
{
    const struct store_numbers *numbers = store->numbers;
    char bytes[BLOCK_ENTRIES * STORE_ENTRY_BYTES];
    for (size_t i = 0; i < count; i++)
        for (size_t byte = 0; byte < STORE_ENTRY_BYTES; byte++)
            bytes[i * STORE_ENTRY_BYTES + byte] =
                (char)(numbers->entries[from + i] >> (8 * (STORE_ENTRY_BYTES - 1 - byte)) & 0xff);
    struct query query = query_open(store, SQL_LOAD_NUMBERS);
    query_bind_int(&query, campaign_id);
    query_bind_int(&query, numbers->batch);
    query_bind_int(&query, (int64_t)(numbers->entries[from] >> STORE_OFFSET_BITS));
    query_bind_int(&query, (int64_t)(numbers->entries[from + count - 1] >> STORE_OFFSET_BITS));
    query_bind_bytes(&query, (struct slice){bytes, count * STORE_ENTRY_BYTES});
    return query_run(&query, error);
}

static int write_batch(struct store *store, int64_t campaign_id, struct error *error)
{
    struct store_numbers *numbers = store->numbers;
    sort(numbers);
    for (size_t from = 0; from < numbers->count; from += BLOCK_ENTRIES) {
        size_t left = numbers->count - from;
        if (write_block(store, campaign_id, from, left < BLOCK_ENTRIES ? left : BLOCK_ENTRIES, error) != 0)
            return -1;
    }
    numbers->count = 0;
    return 0;
}

int store_numbers_add(struct store *store, int64_t campaign_id, int64_t message_id, struct slice msisdn,
                      struct error *error)
{
    int64_t number = read_number(msisdn);
    if (number < 0)
        return 0;
    if (store->numbers == NULL) {
        store->numbers = malloc(sizeof *store->numbers);
        if (store->numbers == NULL)
            return error_no_memory(error);
        store->numbers->count = 0;
    }
    struct store_numbers *numbers = store->numbers;
    bool full = numbers->count == BATCH_ENTRIES ||
                (numbers->count > 0 && message_id - numbers->batch > (int64_t)STORE_OFFSET_MASK);
    if (full && write_batch(store, campaign_id, error) != 0)
        return -1;
    if (numbers->count == 0)
        numbers->batch = message_id;
    numbers->entries[numbers->count++] =
        (uint64_t)number << STORE_OFFSET_BITS | (uint64_t)(message_id - numbers->batch);
    return 0;
}

int store_numbers_end(struct store *store, int64_t campaign_id, struct error *error)
{
    int result = store->numbers == NULL ? 0 : write_batch(store, campaign_id, error);
    store_numbers_drop(store);
    return result;
}

void store_numbers_drop(struct store *store)
{
    free(store->numbers);
    store->numbers = NULL;
}
