/* Decides how help reads; what it says stands in the tables of commands and options. */
#include "campana/http.h"
#include "campana/layout.h"
#include "command.h"
#include <string.h>

#define INDENT 12

static void put_paragraph(struct buffer *out, const char *text)
{
    layout_put_wrapped(out, text, 0, 0);
    buffer_put(out, '\n');
}

static void put_pair(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, "  %-*s", INDENT - 2, name);
    layout_put_wrapped(out, text, INDENT, INDENT);
}

void help_put_overview(struct buffer *out)
{
    put_paragraph(
        out,
        "campana sends SMS campaigns: a spreadsheet saved as CSV goes through the gateway, no message twice, "
        "no row lost, and the same command goes on after whatever came between.");
    buffer_puts(out, "Usage: campana [options] COMMAND …\n\nCommands:\n");
    for (const struct command *command = commands; command->name != NULL; command++)
        put_pair(out, command->name, command->summary);
    put_pair(out, "help", "explains a command: campana help run");
    buffer_put(out, '\n');
    options_put_help(&options_global, out);
    buffer_puts(out, "  --version                 show campana's version, and libcurl's with its own\n"
                     "                            libraries\n\n"
                     "Examples:\n"
                     "  campana doctor\n"
                     "  campana load clientes.csv --dry-run\n"
                     "  campana run clientes.csv\n"
                     "  campana report clientes --format csv --excel --output informe.csv\n\n");
    put_paragraph(
        out,
        "Exit codes: 0 nothing left to send and nothing unknown; 1 this computer failed; 2 usage or input; "
        "3 balance exhausted; 4 credentials or IP refused; 5 interrupted; 6 maintenance; 7 gateway "
        "unreachable or failing; 8 outside contact hours; 9 nothing left to send, but rows are unknown; 10 "
        "another process is sending.");
    layout_put_wrapped(
        out,
        "Settings come from the option, else from the environment (CAMPANA_DB, CAMPANA_URL, CAMPANA_USER, "
        "CAMPANA_PASSWORD, CAMPANA_HOURS, CAMPANA_RATE), else from the configuration file.",
        0, 0);
}

void help_put_command(const struct command *command, struct buffer *out)
{
    buffer_printf(out, "Usage: campana %s", command->name);
    if (command->arguments[0] != '\0')
        buffer_printf(out, " %s", command->arguments);
    buffer_puts(out, " [options]\n\n");
    put_paragraph(out, command->about);
    for (const struct option_group *group = command->groups; group->heading != NULL; group++) {
        options_put_help(group, out);
        buffer_put(out, '\n');
    }
    options_put_help(&options_global, out);
    buffer_puts(out, "\nExamples:\n");
    for (const struct example *example = command->examples; example->line != NULL; example++) {
        buffer_printf(out, "  %s\n      ", example->line);
        layout_put_wrapped(out, example->says, 6, 6);
    }
}

void help_put_version(struct buffer *out)
{
    buffer_printf(out, "campana %s\n%s\n", CAMPANA_VERSION, http_version());
}
