/* What several commands begin with. */
#include "campana/error.h"
#include "campana/layout.h"
#include "command.h"
#include <string.h>

const char *invocation_argument(const struct invocation *invocation, size_t place)
{
    return place < invocation->options->argument_count ? invocation->options->arguments[place] : NULL;
}

/* The warnings end in a line break each. */
static void tell_warnings(struct settings *settings)
{
    const char *line = buffer_string(&settings->warnings);
    while (*line != '\0') {
        size_t len = strcspn(line, "\n");
        talk_line("warning: %.*s", (int)len, line);
        line += len + 1;
    }
    buffer_clear(&settings->warnings);
}

int invocation_read_settings(struct invocation *invocation, struct error *error)
{
    struct settings *settings = &invocation->settings;
    if (invocation->has_settings)
        return 0;
    int result = settings_read(settings, invocation->options, error);
    tell_warnings(settings);
    if (result == 0 && settings->file != NULL)
        talk_detail(&invocation->talk, "configuration: %s", settings->file);
    invocation->has_settings = result == 0;
    return result;
}

int invocation_read_password(struct invocation *invocation, struct error *error)
{
    int result = settings_read_password(&invocation->settings, error);
    tell_warnings(&invocation->settings);
    return result;
}

int invocation_open_store(struct invocation *invocation, enum store_access access, struct store **store,
                          struct error *error)
{
    if (invocation_read_settings(invocation, error) != 0)
        return -1;
    return store_open(setting_text(&invocation->settings, SETTING_DB), access, invocation->steps, store,
                      error);
}

void invocation_put_command(const struct invocation *invocation, const char *command, struct buffer *out)
{
    const struct option_group groups[] = {options_global, {NULL, NULL}};
    buffer_puts(out, "campana");
    options_put_again(invocation->options, groups, out);
    buffer_printf(out, " %s", command);
}
