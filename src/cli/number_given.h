/* A telephone number as a person writes it on the command line. */
#ifndef CAMPANA_CLI_NUMBER_GIVEN_H
#define CAMPANA_CLI_NUMBER_GIVEN_H

#include "campana/phone.h"

struct error;

/* Normalises it (phone.h). Returns -1 with ERROR_INPUT, which says what is wrong with it, how to write it,
 * and where another country is named: `country_place`, such as "--country CODE". */
int number_given(const char *given, const char *country, const char *country_place, char msisdn[PHONE_BYTES],
                 struct error *error);

#endif
