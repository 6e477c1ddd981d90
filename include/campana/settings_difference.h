/* Two loads of one file, and in what their settings differ, in words. */
#ifndef CAMPANA_SETTINGS_DIFFERENCE_H
#define CAMPANA_SETTINGS_DIFFERENCE_H

#include <stdbool.h>

struct buffer;

/* `then` and `now` are what campaign.settings holds: one flat JSON object each. Appends "--text was "mensaje"
 * and is "sms"; the suppression lists (--suppress) were others". */
void settings_put_difference(const char *then, const char *now, struct buffer *out);

/* Whether the suppression lists are among it: whoever was added since is not spared by what is loaded. */
bool settings_other_lists(const char *then, const char *now);

#endif
