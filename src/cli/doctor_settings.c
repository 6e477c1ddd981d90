/* Settings, where each came from, and who else can read the password. */
#include "campana/error.h"
#include "doctor.h"
#include <string.h>

#define OTHERS 077 /* the rights of everybody but the owner */

static void tell_warnings(struct doctor *doctor)
{
    struct buffer *warnings = &doctor->invocation->settings.warnings;
    const char *line = buffer_string(warnings);
    while (*line != '\0') {
        size_t len = strcspn(line, "\n");
        found(doctor, LEVEL_WARNING, EXIT_DONE, "secrets", "", "%.*s", (int)len, line);
        line += len + 1;
    }
    buffer_clear(warnings);
}

/* What was said, and of what was not said what matters to everybody. */
static bool is_shown(const struct settings *settings, enum setting setting)
{
    static const enum setting always[] = {SETTING_URL, SETTING_USER, SETTING_DB, SETTING_HOURS, SETTING_RATE};
    if (setting == SETTING_PASSWORD || setting_text(settings, setting) == NULL)
        return false;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (always[i] == setting)
            return true;
    return strcmp(setting_origin(settings, setting), "default") != 0;
}

bool doctor_check_settings(struct doctor *doctor)
{
    struct settings *settings = &doctor->invocation->settings;
    struct error error;
    if (settings_read(settings, doctor->invocation->options, &error) != 0) {
        found_error(doctor, "configuration", &error);
        return false;
    }
    doctor->invocation->has_settings = true;
    found(doctor, LEVEL_OK, EXIT_DONE, "configuration", "", "%s",
          settings->file != NULL ? settings->file : "no campana.ini; environment and defaults");
    for (enum setting setting = 0; setting < SETTINGS; setting++)
        if (is_shown(settings, setting))
            found(doctor, LEVEL_OK, EXIT_DONE, setting_name(setting), "", "%s (%s)",
                  setting_text(settings, setting), setting_origin(settings, setting));
    if (setting_number(settings, SETTING_INSECURE_HTTP) != 0)
        found(doctor, LEVEL_WARNING, EXIT_DONE, "insecure-http", "use https:// and take it out",
              "password, numbers and texts may be read on the way (%s)",
              setting_origin(settings, SETTING_INSECURE_HTTP));
    return true;
}

static void check_secret_file(struct doctor *doctor)
{
    const struct settings *settings = &doctor->invocation->settings;
    if (settings->secret_file != NULL && (settings->secret_mode & OTHERS) == 0)
        found(doctor, LEVEL_OK, EXIT_DONE, "secrets", "",
              "%s has mode %04o: only its owner reads the password", settings->secret_file,
              settings->secret_mode);
    else if (settings->secret_file == NULL && setting_text(settings, SETTING_PASSWORD_FILE) == NULL)
        found(doctor, LEVEL_OK, EXIT_DONE, "secrets", "",
              "the password stands in no file that campana reads");
}

bool doctor_check_credentials(struct doctor *doctor)
{
    struct settings *settings = &doctor->invocation->settings;
    struct error error;
    bool complete = true;
    if (setting_text(settings, SETTING_USER) == NULL) {
        found(doctor, LEVEL_FAILURE, EXIT_INPUT, "user",
              "write it into campana.ini (user = …), or set CAMPANA_USER", "there is no user");
        complete = false;
    }
    if (settings_read_password(settings, &error) != 0) {
        found_error(doctor, "password", &error);
        complete = false;
    } else {
        found(doctor, LEVEL_OK, EXIT_DONE, "password", "", "there is one (%s)",
              setting_origin(settings, SETTING_PASSWORD));
    }
    tell_warnings(doctor);
    check_secret_file(doctor);
    return complete;
}
