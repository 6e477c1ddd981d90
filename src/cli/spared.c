/* Decides what an output must not take the place of. A path that was given at a load may be a relative one
 * from another folder: so a spreadsheet is known by its content, too. */
#include "spared.h"
#include "campana/buffer.h"
#include "campana/digest.h"
#include "campana/error.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES 65536

struct spared {
    const char *path;
    struct stat there;
    char sha256[DIGEST_HEX_BYTES]; /* "": it cannot be read */
};

static bool is_same(const struct spared *spared, const char *path)
{
    struct stat other;
    return stat(path, &other) == 0 && other.st_dev == spared->there.st_dev &&
           other.st_ino == spared->there.st_ino;
}

/* The database is not opened by hand (store_file.c), so it is looked for before. */
static int check_database(const struct spared *spared, const char *database, struct error *error)
{
    static const char *const beside[] = {"", "-wal", "-shm", "-journal", "-sender"};
    struct buffer path = {0};
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof beside / sizeof *beside; i++) {
        buffer_clear(&path);
        buffer_printf(&path, "%s%s", database, beside[i]);
        if (buffer_check(&path, error) != 0)
            result = -1;
        else if (is_same(spared, buffer_string(&path)))
            result =
                error_set(error, ERROR_INPUT,
                          "--output %s: that is %s, and would be lost; nothing was written. Name another "
                          "file",
                          spared->path, i == 0 ? "the database itself" : "a part of the database");
    }
    buffer_free(&path);
    return result;
}

static int read_digest(int file, struct digest *digest, struct error *error)
{
    char data[READ_BYTES];
    ssize_t len;
    while ((len = read(file, data, sizeof data)) > 0)
        if (digest_add(digest, data, (size_t)len, error) != 0)
            return -1;
    return len < 0 ? 1 : 0;
}

static int know_content(struct spared *spared, struct error *error)
{
    int file = open(spared->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return 0;
    struct digest *digest = digest_new(error);
    int result = digest == NULL ? -1 : read_digest(file, digest, error);
    if (result == 0)
        result = digest_finish(digest, spared->sha256, error);
    digest_free(digest);
    close(file);
    return result < 0 ? -1 : 0;
}

static int check_campaign(void *context, const struct campaign *campaign, struct error *error)
{
    const struct spared *spared = context;
    if (strcmp(campaign->sha256, spared->sha256) != 0 &&
        (campaign->file[0] == '\0' || !is_same(spared, campaign->file)))
        return 0;
    return error_set(
        error, ERROR_INPUT,
        "--output %s: that is the spreadsheet of campaign \"%s\", and would be lost; nothing was "
        "written. Name another file",
        spared->path, campaign->name);
}

int spared_check(const struct invocation *invocation, struct store *store, const char *path,
                 struct error *error)
{
    struct spared spared = {.path = path};
    const char *configuration = invocation->settings.file;
    if (stat(path, &spared.there) != 0 || !S_ISREG(spared.there.st_mode))
        return 0;
    if (configuration != NULL && is_same(&spared, configuration))
        return error_set(error, ERROR_INPUT,
                         "--output %s: that is the configuration, and would be lost; nothing was written. "
                         "Name another file",
                         path);
    if (check_database(&spared, store_path(store), error) != 0 || know_content(&spared, error) != 0)
        return -1;
    return store_each_campaign(store, check_campaign, &spared, error);
}
