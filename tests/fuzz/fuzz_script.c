/* A script of the simulator's, and what it says to some requests. */
#include "../../src/simulator/script.h"
#include "campana/error.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script *script = NULL;
    struct error error;
    if (script_parse((struct slice){(const char *)data, size}, "script", &script, &error) != 0) {
        MUST(error.kind == ERROR_INPUT && error.text[0] != '\0' && script == NULL);
        return 0;
    }
    for (int64_t number = 1; number <= 24; number++) {
        const struct treatment *early = script_at_headers(script, number);
        MUST(early == NULL || early->manner == MANNER_CLOSE_UNREAD);
        const struct treatment *treatment =
            script_at_request(script, number, slice_of("573102111111"), number * 300);
        MUST(treatment == NULL || treatment->status == 0 ||
             (treatment->status >= 200 && treatment->status <= 599));
    }
    script_free(script);
    return 0;
}
