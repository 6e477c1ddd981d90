/* A campana.ini. */
#include "campana/config.h"
#include "campana/error.h"
#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings = {0};
    struct options options = {0};
    struct error error;
    const char *path = fuzz_write("campana.ini", data, size);
    error_clear(&error);
    if (chdir(fuzz_folder) != 0)
        abort();
    (void)path;
    if (settings_read(&settings, &options, &error) == 0) {
        for (enum setting setting = 0; setting < SETTINGS; setting++)
            MUST(setting == SETTING_PASSWORD || setting_text(&settings, setting) == NULL ||
                 setting_origin(&settings, setting)[0] != '\0');
        MUST(setting_text(&settings, SETTING_DB) != NULL);
        MUST(setting_text(&settings, SETTING_PASSWORD) == NULL);
    } else {
        MUST(error.kind == ERROR_INPUT && error.text[0] != '\0');
    }
    settings_free(&settings);
    return 0;
}
