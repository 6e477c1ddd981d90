/* What the fuzz targets share. A target is one LLVMFuzzerTestOneInput(): with clang and -DCAMPANA_FUZZ=ON it
 * is driven by libFuzzer, else by standalone.c, which runs the files it is given. */
#ifndef CAMPANA_FUZZ_H
#define CAMPANA_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that holds for every input. */
#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                    \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
