/* A cell of a spreadsheet as a telephone number. */
#include "campana/buffer.h"
#include "campana/phone.h"
#include "campana/utf8.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char msisdn[PHONE_BYTES];
    char again[PHONE_BYTES];
    struct buffer words = {0};
    struct slice cell = {(const char *)data, size};
    if (!utf8_valid(cell.data, cell.len))
        return 0;
    static const char *const countries[] = {"57", "1", "7", "593"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        enum reason reason = phone_normalise(cell, countries[i], msisdn);
        phone_describe(cell, countries[i], reason, &words);
        MUST(!words.failed && utf8_valid(words.data, words.len));
        if (reason != REASON_NONE) {
            MUST(msisdn[0] == '\0');
            continue;
        }
        MUST(strlen(msisdn) == PHONE_DIGITS && strspn(msisdn, "0123456789") == PHONE_DIGITS);
        MUST(phone_normalise(slice_of(msisdn), countries[i], again) == REASON_NONE &&
             strcmp(msisdn, again) == 0);
    }
    buffer_free(&words);
    return 0;
}
