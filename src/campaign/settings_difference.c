/* Decides which option a person thinks of when a setting differs. */
#include "campana/settings_difference.h"
#include "campana/buffer.h"
#include <string.h>

static const struct {
    const char *key, *option;
} settings[] = {
    {"phone", "--phone"},           {"text", "--text"},           {"template", "--template"},
    {"header", "the header row"},   {"encoding", "--encoding"},   {"delimiter", "--delimiter"},
    {"country", "--country"},       {"text_mode", "--text-mode"}, {"max_length", "--max-length"},
    {"duplicates", "--duplicates"},
};

/* Behind the value that begins at `at`: at the comma or the bracket that ends it. */
static const char *behind_value(const char *at)
{
    bool string = false;
    int depth = 0;
    for (; *at != '\0'; at++) {
        if (string && *at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '"')
            string = !string;
        else if (!string && (*at == '[' || *at == '{'))
            depth++;
        else if (!string && depth == 0 && (*at == ',' || *at == '}'))
            break;
        else if (!string && (*at == ']' || *at == '}'))
            depth--;
    }
    return at;
}

/* The member's value as it stands; empty where there is none. */
static struct slice member(const char *object, const char *key)
{
    size_t len = strlen(key);
    const char *at = object;
    while (*at == '{' || *at == ',') {
        const char *name = at + 1;
        const char *end = behind_value(name);
        if (strncmp(name, "\"", 1) == 0 && strncmp(name + 1, key, len) == 0 &&
            strncmp(name + 1 + len, "\":", 2) == 0) {
            const char *value = name + len + 3;
            return (struct slice){value, (size_t)(end - value)};
        }
        at = end;
    }
    return (struct slice){"", 0};
}

static void put_value(struct buffer *out, struct slice value)
{
    if (value.len == 0)
        buffer_puts(out, "not given");
    else
        buffer_append(out, value.data, value.len);
}

bool settings_other_lists(const char *then, const char *now)
{
    return !slice_equal(member(then, "suppress"), member(now, "suppress"));
}

void settings_put_difference(const char *then, const char *now, struct buffer *out)
{
    const char *separator = "";
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct slice before = member(then, settings[i].key);
        struct slice after = member(now, settings[i].key);
        if (slice_equal(before, after))
            continue;
        buffer_printf(out, "%s%s was ", separator, settings[i].option);
        put_value(out, before);
        buffer_puts(out, " and is ");
        put_value(out, after);
        separator = "; ";
    }
    if (settings_other_lists(then, now))
        buffer_printf(out, "%sthe suppression lists (--suppress) said something else then", separator);
}
