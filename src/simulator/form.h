/* application/x-www-form-urlencoded, read. */
#ifndef CAMPANA_SIMULATOR_FORM_H
#define CAMPANA_SIMULATOR_FORM_H

#include "account.h"

/* Decodes in place and fills what it finds: user, password, GSM, SMSText, case aside (the manual writes
 * "User" and "user"). The slices point into `form`. */
void form_read(char *form, size_t len, struct sms *sms);

#endif
