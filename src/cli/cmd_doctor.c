/* Everything that a campaign needs, looked at one after the other: what was found, and what to do about it.
 * Sends no message. Invariant: the exit code is 0 only where nothing was found that would stop a campaign
 * from starting. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/terminal.h"
#include "doctor.h"
#include <unistd.h>

static void check_hours(struct doctor *doctor)
{
    const char *specification = setting_text(&doctor->invocation->settings, SETTING_HOURS);
    struct hours hours;
    struct error error;
    char when[HOURS_TEXT_BYTES];
    if (hours_parse(specification, &hours, &error) != 0) {
        found_error(doctor, "contact hours", &error);
        return;
    }
    struct hours_decision decision = hours_at(&hours, clock_wall_ms(doctor->invocation->clock));
    if (decision.changes_at_ms == INT64_MAX) {
        found(doctor, decision.open ? LEVEL_OK : LEVEL_FAILURE, EXIT_HOURS, "contact hours", "", "%s",
              decision.open ? "always open" : "never open");
        return;
    }
    hours_format(decision.changes_at_ms, when);
    if (decision.open)
        found(doctor, LEVEL_OK, EXIT_DONE, "contact hours", "", "open until %s (Colombian time)", when);
    else
        found(doctor, LEVEL_FAILURE, EXIT_HOURS, "contact hours",
              "begin then; run and send do so by themselves with --wait", "closed until %s (Colombian time)",
              when);
}

int cmd_doctor(struct invocation *invocation, struct error *error)
{
    struct doctor doctor = {.invocation = invocation,
                            .json = option_given(invocation->options, OPTION_JSON),
                            .colours = terminal_takes_colour(STDOUT_FILENO),
                            .error = error};
    if (doctor_check_settings(&doctor)) {
        doctor_check_database(&doctor);
        doctor_check_gateway(&doctor, doctor_check_credentials(&doctor));
        check_hours(
            &doctor); /* last: the one failure that passes by itself must not hide another's exit code */
    }
    return doctor_end(&doctor) == 0 ? (int)doctor.code : -1;
}
