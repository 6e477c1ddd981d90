/* Runs a fuzz target over files and folders of files: the corpora, wherever campana is built, and a finding
 * without libFuzzer. */
#include "fuzz.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static long inputs;

static void run_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    struct stat there;
    MUST(stream != NULL && fstat(fileno(stream), &there) == 0);
    /* In a block of its very size, so that a sanitizer sees the first byte too many. */
    uint8_t *data = malloc(there.st_size > 0 ? (size_t)there.st_size : 1);
    MUST(data != NULL && fread(data, 1, (size_t)there.st_size, stream) == (size_t)there.st_size);
    fclose(stream);
    LLVMFuzzerTestOneInput(data, (size_t)there.st_size);
    free(data);
    inputs++;
}

static void run(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOTDIR) {
        run_file(path);
        return;
    }
    MUST(folder != NULL);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[4096];
        if (entry->d_name[0] == '.')
            continue;
        MUST((size_t)snprintf(file, sizeof file, "%s/%s", path, entry->d_name) < sizeof file);
        run_file(file);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run(argv[i]);
    printf("%ld inputs\n", inputs);
    return inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
