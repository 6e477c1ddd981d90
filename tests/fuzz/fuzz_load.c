/* A spreadsheet, loaded into nothing: every row is in one state, and a refusal says why. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/load.h"
#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_options options = {.file = fuzz_write("file.csv", data, size),
                                   .country = "57",
                                   .text_rules = {.mode = TEXT_GSM, .max_septets = TEXT_SEPTETS_DEFAULT},
                                   .dry_run = true,
                                   .samples = 3};
    struct verdict verdict = {0};
    struct error error;
    error_clear(&error);
    if (load_file(NULL, &options, &clock_system, &verdict, &error) == 0) {
        int64_t rows = 0;
        for (int state = 0; state < JOB_STATES; state++)
            rows += verdict.counts.of[state];
        MUST(rows == verdict.rows && rows > 0);
    } else {
        MUST(error.kind == ERROR_INPUT && error.text[0] != '\0');
    }
    verdict_free(&verdict);
    return 0;
}
