/* The input as a file in a folder of its own, which goes when the target ends. */
#ifndef CAMPANA_FUZZ_FILE_H
#define CAMPANA_FUZZ_FILE_H

#include "fuzz.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char fuzz_folder[] = "/tmp/campana-fuzz-XXXXXX";
static char fuzz_file[64];

static void fuzz_remove(void)
{
    unlink(fuzz_file);
    rmdir(fuzz_folder);
}

static inline const char *fuzz_write(const char *name, const uint8_t *data, size_t size)
{
    if (fuzz_file[0] == '\0') {
        MUST(mkdtemp(fuzz_folder) != NULL);
        snprintf(fuzz_file, sizeof fuzz_file, "%s/%s", fuzz_folder, name);
        atexit(fuzz_remove);
    }
    int file = open(fuzz_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(file >= 0 && write(file, data, size) == (ssize_t)size && close(file) == 0);
    return fuzz_file;
}

#endif
