/* Decides what campaigns and files are called. */
#include "campana/naming.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

char *naming_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    return dot == NULL || dot == base ? strdup(base) : strndup(base, (size_t)(dot - base));
}

const char *naming_shown_file(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool is_blank(const char *name)
{
    size_t len = strlen(name);
    uint32_t code_point;
    if (!utf8_valid(name, len))
        return false;
    for (size_t at = 0; at < len;) {
        at += utf8_next(name + at, len - at, &code_point);
        if (!utf8_is_space(code_point))
            return false;
    }
    return true;
}

int naming_check(const char *name, struct error *error)
{
    if (is_blank(name))
        return error_set(error, ERROR_INPUT, "a campaign's name must not be blank");
    if (name[0] == '-')
        return error_set(
            error, ERROR_INPUT,
            "a campaign's name must not begin with -, or the next command takes it for an option");
    return 0;
}
