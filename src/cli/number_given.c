/* Decides how a number that cannot be one is talked of: shown as it was given, and how to write it. */
#include "number_given.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <string.h>

int number_given(const char *given, const char *country, const char *country_place, char msisdn[PHONE_BYTES],
                 struct error *error)
{
    struct buffer shown = {0};
    enum reason reason = REASON_NUMBER_CHARACTERS;
    if (utf8_valid(given, strlen(given)))
        reason = phone_normalise(slice_of(given), country, msisdn);
    if (reason == REASON_NONE)
        return 0;
    utf8_put_visible(&shown, given, strlen(given), 0);
    error_set(error, ERROR_INPUT,
              "\"%s\": %s; write it as 3102111111 or 573102111111, or name its country: %s",
              buffer_string(&shown), reason_sentence(reason), country_place);
    buffer_free(&shown);
    return -1;
}
