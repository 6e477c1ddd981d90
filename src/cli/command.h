/* What a command is, and what it is handed. */
#ifndef CAMPANA_CLI_COMMAND_H
#define CAMPANA_CLI_COMMAND_H

#include "campana/config.h"
#include "campana/options.h"
#include "campana/steps.h"
#include "campana/store.h"
#include "campana/talk.h"

struct clock;
struct command;
struct error;

struct invocation {
    const struct command *command;
    const struct options *options;
    const struct steps *steps;
    const struct clock *clock;
    struct settings settings; /* empty until invocation_read_settings() */
    bool has_settings;
    struct talk talk;
};

struct example {
    const char *line, *says;
};

struct command {
    const char *name, *arguments, *summary;
    const char *about;
    size_t arguments_least, arguments_most;
    const struct option_group *groups;
    const struct example *examples; /* ends with {NULL, NULL} */
    /* The exit code, or -1 with the error set: the error's kind gives the exit code. */
    int (*run)(struct invocation *invocation, struct error *error);
};

extern const struct command commands[];                 /* ends with a command without a name */
extern const struct option_group command_file_groups[]; /* what `run` and `load` take for their file */
extern const struct option_group command_send_groups[]; /* what `send` takes, and `run` besides */

int cmd_run(struct invocation *invocation, struct error *error);
int cmd_load(struct invocation *invocation, struct error *error);
int cmd_send(struct invocation *invocation, struct error *error);
int cmd_status(struct invocation *invocation, struct error *error);
int cmd_report(struct invocation *invocation, struct error *error);
int cmd_find(struct invocation *invocation, struct error *error);
int cmd_resolve(struct invocation *invocation, struct error *error);
int cmd_balance(struct invocation *invocation, struct error *error);
int cmd_doctor(struct invocation *invocation, struct error *error);
int cmd_reconcile(struct invocation *invocation, struct error *error);
int cmd_pace(struct invocation *invocation, struct error *error);
int cmd_stop(struct invocation *invocation, struct error *error);
int cmd_forget(struct invocation *invocation, struct error *error);
int cmd_hours(struct invocation *invocation, struct error *error);

/* ---- report_all.c: `report --all` ---- */

/* The exit code, or -1. */
int report_all(struct invocation *invocation, struct error *error);

/* ---- help.c ---- */

void help_put_overview(struct buffer *out);
void help_put_command(const struct command *command, struct buffer *out);
void help_put_version(struct buffer *out);

/* ---- invocation.c: what several commands do alike ---- */

/* The one argument, or the first. */
const char *invocation_argument(const struct invocation *invocation, size_t place);

/* Reads the settings, unless that is done, and tells their warnings. */
int invocation_read_settings(struct invocation *invocation, struct error *error);

/* Fetches the password, and tells the warnings about where it is. */
int invocation_read_password(struct invocation *invocation, struct error *error);

/* Reads the settings, and opens their database. */
int invocation_open_store(struct invocation *invocation, enum store_access access, struct store **store,
                          struct error *error);

/* Appends "campana --db FILE COMMAND", with the options of every command that were given: the beginning of a
 * command that somebody may copy. */
void invocation_put_command(const struct invocation *invocation, const char *command, struct buffer *out);

#endif
