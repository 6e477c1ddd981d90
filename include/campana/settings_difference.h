/* Two loads of one file, and in what their settings differ, in words. */
#ifndef CAMPANA_SETTINGS_DIFFERENCE_H
#define CAMPANA_SETTINGS_DIFFERENCE_H

struct buffer;

/* `then` and `now` are what campaign.settings holds: one flat JSON object each. Appends "--text was "mensaje"
 * and is "sms"; the suppression lists (--suppress) were others". */
void settings_put_difference(const char *then, const char *now, struct buffer *out);

#endif
