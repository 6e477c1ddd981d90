/* Settings, from wherever they come. In falling order: the option; the environment; the configuration file
 * (--config FILE, else ./campana.ini, else $XDG_CONFIG_HOME/campana/campana.ini, where XDG_CONFIG_HOME is
 * ~/.config unless it says otherwise); the default. Every value remembers where it came from.
 *
 * The file is INI: "key = value" or "key: value" on a line of its own, sections free and without meaning, '-'
 * and '_' in keys alike, case aside. A line whose first sign is '#' or ';' is a comment; behind a value there
 * are none: the value is all that follows the first '=' or ':', as it stands, quotes, '#', ';', '=',
 * backslashes and all, but for white space around it. So a password needs no quoting and must not be quoted;
 * one that begins or ends with a space goes into a password-file. Lines of up to CONFIG_LINE_BYTES. An
 * unknown key, a key that comes twice, a bad value and a line that is none of this are errors with file and
 * line. Paths (db, password-file, ca-file) are relative to the file's folder, and may begin with ~/.
 *
 * The password comes from CAMPANA_PASSWORD, else the file's `password`, else the file's `password-file`, else
 * $CREDENTIALS_DIRECTORY/campana-password (systemd's LoadCredential=). A password-file holds one line; its
 * line end is no part of the password. Before the first byte of a password is read, core dumps are turned
 * off; CAMPANA_PASSWORD is wiped out of the environment when it has been read. */
#ifndef CAMPANA_CONFIG_H
#define CAMPANA_CONFIG_H

#include "campana/buffer.h"
#include "campana/options.h"
#include <stdbool.h>
#include <stdint.h>

struct error;

#define CONFIG_LINE_BYTES    4096
#define CONFIG_PASSWORD_MOST 1024 /* bytes */

enum setting {
    SETTING_DB,
    SETTING_URL,
    SETTING_USER,
    SETTING_HOURS,
    SETTING_RATE,
    SETTING_CONCURRENCY,
    SETTING_TIMEOUT,
    SETTING_CONNECT_TIMEOUT,
    SETTING_METHOD,
    SETTING_CHARSET,
    SETTING_PROXY,
    SETTING_CA_FILE,
    SETTING_INSECURE_HTTP,
    SETTING_COUNTRY,
    SETTING_MAX_FAILURES,
    SETTING_PASSWORD_FILE,
    SETTING_PASSWORD, /* its text is never shown */
    SETTINGS
};

struct setting_value {
    char *text;     /* owned; NULL: not set, and there is no default. Never the password's */
    int64_t number; /* value_read()'s */
    char *origin;   /* owned: "--rate", "CAMPANA_RATE", "./campana.ini, line 3", "default" */
};

struct settings {
    struct setting_value values[SETTINGS];
    char *file;             /* the configuration file that was read; NULL: none */
    struct buffer password; /* filled by settings_read_password(), and before that where the file holds it */
    /* The file that the password stands in, and its mode; NULL where it is in none that is ours to judge. */
    char *secret_file;
    unsigned secret_mode;
    struct buffer warnings; /* lines for standard error: secrets that others may read */
};

/* The key as it stands in the file: "max-failures". */
const char *setting_name(enum setting setting);

/* Reads everything but the password's files. Zero-initialise `settings`; settings_free() releases and wipes
 * them, also after -1. ERROR_INPUT names the option, the variable, or file and line. */
int settings_read(struct settings *settings, const struct options *options, struct error *error);

/* Fetches the password from where it is. -1 with ERROR_INPUT where there is none: it says where one may
 * stand. */
int settings_read_password(struct settings *settings, struct error *error);

void settings_free(struct settings *settings);

const char *setting_text(const struct settings *settings,
                         enum setting setting); /* NULL where it is not set */
int64_t setting_number(const struct settings *settings, enum setting setting);
const char *setting_origin(const struct settings *settings,
                           enum setting setting); /* "" where it is not set */

#endif
