/* "Did you mean …?" */
#ifndef CAMPANA_SPELLING_H
#define CAMPANA_SPELLING_H

#include <stddef.h>

/* The candidate that `word` is most likely a slip of: few letters missing, too many, wrong or swapped (edit
 * distance by Damerau and Levenshtein, adjacent swaps), or one that it begins. NULL where none is near. */
const char *spelling_nearest(const char *word, const char *const *candidates, size_t count);

#endif
