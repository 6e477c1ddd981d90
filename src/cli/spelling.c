/* Decides how near is near enough for a suggestion. Invariant: words too long for a name are near to none. */
#include "campana/spelling.h"
#include <string.h>

#define WORD_BYTES 32

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_BYTES + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least_of(change, least_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least_of(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b_len];
}

const char *spelling_nearest(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t len = strlen(word);
    if (len == 0 || len > WORD_BYTES)
        return NULL;
    size_t least = len / 3 + (len < 3) + 1; /* one slip for every three letters */
    for (size_t i = 0; i < count; i++) {
        size_t candidate_len = strlen(candidates[i]);
        if (candidate_len > WORD_BYTES)
            continue;
        size_t found = distance(word, len, candidates[i], candidate_len);
        if (found > 1 && candidate_len > len && strncmp(word, candidates[i], len) == 0)
            found = 1;
        if (found < least) {
            least = found;
            nearest = candidates[i];
        }
    }
    return nearest;
}
